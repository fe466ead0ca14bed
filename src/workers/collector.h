/*
 * Hand out jobs in order, collect their outcomes in any order, and write the outcomes in job order;
 * private to the library.
 *
 * The collector holds a window of jobs that starts at the first unfinished job. Only jobs in the
 * window are handed out, so memory does not grow with the number of jobs. If there is a journal,
 * every outcome is appended to it on arrival, and a job whose outcome it has is not handed out
 * unless its files have changed. Outcomes from the journal are written later: writing them takes
 * longer than finding them, and workers should not have to wait for it.
 */
#ifndef PAT_WORKERS_COLLECTOR_H
#define PAT_WORKERS_COLLECTOR_H

#include "workers/jobs.h"
#include "workers/journal.h"

typedef struct pat_collector pat_collector;

/* All members except `window` are borrowed. */
typedef struct pat_collector_options {
    const pat_job_list *jobs;
    const pat_sink *sink;
    pat_journal *journal;                   /* NULL: none */
    const pat_buffer *platform;             /* set before the first outcome arrives; may be NULL */
    size_t window;                          /* number of jobs it can hold, >= 1 */
    const volatile sig_atomic_t *interrupt; /* may be NULL; nonzero: no more jobs */
} pat_collector_options;

/* NULL when memory runs out. */
pat_collector *pat_collector_create(const pat_collector_options *options);
void pat_collector_free(pat_collector *collector);

/* Hand out the next job. False if the window has no more. */
bool pat_collector_next(pat_collector *collector, size_t *index);

/* Get a job that was handed out and is not done. Its texts stay valid until the next call. */
void pat_collector_job(const pat_collector *collector, size_t index, pat_job *job);

/* Count another failed attempt at such a job. Returns the total. */
int pat_collector_attempt(pat_collector *collector, size_t index);

/*
 * Accept the outcome of such a job, leaving *outcome empty: record it in the journal, and write all
 * outcomes that are next in order, unless earlier ones from the journal are still waiting. Fails
 * with the sink's or the journal's error.
 */
PAT_MUST_CHECK pat_status pat_collector_put(pat_collector *collector, size_t index,
                                            pat_outcome *outcome, pat_error *error);

/* Write at most `most` of the waiting outcomes. Fails with the sink's error or with
 * PAT_WRITE_FAILED (the journal cannot be read). */
PAT_MUST_CHECK pat_status pat_collector_catch_up(pat_collector *collector, size_t most,
                                                 pat_error *error);

/* Make the journal durable, if there is one. Fails with PAT_WRITE_FAILED. */
PAT_MUST_CHECK pat_status pat_collector_sync(pat_collector *collector, pat_error *error);

/* The progress of a collector. */
typedef struct pat_collector_state {
    size_t next;              /* no job from here on has been handed out */
    size_t done;              /* outcomes known */
    size_t failed;            /* failures among them */
    size_t settled;           /* all jobs before this one are done */
    size_t written;           /* all outcomes before this one are written */
    size_t recalled, changed; /* among the jobs done, as in pat_run_summary */
} pat_collector_state;

pat_collector_state pat_collector_state_of(const pat_collector *collector);

#endif
