/* Image files in memory, with their fingerprints; private to the library. */
#ifndef PAT_IMAGE_FILE_H
#define PAT_IMAGE_FILE_H

#include <stdbool.h>

#include "base/fingerprint.h"
#include "patina/status.h"

/* A file's fingerprint: that of its bytes, plus what the file system reports about it. Fields that
 * could not be determined are 0. */
typedef struct pat_content {
    uint64_t size;
    int64_t modified_ns, changed_ns; /* since 1970 */
    pat_fingerprint bytes;
} pat_content;

/* Whether the bytes are equal; and whether the file system reports the same size and times. */
bool pat_content_same_bytes(const pat_content *a, const pat_content *b);
bool pat_content_same_file(const pat_content *a, const pat_content *b);

/* A file's fingerprint without reading its bytes; all zero if stat() fails. */
pat_content pat_content_look(const char *path);

/* A file opened for reading, possibly by another process, or the reason it could not be opened.
 * Zero-initialize. */
typedef struct pat_opened {
    bool open;
    int descriptor; /* valid if open */
    int cause;      /* errno if not open */
} pat_opened;

/* Never blocks, not even on a FIFO without a writer. */
pat_opened pat_image_file_open(const char *path);
void pat_opened_close(pat_opened *opened);

/* A file's bytes. Zero-initialize; pat_image_file_release() when done. */
typedef struct pat_image_file {
    uint8_t *bytes;
    size_t size;
    pat_content content;
} pat_image_file;

/* The maximum size of a file with this many pixels: 8 bytes per pixel, and 256 MiB of metadata. */
uint64_t pat_image_file_largest(uint64_t max_pixels);

/*
 * Read a whole file, unless it is larger than an image of max_pixels can be. `path` is for
 * messages; `opened` stays open. Fails with PAT_NOT_FOUND, PAT_UNREADABLE, PAT_NOT_A_FILE,
 * PAT_TOO_LARGE or PAT_OUT_OF_MEMORY; `content` then holds whatever the file system reported.
 */
PAT_MUST_CHECK pat_status pat_image_file_read(pat_image_file *file, const pat_opened *opened,
                                              const char *path, uint64_t max_pixels,
                                              pat_error *error);
void pat_image_file_release(pat_image_file *file);

#endif
