/*
 * Jobs leave for the workers in their order, outcomes arrive in any order and are written in the
 * order of their jobs; private to the library.
 *
 * The collector holds a window of jobs: from the first that is not done. A job is handed out only
 * while it lies in the window, so memory does not grow with the number of jobs. Every outcome goes
 * to the journal, if there is one, as it arrives; a job whose outcome is in it already, of files
 * that are the same still, is not handed out at all. Writing what the journal has can wait: it
 * takes longer than finding out that it is there, and workers should not wait for it.
 */
#ifndef PAT_WORKERS_COLLECTOR_H
#define PAT_WORKERS_COLLECTOR_H

#include "workers/jobs.h"
#include "workers/journal.h"

typedef struct pat_collector pat_collector;

/* All but `window` is borrowed. */
typedef struct pat_collector_options {
    const pat_job_list *jobs;
    const pat_sink *sink;
    pat_journal *journal;                   /* or NULL */
    size_t window;                          /* jobs it can hold, >= 1 */
    const volatile sig_atomic_t *interrupt; /* or NULL; non-zero: no more jobs */
} pat_collector_options;

/* NULL when memory runs out. */
pat_collector *pat_collector_create(const pat_collector_options *options);
void pat_collector_free(pat_collector *collector);

/* The next job to be done, of those never handed out. False if there is none in the window. */
bool pat_collector_next(pat_collector *collector, size_t *index);

/* A job that has been handed out and is not done. Its texts stay valid until the next call. */
void pat_collector_job(const pat_collector *collector, size_t index, pat_job *job);

/* Count one more failed attempt at such a job; returns the total. */
int pat_collector_attempt(pat_collector *collector, size_t index);

/*
 * Take the outcome of such a job, leaving *outcome empty, put it on record, and write every outcome
 * that is now in order, unless others wait to be written. Fails with the sink's or the journal's
 * error.
 */
PAT_MUST_CHECK pat_status pat_collector_put(pat_collector *collector, size_t index,
                                            pat_outcome *outcome, pat_error *error);

/* Write outcomes that wait to be, no more than `most`. Fails with the sink's error or with
 * PAT_WRITE_FAILED (the journal cannot be read). */
PAT_MUST_CHECK pat_status pat_collector_catch_up(pat_collector *collector, size_t most,
                                                 pat_error *error);

/* Make what has been put durable, where there is a journal. Fails with PAT_WRITE_FAILED. */
PAT_MUST_CHECK pat_status pat_collector_sync(pat_collector *collector, pat_error *error);

/* How far it is. */
typedef struct pat_collector_state {
    size_t next;              /* no job from here on has been handed out */
    size_t done;              /* outcomes known */
    size_t failed;            /* failures among them */
    size_t settled;           /* all jobs before this one are done, */
    size_t written;           /* all outcomes before this one written */
    size_t recalled, changed; /* of done: as in pat_run_summary */
} pat_collector_state;

pat_collector_state pat_collector_state_of(const pat_collector *collector);

#endif
