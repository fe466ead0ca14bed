/* Images in progress, each in a memory file that can be passed to a worker; private to the
 * library. */
#ifndef PAT_WEB_STORE_H
#define PAT_WEB_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "image/file.h"

/* The memory shared by all images. */
typedef struct pat_store {
    uint64_t used, limit; /* bytes */
} pat_store;

/* Zero-initialize; pat_stored_release() when done. */
typedef struct pat_stored {
    pat_store *store;
    pat_opened file;
    uint64_t counted; /* bytes counted as used in the store */
} pat_stored;

/* Create a file for pat_stored_append(). Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_stored_create(pat_stored *stored, pat_store *store, pat_error *error);

/* Append bytes. Fails with PAT_TOO_LARGE when the store is full, or with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_stored_append(pat_stored *stored, const void *bytes, size_t size,
                                            pat_error *error);

/* Finish appending: rewind the file, and seal it against any change. Fails with PAT_INTERNAL. */
PAT_MUST_CHECK pat_status pat_stored_close(pat_stored *stored, pat_error *error);

/*
 * Create a sparse file of `size` bytes for a worker to write. It can neither grow nor shrink, so a
 * compromised worker cannot use more memory, nor truncate a file that is being sent. Fails with
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_stored_offer(pat_stored *stored, pat_store *store, uint64_t size,
                                           pat_error *error);

/* Count the bytes that a worker has written to an offered file. This cannot fail, as the memory is
 * already in use, but it leaves less room for others. */
void pat_stored_count(pat_stored *stored, uint64_t bytes);

/* Whether an offered file uses no more memory than `bytes` bytes need: more would not be counted.
 * True if no file was offered. */
bool pat_stored_holds(const pat_stored *stored, uint64_t bytes);

/* Hand the descriptor over to the caller, who closes it; the bytes stay counted. */
int pat_stored_take(pat_stored *stored);

void pat_stored_release(pat_stored *stored);

#endif
