#include "run/run.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/error.h"
#include "image/codec.h"
#include "kernels/kernels.h"
#include "run/collector.h"
#include "run/pool.h"

/* Jobs a worker may run ahead of a slow one before it has to wait. */
enum { WINDOW_PER_WORKER = 16 };

int pat_available_cpus(void)
{
    return pat_cpu_count();
}

const char *pat_instruction_tier(void)
{
    return pat_kernels_get()->name;
}

pat_status pat_check_instruction_tier(pat_error *error)
{
    const char *wanted = getenv("PAT_CPU");
    if (wanted == NULL || pat_kernels_find(wanted) != NULL)
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "PAT_CPU=%s names no instructions that this processor has; set it to one of c, "
                    "avx2, avx512 that it has, or unset it",
                    wanted);
}

void pat_processor_name(char *name, size_t size)
{
    pat_cpu_model(name, size);
}

static pat_status check_range(const char *option, int value, int maximum, pat_error *error)
{
    if (value >= 1 && value <= maximum)
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: %d is outside 1..%d", option, value, maximum);
}

static pat_status run_here(pat_run *run, const pat_task_setup *setup, pat_collector *collector,
                           pat_error *error)
{
    const pat_run_options *options = run->options;
    double started_s = pat_clock_seconds(), reported_s = 0;
    pat_outcome outcome = {0};
    pat_task *task;
    pat_status status = pat_task_create(setup, &task, error);
    if (status == PAT_OK)
        snprintf(run->decoder_version, sizeof run->decoder_version, "%s", pat_codec_version());
    for (size_t i = 0; i < run->jobs->count && status == PAT_OK; i++) {
        if (options->interrupt != NULL && *options->interrupt != 0) {
            status = pat_fail(error, PAT_INTERRUPTED, "interrupted");
            break;
        }
        pat_job job;
        run->jobs->get(run->jobs->context, i, &job);
        pat_task_run(task, &job, &outcome);
        status = pat_collector_put(collector, i, &outcome, error);
        pat_progress progress = {i + 1, run->jobs->count, pat_collector_failed(collector),
                                 pat_clock_seconds() - started_s};
        bool due = progress.elapsed_s - reported_s > 0.1 || i + 1 == run->jobs->count;
        if (due && options->progress != NULL) {
            options->progress(options->progress_context, &progress);
            reported_s = progress.elapsed_s;
        }
    }
    pat_task_free(task);
    pat_outcome_release(&outcome);
    return status;
}

pat_status pat_run_jobs(pat_run *run, pat_error *error)
{
    pat_run_options options = *run->options;
    options.jobs = options.jobs == 0 ? pat_available_cpus() : options.jobs;
    options.batch = options.batch == 0 ? PAT_BATCH_DEFAULT : options.batch;
    pat_task_setup setup = *run->setup;
    setup.max_pixels = options.max_pixels != 0 ? options.max_pixels : PAT_MAX_PIXELS_DEFAULT;
    pat_status status = check_range("--jobs", options.jobs, PAT_JOBS_MAX, error);
    if (status == PAT_OK)
        status = check_range("--batch", options.batch, PAT_BATCH_MAX, error);
    if (status != PAT_OK)
        return status;
    if ((size_t)options.jobs > run->jobs->count)
        options.jobs = (int)run->jobs->count;
    run->worker_count = options.worker_command == NULL ? 0 : options.jobs;

    size_t window = (size_t)options.jobs * (size_t)(options.batch + WINDOW_PER_WORKER);
    pat_collector *collector = pat_collector_create(run->sink, window);
    if (collector == NULL)
        return pat_fail_memory(error, "the window of results");
    if (options.worker_command == NULL)
        status = run_here(run, &setup, collector, error);
    else
        status = pat_pool_run(
            &(pat_pool_options){&setup, run->jobs, &options, collector, run->decoder_version},
            error);
    pat_collector_free(collector);
    return status;
}
