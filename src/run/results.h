/*
 * The images and depth maps that a run writes: which existing files it may replace, and which jobs
 * an earlier run has already done; private to the library.
 *
 * A run that writes into a folder keeps a journal there, ".patina-COMMAND.journal", and leaves it
 * when it has finished. The journal is locked during the run, so that two runs do not mix their
 * files. It records the size and fingerprint of every file written, so the same command can
 * continue where it was stopped and do only what is missing. A file that is unchanged since it was
 * recorded belongs to the run and may be replaced. Any other file is replaced only if `force` is
 * set.
 */
#ifndef PAT_RUN_RESULTS_H
#define PAT_RUN_RESULTS_H

#include "workers/journal.h"
#include "workers/run.h"

/* Set the first two members and zero the others; pat_results_close() when done. */
typedef struct pat_results {
    const pat_job_list *jobs; /* borrowed; a job's name includes all that affects its results */
    bool force;               /* replace any existing file */
    pat_journal *journal;     /* NULL: none */
    unsigned char *state;     /* of each job */
    size_t begun;             /* 1 + the highest index of a job handed out; 0: none */
} pat_results;

/*
 * Open the journal and check the existing files. folder: where to keep the journal; NULL: no
 * journal, for a run that writes a single file. Fails with PAT_INVALID_ARGUMENT (an existing file
 * may not be replaced; no image has been written yet), PAT_WRITE_FAILED (another run is writing
 * into the folder) or PAT_OUT_OF_MEMORY, or like pat_journal_open().
 */
PAT_MUST_CHECK pat_status pat_results_open(pat_results *results, const char *folder,
                                           const char *command, pat_error *error);

/* Whether all files of a job exist and are unchanged since the journal recorded them. */
bool pat_results_has(const pat_results *results, size_t index);

/* Implements pat_job_list.stands. */
bool pat_results_stand(pat_results *results, size_t index, const pat_outcome *outcome);

/* Record that a job is handed out. */
void pat_results_begin(pat_results *results, size_t index);

/*
 * Check the files of a job that succeeded, and move them into place unless they are already there.
 * Fails with PAT_INTERNAL (a file is not as the worker reported it), PAT_INVALID_ARGUMENT (a file
 * with that name exists now) or PAT_WRITE_FAILED; the partial files are then removed.
 */
PAT_MUST_CHECK pat_status pat_results_place(pat_results *results, size_t index,
                                            const pat_outcome *outcome, pat_error *error);

/* Remove the partial files of a job that failed. */
void pat_results_discard(const pat_results *results, size_t index);

/* Remove the partial files of jobs that were handed out but not finished, and release
 * everything. */
void pat_results_close(pat_results *results);

#endif
