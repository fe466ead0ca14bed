/*
 * A worker that misbehaves depending on file names.
 *
 * It speaks the protocol of workers/wire.h on descriptor 3, decodes nothing, and answers each job
 * at once with an outcome derived from the number in the base name: "ok_0042.png" yields 42. The
 * prefix of the base name selects a fault (see `faults`). Before that, "once_" makes the fault
 * happen only the first time; "once_" and "tally_" count the file's jobs in FILE.met.
 *
 * An argument selects other behavior:
 *
 *     die, die_once, die_later          exit at once: always, the first time, all but the first
 *     killed, killed_5, killed_later    be killed at once: always, the first five times, all but
 *                                       the first
 *     mute                              exit after the setup without an answer
 *     broken, broken_third              report that it cannot start: always, the third time
 *     stuck                             never answer
 *     real                              be the real worker
 *     real_poor                         the same with few descriptors; counts starts in start.met
 */
#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "patina/run.h"
#include "settings.h"
#include "tasks/pack.h"
#include "tasks/task_evaluate.h"
#include "tasks/task_features.h"
#include "tasks/task_search.h"
#include "tasks/task_strip.h"
#include "workers/death.h"
#include "workers/wire.h"

static void send_bytes(const void *bytes, size_t size)
{
    for (const char *at = bytes; size > 0;) {
        ssize_t count = write(PAT_WORKER_DESCRIPTOR, at, size);
        if (count < 0)
            _exit(EXIT_FAILURE);
        at += count;
        size -= (size_t)count;
    }
}

static void send_and_release(pat_buffer *out)
{
    send_bytes(out->data, out->size);
    pat_buffer_release(out);
}

/* ---- Faults ---------------------------------------------------------------------------------- */

static uint64_t current_job;

/* Without a sanitizer's handlers, and without a core file. */
static void die_by(int signal_number)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void die_by_segv(void)
{
    die_by(SIGSEGV);
}

static void die_by_abort(void)
{
    die_by(SIGABRT);
}

static void die_by_kill(void)
{
    die_by(SIGKILL);
}

static void exit_with_3(void)
{
    _exit(3);
}

/* As the real worker does when a library aborts. */
static void run_out_of_memory(void)
{
    _exit(PAT_DEATH_EXIT_MEMORY);
}

/* Before its answer; the jobs sent meanwhile must still be answered. */
static void retire(void)
{
    pat_buffer out = {0};
    pat_wire_put_retire(&out);
    send_and_release(&out);
}

static bool has_modules; /* as the setup wants */

/* Report that it lacks a module, and end. */
static void lack(void)
{
    pat_buffer out = {0};
    pat_wire_put_lacking(&out);
    send_and_release(&out);
    _exit(EXIT_SUCCESS);
}

/* The same, unless it was started with modules. */
static void lack_once(void)
{
    if (!has_modules)
        lack();
}

static void send_garbage(void)
{
    char garbage[64];
    memset(garbage, 0xff, sizeof garbage);
    send_bytes(garbage, sizeof garbage);
}

/* A frame of a known type with invalid contents. */
static void send_nonsense(void)
{
    send_bytes((const uint32_t[]){4, PAT_MESSAGE_OUTCOME, 0}, 12);
}

/* The outcome of a job that was never sent. */
static void send_lie(void)
{
    pat_buffer out = {0};
    pat_wire_put_outcome(&out, 1000000, &(pat_outcome){.status = PAT_CORRUPT});
    send_and_release(&out);
}

/* "Unchanged" for a file that was never read before. */
static void send_unchanged(void)
{
    pat_buffer out = {0};
    pat_wire_put_outcome(&out, current_job, &(pat_outcome){.unchanged = true});
    send_and_release(&out);
}

/* More scores than there are settings. */
static void send_excess(void)
{
    enum { TRIALS = 10000 };
    pat_buffer out = {0};
    static const pat_scores trials[TRIALS];
    pat_outcome outcome = {0};
    for (int i = 0; i < TRIALS; i++)
        pat_pack_scores(&outcome.report, &trials[i], 0);
    pat_wire_put_outcome(&out, current_job, &outcome);
    pat_outcome_release(&outcome);
    send_and_release(&out);
}

static void send_half(void)
{
    pat_buffer out = {0};
    pat_wire_put_outcome(&out, 0, &(pat_outcome){0});
    send_bytes(out.data, out.size / 2);
    _exit(4);
}

static void sleep_50_ms(void)
{
    usleep(50000);
}

static void close_and_exit(void)
{
    close(PAT_WORKER_DESCRIPTOR);
    sleep_50_ms();
    _exit(0);
}

static void close_and_linger(void)
{
    close(PAT_WORKER_DESCRIPTOR);
    pause();
}

/* The next job cannot be written to this worker. */
static void turn_deaf(void)
{
    shutdown(PAT_WORKER_DESCRIPTOR, SHUT_RD);
}

static void sleep_1_s(void)
{
    sleep(1);
}

static void hang(void)
{
    pause();
}

static void stop(void)
{
    raise(SIGSTOP);
}

static void stop_for_ever(void)
{
    for (;;)
        raise(SIGSTOP);
}

/* The next evaluation report has an unknown color operator, or a setting that was not requested. */
static bool lies_about_color, lies_about_strength;

static void lie_about_color(void)
{
    lies_about_color = true;
}

static void lie_about_strength(void)
{
    lies_about_strength = true;
}

/* The next strip is HTML, larger than requested, shorter than it claims, or followed by garbage. */
static enum { HONEST, PAGE, WIDE, LONG, FOLLOWED } strip;

static void send_page(void)
{
    strip = PAGE;
}

static void send_wide(void)
{
    strip = WIDE;
}

static void send_long(void)
{
    strip = LONG;
}

static void send_followed(void)
{
    strip = FOLLOWED;
}

static bool is_null_device(int descriptor)
{
    struct stat info, null;
    return fstat(descriptor, &info) == 0 && stat("/dev/null", &null) == 0 &&
           info.st_rdev == null.st_rdev;
}

/* Tell what the worker was started with, and try to disturb a terminal. */
static void chat(void)
{
    char byte;
    bool deaf = read(STDERR_FILENO, &byte, 1) < 0 && lseek(STDERR_FILENO, 0, SEEK_SET) < 0;
    fprintf(stderr, "stdin %s, stdout %s, stderr %s\n",
            is_null_device(STDIN_FILENO) ? "null" : "open",
            is_null_device(STDOUT_FILENO) ? "null" : "open", deaf ? "to write to" : "open");
    fprintf(stderr, "\033[2Jcleared");
}

static void flood(void)
{
    for (int i = 0; i < 100000; i++)
        if (fprintf(stderr, "%d\n", i) < 0)
            return;
}

static const struct fault {
    const char *prefix;
    void (*act)(void);
} faults[] = {
    {"segv_", die_by_segv},
    {"abort_", die_by_abort},
    {"kill_", die_by_kill},
    {"exit3_", exit_with_3},
    {"memory_", run_out_of_memory},
    {"retire_", retire},
    {"lacking_", lack_once},
    {"greedy_", lack},
    {"garbage_", send_garbage},
    {"nonsense_", send_nonsense},
    {"lie_", send_lie},
    {"half_", send_half},
    {"close_", close_and_exit},
    {"slow_", sleep_50_ms},
    {"slower_", sleep_1_s},
    {"hang_", hang},
    {"linger_", close_and_linger},
    {"excess_", send_excess},
    {"unchanged_", send_unchanged},
    {"deaf_", turn_deaf},
    {"color_", lie_about_color},
    {"strength_", lie_about_strength},
    {"page_", send_page},
    {"wide_", send_wide},
    {"long_", send_long},
    {"followed_", send_followed},
    {"chat_", chat},
    {"flood_", flood},
    {"stop_", stop},
    {"stopper_", stop_for_ever},
};

/* The number of calls with this path, including this one: each appends a byte to PATH.met. */
static long times_met(const char *path)
{
    char marker[PAT_PATH_SIZE];
    snprintf(marker, sizeof marker, "%s.met", path);
    int descriptor = open(marker, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0 || write(descriptor, "+", 1) != 1)
        _exit(EXIT_FAILURE);
    long times = (long)lseek(descriptor, 0, SEEK_END);
    close(descriptor);
    return times;
}

static void misbehave(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    bool once = strncmp(name, "once_", 5) == 0, tally = strncmp(name, "tally_", 6) == 0;
    if (once || tally) {
        if (times_met(path) > 1 && once)
            return;
        name += once ? 5 : 6;
    }
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (strncmp(name, faults[i].prefix, strlen(faults[i].prefix)) == 0)
            faults[i].act();
}

/* ---- Answers --------------------------------------------------------------------------------- */

/* The number at the end of the name's stem. */
static int number_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    const char *end = dot == NULL ? strchr(path, '\0') : dot, *start = end;
    while (start > path && isdigit((unsigned char)start[-1]))
        start--;
    return (int)strtol(start, NULL, 10);
}

static void set_features(double features[PAT_FEATURES_MAX], int number)
{
    memset(features, 0, PAT_FEATURES_MAX * sizeof *features);
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        features[i] = (i < PAT_FEATURE_COUNT - 2 ? number : 0) + i / 16.0; /* a need is 0..1 */
}

/* Made-up scores of every setting; free them. */
static pat_scores *make_trials(size_t count, int number)
{
    pat_scores *trials = calloc(count, sizeof *trials);
    if (trials == NULL)
        _exit(EXIT_FAILURE);
    for (size_t i = 0; i < count; i++)
        trials[i] = scores_of(number % 8 + (double)i, 0.5);
    return trials;
}

static void report_search(pat_bytes extra, int number, pat_buffer *report)
{
    pat_search_setup setup;
    if (!pat_search_setup_unpack(extra, &setup))
        _exit(EXIT_FAILURE);
    size_t settings = pat_grid_count(&setup.grid);
    pat_search_report found = {.setting = pat_grid_setting(&setup.grid, (size_t)number % settings),
                               .best = scores_of(30 + number % 8, 0.5),
                               .untouched = scores_of(28, 0.25),
                               .ties = (uint64_t)number % 2};
    set_features(found.features, number);
    pat_scores *trials = make_trials(settings, number);
    pat_search_report_pack(report, &setup, &found, trials);
    free(trials);
}

static void report_features(int number, pat_buffer *report)
{
    double features[PAT_FEATURES_MAX];
    set_features(features, number);
    pat_features_report_pack(report, features);
}

/* Made-up scores for each setting in the order. */
static void report_choices(pat_bytes extra, const pat_job *job, int number, pat_buffer *report)
{
    pat_evaluate_setup setup;
    pat_choice choices[PAT_CHOICES_MAX] = {0};
    if (!pat_evaluate_setup_unpack(extra, &setup))
        _exit(EXIT_FAILURE);
    pat_evaluate_report found = {.untouched = scores_of(28, 0.25),
                                 .trials = pat_grid_count(&setup.grid),
                                 .choices = job->order.size / sizeof(pat_setting)};
    for (size_t i = 0; i < found.choices; i++) {
        pat_choice *choice = &choices[i];
        choice->scores = scores_of(26, 0.125);
        memcpy(&choice->setting, (const char *)job->order.data + i * sizeof(pat_setting),
               sizeof(pat_setting));
        if (lies_about_color)
            choice->setting.value[PAT_AXIS_COLOR] = 99;
        if (lies_about_strength)
            choice->setting.value[PAT_AXIS_STRENGTH] += 1;
    }
    pat_scores *trials = make_trials(found.trials, number);
    pat_evaluate_report_pack(report, &found, trials, choices);
    free(trials);
}

/* Three 1x1 images: stubs, with the bytes that a driver checks. */
static void report_strip(pat_buffer *out)
{
    static const char picture[] = "\xff\xd8\xff.\xff\xd9", page[] = "<script>";
    enum { SIZE = sizeof picture - 1 };
    pat_strip_report report = {1, 1, 1, 1, {SIZE, SIZE, SIZE}};
    if (strip == WIDE)
        report.width = 100000;
    if (strip == LONG)
        report.size[2]++;
    pat_buffer_append(out, &report, sizeof report);
    for (int i = 0; i < PAT_STRIP_PICTURES; i++)
        pat_buffer_append(out, strip == PAGE ? page : picture, SIZE);
    if (strip == FOLLOWED)
        pat_buffer_append_char(out, '!');
}

static void make_up(const pat_task_setup *setup, const pat_job *job, pat_outcome *outcome)
{
    int number = number_of(job->damaged);
    outcome->content[0] = pat_content_look(job->damaged);
    outcome->content[1] = pat_content_look(job->undamaged);
    if (setup->kind == PAT_TASK_SEARCH)
        report_search(setup->extra, number, &outcome->report);
    if (setup->kind == PAT_TASK_FEATURES)
        report_features(number, &outcome->report);
    if (setup->kind == PAT_TASK_EVALUATE)
        report_choices(setup->extra, job, number, &outcome->report);
    if (setup->kind == PAT_TASK_STRIP)
        report_strip(&outcome->report);
}

static void answer(const pat_task_setup *setup, const pat_frame *frame)
{
    uint64_t index;
    pat_job job;
    pat_buffer out = {0};
    pat_outcome outcome = {0};
    if (frame->type != PAT_MESSAGE_JOB || !pat_wire_get_job(frame, &index, &job))
        _exit(EXIT_FAILURE);
    current_job = index;
    misbehave(job.damaged);
    make_up(setup, &job, &outcome);
    pat_wire_put_outcome(&out, index, &outcome);
    pat_outcome_release(&outcome);
    send_and_release(&out);
}

static bool receive(pat_buffer *in, pat_frame *frame)
{
    enum { BLOCK = 4096 };
    while (pat_wire_next(in, frame) == PAT_FRAME_NONE) {
        char *room = pat_buffer_room(in, BLOCK);
        ssize_t count = room == NULL ? 0 : read(PAT_WORKER_DESCRIPTOR, room, BLOCK);
        if (count <= 0)
            return false;
        in->size += (size_t)count;
    }
    return true;
}

static bool is_to_be_killed(const char *course)
{
    return strcmp(course, "killed") == 0 ||
           (strcmp(course, "killed_5") == 0 && times_met("start") <= 5) ||
           (strcmp(course, "killed_later") == 0 && times_met("start") > 1);
}

/* extra: receives a copy of setup->extra, which would point into the frame. */
static void start(const pat_frame *frame, pat_task_setup *setup, pat_buffer *extra,
                  const char *course)
{
    pat_buffer out = {0};
    pat_error error = {PAT_INTERNAL, "no decoder today"};
    if (frame->type != PAT_MESSAGE_SETUP || !pat_wire_get_setup(frame, setup))
        _exit(EXIT_FAILURE);
    pat_buffer_append(extra, setup->extra.data, setup->extra.size);
    setup->extra = pat_buffer_bytes(extra);
    has_modules = setup->loads_modules;
    if (strcmp(course, "stuck") == 0)
        hang();
    if (strcmp(course, "mute") == 0)
        _exit(6);
    if (strcmp(course, "broken") == 0 ||
        (strcmp(course, "broken_third") == 0 && times_met("start") == 3))
        pat_wire_put_broken(&out, &error);
    else
        pat_wire_put_ready(&out, "8.99.1", "none (a test)", "");
    send_and_release(&out);
}

int main(int argc, char **argv)
{
    const char *course = argc > 1 ? argv[1] : "";
    if (strcmp(course, "die") == 0 ||
        (strcmp(course, "die_once") == 0 && times_met("start") == 1) ||
        (strcmp(course, "die_later") == 0 && times_met("start") > 1))
        _exit(5);
    if (is_to_be_killed(course))
        die_by_kill();
    if (strcmp(course, "real_poor") == 0 && times_met("start") > 0)
        setrlimit(RLIMIT_NOFILE, &(struct rlimit){12, 12});
    if (strncmp(course, "real", 4) == 0)
        return pat_worker_main(PAT_WORKER_DESCRIPTOR);

    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a hanging worker must not outlive a failed test */
    int flags = fcntl(PAT_WORKER_DESCRIPTOR, F_GETFL);
    fcntl(PAT_WORKER_DESCRIPTOR, F_SETFL, flags & ~O_NONBLOCK);
    pat_buffer in = {0}, extra = {0};
    pat_frame frame;
    pat_task_setup setup;
    for (bool started = false; receive(&in, &frame); started = true) {
        if (started)
            answer(&setup, &frame);
        else
            start(&frame, &setup, &extra, course);
        pat_buffer_consume(&in, frame.frame_size);
    }
    pat_buffer_release(&in);
    pat_buffer_release(&extra);
    return EXIT_SUCCESS;
}
