/*
 * The image files that a run writes: what may be replaced, and what an earlier run has done
 * already; private to the library.
 *
 * A run into a folder keeps a journal there, ".patina-COMMAND.journal", also after it has finished.
 * It is locked while the run lasts, so that two runs do not mix their files, and has the size and
 * the fingerprint of every file written. The same command thus continues where it was stopped, and
 * does only what is missing. A file that is still as the journal has it belongs to the run: it may
 * be replaced. Any other is replaced only by force.
 */
#ifndef PAT_RUN_RESULTS_H
#define PAT_RUN_RESULTS_H

#include "workers/journal.h"
#include "workers/run.h"

/* Set the first two members and zero the others; pat_results_close() when done. */
typedef struct pat_results {
    const pat_job_list
        *jobs; /* borrowed; their names include everything that affects the results */
    bool force;
    pat_journal *journal; /* NULL: none */
    unsigned char *state; /* of each job */
    size_t begun;         /* number of jobs handed out */
} pat_results;

/*
 * Look at what is there already. folder: where to keep the journal; NULL: there is none, for a run
 * that writes a single file. Fails with PAT_INVALID_ARGUMENT (a file exists that may not be
 * replaced; nothing is changed then), PAT_WRITE_FAILED (another run is writing into the folder) or
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_results_open(pat_results *results, const char *folder,
                                           const char *command, pat_error *error);

/* Whether all files of a job are there, as the journal has them. */
bool pat_results_has(const pat_results *results, size_t index);

/* Implements pat_job_list.stands. */
bool pat_results_stand(pat_results *results, size_t index, const pat_outcome *outcome);

/* Note that a job is handed out. */
void pat_results_begin(pat_results *results, size_t index);

/*
 * A job succeeded: check its files, and move them into place unless they are there already. Fails
 * with PAT_INTERNAL (a file is not what the worker said), PAT_INVALID_ARGUMENT (a file has come to
 * exist) or PAT_WRITE_FAILED; the partial files are then removed. A job that failed: remove its
 * partial files.
 */
PAT_MUST_CHECK pat_status pat_results_place(pat_results *results, size_t index,
                                            const pat_outcome *outcome, pat_error *error);
void pat_results_discard(const pat_results *results, size_t index);

/* Remove the partial files of jobs that were handed out and never placed, and release
 * everything. */
void pat_results_close(pat_results *results);

#endif
