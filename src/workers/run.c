#include "workers/run.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/error.h"
#include "base/platform.h"
#include "image/codec.h"
#include "kernels/kernels.h"
#include "workers/collector.h"
#include "workers/pool.h"
#include "workers/resources.h"

/* How many jobs a worker may be ahead of a slow one before it must wait. */
enum { WINDOW_PER_WORKER = 16 };

int pat_available_cpus(void)
{
    return pat_cpu_count();
}

bool pat_run_share_memory(pat_run_options *options)
{
    pat_resources resources = pat_resources_now();
    return pat_resources_share(&resources, options);
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
                    "PAT_CPU=%s: this processor has no such instruction set; set it to c, avx2 or "
                    "avx512, or unset it",
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

static void report_progress(const pat_run *run, const pat_collector *collector, double elapsed_s)
{
    pat_collector_state state = pat_collector_state_of(collector);
    pat_progress progress = {.done = state.done,
                             .total = run->jobs->count,
                             .failed = state.failed,
                             .recalled = state.recalled,
                             .elapsed_s = elapsed_s};
    if (run->options->progress != NULL)
        run->options->progress(run->options->progress_context, &progress);
}

static pat_status run_here(pat_run *run, const pat_task_setup *setup, pat_collector *collector,
                           pat_buffer *platform, pat_error *error)
{
    const pat_run_options *options = run->options;
    double started_s = pat_clock_seconds(), reported_s = 0;
    pat_outcome outcome = {0};
    pat_task *task;
    size_t index;
    pat_status status = pat_task_create(setup, &task, error);
    if (status == PAT_OK)
        snprintf(run->decoder_version, sizeof run->decoder_version, "%s", pat_codec_version());
    pat_platform_put(platform);
    pat_buffer_append_char(platform, '\0');
    if (status == PAT_OK && platform->failed)
        status = pat_fail_memory(error, "the list of libraries");
    snprintf(run->sandbox, sizeof run->sandbox, "none (in one process)");
    while (status == PAT_OK && pat_collector_next(collector, &index)) {
        pat_job job;
        pat_collector_job(collector, index, &job);
        pat_job_open(&job);
        pat_task_run(task, &job, &outcome);
        pat_job_close(&job);
        status = pat_collector_put(collector, index, &outcome, error);
        double elapsed_s = pat_clock_seconds() - started_s;
        if (elapsed_s - reported_s > 0.1) {
            report_progress(run, collector, elapsed_s);
            reported_s = elapsed_s;
        }
    }
    if (status == PAT_OK)
        status = pat_collector_catch_up(collector, SIZE_MAX, error);
    report_progress(run, collector, pat_clock_seconds() - started_s);
    if (status == PAT_OK && options->interrupt != NULL && *options->interrupt != 0 &&
        pat_collector_state_of(collector).written < run->jobs->count)
        status = pat_fail(error, PAT_INTERRUPTED, "interrupted");
    pat_task_free(task);
    pat_outcome_release(&outcome);
    return status;
}

pat_status pat_run_fill(pat_run_options *options, pat_task_setup *setup, pat_error *error)
{
    pat_resources resources = pat_resources_now();
    (void)pat_resources_share(&resources, options);
    options->batch = options->batch == 0 ? PAT_BATCH_DEFAULT : options->batch;
    options->timeout_s = options->timeout_s == 0 ? PAT_TIMEOUT_DEFAULT_S : options->timeout_s;
    options->patience_s = options->patience_s == 0 ? PAT_PATIENCE_DEFAULT_S : options->patience_s;
    setup->max_pixels = options->max_pixels != 0 ? options->max_pixels : PAT_MAX_PIXELS_DEFAULT;
    if (options->worker_command != NULL && options->memory_bytes != PAT_MEMORY_UNLIMITED)
        setup->memory_bytes = options->memory_bytes;
    setup->requires_sandbox = options->require_sandbox;
    pat_status status = check_range("--jobs", options->jobs, PAT_JOBS_MAX, error);
    return status == PAT_OK ? check_range("--batch", options->batch, PAT_BATCH_MAX, error) : status;
}

pat_status pat_run_jobs(pat_run *run, pat_error *error)
{
    pat_run_options options = *run->options;
    pat_task_setup setup = *run->setup;
    pat_status status = pat_run_fill(&options, &setup, error);
    if (status != PAT_OK)
        return status;
    if ((size_t)options.jobs > run->jobs->count)
        options.jobs = (int)run->jobs->count;
    run->worker_count = options.worker_command == NULL ? 0 : options.jobs;

    pat_buffer platform = {0};
    pat_collector *collector = pat_collector_create(&(pat_collector_options){
        .jobs = run->jobs,
        .sink = run->sink,
        .journal = run->journal,
        .platform = &platform,
        .window = (size_t)options.jobs * (size_t)(options.batch + WINDOW_PER_WORKER),
        .interrupt = options.interrupt,
    });
    if (collector == NULL)
        return pat_fail_memory(error, "the results");
    if (options.worker_command == NULL)
        status = run_here(run, &setup, collector, &platform, error);
    else
        status = pat_pool_run(&(pat_pool_options){&setup, run->jobs, &options, collector,
                                                  run->decoder_version, run->sandbox, &platform},
                              error);
    pat_collector_state state = pat_collector_state_of(collector);
    run->recalled = state.recalled;
    run->changed = state.changed;
    pat_collector_free(collector);
    pat_buffer_release(&platform);
    return status;
}
