/* The directories of a TIFF or BigTIFF: one for each page, with the entries that describe it;
 * private to this folder. */
#ifndef PAT_IMAGE_TIFF_H
#define PAT_IMAGE_TIFF_H

#include "image/bytes.h"

/* An entry: its tag, type and number of values, and the values' bytes, inside the file. */
typedef struct pat_tiff_entry {
    unsigned tag, type;
    uint64_t count;
    pat_file_bytes value;
} pat_tiff_entry;

/* The state of a walk through the entries of a file, which may be hostile. */
typedef struct pat_tiff_walk {
    pat_reader tiff;
    unsigned wide; /* bytes per offset: 8 in BigTIFF */
    uint64_t at, left;
} pat_tiff_walk;

/* Start a walk through the entries of the first directory. */
pat_tiff_walk pat_tiff_begin(pat_file_bytes file);

/* Find the next entry whose values lie within the file. False if there is none. */
bool pat_tiff_next(pat_tiff_walk *walk, pat_tiff_entry *entry);

/* Find the first entry with this tag. False if there is none. */
bool pat_tiff_find(pat_file_bytes file, unsigned tag, pat_tiff_entry *found);

/* The number of pages of a file, which may be hostile, at most PAT_TIFF_PAGES_MAX: directories may
 * form a circle. */
enum { PAT_TIFF_PAGES_MAX = 65535 };
int pat_tiff_count_pages(pat_file_bytes file);

/* Change the header so that page `page`, 1 .. pat_tiff_count_pages(), is the first. */
void pat_tiff_put_first(uint8_t *bytes, size_t size, int page);

#endif
