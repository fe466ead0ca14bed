/*
 * The pool: do all jobs of a run in worker processes; private to the library.
 */
#ifndef PAT_WORKERS_POOL_H
#define PAT_WORKERS_POOL_H

#include "workers/collector.h"

/* The parts of a run that the pool needs; the options have been filled in. */
typedef struct pat_pool_options {
    const pat_task_setup *setup;
    const pat_job_list *jobs;
    const pat_run_options *run; /* jobs, batch, timeout_s, patience_s, worker_command set */
    pat_collector *collector;   /* its window must hold jobs * batch */
    char *decoder_version;      /* out: PAT_VERSION_SIZE bytes */
    char *sandbox;              /* out: PAT_SANDBOX_SIZE bytes */
    pat_buffer *platform;       /* out: as in pat_fleet_options */
} pat_pool_options;

/* Do all jobs. If a worker dies, hangs or is stopped, its current job is tried twice more and then
 * recorded as a failure; other jobs are not affected. Fails like pat_run_jobs(). */
PAT_MUST_CHECK pat_status pat_pool_run(const pat_pool_options *options, pat_error *error);

#endif
