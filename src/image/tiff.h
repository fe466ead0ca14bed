/* The entries of the first directory of a TIFF or BigTIFF; private to this folder. */
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

pat_tiff_walk pat_tiff_begin(pat_file_bytes file);

/* Find the next entry whose values are inside the file. False at the end. */
bool pat_tiff_next(pat_tiff_walk *walk, pat_tiff_entry *entry);

/* Find the first entry with this tag. False if there is none. */
bool pat_tiff_find(pat_file_bytes file, unsigned tag, pat_tiff_entry *found);

#endif
