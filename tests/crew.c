#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "crew.h"
#include "workspace.h"

struct crew crew;

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t broken_pipes;

static void count_broken_pipe(int signal_number)
{
    (void)signal_number;
    broken_pipes++;
}

const char *const faulty_worker[] = {FAULTY_WORKER, NULL};

void set_job(size_t index, const char *prefix)
{
    snprintf(crew.path[index], sizeof crew.path[index], "%s%04zu.png", prefix, index);
}

void set_crew(size_t count, int jobs, int batch)
{
    memset(&crew, 0, sizeof crew);
    crew.search.trials = true;
    assert_int_equal(pat_grid_parse(&crew.search.grid,
                                    "color=none,white_balance;sigma=0.5,2;strength=0,0.25,1", NULL),
                     PAT_OK);
    crew.options = (pat_run_options){
        .jobs = jobs, .batch = batch, .worker_command = faulty_worker, .interrupt = &interrupted};
    crew.undamaged = "original.png";
    crew.count = count;
    crew.interrupt_by = -SIGINT;
    crew.fail_at = crew.interrupt_at = NEVER;
    for (size_t i = 0; i < count; i++)
        set_job(i, "ok_");
}

static void get_job(void *context, size_t index, pat_job *job)
{
    (void)context;
    const pat_run_options *options = &crew.options;
    assert_true(index < crew.count);
    if (options->worker_command != NULL && options->jobs > 0) /* the window is respected */
        assert_true(index < crew.put + (size_t)options->jobs * (size_t)(options->batch + 16));
    if (crew.put == 0 && index > crew.highest_before_first)
        crew.highest_before_first = index;
    if (index == crew.interrupt_at)
        interrupted = crew.interrupt_by;
    *job = (pat_job){
        .name = crew.path[index], .damaged = crew.path[index], .undamaged = crew.undamaged};
}

enum { SETTINGS = 12 };

static void take_report(size_t index, pat_bytes bytes)
{
    pat_scores trials[SETTINGS];
    pat_search_report *report = &crew.report[index];
    if (crew.kind == PAT_TASK_FEATURES)
        assert_true(pat_features_report_unpack(bytes, report->features));
    else
        assert_true(pat_search_report_unpack(bytes, &crew.search, report, trials));
}

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    (void)context;
    assert_int_equal(index, crew.put); /* in order, once each */
    if (index == crew.fail_at)
        return pat_fail(error, PAT_WRITE_FAILED, "the disk is full");
    if (outcome->status == PAT_OK)
        take_report(index, pat_buffer_bytes(&outcome->report));
    crew.outcome[crew.put] = *outcome;
    crew.outcome[crew.put++].report = (pat_buffer){0};
    return PAT_OK;
}

static void note_progress(void *context, const pat_progress *progress)
{
    (void)context;
    assert_true(progress->done >= crew.progress.done && progress->total == crew.count);
    assert_true(progress->elapsed_s >= crew.progress.elapsed_s);
    if (progress->trouble != NULL)
        snprintf(crew.trouble, sizeof crew.trouble, "%s", progress->trouble);
    crew.progress = *progress;
    crew.progress_calls++;
}

pat_status start_crew(void)
{
    pat_job_list jobs = {.count = crew.count, .get = get_job, .context = NULL};
    pat_sink sink = {put_outcome, NULL};
    pat_buffer extra = {0};
    if (crew.kind == PAT_TASK_FEATURES)
        pat_features_setup_pack(&extra, false);
    else
        pat_search_setup_pack(&extra, &crew.search);
    const pat_task_setup setup = {.kind = crew.kind, .extra = pat_buffer_bytes(&extra)};
    pat_run run = {.setup = &setup,
                   .jobs = &jobs,
                   .sink = &sink,
                   .options = &crew.options,
                   .worker_count = -1};
    crew.options.progress = note_progress;
    interrupted = broken_pipes = 0;
    pat_status status = pat_run_jobs(&run, &crew.error);
    crew.workers = run.worker_count;
    pat_buffer_release(&extra);
    return status;
}

pat_status run_crew(void)
{
    int descriptors = count_entries("/proc/self/fd");
    pat_status status = start_crew();
    assert_int_equal(count_entries("/proc/self/fd"), descriptors);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(broken_pipes, 0);
    struct sigaction disposition;
    assert_int_equal(sigaction(SIGPIPE, NULL, &disposition), 0);
    assert_ptr_equal(disposition.sa_handler, count_broken_pipe);
    return status;
}

void assert_crew_done(void)
{
    if (run_crew() != PAT_OK)
        fail_msg("%s", crew.error.message);
    assert_int_equal(crew.put, crew.count);
    assert_int_equal(crew.progress.done, crew.count);
}

void assert_job_done(size_t index)
{
    const pat_outcome *outcome = &crew.outcome[index];
    if (outcome->status != PAT_OK)
        fail_msg("%s: %s", crew.path[index], outcome->message);
    assert_true(crew.report[index].features[0] == (double)index);
    if (crew.kind == PAT_TASK_SEARCH)
        assert_int_equal(crew.report[index].ties, index % 2);
}

void assert_job_lost(size_t index, const char *cause)
{
    const pat_outcome *outcome = &crew.outcome[index];
    assert_int_equal(outcome->status, PAT_WORKER_DIED);
    assert_int_equal(outcome->stage, PAT_STAGE_WORKER);
    assert_mentions(outcome->message, crew.path[index]);
    assert_mentions(outcome->message, cause);
}

int warm_up(void **state)
{
    (void)state;
    set_crew(1, 1, 1);
    signal(SIGPIPE, count_broken_pipe);
    return start_crew() == PAT_OK ? 0 : -1;
}
