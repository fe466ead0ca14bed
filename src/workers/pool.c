#include "workers/pool.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "workers/fleet.h"

enum {
    SYNC_TICKS = 100, /* between syncs of the journal */
    ATTEMPTS = 3,     /* at a job, before it is recorded as a failure */
    CATCH_UP = 64,    /* outcomes written before checking the workers again */
};

struct pool {
    const pat_pool_options *options;
    pat_fleet *fleet;
    size_t *returned; /* jobs taken back from workers that ended */
    size_t returned_count;
    double started_s;
    unsigned ticks;
};

/* Stop at once if something has failed. */
static void check(struct pool *pool, pat_status status, const pat_error *error)
{
    if (status != PAT_OK)
        pat_fleet_stop(pool->fleet, error);
}

/* ---- Handing out work --------------------------------------------------------------------- */

/* If so, no more jobs are handed out. */
static bool is_interrupted(const struct pool *pool)
{
    const volatile sig_atomic_t *interrupt = pool->options->run->interrupt;
    return interrupt != NULL && *interrupt != 0;
}

/* Get the lowest waiting job: one that was taken back, or the next new one in the window. */
static bool take_job(struct pool *pool, size_t *index)
{
    if (is_interrupted(pool))
        return false;
    if (pool->returned_count > 0) {
        size_t lowest = 0;
        for (size_t i = 1; i < pool->returned_count; i++)
            if (pool->returned[i] < pool->returned[lowest])
                lowest = i;
        *index = pool->returned[lowest];
        pool->returned[lowest] = pool->returned[--pool->returned_count];
        return true;
    }
    return pat_collector_next(pool->options->collector, index);
}

/* False if the job could not be sent now. */
static bool send_job(struct pool *pool, int worker, size_t index)
{
    pat_job job;
    pat_collector_job(pool->options->collector, index, &job);
    pat_job_open(&job);
    bool sent = pat_fleet_give(pool->fleet, worker, index, &job);
    pat_job_close(&job);
    return sent;
}

/* Whether busy workers may be sent more jobs. The last jobs are kept for idle workers, because they
 * might have to wait behind a long job otherwise. */
static bool may_run_ahead(const struct pool *pool)
{
    return pool->options->jobs->count - pat_collector_state_of(pool->options->collector).next >
           (size_t)pool->options->run->jobs;
}

/* Give each worker one job, then a second one, and so on, so that a batch does not starve other
 * workers. With one job ahead, a worker does not wait for us between jobs. */
static void feed(void *context)
{
    struct pool *pool = context;
    size_t index;
    for (int held = 0; held < pool->options->run->batch; held++)
        for (int i = 0; i < pool->options->run->jobs; i++) {
            if (held > 0 && !may_run_ahead(pool))
                return;
            if (!pat_fleet_has_room(pool->fleet, i, held))
                continue;
            if (!take_job(pool, &index))
                return;
            if (!send_job(pool, i, index)) /* try again at the next tick */
                pool->returned[pool->returned_count++] = index;
        }
}

/* ---- Taking in results -------------------------------------------------------------------- */

static void record_outcome(struct pool *pool, size_t index, pat_outcome *outcome)
{
    pat_error error;
    check(pool, pat_collector_put(pool->options->collector, index, outcome, &error), &error);
}

static bool answered(void *context, uint64_t id, pat_outcome *outcome)
{
    struct pool *pool = context;
    const pat_pool_options *options = pool->options;
    pat_job job;
    pat_collector_job(options->collector, (size_t)id, &job);
    if ((outcome->unchanged && !job.done_before) || !pat_task_accepts(options->setup, outcome))
        return false;
    record_outcome(pool, (size_t)id, outcome);
    return true;
}

/* Its workers ran out of memory where they could not say so. */
static void fail_for_memory(const pat_job *job, const pat_death *death, pat_error *error)
{
    char text[PAT_DEATH_SIZE];
    pat_death_describe(death, text);
    pat_fail(error, PAT_OUT_OF_MEMORY,
             "%s: not enough memory: the worker %s, %d times in a row; leave the image out, or "
             "retry with --retry-failed, fewer workers (--jobs) and more memory for each "
             "(--memory)",
             job->damaged, text, ATTEMPTS);
}

static void fail_for_death(const pat_job *job, const pat_death *death, pat_error *error)
{
    char text[PAT_DEATH_SIZE];
    pat_death_describe(death, text);
    pat_fail(error, PAT_WORKER_DIED,
             "%s: %d worker processes in a row died on this file%s; the last one %s; leave it "
             "out, or retry with --retry-failed and more time or memory (--timeout, --memory)",
             job->damaged, ATTEMPTS, *job->undamaged == '\0' ? "" : " and its original", text);
}

static void fail_job(struct pool *pool, size_t index, const pat_death *death)
{
    pat_outcome outcome = {0};
    pat_error error;
    pat_job job;
    pool->options->jobs->get(pool->options->jobs->context, index, &job);
    if (pat_death_is_of_memory(death))
        fail_for_memory(&job, death, &error);
    else
        fail_for_death(&job, death, &error);
    pat_outcome_fail(&outcome, PAT_STAGE_WORKER, &error);
    record_outcome(pool, index, &outcome);
    pat_outcome_release(&outcome); /* empty, unless it could not be recorded */
}

static void lost(void *context, const uint64_t *ids, int count, const pat_death *death)
{
    struct pool *pool = context;
    for (int i = 0; i < count; i++) {
        size_t index = (size_t)ids[i];
        if (i == 0 && death != NULL &&
            pat_collector_attempt(pool->options->collector, index) >= ATTEMPTS)
            fail_job(pool, index, death);
        else
            pool->returned[pool->returned_count++] = index;
    }
}

static bool wants_more(void *context)
{
    const struct pool *pool = context;
    return !is_interrupted(pool) &&
           (pool->returned_count > 0 ||
            pat_collector_state_of(pool->options->collector).next < pool->options->jobs->count);
}

/* ---- The run ------------------------------------------------------------------------------ */

static void report_progress(const struct pool *pool)
{
    const pat_run_options *run = pool->options->run;
    pat_collector_state state = pat_collector_state_of(pool->options->collector);
    pat_progress progress = {
        .done = state.done,
        .total = pool->options->jobs->count,
        .failed = state.failed,
        .recalled = state.recalled,
        .elapsed_s = pat_clock_seconds() - pool->started_s,
        .trouble = pool->fleet == NULL ? NULL : pat_fleet_trouble(pool->fleet),
    };
    if (run->progress != NULL)
        run->progress(run->progress_context, &progress);
}

static void ticked(void *context)
{
    struct pool *pool = context;
    pat_error error;
    if (pat_fleet_is_finishing(pool->fleet))
        return;
    if (is_interrupted(pool) &&
        (*pool->options->run->interrupt < 0 || pat_fleet_busy(pool->fleet) == 0))
        check(pool, pat_fail(&error, PAT_INTERRUPTED, "interrupted"), &error);
    if (++pool->ticks % SYNC_TICKS == 0)
        check(pool, pat_collector_sync(pool->options->collector, &error), &error);
    report_progress(pool);
}

/* Write outcomes from the journal while there is nothing else to do. False if there are no more. */
static bool catch_up(struct pool *pool)
{
    pat_collector_state state = pat_collector_state_of(pool->options->collector);
    pat_error error;
    if (state.written == pool->options->jobs->count)
        pat_fleet_finish(pool->fleet);
    if (state.written == state.settled || pat_fleet_is_finishing(pool->fleet))
        return false;
    check(pool, pat_collector_catch_up(pool->options->collector, CATCH_UP, &error), &error);
    return true;
}

static pat_status run_fleet(struct pool *pool, pat_error *error)
{
    bool more = pool->options->jobs->count > 0;
    while (!pat_fleet_is_over(pool->fleet)) {
        pat_fleet_step(pool->fleet, !more);
        more = catch_up(pool);
    }
    report_progress(pool);
    return pat_fleet_status(pool->fleet, error);
}

pat_status pat_pool_run(const pat_pool_options *options, pat_error *error)
{
    struct pool pool = {.options = options, .started_s = pat_clock_seconds()};
    const pat_fleet_options fleet = {
        .setup = options->setup,
        .run = options->run,
        .owner = {answered, lost, wants_more, feed, ticked, &pool},
        .decoder_version = options->decoder_version,
        .sandbox = options->sandbox,
        .platform = options->platform,
    };
    if (options->jobs->count == 0) {
        report_progress(&pool);
        return PAT_OK;
    }
    pool.returned =
        calloc((size_t)options->run->jobs * (size_t)options->run->batch, sizeof *pool.returned);
    if (pool.returned == NULL)
        return pat_fail_memory(error, "the job table");
    pat_status status = pat_fleet_create(&fleet, &pool.fleet, error);
    if (status == PAT_OK)
        status = run_fleet(&pool, error);
    pat_fleet_free(pool.fleet);
    free(pool.returned);
    return status;
}
