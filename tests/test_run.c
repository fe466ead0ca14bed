/* From the wire to whole runs, with workers that crash, lie and hang. */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"
#include "run/collector.h"
#include "run/wire.h"

/* ---- A folder of its own for every test, which is also the current one ----------------------- */

static char home[] = "/tmp/patina_run_XXXXXX";

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

static int enter_folder(void **state)
{
    (void)state;
    strcpy(strchr(home, '\0') - 6, "XXXXXX");
    return mkdtemp(home) == NULL ? -1 : chdir(home);
}

static int leave_folder(void **state)
{
    (void)state;
    return chdir("/") != 0 ? -1 : nftw(home, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* The whole of a file, with a NUL after it. */
static pat_buffer read_file(const char *path)
{
    pat_buffer text = {0};
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    size_t count;
    do {
        char *room = pat_buffer_room(&text, 4096);
        assert_non_null(room);
        count = fread(room, 1, 4096, file);
        text.size += count;
    } while (count > 0);
    fclose(file);
    pat_buffer_append_char(&text, '\0');
    return text;
}

static void assert_file(const char *path, const char *expected)
{
    pat_buffer text = read_file(path);
    assert_string_equal(text.data, expected);
    pat_buffer_release(&text);
}

static size_t count_lines(const char *path)
{
    pat_buffer text = read_file(path);
    size_t lines = 0;
    for (const char *at = text.data; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    pat_buffer_release(&text);
    return lines;
}

static void assert_absent(const char *path)
{
    if (access(path, F_OK) == 0)
        fail_msg("%s exists", path);
}

/* Entries of a folder, other than "." and "..". */
static int count_entries(const char *folder)
{
    int count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 2;
}

static void assert_mentions(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not mention \"%s\"", text, part);
}

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)random_state * limit) >> 32);
}

/* ---- The wire -------------------------------------------------------------------------------- */

static pat_task_setup some_setup(void)
{
    pat_task_setup setup = {.kind = PAT_TASK_SEARCH, .trials = true, .max_pixels = 1u << 20};
    assert_int_equal(
        pat_grid_parse(&setup.grid, "color=none,white_balance;sigma=0.5,2;strength=0,0.25,1", NULL),
        PAT_OK);
    return setup;
}

/* Everything set; `trials` is the caller's. */
static pat_outcome some_outcome(pat_scores *trials, size_t trial_count)
{
    pat_outcome outcome = {.status = PAT_CORRUPT,
                           .stage = PAT_STAGE_FEATURES,
                           .message = "b.png: half of it is missing",
                           .setting = {PAT_COLOR_NONE, 1.5, 0.1},
                           .best = {INFINITY, INFINITY, 1},
                           .untouched = {-INFINITY, 1e-300, -0.5},
                           .ties = 39,
                           .trials = trials,
                           .trial_count = trial_count};
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        outcome.features[i] = 1.0 / (i + 3);
    for (size_t i = 0; i < trial_count; i++)
        trials[i] = (pat_scores){(double)i / 7, 20 + (double)i, 0.5};
    return outcome;
}

/* One message of each type. */
static void put_message(pat_buffer *out, pat_message_type type)
{
    pat_scores trials[3];
    pat_task_setup setup = some_setup();
    pat_outcome outcome = some_outcome(trials, 3);
    pat_error error = {PAT_OUT_OF_MEMORY, "not today"};
    switch (type) {
    case PAT_MESSAGE_SETUP:
        pat_wire_put_setup(out, &setup);
        break;
    case PAT_MESSAGE_READY:
        pat_wire_put_ready(out);
        break;
    case PAT_MESSAGE_BROKEN:
        pat_wire_put_broken(out, &error);
        break;
    case PAT_MESSAGE_JOB:
        pat_wire_put_job(out, 12345678901, &(pat_job){"d/a\nb.png", ""});
        break;
    case PAT_MESSAGE_OUTCOME:
        pat_wire_put_outcome(out, SIZE_MAX, &outcome);
        break;
    }
    assert_false(out->failed);
}

/* Read whatever the frame holds and write it again. False if it is refused. */
static bool repeat(const pat_frame *frame, pat_buffer *out)
{
    uint64_t index;
    pat_task_setup setup;
    pat_error error = {0};
    pat_job job;
    pat_outcome outcome = {0};
    switch (frame->type) {
    case PAT_MESSAGE_SETUP:
        if (!pat_wire_get_setup(frame, &setup))
            return false;
        pat_wire_put_setup(out, &setup);
        break;
    case PAT_MESSAGE_READY:
        pat_wire_put_ready(out);
        break;
    case PAT_MESSAGE_BROKEN:
        if (!pat_wire_get_broken(frame, &error))
            return false;
        pat_wire_put_broken(out, &error);
        break;
    case PAT_MESSAGE_JOB:
        if (!pat_wire_get_job(frame, &index, &job))
            return false;
        pat_wire_put_job(out, index, &job);
        break;
    case PAT_MESSAGE_OUTCOME:
        if (!pat_wire_get_outcome(frame, &index, &outcome)) {
            assert_null(outcome.trials);
            return false;
        }
        pat_wire_put_outcome(out, index, &outcome);
        pat_outcome_release(&outcome);
        break;
    }
    return true;
}

static pat_frame the_frame(const pat_buffer *bytes)
{
    pat_frame frame;
    assert_int_equal(pat_wire_next(bytes, &frame), PAT_FRAME_FOUND);
    return frame;
}

static void test_setup_travels(void **state)
{
    (void)state;
    pat_buffer bytes = {0};
    pat_task_setup sent = some_setup(), got;
    memset(&got, 0x55, sizeof got);
    pat_wire_put_setup(&bytes, &sent);
    pat_frame frame = the_frame(&bytes);
    assert_int_equal(frame.type, PAT_MESSAGE_SETUP);
    assert_true(pat_wire_get_setup(&frame, &got));
    assert_true(got.kind == sent.kind && got.trials && got.max_pixels == sent.max_pixels);
    char sent_grid[PAT_GRID_TEXT_SIZE], got_grid[PAT_GRID_TEXT_SIZE];
    pat_grid_format(&sent.grid, sent_grid);
    pat_grid_format(&got.grid, got_grid);
    assert_string_equal(got_grid, sent_grid);
    pat_buffer_release(&bytes);
}

static void test_job_and_broken_travel(void **state)
{
    (void)state;
    pat_buffer bytes = {0};
    pat_error error = {0};
    pat_job job;
    uint64_t index;
    put_message(&bytes, PAT_MESSAGE_JOB);
    pat_frame frame = the_frame(&bytes);
    assert_true(pat_wire_get_job(&frame, &index, &job));
    assert_true(index == 12345678901);
    assert_string_equal(job.damaged, "d/a\nb.png");
    assert_string_equal(job.undamaged, "");

    pat_buffer_reset(&bytes);
    put_message(&bytes, PAT_MESSAGE_BROKEN);
    frame = the_frame(&bytes);
    assert_true(pat_wire_get_broken(&frame, &error));
    assert_int_equal(error.status, PAT_OUT_OF_MEMORY);
    assert_string_equal(error.message, "not today");

    /* A failure that is none would end the run as a success. */
    pat_buffer_reset(&bytes);
    pat_wire_put_broken(&bytes, &(pat_error){PAT_OK, ""});
    frame = the_frame(&bytes);
    assert_false(pat_wire_get_broken(&frame, &error));
    pat_buffer_release(&bytes);
}

static void test_outcome_travels(void **state)
{
    (void)state;
    pat_scores trials[40];
    for (size_t count = 0; count <= 40; count += 20) {
        pat_buffer bytes = {0};
        uint64_t index;
        pat_outcome sent = some_outcome(trials, count);
        pat_outcome got = {.trials = malloc(1), .ties = 7}; /* is replaced */
        pat_wire_put_outcome(&bytes, 7, &sent);
        pat_frame frame = the_frame(&bytes);
        assert_true(pat_wire_get_outcome(&frame, &index, &got));
        assert_int_equal(index, 7);
        assert_int_equal(got.status, PAT_CORRUPT);
        assert_int_equal(got.stage, PAT_STAGE_FEATURES);
        assert_string_equal(got.message, sent.message);
        assert_memory_equal(got.features, sent.features, sizeof got.features);
        assert_int_equal(got.setting.color, PAT_COLOR_NONE);
        assert_true(got.setting.sigma == 1.5 && got.setting.strength == 0.1);
        assert_memory_equal(&got.best, &sent.best, sizeof got.best);
        assert_memory_equal(&got.untouched, &sent.untouched, sizeof got.untouched);
        assert_int_equal(got.ties, 39);
        assert_int_equal(got.trial_count, count);
        if (count > 0)
            assert_memory_equal(got.trials, trials, count * sizeof *trials);
        pat_outcome_release(&got);
        pat_buffer_release(&bytes);
    }
}

/* All of a stream's frames are found, in order, however it is cut. */
static void test_frames_are_found_in_a_stream(void **state)
{
    (void)state;
    pat_buffer stream = {0}, in = {0}, copy = {0};
    for (pat_message_type type = PAT_MESSAGE_SETUP; type <= PAT_MESSAGE_OUTCOME; type++)
        put_message(&stream, type);
    pat_message_type next = PAT_MESSAGE_SETUP;
    for (size_t i = 0; i < stream.size; i++) {
        pat_frame frame;
        pat_buffer_append(&in, stream.data + i, 1);
        pat_frame_state found = pat_wire_next(&in, &frame);
        assert_int_not_equal(found, PAT_FRAME_BAD);
        if (found == PAT_FRAME_NONE)
            continue;
        assert_int_equal(frame.type, next++);
        assert_int_equal(frame.frame_size, in.size);
        assert_true(repeat(&frame, &copy));
        pat_buffer_consume(&in, frame.frame_size);
    }
    assert_int_equal(in.size, 0);
    assert_int_equal(copy.size, stream.size);
    assert_memory_equal(copy.data, stream.data, stream.size);
    pat_buffer_release(&stream);
    pat_buffer_release(&in);
    pat_buffer_release(&copy);
}

static void test_headers_of_no_frame_are_bad(void **state)
{
    (void)state;
    static const uint32_t bad[][2] = {{0, 0},
                                      {0, PAT_MESSAGE_OUTCOME + 1},
                                      {0, UINT32_MAX},
                                      {(64 << 20) + 1, PAT_MESSAGE_JOB},
                                      {UINT32_MAX, PAT_MESSAGE_OUTCOME}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pat_frame frame;
        pat_buffer bytes = {0};
        pat_buffer_append(&bytes, bad[i], sizeof bad[i] - 1);
        assert_int_equal(pat_wire_next(&bytes, &frame), PAT_FRAME_NONE);
        pat_buffer_append(&bytes, (const char *)bad[i] + 7, 1);
        assert_int_equal(pat_wire_next(&bytes, &frame), PAT_FRAME_BAD);
        pat_buffer_release(&bytes);
    }
}

/* The bytes in a block of exactly their size, so that a sanitizer sees a read beyond. */
static pat_buffer exact_copy(const char *bytes, size_t size)
{
    pat_buffer copy = {.data = malloc(size), .size = size, .capacity = size};
    assert_non_null(copy.data);
    memcpy(copy.data, bytes, size);
    return copy;
}

static void test_shortened_and_lengthened_payloads_are_refused(void **state)
{
    (void)state;
    for (pat_message_type type = PAT_MESSAGE_SETUP; type <= PAT_MESSAGE_OUTCOME; type++) {
        pat_buffer whole = {0}, out = {0};
        put_message(&whole, type);
        pat_buffer_append_char(&whole, '\0');
        size_t header = 2 * sizeof(uint32_t), right = whole.size - 1 - header;
        for (size_t size = 0; size <= right + 1; size++) {
            pat_buffer bytes = exact_copy(whole.data, header + size);
            memcpy(bytes.data, &(uint32_t){(uint32_t)size}, sizeof(uint32_t));
            pat_frame frame = the_frame(&bytes);
            bool accepted = repeat(&frame, &out);
            if (type != PAT_MESSAGE_READY && accepted != (size == right))
                fail_msg("a message of type %d and %zu bytes for %zu is %s", type, size, right,
                         accepted ? "accepted" : "refused");
            pat_buffer_release(&bytes);
        }
        pat_buffer_release(&whole);
        pat_buffer_release(&out);
    }
}

/* What is accepted in spite of changes is a message that could have been sent. */
static void test_random_changes_are_refused_or_harmless(void **state)
{
    (void)state;
    size_t accepted = 0, refused = 0;
    for (int round = 0; round < 40000; round++) {
        pat_buffer whole = {0}, again = {0};
        pat_frame frame;
        put_message(&whole, (pat_message_type)(PAT_MESSAGE_SETUP + round % 5));
        for (uint32_t changes = 1 + random_below(4); changes > 0; changes--)
            whole.data[random_below((uint32_t)whole.size)] =
                (char)(random_below(2) ? random_below(4) : random_below(256));
        pat_buffer bytes = exact_copy(whole.data, whole.size);
        if (pat_wire_next(&bytes, &frame) == PAT_FRAME_FOUND && repeat(&frame, &again)) {
            accepted++;
            if (frame.type != PAT_MESSAGE_READY) {
                assert_int_equal(again.size, frame.frame_size);
                assert_memory_equal(again.data, bytes.data, again.size);
            }
        } else {
            refused++;
        }
        pat_buffer_release(&bytes);
        pat_buffer_release(&whole);
        pat_buffer_release(&again);
    }
    assert_true(accepted > 1000 && refused > 1000);
}

/* ---- The collector --------------------------------------------------------------------------- */

struct order {
    size_t next, fail_at;
};

static pat_status take_in_order(void *context, size_t index, const pat_outcome *outcome,
                                pat_error *error)
{
    struct order *order = context;
    assert_int_equal(index, order->next);
    assert_int_equal(outcome->ties, index);
    if (index == order->fail_at)
        return pat_fail(error, PAT_WRITE_FAILED, "the disk is full");
    order->next++;
    return PAT_OK;
}

static pat_status put_job(pat_collector *collector, size_t index, bool failed, pat_error *error)
{
    pat_outcome outcome = {
        .status = failed ? PAT_CORRUPT : PAT_OK, .ties = index, .trial_count = 1};
    outcome.trials = calloc(1, sizeof *outcome.trials);
    pat_status status = pat_collector_put(collector, index, &outcome, error);
    assert_null(outcome.trials);
    return status;
}

static void test_outcomes_leave_in_order(void **state)
{
    (void)state;
    enum { COUNT = 2000, WINDOW_MAX = 40 };
    for (size_t window = 1; window <= WINDOW_MAX; window += window < 4 ? 1 : 12) {
        struct order order = {0, SIZE_MAX};
        pat_sink sink = {take_in_order, &order};
        pat_collector *collector = pat_collector_create(&sink, window);
        size_t waiting[WINDOW_MAX], count = 0, next = 0, failed = 0;
        for (size_t done = 0; done < COUNT; done++) {
            while (next < COUNT && next < pat_collector_limit(collector))
                waiting[count++] = next++;
            assert_true(next - order.next <= window);
            size_t pick = random_below((uint32_t)count), index = waiting[pick];
            waiting[pick] = waiting[--count];
            failed += index % 5 == 0;
            assert_int_equal(put_job(collector, index, index % 5 == 0, NULL), PAT_OK);
            assert_int_equal(pat_collector_done(collector), done + 1);
            assert_int_equal(pat_collector_failed(collector), failed);
            assert_int_equal(pat_collector_written(collector), order.next);
        }
        assert_int_equal(order.next, COUNT);
        pat_collector_free(collector);
    }
    pat_collector_free(NULL);
}

/* Attempts belong to a job, not to the place in the window that it shares with others. */
static void test_attempts_are_counted_per_job(void **state)
{
    (void)state;
    struct order order = {0, SIZE_MAX};
    pat_sink sink = {take_in_order, &order};
    pat_collector *collector = pat_collector_create(&sink, 2);
    assert_int_equal(pat_collector_attempt(collector, 0), 1);
    assert_int_equal(pat_collector_attempt(collector, 1), 1);
    assert_int_equal(pat_collector_attempt(collector, 0), 2);
    assert_int_equal(put_job(collector, 0, false, NULL), PAT_OK);
    assert_int_equal(pat_collector_attempt(collector, 2), 1);
    assert_int_equal(pat_collector_attempt(collector, 1), 2);
    pat_collector_free(collector);
}

static void test_error_of_the_sink_comes_back(void **state)
{
    (void)state;
    struct order order = {0, 1};
    pat_sink sink = {take_in_order, &order};
    pat_error error = {0};
    pat_collector *collector = pat_collector_create(&sink, 4);
    assert_int_equal(put_job(collector, 2, false, &error), PAT_OK);
    assert_int_equal(put_job(collector, 1, false, &error), PAT_OK);
    assert_int_equal(put_job(collector, 0, false, &error), PAT_WRITE_FAILED);
    assert_string_equal(error.message, "the disk is full");
    assert_int_equal(pat_collector_written(collector), 1);
    pat_collector_free(collector); /* with outcomes that never left */
}

/* ---- The pool -------------------------------------------------------------------------------- */

enum { JOBS_MAX = 300, NEVER = JOBS_MAX };

/* A run of made-up jobs, and what became of it. */
static struct crew {
    pat_task_setup setup;
    pat_run_options options;
    char path[JOBS_MAX][256];
    size_t count;
    size_t fail_at, interrupt_at; /* indices at which the sink fails; whose request interrupts */
    pat_outcome outcome[JOBS_MAX];
    size_t put, highest_before_first; /* outcomes so far; job asked for before there was any */
    size_t progress_calls;
    pat_progress progress;
    pat_error error;
    int workers;
} crew;

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t broken_pipes;

static void count_broken_pipe(int signal_number)
{
    (void)signal_number;
    broken_pipes++;
}

static const char *const faulty_worker[] = {FAULTY_WORKER, NULL};

/* Job `index` of the crew is called like "segv_0007.png". */
static void set_job(size_t index, const char *prefix)
{
    snprintf(crew.path[index], sizeof crew.path[index], "%s%04zu.png", prefix, index);
}

/* `count` jobs without faults, to be done by `jobs` workers holding `batch` jobs each. */
static void set_crew(size_t count, int jobs, int batch)
{
    memset(&crew, 0, sizeof crew);
    crew.setup = some_setup();
    crew.options = (pat_run_options){
        .jobs = jobs, .batch = batch, .worker_command = faulty_worker, .interrupt = &interrupted};
    crew.count = count;
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
        interrupted = 1;
    *job = (pat_job){crew.path[index], "original.png"};
}

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    (void)context;
    assert_int_equal(index, crew.put); /* in order, once each */
    if (index == crew.fail_at)
        return pat_fail(error, PAT_WRITE_FAILED, "the disk is full");
    crew.outcome[crew.put] = *outcome;
    crew.outcome[crew.put++].trials = NULL;
    return PAT_OK;
}

static void note_progress(void *context, const pat_progress *progress)
{
    (void)context;
    assert_true(progress->done >= crew.progress.done && progress->total == crew.count);
    assert_true(progress->elapsed_s >= crew.progress.elapsed_s);
    crew.progress = *progress;
    crew.progress_calls++;
}

static pat_status start_crew(void)
{
    pat_job_list jobs = {crew.count, get_job, NULL};
    pat_sink sink = {put_outcome, NULL};
    pat_run run = {&crew.setup, &jobs, &sink, &crew.options, -1};
    crew.options.progress = note_progress;
    interrupted = broken_pipes = 0;
    pat_status status = pat_run_jobs(&run, &crew.error);
    crew.workers = run.worker_count;
    return status;
}

/* Do the crew's jobs; nothing may be left behind but the outcomes. */
static pat_status run_crew(void)
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

static void assert_crew_done(void)
{
    if (run_crew() != PAT_OK)
        fail_msg("%s", crew.error.message);
    assert_int_equal(crew.put, crew.count);
    assert_int_equal(crew.progress.done, crew.count);
}

static void assert_job_done(size_t index)
{
    const pat_outcome *outcome = &crew.outcome[index];
    if (outcome->status != PAT_OK)
        fail_msg("%s: %s", crew.path[index], outcome->message);
    assert_true(outcome->features[0] == (double)index);
    assert_int_equal(outcome->ties, index % 2);
    assert_int_equal(outcome->trial_count, crew.setup.trials ? 12 : 0);
}

static void assert_job_lost(size_t index, const char *cause)
{
    const pat_outcome *outcome = &crew.outcome[index];
    assert_int_equal(outcome->status, PAT_WORKER_DIED);
    assert_int_equal(outcome->stage, PAT_STAGE_WORKER);
    assert_mentions(outcome->message, crew.path[index]);
    assert_mentions(outcome->message, cause);
}

/* The first run of libuv opens descriptors for good. */
static int warm_up(void **state)
{
    (void)state;
    set_crew(1, 1, 1);
    signal(SIGPIPE, count_broken_pipe);
    return start_crew() == PAT_OK ? 0 : -1;
}

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

/* Faults in every company: neighbours, within one batch, at both ends, among slow jobs. */
static const struct {
    size_t index;
    const char *prefix, *cause; /* no cause: the second attempt succeeds, or it is just slow */
} crew_faults[] = {
    {0, "segv_", "killed by SIGSEGV"},
    {1, "abort_", "killed by SIGABRT"},
    {2, "kill_", "killed by SIGKILL"},
    {51, "once_segv_", NULL},
    {53, "exit3_", "exited with status 3"},
    {100, "garbage_", "no message"},
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
    static pat_outcome first[JOBS_MAX];
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
                memcpy(first, crew.outcome, sizeof first);
            assert_memory_equal(crew.outcome, first, sizeof first);
        }
}

/* What the pool ends itself is not put down to a lack of memory. */
static void test_workers_that_talk_nonsense_are_ended(void **state)
{
    (void)state;
    static const char *const faults[] = {"garbage_", "nonsense_", "lie_", "excess_"};
    set_crew(30, 2, 5);
    for (size_t i = 0; i < 4; i++)
        set_job(10 + i, faults[i]);
    set_job(20, "kill_");
    set_job(21, "half_");
    set_job(22, "close_");
    assert_crew_done();
    for (size_t i = 0; i < 4; i++) {
        assert_job_lost(10 + i, "no message");
        assert_null(strstr(crew.outcome[10 + i].message, "lack of memory"));
    }
    assert_job_lost(20, "SIGKILL (possibly for lack of memory)");
    assert_job_lost(21, "exited with status 4");
    assert_job_lost(22, "exited with status 0");
    for (size_t i = 0; i < crew.count; i++)
        if (i < 10 || (i > 13 && i < 20) || i > 22)
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

/* The others of a crashed batch were not begun, so theirs is the first attempt. */
static void test_job_that_crashes_is_tried_twice(void **state)
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
        assert_times_met(i, i == 5 || i == 7 ? 2 : 1);
}

/* Writing to a worker that is gone raises SIGPIPE: not where the library's user sees it. */
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

/* A worker that closes its pipe but stays must not hold up the run. */
static void test_lingering_worker_is_ended(void **state)
{
    (void)state;
    set_crew(4, 1, 2);
    set_job(1, "once_linger_");
    assert_crew_done();
    for (size_t i = 0; i < crew.count; i++)
        assert_job_done(i);
}

static void test_no_job_is_handed_out_beyond_the_window(void **state)
{
    (void)state;
    set_crew(JOBS_MAX, 2, 1);
    set_job(0, "slower_");
    assert_crew_done();
    assert_int_equal(crew.highest_before_first, 2 * (1 + 16) - 1);
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
        double started_s = pat_clock_seconds();
        set_crew(10, jobs, 2);
        crew.options.worker_command = command;
        assert_int_equal(run_crew(), status);
        assert_int_equal(crew.error.status, status);
        assert_mentions(crew.error.message, mentions);
        assert_int_equal(crew.put, 0);
        assert_true(pat_clock_seconds() - started_s < 5);
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
        double started_s = pat_clock_seconds();
        set_crew(JOBS_MAX, jobs, 2);
        for (size_t i = 5; i < crew.count; i++)
            set_job(i, "hang_");
        crew.interrupt_at = 6;
        assert_int_equal(run_crew(), PAT_INTERRUPTED);
        assert_true(pat_clock_seconds() - started_s < 1.5);
        assert_int_equal(crew.put, 5);
    }
}

static void test_progress_is_reported_on_the_way(void **state)
{
    (void)state;
    set_crew(10, 1, 1);
    for (size_t i = 0; i < crew.count; i++)
        set_job(i, "slow_");
    assert_crew_done();
    assert_in_range(crew.progress_calls, 3, 50);
    assert_true(crew.progress.elapsed_s >= 0.5);
}

/* ---- Jobs in this process -------------------------------------------------------------------- */

static void set_sample_crew(const char *const *worker_command)
{
    static const char *const names[] = {"astronaut_face.jpg", "missing.png", "grass.bmp",
                                        "skyline.png"};
    set_crew(4, 2, 1);
    crew.setup.kind = PAT_TASK_FEATURES;
    crew.setup.trials = false;
    crew.options.worker_command = worker_command;
    for (size_t i = 0; i < crew.count; i++)
        snprintf(crew.path[i], sizeof crew.path[i], SAMPLE "/damaged/%s", names[i]);
}

static void test_jobs_in_this_process_give_what_workers_give(void **state)
{
    (void)state;
    pat_outcome by_workers[4];
    set_sample_crew((const char *const[]){FAULTY_WORKER, "real", NULL});
    assert_crew_done();
    memcpy(by_workers, crew.outcome, sizeof by_workers);
    assert_int_equal(crew.outcome[1].status, PAT_NOT_FOUND);
    assert_int_equal(crew.outcome[1].stage, PAT_STAGE_DECODE);
    assert_mentions(crew.outcome[1].message, "missing.png");
    assert_true(crew.outcome[0].status == PAT_OK && crew.outcome[0].features[0] > 0);

    set_sample_crew(NULL);
    assert_int_equal(start_crew(), PAT_OK);
    assert_int_equal(crew.workers, 0);
    assert_int_equal(crew.progress.done, 4);
    assert_int_equal(crew.progress.failed, 1);
    assert_memory_equal(crew.outcome, by_workers, sizeof by_workers);
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

/* ---- Whole runs ------------------------------------------------------------------------------ */

static const char *const real_worker[] = {FAULTY_WORKER, "real", NULL};
static const char *const outputs[] = {"x.csv", "x.failures.csv", "x.trials.csv", "x.run.json"};
enum { OUTPUTS = sizeof outputs / sizeof *outputs };

/* A search of the folders d and u into x.csv and its companions. */
static pat_search_options some_search(void)
{
    pat_search_options options = {
        .source = {.damaged = "d", .undamaged = "u"},
        .output = "x.csv",
        .trials = "x.trials.csv",
        .run = {.jobs = 2, .worker_command = faulty_worker, .interrupt = &interrupted},
    };
    assert_int_equal(pat_grid_parse(&options.grid, "sigma=0.5,1;strength=0.5,1.5", NULL), PAT_OK);
    return options;
}

static pat_error search_error;

static pat_status search(const pat_search_options *options, pat_run_summary *summary)
{
    pat_pairs *pairs;
    interrupted = 0;
    assert_int_equal(pat_pairs_find(&options->source, &pairs, NULL), PAT_OK);
    pat_status status = pat_search_run(options, pairs, summary, &search_error);
    pat_pairs_free(pairs);
    return status;
}

static void search_well(const pat_search_options *options, pat_run_summary *summary)
{
    if (search(options, summary) != PAT_OK)
        fail_msg("%s", search_error.message);
}

/* Pairs d/PREFIXnnnn.png, u/PREFIXnnnn.png with the numbers first .. first + count - 1. */
static void make_pairs(const char *prefix, int first, int count)
{
    mkdir("d", 0777);
    mkdir("u", 0777);
    for (int i = first; i < first + count; i++)
        for (int side = 0; side < 2; side++) {
            char path[256];
            snprintf(path, sizeof path, "%c/%s%04d.png", side == 0 ? 'd' : 'u', prefix, i);
            write_text(path, "");
        }
}

/* Some of the sample in d and u, with a broken, an empty and a lone file beside. */
static void link_sample(void)
{
    static const char *const names[] = {
        "astronaut_face.jpg", "astronaut_flag.webp", "astronaut_shuttle.tif",
        "coffee_table.png",   "grass.bmp",           "rocket_tower.tiff",
        "skyline.png"};
    make_pairs("", 0, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int side = 0; side < 2; side++) {
            char path[256], target[1024];
            snprintf(path, sizeof path, "%c/%s", side == 0 ? 'd' : 'u', names[i]);
            snprintf(target, sizeof target, "%s/%s/%s", SAMPLE, side == 0 ? "damaged" : "undamaged",
                     names[i]);
            assert_int_equal(symlink(target, path), 0);
        }
    write_text("d/broken.png", "\x89PNG\r\n\x1a\n, so to speak");
    write_text("u/broken.png", "?");
    write_text("d/empty, \"so\".jpg", "");
    write_text("u/empty, \"so\".jpg", "");
    write_text("d/lone\xff.png", "?");
}

static void assert_same_files(const char *folder_a, const char *folder_b)
{
    for (size_t i = 0; i < 3; i++) {
        char path[2][64];
        snprintf(path[0], sizeof path[0], "%s/%s", folder_a, outputs[i]);
        snprintf(path[1], sizeof path[1], "%s/%s", folder_b, outputs[i]);
        pat_buffer a = read_file(path[0]), b = read_file(path[1]);
        assert_string_equal(a.data, b.data);
        pat_buffer_release(&a);
        pat_buffer_release(&b);
    }
}

static void test_workers_do_not_change_a_byte(void **state)
{
    (void)state;
    static const struct {
        const char *folder;
        int jobs, batch;
        const char *const *command;
    } ways[] = {{"one", 1, 1, real_worker}, {"three", 3, 2, real_worker}, {"here", 1, 0, NULL}};
    link_sample();
    for (size_t i = 0; i < 3; i++) {
        pat_run_summary summary;
        pat_search_options options = some_search();
        char output[64], trials[64];
        snprintf(output, sizeof output, "%s/x.csv", ways[i].folder);
        snprintf(trials, sizeof trials, "%s/x.trials.csv", ways[i].folder);
        options.output = output;
        options.trials = trials;
        assert_int_equal(pat_grid_parse(&options.grid, "sigma=0.5;strength=0.5,1", NULL), PAT_OK);
        options.run.jobs = ways[i].jobs;
        options.run.batch = ways[i].batch;
        options.run.worker_command = ways[i].command;
        assert_int_equal(mkdir(ways[i].folder, 0777), 0);
        search_well(&options, &summary);
        assert_true(summary.total == 9 && summary.rows == 7 && summary.failures == 2);
        assert_int_equal(summary.unpaired, 1);
        assert_int_equal(summary.workers, ways[i].command == NULL ? 0 : ways[i].jobs);
        assert_int_equal(count_entries(ways[i].folder), OUTPUTS);
        assert_int_equal(count_lines(output), summary.rows + 1);
        assert_int_equal(count_lines(trials), summary.rows * (2 * 2 + 1) + 1);
    }
    assert_same_files("one", "three");
    assert_same_files("one", "here");
}

static void test_made_up_search(void **state)
{
    (void)state;
    pat_run_summary summary;
    pat_search_options options = some_search();
    make_pairs("ok_", 1, 3);
    make_pairs("segv_", 0, 1);
    options.run.jobs = 1;
    search_well(&options, &summary);
    assert_true(summary.total == 4 && summary.rows == 3 && summary.failures == 1);
    assert_string_equal(summary.output, "x.csv");
    assert_string_equal(summary.failures_path, "x.failures.csv");
    assert_string_equal(summary.record_path, "x.run.json");
    assert_string_equal(summary.first_failures[0].name, "segv_0000.png");
    assert_string_equal(summary.first_failures[0].stage, "worker");
    assert_int_equal(summary.first_failures[0].reason, PAT_WORKER_DIED);
    assert_true(summary.labels.scored == 3 && summary.labels.tied == 2);
    assert_true(summary.labels.mean_gain_db == 4 && summary.labels.mean_gain_ssim == 0.25);

    pat_buffer rows = read_file("x.csv"), trials = read_file("x.trials.csv");
    assert_mentions(rows.data, "\nok_0001.png,0.75,31,0.5,1,1.0625,1.125,1.1875,1.25,1.3125,1.375,"
                               "1.4375,1.5,1.5625,1.625,1.6875,1.75,1.8125,white_balance,1,0.5,1.5"
                               "\nok_0002.png,");
    assert_mentions(trials.data, "\nok_0001.png,none,1,1.5,7,1,0.5\nok_0001.png,none,0,0,0.5,28,"
                                 "0.25\nok_0002.png,white_balance,0.5,0.5,0,2,0.5\n");
    pat_buffer_release(&rows);
    pat_buffer_release(&trials);
    pat_buffer failures = read_file("x.failures.csv");
    assert_mentions(failures.data,
                    "filename,stage,reason,message\nsegv_0000.png,worker,worker_died,\"d/segv");
    pat_buffer_release(&failures);
}

static json_t *load_record(void)
{
    json_error_t error;
    json_t *record = json_load_file("x.run.json", JSON_REJECT_DUPLICATES, &error);
    if (record == NULL)
        fail_msg("x.run.json: %s", error.text);
    return record;
}

/* "results.rows" of a record; missing keys fail. */
static json_t *value_at(json_t *record, const char *path)
{
    char key[64];
    for (const char *at = path; *at != '\0'; at += *at == '.') {
        size_t length = strcspn(at, ".");
        snprintf(key, sizeof key, "%.*s", (int)length, at);
        record = json_object_get(record, key);
        if (record == NULL)
            fail_msg("x.run.json has no %s", path);
        at += length;
    }
    return record;
}

static void assert_record_holds_its_keys(json_t *record)
{
    static const char *const keys[] = {
        "tool",
        "version",
        "options.damaged",
        "options.undamaged",
        "options.manifest",
        "options.match",
        "options.recursive",
        "options.limit",
        "options.sample",
        "options.jobs",
        "options.batch",
        "options.max_pixels",
        "options.trials",
        "options.output",
        "grid.text",
        "grid.color_method",
        "grid.settings",
        "inputs.pairs",
        "inputs.unpaired",
        "results.elapsed_seconds",
        "machine.cpu",
        "machine.libraries.libvips",
        "labels.warnings",
        "machine.libraries.fftw",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        value_at(record, keys[i]);
}

static void test_record_of_a_run(void **state)
{
    (void)state;
    pat_run_summary summary;
    pat_search_options options = some_search();
    make_pairs("ok_", 0, 5);
    make_pairs("exit3_", 9, 1);
    write_text("d/lone\xff.png", "");
    search_well(&options, &summary);
    json_t *record = load_record();
    assert_record_holds_its_keys(record);
    assert_int_equal(json_integer_value(value_at(record, "inputs.pairs")), 6);
    assert_int_equal(json_integer_value(value_at(record, "inputs.unpaired")), 1);
    json_t *unpaired = json_array_get(value_at(record, "inputs.unpaired_files"), 0);
    assert_string_equal(json_string_value(value_at(unpaired, "folder")), "d");
    assert_string_equal(json_string_value(value_at(unpaired, "name")), "lone\\xff.png");
    assert_int_equal(json_integer_value(value_at(record, "results.rows")), 5);
    assert_int_equal(json_integer_value(value_at(record, "results.failures")), 1);
    assert_int_equal(json_integer_value(value_at(record, "results.workers")), 2);
    assert_true(json_real_value(value_at(record, "results.pairs_per_second")) > 0);

    char digest[PAT_SHA256_TEXT_SIZE];
    pat_sha256 hash;
    pat_buffer rows = read_file("x.csv");
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, rows.data, rows.size - 1);
    pat_sha256_finish(&hash, digest);
    pat_buffer_release(&rows);
    assert_string_equal(json_string_value(value_at(record, "results.sha256")), digest);
    assert_string_equal(summary.sha256, digest);
    json_decref(record);
}

static pat_search_options watched; /* by the progress callbacks below */
static int calls_on_the_way;

static void check_old_files(void *context, const pat_progress *progress)
{
    (void)context;
    if (progress->done == progress->total)
        return;
    calls_on_the_way++;
    for (int i = 0; i < OUTPUTS; i++)
        assert_file(outputs[i], "old");
}

static void test_old_files_stay_until_the_end(void **state)
{
    (void)state;
    pat_run_summary summary;
    make_pairs("slow_", 0, 10);
    for (int i = 0; i < OUTPUTS; i++)
        write_text(outputs[i], "old");
    watched = some_search();
    watched.run.progress = check_old_files;
    calls_on_the_way = 0;
    search_well(&watched, &summary);
    assert_true(calls_on_the_way > 0);
    assert_int_equal(count_lines("x.csv"), 11);
    assert_int_equal(count_lines("x.failures.csv"), 1);
    assert_int_equal(count_lines("x.trials.csv"), 10 * 9 + 1);
    json_decref(load_record());
    assert_int_equal(count_entries("."), OUTPUTS + 2); /* d, u, and no partial file */
}

static void interrupt_on_the_way(void *context, const pat_progress *progress)
{
    if (progress->done >= *(const size_t *)context)
        interrupted = 1;
}

static void test_interrupted_run_leaves_its_rows(void **state)
{
    (void)state;
    pat_run_summary summary;
    size_t enough = 5;
    make_pairs("slow_", 0, 40);
    make_pairs("exit3_", 0, 1); /* the first by name */
    write_text("x.csv", "old");
    watched = some_search();
    watched.run.progress = interrupt_on_the_way;
    watched.run.progress_context = &enough;
    assert_int_equal(search(&watched, &summary), PAT_INTERRUPTED);
    assert_int_equal(search_error.status, PAT_INTERRUPTED);
    assert_in_range(summary.rows, 1, 20);
    assert_int_equal(count_lines("x.csv.partial"), summary.rows + 1);
    assert_int_equal(count_lines("x.trials.csv.partial"), summary.rows * 9 + 1);
    assert_int_equal(count_lines("x.failures.csv.partial"), 2);
    assert_file("x.csv", "old");
    for (int i = 1; i < OUTPUTS; i++)
        assert_absent(outputs[i]);

    watched.run.progress = NULL; /* again, to the end */
    search_well(&watched, &summary);
    assert_int_equal(summary.rows, 40);
    assert_int_equal(count_entries("."), OUTPUTS + 2);
}

static void test_run_interrupted_before_the_first_row_leaves_nothing(void **state)
{
    (void)state;
    pat_run_summary summary;
    size_t enough = 0;
    make_pairs("hang_", 0, 2);
    watched = some_search();
    watched.run.progress = interrupt_on_the_way;
    watched.run.progress_context = &enough;
    assert_int_equal(search(&watched, &summary), PAT_INTERRUPTED);
    assert_int_equal(count_entries("."), 2);
}

/* The search fails with `status`, and what is in the current folder stays as it is. */
static void assert_writes_nothing(const pat_search_options *options, pat_status status,
                                  const char *mentions)
{
    pat_run_summary summary;
    int entries = count_entries(".");
    assert_int_equal(search(options, &summary), status);
    assert_int_equal(search_error.status, status);
    assert_mentions(search_error.message, mentions);
    assert_int_equal(count_entries("."), entries);
}

static void test_run_without_pairs_writes_nothing(void **state)
{
    (void)state;
    pat_search_options options = some_search();
    make_pairs("", 0, 0);
    assert_writes_nothing(&options, PAT_NOTHING_TO_DO, "no pair");
    write_text("d/a.png", "");
    assert_writes_nothing(&options, PAT_NOTHING_TO_DO, "no pair");
}

static void test_outputs_that_cannot_be_written(void **state)
{
    (void)state;
    make_pairs("ok_", 0, 3);
    pat_search_options options = some_search();
    options.output = "gone/x.csv";
    assert_writes_nothing(&options, PAT_WRITE_FAILED, "gone/x.csv");
    options.output = "d";
    assert_writes_nothing(&options, PAT_WRITE_FAILED, "d: is not a regular file");
    options = some_search();
    options.trials = "gone/trials.csv";
    assert_writes_nothing(&options, PAT_WRITE_FAILED, "gone/trials.csv");
    for (int i = 0; i < OUTPUTS; i++) {
        options = some_search();
        assert_int_equal(mkdir(outputs[i], 0777), 0);
        assert_writes_nothing(&options, PAT_WRITE_FAILED, outputs[i]);
        assert_int_equal(rmdir(outputs[i]), 0);
    }
}

static void test_outputs_must_not_replace_each_other_or_an_input(void **state)
{
    (void)state;
    make_pairs("ok_", 0, 3);
    pat_search_options options = some_search();
    static const char *const taken[] = {
        "x.csv",      "x.failures.csv", "x.run.json",    "./x.csv", "./x.run.json",
        "d/../x.csv", "x.csv.partial",  "d/ok_0001.png", "NEW.JPG", ""};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        options.trials = taken[i];
        assert_writes_nothing(&options, PAT_INVALID_ARGUMENT, taken[i]);
    }
    write_text("m.csv", "damaged,undamaged\nd/ok_0001.png,u/ok_0001.png\n");
    options = some_search();
    options.source = (pat_pair_source){.manifest = "m.csv"};
    options.output = "./m.csv";
    assert_writes_nothing(&options, PAT_INVALID_ARGUMENT, "./m.csv: is the manifest");
    assert_file("m.csv", "damaged,undamaged\nd/ok_0001.png,u/ok_0001.png\n");
}

static void test_workers_that_do_not_start_leave_nothing(void **state)
{
    (void)state;
    make_pairs("ok_", 0, 3);
    pat_search_options options = some_search();
    options.run.worker_command = (const char *const[]){FAULTY_WORKER, "die", NULL};
    assert_writes_nothing(&options, PAT_WORKER_DIED, "exited with status 5");
}

static void test_feature_run(void **state)
{
    (void)state;
    make_pairs("ok_", 1, 2);
    make_pairs("abort_", 3, 1);
    const pat_feature_input inputs[] = {{"u/ok_0002.png", NULL}, {"d", "a,b"}};
    pat_feature_options options = {.inputs = inputs,
                                   .input_count = 2,
                                   .label_name = "class",
                                   .output = "x.csv",
                                   .run = {.jobs = 2, .worker_command = faulty_worker}};
    pat_run_summary summary;
    pat_error error = {0};
    if (pat_feature_run(&options, &summary, &error) != PAT_OK)
        fail_msg("%s", error.message);
    assert_true(summary.total == 4 && summary.rows == 3 && summary.failures == 1);
    assert_int_equal(count_entries("."), 4); /* d, u, the rows and the failures */
    pat_buffer rows = read_file("x.csv"), failures = read_file("x.failures.csv");
    const char *first = strchr(rows.data, '\n') + 1, *second = strchr(first, '\n') + 1;
    assert_int_equal(strncmp(first, "u/ok_0002.png,2,", 16), 0);
    assert_int_equal(strncmp(second - 9, ",2.8125,\n", 9), 0); /* no label */
    assert_int_equal(strncmp(second, "ok_0001.png,1,", 14), 0);
    assert_mentions(second, ",1.8125,\"a,b\"\nok_0002.png,2,");
    assert_mentions(failures.data, "\nabort_0003.png,worker,worker_died,");
    pat_buffer_release(&rows);
    pat_buffer_release(&failures);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_setup_travels),
        cmocka_unit_test(test_job_and_broken_travel),
        cmocka_unit_test(test_outcome_travels),
        cmocka_unit_test(test_frames_are_found_in_a_stream),
        cmocka_unit_test(test_headers_of_no_frame_are_bad),
        cmocka_unit_test(test_shortened_and_lengthened_payloads_are_refused),
        cmocka_unit_test(test_random_changes_are_refused_or_harmless),
        cmocka_unit_test(test_outcomes_leave_in_order),
        cmocka_unit_test(test_attempts_are_counted_per_job),
        cmocka_unit_test(test_error_of_the_sink_comes_back),
        IN_FOLDER(test_healthy_jobs_are_done_once_each_in_order),
        IN_FOLDER(test_crashes_cost_only_the_jobs_that_crash),
        IN_FOLDER(test_workers_that_talk_nonsense_are_ended),
        IN_FOLDER(test_job_that_crashes_is_tried_twice),
        IN_FOLDER(test_worker_that_stops_listening),
        IN_FOLDER(test_lingering_worker_is_ended),
        IN_FOLDER(test_no_job_is_handed_out_beyond_the_window),
        IN_FOLDER(test_as_many_workers_as_jobs_at_most),
        IN_FOLDER(test_options_out_of_range),
        IN_FOLDER(test_workers_that_do_not_start),
        IN_FOLDER(test_one_failed_start_is_survived),
        IN_FOLDER(test_error_of_the_sink_stops_the_run),
        IN_FOLDER(test_interrupt_stops_the_run_promptly),
        IN_FOLDER(test_progress_is_reported_on_the_way),
        IN_FOLDER(test_made_up_search),
        IN_FOLDER(test_record_of_a_run),
        IN_FOLDER(test_old_files_stay_until_the_end),
        IN_FOLDER(test_interrupted_run_leaves_its_rows),
        IN_FOLDER(test_run_interrupted_before_the_first_row_leaves_nothing),
        IN_FOLDER(test_run_without_pairs_writes_nothing),
        IN_FOLDER(test_outputs_that_cannot_be_written),
        IN_FOLDER(test_outputs_must_not_replace_each_other_or_an_input),
        IN_FOLDER(test_workers_that_do_not_start_leave_nothing),
        IN_FOLDER(test_feature_run),
        /* From here on the decoders run in this process. */
        IN_FOLDER(test_jobs_in_this_process_give_what_workers_give),
        IN_FOLDER(test_jobs_in_this_process_stop_early),
        IN_FOLDER(test_workers_do_not_change_a_byte),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
