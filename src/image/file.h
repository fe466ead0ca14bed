/* Image files in memory, and their fingerprints when they were read; private to the library. */
#ifndef PAT_IMAGE_FILE_H
#define PAT_IMAGE_FILE_H

#include <stdbool.h>

#include "base/fingerprint.h"
#include "patina/status.h"

/* The fingerprint of a file: of its bytes, and what the file system reports without reading them.
 * All zero for a file that could not be read. */
typedef struct pat_content {
    uint64_t size;
    int64_t modified_ns, changed_ns; /* since 1970 */
    pat_fingerprint bytes;
} pat_content;

/* Whether the bytes are the same; and whether the file system says that they are. */
bool pat_content_same_bytes(const pat_content *a, const pat_content *b);
bool pat_content_same_file(const pat_content *a, const pat_content *b);

/* The fingerprint of a file without its bytes; all zero if there is no such file. */
pat_content pat_content_look(const char *path);

/* A file opened for reading, maybe by another process; or the reason why it could not be opened.
 * Zero-initialize. */
typedef struct pat_opened {
    bool open;
    int descriptor; /* of a file that is open */
    int cause;      /* errno, of one that is not */
} pat_opened;

/* Never waits, not even for the writer of a FIFO. */
pat_opened pat_image_file_open(const char *path);
void pat_opened_close(pat_opened *opened);

/* The bytes of a file. Zero-initialize; pat_image_file_release() when done. */
typedef struct pat_image_file {
    uint8_t *bytes;
    size_t size;
    pat_content content;
} pat_image_file;

/*
 * Read a whole file, if it is no larger than an image of max_pixels can be. `path` is for messages;
 * `opened` stays open. Fails with PAT_NOT_FOUND, PAT_UNREADABLE, PAT_NOT_A_FILE, PAT_TOO_LARGE or
 * PAT_OUT_OF_MEMORY; `content` then has what the file system reports, as far as it is known.
 */
PAT_MUST_CHECK pat_status pat_image_file_read(pat_image_file *file, const pat_opened *opened,
                                              const char *path, uint64_t max_pixels,
                                              pat_error *error);
void pat_image_file_release(pat_image_file *file);

#endif
