/* Requests answered as they come, by workers that crash, lie and hang. */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "settings.h"
#include "tasks/task_features.h"
#include "workers/service.h"
#include "workspace.h"

enum { REQUESTS_MAX = 64 };

/* What was asked, and what came of it. */
static struct request {
    char path[64];
    pat_job job;
    int times_done, position;
    bool answered, refused;
    double first_feature;
    char death[128];
} requests[REQUESTS_MAX];

static int done_count;

static bool note(void *context, pat_outcome *outcome, const char *death)
{
    struct request *request = context;
    double features[PAT_FEATURES_MAX] = {0};
    request->times_done++;
    request->position = done_count++;
    request->answered = outcome != NULL;
    if (outcome == NULL)
        snprintf(request->death, sizeof request->death, "%s", death);
    else if (outcome->status == PAT_OK)
        assert_true(pat_features_report_unpack(pat_buffer_bytes(&outcome->report), features));
    request->first_feature = features[0];
    return !request->refused;
}

/* Packed: the extended features are not wanted. */
static const uint64_t extra = 0;
static const pat_task_setup features_setup = {.kind = PAT_TASK_FEATURES,
                                              .extra = {&extra, sizeof extra}};

static int timeout_s = 60;

static pat_service *start(const char *const *command, int workers, int queue)
{
    pat_service *service;
    pat_error error;
    memset(requests, 0, sizeof requests);
    done_count = 0;
    const pat_run_options run = {
        .jobs = workers, .timeout_s = timeout_s, .worker_command = command};
    const pat_service_options options = {&features_setup, &run, queue, 0};
    assert_int_equal(pat_service_create(&options, &service, &error), PAT_OK);
    return service;
}

static const char *const faulty_worker[] = {FAULTY_WORKER, NULL};

static uint64_t id_of(int number)
{
    return (uint64_t)number + 1;
}

/* Requests are of as many parties; 0: each of its own. */
static int parties;

static uint64_t party_of(int number)
{
    return (uint64_t)(parties == 0 ? number : number % parties);
}

static bool submit(pat_service *service, int number, const char *prefix)
{
    struct request *request = &requests[number];
    snprintf(request->path, sizeof request->path, "%s%04d.png", prefix, number);
    request->job = (pat_job){.name = "", .damaged = request->path, .undamaged = ""};
    return pat_service_submit(service, &(pat_service_request){id_of(number), party_of(number),
                                                              &request->job, note, request});
}

/* Wait as a caller with other things to wait for would. */
static pat_status step(pat_service *service, pat_error *error)
{
    struct pollfd ready = {pat_service_descriptor(service), POLLIN, 0};
    poll(&ready, 1, pat_service_timeout_ms(service));
    return pat_service_step(service, error);
}

static pat_status work_until(pat_service *service, int wanted, pat_error *error)
{
    pat_status status = pat_service_step(service, error);
    while (status == PAT_OK && done_count < wanted)
        status = step(service, error);
    return status;
}

static void check_answer(int number)
{
    assert_int_equal(requests[number].times_done, 1);
    assert_true(requests[number].answered);
    assert_float_equal(requests[number].first_feature, number, 0);
}

static void check_death(int number, const char *death)
{
    assert_int_equal(requests[number].times_done, 1);
    assert_false(requests[number].answered);
    assert_string_equal(requests[number].death, death);
}

/* Nothing may be left of it. */
static void end(pat_service *service, int descriptors)
{
    pat_service_free(service);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(count_entries("/proc/self/fd"), descriptors);
}

static void test_requests_are_answered(void **state)
{
    (void)state;
    int descriptors = count_entries("/proc/self/fd");
    pat_service *service = start(faulty_worker, 3, REQUESTS_MAX);
    for (int i = 0; i < 20; i++)
        assert_true(submit(service, i, "ok_"));
    assert_int_equal(work_until(service, 20, NULL), PAT_OK);
    for (int i = 20; i < 40; i++) { /* and later ones */
        assert_true(submit(service, i, "ok_"));
        assert_int_equal(work_until(service, i + 1, NULL), PAT_OK);
    }
    for (int i = 0; i < 40; i++)
        check_answer(i);
    while (pat_service_state_of(service).ready < 3)
        assert_int_equal(step(service, NULL), PAT_OK);
    pat_service_state is = pat_service_state_of(service);
    assert_int_equal(is.workers, 3);
    assert_int_equal(is.ready, 3);
    assert_int_equal(is.busy + is.waiting, 0);
    assert_int_equal(is.deaths, 0);
    assert_true(is.decoder_version[0] != '\0' && is.sandbox[0] != '\0');
    end(service, descriptors);
}

/* A worker without modules is replaced, and its request is sent again. */
static void test_worker_that_lacks_modules_is_replaced(void **state)
{
    (void)state;
    int descriptors = count_entries("/proc/self/fd");
    pat_service *service = start(faulty_worker, 1, REQUESTS_MAX);
    for (int i = 0; i < 4; i++)
        assert_true(submit(service, i, i % 2 == 0 ? "lacking_" : "ok_"));
    assert_int_equal(work_until(service, 4, NULL), PAT_OK);
    for (int i = 0; i < 4; i++)
        check_answer(i);
    end(service, descriptors);
}

static void test_queue_is_bounded(void **state)
{
    (void)state;
    int descriptors = count_entries("/proc/self/fd");
    pat_service *service = start(faulty_worker, 2, 3);
    for (int i = 0; i < 5; i++)
        assert_true(submit(service, i, "ok_"));
    assert_false(submit(service, 5, "ok_"));
    assert_int_equal(pat_service_state_of(service).waiting, 5); /* no worker has started yet */
    assert_int_equal(work_until(service, 5, NULL), PAT_OK);
    assert_true(submit(service, 5, "ok_"));
    assert_int_equal(work_until(service, 6, NULL), PAT_OK);
    for (int i = 0; i < 6; i++)
        check_answer(i);
    end(service, descriptors);
}

/* One request's worker ends; every other request is answered. */
static void test_death_concerns_one_request(void **state)
{
    (void)state;
    static const struct {
        const char *prefix, *death;
    } faults[] = {
        {"segv_", "was killed by SIGSEGV"},
        {"kill_", "was killed by SIGKILL (possibly out of memory)"},
        {"exit3_", "exited with status 3"},
        {"half_", "exited with status 4"},
        {"garbage_", "sent an invalid message and was killed"},
        {"nonsense_", "sent an invalid message and was killed"},
        {"lie_", "sent an invalid message and was killed"},
        {"unchanged_", "sent an invalid message and was killed"},
        {"excess_", "sent an invalid message and was killed"},
        {"stopper_", "was stopped, did not continue, and was killed"},
    };
    enum { FAULTS = sizeof faults / sizeof *faults };
    int descriptors = count_entries("/proc/self/fd");
    pat_service *service = start(faulty_worker, 2, REQUESTS_MAX);
    for (int i = 0; i < 3 * FAULTS; i++)
        assert_true(submit(service, i, i % 3 == 1 ? faults[i / 3].prefix : "ok_"));
    assert_int_equal(work_until(service, 3 * FAULTS, NULL), PAT_OK);
    for (int i = 0; i < 3 * FAULTS; i++)
        if (i % 3 == 1)
            check_death(i, faults[i / 3].death);
        else
            check_answer(i);
    assert_int_equal(pat_service_state_of(service).deaths, FAULTS);
    end(service, descriptors);
}

/* The only child of this process. */
static pid_t worker_of_one(void)
{
    char path[64];
    int pid = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *children = fopen(path, "r");
    assert_non_null(children);
    assert_int_equal(fscanf(children, "%d", &pid), 1);
    fclose(children);
    return pid;
}

/* A request is not given to a worker that has ended, though nobody has noticed yet. */
static void test_death_of_an_idle_worker_concerns_nobody(void **state)
{
    (void)state;
    int descriptors = count_entries("/proc/self/fd");
    pat_service *service = start(faulty_worker, 1, 4);
    assert_true(submit(service, 0, "ok_"));
    assert_int_equal(work_until(service, 1, NULL), PAT_OK);
    pid_t worker = worker_of_one();
    siginfo_t info;
    kill(worker, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)worker, &info, WEXITED | WNOWAIT), 0);
    assert_true(submit(service, 1, "ok_"));
    assert_int_equal(work_until(service, 2, NULL), PAT_OK);
    check_answer(1);
    end(service, descriptors);
}

static void test_hanging_worker_is_ended(void **state)
{
    (void)state;
    int descriptors = count_entries("/proc/self/fd");
    timeout_s = 3; /* for its start, too, which takes long on a busy machine */
    pat_service *service = start(faulty_worker, 1, 4);
    timeout_s = 60;
    assert_true(submit(service, 0, "hang_"));
    assert_true(submit(service, 1, "ok_"));
    assert_int_equal(work_until(service, 2, NULL), PAT_OK);
    check_death(0, "did not finish within 3 s, and was killed");
    check_answer(1);
    end(service, descriptors);
}

/* A request that waits and one that is worked on are forgotten; the worker is free again. */
static void test_withdrawn_requests(void **state)
{
    (void)state;
    int descriptors = count_entries("/proc/self/fd");
    pat_service *service = start(faulty_worker, 1, 4);
    assert_true(submit(service, 0, "ok_"));
    assert_int_equal(work_until(service, 1, NULL), PAT_OK);
    assert_true(submit(service, 1, "hang_"));
    assert_true(submit(service, 2, "hang_"));
    assert_true(submit(service, 3, "ok_"));
    assert_int_equal(pat_service_step(service, NULL), PAT_OK);
    assert_int_equal(pat_service_state_of(service).busy, 1);
    pat_service_withdraw(service, id_of(2)); /* waits */
    pat_service_withdraw(service, id_of(1)); /* is worked on */
    pat_service_withdraw(service, 77);
    assert_int_equal(work_until(service, 2, NULL), PAT_OK);
    assert_int_equal(requests[1].times_done + requests[2].times_done, 0);
    check_answer(3);
    assert_int_equal(pat_service_state_of(service).deaths, 1);
    end(service, descriptors);
}

/* Nor does a worker go on whose answer makes no sense to who asked. */
static void test_answer_that_is_refused(void **state)
{
    (void)state;
    int descriptors = count_entries("/proc/self/fd");
    pat_service *service = start(faulty_worker, 1, 4);
    requests[0].refused = true;
    assert_true(submit(service, 0, "ok_"));
    assert_true(submit(service, 1, "ok_"));
    assert_int_equal(work_until(service, 2, NULL), PAT_OK);
    check_answer(0);
    check_answer(1);
    assert_int_equal(pat_service_state_of(service).deaths, 1);
    end(service, descriptors);
}

/* It ends although workers hang, and nobody is told. */
/* A party that submits many requests delays another by one. */
static void test_parties_take_turns(void **state)
{
    (void)state;
    pat_error error;
    pat_service *service = start(faulty_worker, 1, REQUESTS_MAX);
    parties = 1;
    for (int i = 0; i < 10; i++)
        assert_true(submit(service, i, "ok_"));
    parties = 0; /* 10 and 11: parties of their own */
    for (int i = 10; i < 12; i++)
        assert_true(submit(service, i, "ok_"));
    assert_int_equal(work_until(service, 12, &error), PAT_OK);
    for (int i = 0; i < 9; i++)
        assert_true(requests[i].position < requests[i + 1].position);
    assert_in_range(requests[10].position, 1, 2);
    assert_in_range(requests[11].position, 2, 3);
    pat_service_free(service);
}

/* One party leaves a worker to others. */
static void test_parties_leave_a_worker(void **state)
{
    (void)state;
    pat_error error;
    pat_service *service = start(faulty_worker, 3, REQUESTS_MAX);
    parties = 1;
    for (int i = 0; i < 4; i++)
        assert_true(submit(service, i, "hang_"));
    while (pat_service_state_of(service).busy < 2 || pat_service_state_of(service).ready < 3)
        assert_int_equal(step(service, &error), PAT_OK);
    assert_int_equal(pat_service_state_of(service).waiting, 2);
    assert_true(pat_service_seconds(service, id_of(0)) > 0);
    assert_true(pat_service_seconds(service, id_of(3)) == 0);
    parties = 0;
    assert_true(submit(service, 10, "ok_"));
    assert_int_equal(work_until(service, 1, &error), PAT_OK);
    check_answer(10);
    assert_int_equal(pat_service_state_of(service).waiting, 2);
    pat_service_free(service);
}

static void test_end_in_the_middle(void **state)
{
    (void)state;
    int descriptors = count_entries("/proc/self/fd");
    pat_service *service = start(faulty_worker, 2, 8);
    assert_true(submit(service, 0, "ok_"));
    assert_int_equal(work_until(service, 1, NULL), PAT_OK);
    for (int i = 1; i < 6; i++)
        assert_true(submit(service, i, "hang_"));
    assert_int_equal(pat_service_step(service, NULL), PAT_OK);
    end(service, descriptors);
    assert_int_equal(done_count, 1);
}

static void test_workers_that_do_not_start(void **state)
{
    (void)state;
    static const char *const broken[] = {FAULTY_WORKER, "broken", NULL};
    static const char *const die[] = {FAULTY_WORKER, "die", NULL};
    static const char *const nowhere[] = {"/nonexistent/worker", NULL};
    static const struct {
        const char *const *command;
        pat_status status;
        const char *message;
    } cases[] = {
        {broken, PAT_INTERNAL, "no decoder today"},
        {die, PAT_WORKER_DIED, "fail to start"},
        {nowhere, PAT_WORKER_DIED, "no such file"},
    };
    int descriptors = count_entries("/proc/self/fd");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_error error = {0};
        pat_service *service = start(cases[i].command, 2, 4);
        assert_true(submit(service, 0, "ok_"));
        assert_int_equal(work_until(service, 1, &error), cases[i].status);
        assert_non_null(strstr(error.message, cases[i].message));
        assert_int_equal(done_count, 0);
        end(service, descriptors);
    }
}

/* Where others have started, one that cannot is tried again. */
static void test_worker_that_cannot_start_again(void **state)
{
    (void)state;
    static const char *const broken_third[] = {FAULTY_WORKER, "broken_third", NULL};
    int descriptors = count_entries("/proc/self/fd");
    pat_service *service = start(broken_third, 2, 8);
    while (pat_service_state_of(service).ready < 2)
        assert_int_equal(step(service, NULL), PAT_OK);
    assert_true(submit(service, 0, "kill_"));
    for (int i = 1; i < 6; i++)
        assert_true(submit(service, i, "ok_"));
    assert_int_equal(work_until(service, 6, NULL), PAT_OK);
    while (pat_service_state_of(service).deaths < 2 || pat_service_state_of(service).ready < 2)
        assert_int_equal(step(service, NULL), PAT_OK);
    for (int i = 1; i < 6; i++)
        check_answer(i);
    end(service, descriptors);
}

static void test_options_out_of_range(void **state)
{
    (void)state;
    pat_service *service;
    const pat_run_options run = {.jobs = PAT_JOBS_MAX + 1, .worker_command = faulty_worker};
    const pat_service_options options = {&features_setup, &run, 4, 0};
    assert_int_equal(pat_service_create(&options, &service, NULL), PAT_INVALID_ARGUMENT);
    assert_null(service);
    pat_service_free(NULL);
}

/* What libuv opens once and keeps is not to be counted. */
static int warm_up(void **state)
{
    (void)state;
    pat_service_free(start(faulty_worker, 1, 0));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests_are_answered),
        cmocka_unit_test(test_queue_is_bounded),
        cmocka_unit_test(test_worker_that_lacks_modules_is_replaced),
        cmocka_unit_test(test_death_concerns_one_request),
        cmocka_unit_test(test_death_of_an_idle_worker_concerns_nobody),
        cmocka_unit_test(test_hanging_worker_is_ended),
        cmocka_unit_test(test_withdrawn_requests),
        cmocka_unit_test(test_answer_that_is_refused),
        cmocka_unit_test(test_parties_take_turns),
        cmocka_unit_test(test_parties_leave_a_worker),
        cmocka_unit_test(test_end_in_the_middle),
        cmocka_unit_test(test_workers_that_do_not_start),
        IN_FOLDER(test_worker_that_cannot_start_again),
        cmocka_unit_test(test_options_out_of_range),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
