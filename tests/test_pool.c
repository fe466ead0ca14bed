/* The worker pool, with workers that crash, lie and hang. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "crew.h"
#include "workspace.h"

static void test_healthy_jobs_are_done_once_each_in_order(void **state)
{
    (void)state;
    for (int jobs = 1; jobs <= 8; jobs *= 2)
        for (int batch = 1; batch <= PAT_BATCH_MAX; batch *= PAT_BATCH_MAX) {
            set_crew(JOBS_MAX, jobs, batch);
            assert_crew_done();
            assert_int_equal(crew.workers, jobs);
            assert_int_equal(crew.progress.failed, 0);
            for (size_t i = 0; i < crew.count; i++)
                assert_job_done(i);
        }
}

/* Faults in various places: adjacent, in one batch, at both ends, among slow jobs. */
static const struct {
    size_t index;
    const char *prefix, *cause; /* NULL: slow, or the second attempt succeeds */
} crew_faults[] = {
    {0, "segv_", "killed by SIGSEGV"},
    {1, "abort_", "killed by SIGABRT"},
    {2, "kill_", "killed by SIGKILL"},
    {51, "once_segv_", NULL},
    {53, "exit3_", "exited with status 3"},
    {100, "garbage_", "invalid message"},
    {101, "slow_", NULL},
    {172, "once_kill_", NULL},
    {230, "slow_", NULL},
    {JOBS_MAX - 1, "segv_", "killed by SIGSEGV"},
};
enum { CREW_FAULTS = sizeof crew_faults / sizeof *crew_faults };

static void run_faulty_crew(int jobs, int batch)
{
    set_crew(JOBS_MAX, jobs, batch);
    for (size_t i = 0; i < CREW_FAULTS; i++) {
        char marker[300];
        size_t index = crew_faults[i].index;
        set_job(index, crew_faults[i].prefix);
        snprintf(marker, sizeof marker, "%s.met", crew.path[index]);
        unlink(marker);
    }
    assert_crew_done();
}

static void test_crashes_cost_only_the_jobs_that_crash(void **state)
{
    (void)state;
    static struct crew first;
    for (int jobs = 1; jobs <= 8; jobs *= 2)
        for (int batch = 1; batch <= 5; batch += 4) {
            size_t failed = 0;
            run_faulty_crew(jobs, batch);
            for (size_t i = 0, fault = 0; i < crew.count; i++) {
                bool here = fault < CREW_FAULTS && crew_faults[fault].index == i;
                const char *cause = here ? crew_faults[fault].cause : NULL;
                fault += here;
                failed += cause != NULL;
                if (cause != NULL)
                    assert_job_lost(i, cause);
                else
                    assert_job_done(i);
            }
            assert_int_equal(crew.progress.failed, failed);
            if (jobs == 1 && batch == 1)
                first = crew;
            assert_memory_equal(crew.outcome, first.outcome, sizeof first.outcome);
            assert_memory_equal(crew.report, first.report, sizeof first.report);
        }
}

/* If the pool itself kills a worker, the message does not mention memory. */
static void test_workers_that_talk_nonsense_are_ended(void **state)
{
    (void)state;
    static const char *const faults[] = {"garbage_", "nonsense_", "lie_", "excess_", "unchanged_"};
    enum { FAULTS = sizeof faults / sizeof *faults };
    set_crew(30, 2, 5);
    for (size_t i = 0; i < FAULTS; i++)
        set_job(10 + i, faults[i]);
    set_job(20, "kill_");
    set_job(21, "half_");
    set_job(22, "close_");
    assert_crew_done();
    for (size_t i = 0; i < FAULTS; i++) {
        assert_job_lost(10 + i, "invalid message");
        assert_null(strstr(crew.outcome[10 + i].message, "out of memory"));
    }
    assert_job_lost(20, "SIGKILL (possibly out of memory)");
    assert_job_lost(21, "exited with status 4");
    assert_job_lost(22, "exited with status 0");
    for (size_t i = 0; i < crew.count; i++)
        if (i < 10 || (i >= 10 + FAULTS && i < 20) || i > 22)
            assert_job_done(i);
}

static void assert_times_met(size_t index, long times)
{
    char marker[300];
    struct stat info;
    snprintf(marker, sizeof marker, "%s.met", crew.path[index]);
    assert_int_equal(stat(marker, &info), 0);
    assert_int_equal(info.st_size, times);
}

/* The other jobs of a crashed batch were not started, so no attempt is counted for them. */
static void test_job_that_crashes_is_tried_three_times(void **state)
{
    (void)state;
    set_crew(12, 1, 5);
    set_job(4, "tally_");
    set_job(5, "tally_segv_");
    set_job(6, "tally_");
    set_job(7, "once_segv_");
    assert_crew_done();
    assert_job_lost(5, "SIGSEGV");
    for (size_t i = 4; i < 8; i++)
        assert_times_met(i, i == 5 ? 3 : i == 7 ? 2 : 1);
    assert_mentions(crew.outcome[5].message, "3 worker processes in a row");
}

static void test_running_out_of_memory_is_told(void **state)
{
    (void)state;
    set_crew(12, 2, 5);
    set_job(4, "memory_");
    set_job(7, "once_memory_");
    assert_crew_done();
    assert_int_equal(crew.outcome[4].status, PAT_OUT_OF_MEMORY);
    assert_mentions(crew.outcome[4].message, crew.path[4]);
    assert_mentions(crew.outcome[4].message, "the worker ran out of memory, 3 times in a row");
    for (size_t i = 0; i < crew.count; i++)
        if (i != 4)
            assert_job_done(i);
}

/* A worker that retires finishes the jobs that it holds, so none is tried twice. */
static void test_worker_that_retires_is_replaced(void **state)
{
    (void)state;
    for (int jobs = 1; jobs <= 2; jobs++)
        for (int batch = 1; batch <= 5; batch += 4) {
            set_crew(20, jobs, batch);
            for (size_t i = 0; i < crew.count; i++)
                set_job(i, i % 3 == 0 ? "retire_" : "ok_");
            assert_crew_done();
            for (size_t i = 0; i < crew.count; i++)
                assert_job_done(i);
        }
}

/* It is not the job's fault: its worker is replaced by one that has the modules. One that had them
 * cannot ask for them again. */
static void test_worker_that_lacks_modules_is_replaced(void **state)
{
    (void)state;
    set_crew(12, 1, 5);
    for (size_t i = 0; i < 6; i++)
        set_job(i, "tally_lacking_");
    set_job(10, "greedy_");
    assert_crew_done();
    for (size_t i = 0; i < 6; i++) {
        assert_job_done(i);
        assert_times_met(i, i == 0 ? 2 : 1);
    }
    assert_job_lost(10, "invalid message");
}

/* Writing to a worker that stopped reading raises SIGPIPE, which the application must not see. */
static void test_worker_that_stops_listening(void **state)
{
    (void)state;
    set_crew(10, 1, 2);
    set_job(3, "once_deaf_");
    set_job(7, "deaf_");
    assert_crew_done();
    for (size_t i = 0; i < crew.count; i++)
        assert_job_done(i);
}

/* A worker that closes its socket but does not exit must not block the run. */
static void test_lingering_worker_is_ended(void **state)
{
    (void)state;
    set_crew(4, 1, 2);
    set_job(1, "once_linger_");
    assert_crew_done();
    for (size_t i = 0; i < crew.count; i++)
        assert_job_done(i);
}

static void test_worker_that_takes_too_long_is_ended(void **state)
{
    (void)state;
    set_crew(8, 2, 3);
    crew.options.timeout_s = 2;
    set_job(1, "once_hang_");
    set_job(3, "tally_hang_");
    for (size_t i = 4; i < crew.count; i++) /* together they exceed the timeout */
        set_job(i, "slower_");
    assert_crew_done();
    assert_job_lost(3, "did not finish within 2 s");
    assert_times_met(3, 3);
    for (size_t i = 0; i < crew.count; i++)
        if (i != 3)
            assert_job_done(i);

    set_crew(2, 1, 1);
    crew.options.timeout_s = 1;
    crew.options.worker_command = (const char *const[]){FAULTY_WORKER, "stuck", NULL};
    assert_int_equal(run_crew(), PAT_WORKER_DIED);
    assert_mentions(crew.error.message, "did not start within 1 s");
}

static void test_stopped_worker_goes_on(void **state)
{
    (void)state;
    set_crew(40, 2, 2);
    for (size_t i = 0; i < crew.count; i += 4)
        set_job(i, "tally_stop_");
    set_job(5, "once_stopper_");
    assert_crew_done();
    for (size_t i = 0; i < crew.count; i++)
        assert_job_done(i);
    for (size_t i = 0; i < crew.count; i += 4)
        assert_times_met(i, 1);
    assert_times_met(5, 2);
}

/* Requests wait in the driver while the socket is full; one that exceeds its capacity is sent in
 * parts. */
static void test_requests_wait_for_room_in_the_socket(void **state)
{
    (void)state;
    static char name[300000];
    static const size_t lengths[] = {4000, sizeof name - 1};
    for (size_t i = 0; i < 2; i++) {
        set_crew(100, 2, PAT_BATCH_MAX);
        memset(name, 'x', sizeof name);
        name[lengths[i]] = '\0';
        crew.undamaged = name;
        set_job(0, "slower_");
        set_job(1, "slower_");
        assert_crew_done();
        for (size_t job = 0; job < crew.count; job++)
            assert_job_done(job);
    }
}

static void test_no_job_is_handed_out_beyond_the_window(void **state)
{
    (void)state;
    set_crew(JOBS_MAX, 2, 1);
    set_job(0, "slower_");
    assert_crew_done();
    assert_int_equal(crew.highest_before_first, 2 * (1 + 16) - 1);
}

/* Handed out early, they might wait behind a long job while another worker is idle. */
static void test_last_jobs_are_kept_for_idle_workers(void **state)
{
    (void)state;
    for (int jobs = 1; jobs <= 2; jobs++) {
        set_crew(10, jobs, PAT_BATCH_MAX);
        for (size_t i = 0; i < crew.count; i++)
            set_job(i, "hang_");
        crew.interrupt_at = crew.count - 1 - (size_t)jobs;
        assert_int_equal(run_crew(), PAT_INTERRUPTED);
        assert_in_range(crew.highest_before_first, crew.interrupt_at, crew.count - 2);
    }
}

static void test_as_many_workers_as_jobs_at_most(void **state)
{
    (void)state;
    set_crew(2, 8, 1);
    assert_crew_done();
    assert_int_equal(crew.workers, 2);
    set_crew(0, 4, 1);
    assert_crew_done();
    set_crew(3, 0, 0); /* the defaults */
    assert_crew_done();
    assert_in_range(crew.workers, 1, 3);
}

static void test_options_out_of_range(void **state)
{
    (void)state;
    static const int wrong[][2] = {{-1, 1}, {PAT_JOBS_MAX + 1, 1}, {1, -1}, {1, PAT_BATCH_MAX + 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        set_crew(3, wrong[i][0], wrong[i][1]);
        assert_int_equal(run_crew(), PAT_INVALID_ARGUMENT);
        assert_mentions(crew.error.message, wrong[i][0] == 1 ? "--batch" : "--jobs");
        assert_int_equal(crew.put, 0);
    }
}

static void assert_no_start(const char *const *command, pat_status status, const char *mentions)
{
    for (int jobs = 1; jobs <= 4; jobs += 3) {
        set_crew(10, jobs, 2);
        crew.options.worker_command = command;
        assert_int_equal(run_crew(), status);
        assert_int_equal(crew.error.status, status);
        assert_mentions(crew.error.message, mentions);
        assert_int_equal(crew.put, 0);
    }
}

static void test_workers_that_do_not_start(void **state)
{
    (void)state;
    write_text("text", "no program");
    assert_no_start((const char *const[]){"./gone", NULL}, PAT_WORKER_DIED,
                    "no such file or directory");
    assert_no_start((const char *const[]){"./text", NULL}, PAT_WORKER_DIED, "permission denied");
    assert_no_start((const char *const[]){"/bin/true", NULL}, PAT_WORKER_DIED,
                    "exited with status 0");
    assert_no_start((const char *const[]){FAULTY_WORKER, "die", NULL}, PAT_WORKER_DIED,
                    "exited with status 5");
    assert_no_start((const char *const[]){FAULTY_WORKER, "mute", NULL}, PAT_WORKER_DIED,
                    "exited with status 6");
    assert_no_start((const char *const[]){FAULTY_WORKER, "broken", NULL}, PAT_INTERNAL,
                    "a worker cannot start: no decoder today");
}

static void test_one_failed_start_is_survived(void **state)
{
    (void)state;
    set_crew(10, 1, 1);
    crew.options.worker_command = (const char *const[]){FAULTY_WORKER, "die_once", NULL};
    assert_crew_done();
    assert_int_equal(access("start.met", F_OK), 0);
}

/* Workers may be killed only for a while, for example when memory runs out. */
static void test_workers_that_are_killed_as_they_start_are_tried_again(void **state)
{
    (void)state;
    set_crew(10, 1, 1);
    crew.options.worker_command = (const char *const[]){FAULTY_WORKER, "killed_5", NULL};
    assert_crew_done();
    assert_mentions(crew.trouble, "was killed by SIGKILL");
    assert_null(crew.progress.trouble);
    for (size_t i = 0; i < crew.count; i++)
        assert_job_done(i);
}

static void test_patience_with_workers_that_are_killed_ends(void **state)
{
    (void)state;
    for (int jobs = 1; jobs <= 4; jobs += 3) {
        set_crew(10, jobs, 1);
        crew.options.patience_s = 1;
        crew.options.worker_command = (const char *const[]){FAULTY_WORKER, "killed", NULL};
        assert_int_equal(run_crew(), PAT_WORKER_DIED);
        assert_mentions(crew.error.message, "no worker could start for ");
        assert_mentions(crew.error.message, "was killed by SIGKILL");
        assert_int_equal(crew.put, 0);
    }
}

/* Finished jobs are kept when a run ends because no worker can start. */
static void test_jobs_done_before_workers_are_killed_are_kept(void **state)
{
    (void)state;
    set_crew(10, 1, 1);
    set_job(4, "segv_");
    crew.options.patience_s = 1;
    crew.options.worker_command = (const char *const[]){FAULTY_WORKER, "killed_later", NULL};
    assert_int_equal(run_crew(), PAT_WORKER_DIED);
    assert_mentions(crew.error.message, "was killed by SIGKILL");
    assert_int_equal(crew.put, 4);
    for (size_t i = 0; i < crew.put; i++)
        assert_job_done(i);
}

/* For example, if there is only memory for one worker. */
static void test_one_worker_that_starts_is_enough(void **state)
{
    (void)state;
    set_crew(20, 3, 2);
    crew.options.worker_command = (const char *const[]){FAULTY_WORKER, "die_later", NULL};
    for (size_t i = 0; i < crew.count; i++)
        set_job(i, "slow_");
    assert_crew_done();
    for (size_t i = 0; i < crew.count; i++)
        assert_job_done(i);
}

static void test_error_of_the_sink_stops_the_run(void **state)
{
    (void)state;
    for (int jobs = 1; jobs <= 4; jobs += 3) {
        set_crew(JOBS_MAX, jobs, 3);
        crew.fail_at = 7;
        set_job(9, "hang_");
        assert_int_equal(run_crew(), PAT_WRITE_FAILED);
        assert_string_equal(crew.error.message, "the disk is full");
        assert_int_equal(crew.put, 7);
    }
}

static void test_interrupt_stops_the_run_promptly(void **state)
{
    (void)state;
    for (int jobs = 1; jobs <= 4; jobs += 3) {
        set_crew(JOBS_MAX, jobs, 2);
        for (size_t i = 5; i < crew.count; i++)
            set_job(i, "hang_");
        crew.interrupt_at = 6;
        assert_int_equal(run_crew(), PAT_INTERRUPTED);
        assert_in_range(crew.put, 0, 5); /* the others would hang */
    }
}

/* Exactly the jobs that were handed out are done. */
static void test_interrupted_run_finishes_what_is_in_hand(void **state)
{
    (void)state;
    set_crew(40, 3, 2);
    for (size_t i = 0; i < crew.count; i++)
        set_job(i, "slow_");
    crew.interrupt_at = 10;
    crew.interrupt_by = SIGINT;
    assert_int_equal(run_crew(), PAT_INTERRUPTED);
    assert_int_equal(crew.put, 11);
    assert_int_equal(crew.progress.done, 11);
}

static void test_progress_is_reported_on_the_way(void **state)
{
    (void)state;
    set_crew(10, 1, 1);
    for (size_t i = 0; i < crew.count; i++)
        set_job(i, "slow_");
    assert_crew_done();
    double most = 2 + 11 * crew.progress.elapsed_s; /* ten per second, and one at the end */
    assert_in_range(crew.progress_calls, 3, (size_t)most);
    assert_true(crew.progress.elapsed_s >= 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_healthy_jobs_are_done_once_each_in_order),
        IN_FOLDER(test_crashes_cost_only_the_jobs_that_crash),
        IN_FOLDER(test_workers_that_talk_nonsense_are_ended),
        IN_FOLDER(test_job_that_crashes_is_tried_three_times),
        IN_FOLDER(test_running_out_of_memory_is_told),
        IN_FOLDER(test_worker_that_retires_is_replaced),
        IN_FOLDER(test_worker_that_lacks_modules_is_replaced),
        IN_FOLDER(test_worker_that_stops_listening),
        IN_FOLDER(test_lingering_worker_is_ended),
        IN_FOLDER(test_worker_that_takes_too_long_is_ended),
        IN_FOLDER(test_stopped_worker_goes_on),
        IN_FOLDER(test_requests_wait_for_room_in_the_socket),
        IN_FOLDER(test_no_job_is_handed_out_beyond_the_window),
        IN_FOLDER(test_last_jobs_are_kept_for_idle_workers),
        IN_FOLDER(test_as_many_workers_as_jobs_at_most),
        IN_FOLDER(test_options_out_of_range),
        IN_FOLDER(test_workers_that_do_not_start),
        IN_FOLDER(test_one_failed_start_is_survived),
        IN_FOLDER(test_workers_that_are_killed_as_they_start_are_tried_again),
        IN_FOLDER(test_patience_with_workers_that_are_killed_ends),
        IN_FOLDER(test_jobs_done_before_workers_are_killed_are_kept),
        IN_FOLDER(test_one_worker_that_starts_is_enough),
        IN_FOLDER(test_error_of_the_sink_stops_the_run),
        IN_FOLDER(test_interrupt_stops_the_run_promptly),
        IN_FOLDER(test_interrupted_run_finishes_what_is_in_hand),
        IN_FOLDER(test_progress_is_reported_on_the_way),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
