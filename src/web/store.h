/* The images being processed, each a file in memory that a worker can be given; private to the
 * library. */
#ifndef PAT_WEB_STORE_H
#define PAT_WEB_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "image/file.h"

/* What all of them may take. */
typedef struct pat_store {
    uint64_t used, limit; /* bytes */
} pat_store;

/* Zero-initialise; pat_stored_release() when done. */
typedef struct pat_stored {
    pat_store *store;
    pat_opened file;
    uint64_t counted; /* bytes of the store */
} pat_stored;

/* A file to be written by pat_stored_append(). Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_stored_create(pat_stored *stored, pat_store *store, pat_error *error);

/* Fails with PAT_TOO_LARGE when the store is full, or with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_stored_append(pat_stored *stored, const void *bytes, size_t size,
                                            pat_error *error);

/* All has been appended: to be read from its beginning, and by nobody to be changed any more. Fails
 * with PAT_INTERNAL. */
PAT_MUST_CHECK pat_status pat_stored_close(pat_stored *stored, pat_error *error);

/*
 * A file for a worker to write: of `size` bytes from the start, which take no memory before they
 * are written, and it can neither grow nor shrink. So a worker that was taken over fills no more
 * than that, and does not pull a file away that is being sent. Fails with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_stored_offer(pat_stored *stored, pat_store *store, uint64_t size,
                                           pat_error *error);

/* Count the bytes that a worker has written to an offered file. They exist already: this does not
 * fail, but others find less room. */
void pat_stored_count(pat_stored *stored, uint64_t bytes);

/* Whether what a worker has written to an offered file takes no more memory than so many bytes do:
 * more would not be counted. True where none was offered. */
bool pat_stored_holds(const pat_stored *stored, uint64_t bytes);

/* Give up the descriptor to the caller, who closes it; the bytes stay counted. */
int pat_stored_take(pat_stored *stored);

void pat_stored_release(pat_stored *stored);

#endif
