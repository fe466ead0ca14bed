/* Real jobs, by workers and in this process; and what workers print. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "crew.h"
#include "workspace.h"

static const char *const real_worker[] = {FAULTY_WORKER, "real", NULL};

static void set_sample_crew(const char *const *worker_command)
{
    static const char *const names[] = {"astronaut_face.jpg", "missing.png", "grass.bmp",
                                        "skyline.png"};
    set_crew(4, 2, 1);
    crew.kind = PAT_TASK_FEATURES;
    crew.options.worker_command = worker_command;
    for (size_t i = 0; i < crew.count; i++)
        snprintf(crew.path[i], sizeof crew.path[i], SAMPLE "/damaged/%s", names[i]);
}

static void test_jobs_in_this_process_give_what_workers_give(void **state)
{
    (void)state;
    static struct crew by_workers;
    set_sample_crew(real_worker);
    assert_crew_done();
    by_workers = crew;
    assert_int_equal(crew.outcome[1].status, PAT_NOT_FOUND);
    assert_int_equal(crew.outcome[1].stage, PAT_STAGE_DECODE);
    assert_mentions(crew.outcome[1].message, "missing.png");
    assert_true(crew.outcome[0].status == PAT_OK && crew.report[0].features[0] > 0);

    set_sample_crew(NULL);
    assert_int_equal(start_crew(), PAT_OK);
    assert_int_equal(crew.workers, 0);
    assert_int_equal(crew.progress.done, 4);
    assert_int_equal(crew.progress.failed, 1);
    assert_memory_equal(crew.outcome, by_workers.outcome, sizeof by_workers.outcome);
    assert_memory_equal(crew.report, by_workers.report, sizeof by_workers.report);
}

/* What is secret in the environment is not in the memory of a worker, which an image may take over.
 */
static void test_worker_has_only_the_variables_that_it_needs(void **state)
{
    (void)state;
    static const char *const names[] = {"MY_SECRET", "HOME", "PATH_TO_KEY"};
    char text[8192] = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        setenv(names[i], "hidden", 1);
    setenv("MALLOC_ARENA_MAX", "3", 1);
    set_sample_crew((const char *const[]){"/bin/sh", "-c",
                                          "cat /proc/self/environ >variables; exec \"$0\" real",
                                          FAULTY_WORKER, NULL});
    assert_crew_done();
    FILE *file = fopen("variables", "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    for (size_t i = 0; i < size; i++)
        text[i] = text[i] == '\0' ? '\n' : text[i];
    assert_mentions(text, "MALLOC_ARENA_MAX=3\n");
    assert_null(strstr(text, "hidden"));
    unsetenv("MALLOC_ARENA_MAX");
}

static void set_feature_crew(size_t count, const char *name)
{
    set_crew(count, 1, 1);
    crew.kind = PAT_TASK_FEATURES;
    crew.options.worker_command = real_worker;
    for (size_t i = 0; i < count; i++)
        snprintf(crew.path[i], sizeof crew.path[i], SAMPLE "/damaged/%s", name);
}

/* Leaking a descriptor per job would soon exceed the limit. */
static void test_worker_closes_what_it_is_sent(void **state)
{
    (void)state;
    struct stat info;
    set_feature_crew(100, "grass.bmp");
    crew.options.worker_command = (const char *const[]){FAULTY_WORKER, "real_poor", NULL};
    assert_crew_done();
    for (size_t i = 0; i < crew.count; i++)
        assert_int_equal(crew.outcome[i].status, PAT_OK);
    assert_int_equal(stat("start.met", &info), 0);
    assert_int_equal(info.st_size, 1); /* it was started once */
}

/* An image that needs too much memory is a failure that mentions --memory; the rest is done. A new
 * worker tries it again, and a new one takes over from a worker that has used much memory. */
static void test_memory_has_a_limit(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip();
#endif
    enum { SIDE = 7000 };
    struct stat starts;
    const uint32_t size = 3u * SIDE * SIDE,
                   header[] = {54 + size, 0, 54, 40, SIDE, SIDE, 1 | 24 << 16, 0, size, 0, 0, 0, 0};
    char bytes[54] = "BM";
    memcpy(bytes + 2, header, sizeof header);
    write_bytes("large.bmp", bytes, sizeof bytes);
    assert_int_equal(truncate("large.bmp", 54 + size), 0); /* black */
    for (int limited = 1; limited >= 0; limited--) {
        set_feature_crew(3, "grass.bmp");
        crew.options.worker_command = (const char *const[]){FAULTY_WORKER, "real_poor", NULL};
        crew.options.memory_bytes = limited ? 128 << 20 : PAT_MEMORY_UNLIMITED;
        strcpy(crew.path[1], "large.bmp");
        unlink("start.met");
        assert_crew_done();
        assert_int_equal(stat("start.met", &starts), 0);
        assert_int_equal(starts.st_size, 2);
        assert_int_equal(crew.outcome[1].status, limited ? PAT_OUT_OF_MEMORY : PAT_OK);
        if (limited)
            assert_mentions(crew.outcome[1].message,
                            "128 MiB, which --memory or fewer --jobs can raise");
        assert_true(crew.outcome[0].status == PAT_OK && crew.outcome[2].status == PAT_OK);
    }
}

/* Page faults of a worker that computes the features of one image `count` times. */
static long faults_of(size_t count)
{
    struct rusage before, after;
    set_feature_crew(count, "photographer_lawn.webp");
    getrusage(RUSAGE_CHILDREN, &before);
    assert_crew_done();
    getrusage(RUSAGE_CHILDREN, &after);
    return after.ru_minflt - before.ru_minflt;
}

static void test_worker_reuses_its_memory(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* its allocator does not reuse freed memory at once */
#endif
    /* Usually less than one per image, but hundreds if memory were returned to the system. The
     * number for starting a worker varies. */
    assert_true(faults_of(60) - faults_of(20) < 40 * 50);
}

static void test_jobs_in_this_process_stop_early(void **state)
{
    (void)state;
    for (int sink_fails = 0; sink_fails < 2; sink_fails++) {
        set_sample_crew(NULL);
        if (sink_fails)
            crew.fail_at = 2;
        else
            crew.interrupt_at = 1;
        assert_int_equal(start_crew(), sink_fails ? PAT_WRITE_FAILED : PAT_INTERRUPTED);
        assert_int_equal(crew.put, 2);
    }
}

/* ---- What workers print ---------------------------------------------------------------------- */

static char noticed[1 << 17]; /* short lines grow tenfold */

static void note_text(const char *text)
{
    size_t length = strlen(noticed);
    snprintf(noticed + length, sizeof noticed - length, "%s\n", text);
}

/* The text is cleaned; a worker that has no sandbox is told of once. */
static void test_what_workers_print_is_told(void **state)
{
    (void)state;
    set_crew(2, 1, 1);
    set_job(0, "chat_");
    crew.options.notice = note_text;
    noticed[0] = '\0';
    assert_crew_done();
    assert_string_equal(noticed,
                        "warning: the sandbox of the workers is incomplete: none (a test); do not "
                        "process images that you do not trust (--require-sandbox refuses to run)\n"
                        "a worker printed: stdin null, stdout null, stderr to write to\n"
                        "a worker printed: ?[2Jcleared\n");
}

/* Neither the worker nor the run waits for the text of one that never stops. */
static void test_a_flood_of_text_ends(void **state)
{
    (void)state;
    set_crew(3, 1, 1);
    set_job(1, "flood_");
    crew.options.notice = note_text;
    noticed[0] = '\0';
    assert_crew_done();
    assert_int_equal(crew.outcome[1].status, PAT_OK);
    assert_mentions(noticed, "a worker printed too much; the rest is dropped");
    assert_true(strlen(noticed) < sizeof noticed - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_jobs_in_this_process_give_what_workers_give),
        IN_FOLDER(test_worker_has_only_the_variables_that_it_needs),
        IN_FOLDER(test_worker_closes_what_it_is_sent),
        IN_FOLDER(test_memory_has_a_limit),
        IN_FOLDER(test_worker_reuses_its_memory),
        IN_FOLDER(test_jobs_in_this_process_stop_early),
        cmocka_unit_test(test_what_workers_print_is_told),
        cmocka_unit_test(test_a_flood_of_text_ends),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
