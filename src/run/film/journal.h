/*
 * The journal of a film: what has been measured, and the frames that have been encoded, in case the
 * run is killed; private to the library.
 *
 * The file has a title and the run's identity, then records: their kind and item, a report, and a
 * payload. Every record has fingerprints. It ends at the first truncated or damaged record: opening
 * cuts off that one and all after it.
 */
#ifndef PAT_RUN_FILM_JOURNAL_H
#define PAT_RUN_FILM_JOURNAL_H

#include <stdint.h>

#include "base/buffer.h"
#include "patina/status.h"

typedef enum pat_film_step {
    PAT_FILM_DECODED,  /* the report of decoding an item for the first time */
    PAT_FILM_MEASURED, /* of measuring it */
    PAT_FILM_ENCODED,  /* of restoring it; the payload has the encoded frames */
    PAT_FILM_STEPS
} pat_film_step;

typedef struct pat_film_journal pat_film_journal;

enum { PAT_FILM_JOURNAL_BATCH_MAX = 64 }; /* frames in an item */

/*
 * Open or create the journal. identity: all that affects a result, as lines of "name=value". The
 * journal of another run is refused, or replaced if `restart` is set, as is one that cannot be
 * read. *batch: the number of frames in an item; receives that of the run that is resumed. Fails
 * with PAT_INVALID_ARGUMENT (another run's), PAT_WRITE_FAILED (also: another process
 * writes it) or PAT_OUT_OF_MEMORY; *journal is then NULL.
 */
PAT_MUST_CHECK pat_status pat_film_journal_open(const char *path, const char *identity,
                                                bool restart, size_t *batch,
                                                pat_film_journal **journal, pat_error *error);

/* The number of items, from the first one on, that have a record of this step. */
size_t pat_film_journal_count(const pat_film_journal *journal, pat_film_step step);

/* Read the report of an item, which has a record, into an empty buffer; the place of its payload,
 * in the journal's file. Fails with PAT_UNREADABLE or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_film_journal_read(const pat_film_journal *journal, pat_film_step step,
                                                size_t item, pat_buffer *report, pat_error *error);
uint64_t pat_film_journal_payload(const pat_film_journal *journal, size_t item);

/* The file, for reading. */
int pat_film_journal_file(const pat_film_journal *journal);

/* Append a record. payload: all of this file, from its start; -1: none. Fails with
 * PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_film_journal_add(pat_film_journal *journal, pat_film_step step,
                                               size_t item, pat_bytes report, int payload,
                                               pat_error *error);

/* Forget all records. Fails with PAT_WRITE_FAILED. */
PAT_MUST_CHECK pat_status pat_film_journal_clear(pat_film_journal *journal, pat_error *error);

/* Close it, and remove it if the run has finished, or if it has no records. Accepts NULL. */
void pat_film_journal_close(pat_film_journal *journal, bool finished);

#endif
