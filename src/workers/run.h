/*
 * Run jobs in workers and pass outcomes to a sink in order; private to the library.
 */
#ifndef PAT_WORKERS_RUN_H
#define PAT_WORKERS_RUN_H

#include "patina/run.h"
#include "workers/jobs.h"

/* A run: setup, jobs, options and sink. */
typedef struct pat_run {
    const pat_task_setup *setup;
    const pat_job_list *jobs;
    const pat_sink *sink;
    const pat_run_options *options;
    struct pat_journal *journal; /* NULL: none */
    size_t recalled, changed;    /* out: as in pat_run_summary */
    int worker_count;            /* out: worker processes used at once, 0 for in-process */
    char decoder_version[PAT_VERSION_SIZE]; /* out */
    char sandbox[PAT_SANDBOX_SIZE];         /* out */
} pat_run;

/* Replace zeros in the options with the defaults, and fill in the setup from the options. Fails
 * with PAT_INVALID_ARGUMENT if an option is out of range. */
PAT_MUST_CHECK pat_status pat_run_fill(pat_run_options *options, pat_task_setup *setup,
                                       pat_error *error);

/*
 * Do all jobs. Fails with the sink's error, PAT_INTERRUPTED, PAT_WORKER_DIED (workers fail to
 * start), PAT_INVALID_ARGUMENT (options) or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_run_jobs(pat_run *run, pat_error *error);

#endif
