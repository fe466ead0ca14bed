/*
 * Outcomes arrive in any order and leave in the order of their jobs; private to the library.
 *
 * The collector holds a window of jobs: those handed out or done but not yet written. A job is
 * handed out only while it lies in the window, so memory does not grow with the number of jobs.
 */
#ifndef PAT_RUN_COLLECTOR_H
#define PAT_RUN_COLLECTOR_H

#include "run/run.h"

typedef struct pat_collector pat_collector;

/* window: jobs it can hold, >= 1. NULL when memory runs out. */
pat_collector *pat_collector_create(const pat_sink *sink, size_t window);
void pat_collector_free(pat_collector *collector);

/* The first index beyond the window. */
size_t pat_collector_limit(const pat_collector *collector);

/* Count one more failed attempt at job `index` (in the window, not done); returns the total. */
int pat_collector_attempt(pat_collector *collector, size_t index);

/*
 * Take the outcome of job `index` (in the window, not done before), leaving *outcome empty, and
 * write every outcome that is now in order. Fails with the sink's error.
 */
PAT_MUST_CHECK pat_status pat_collector_put(pat_collector *collector, size_t index,
                                            pat_outcome *outcome, pat_error *error);

/* Outcomes taken so far, failures among them, and outcomes written. */
size_t pat_collector_done(const pat_collector *collector);
size_t pat_collector_failed(const pat_collector *collector);
size_t pat_collector_written(const pat_collector *collector);

#endif
