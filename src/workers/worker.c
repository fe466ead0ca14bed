/*
 * The worker process: do one job after another until the driver closes the pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/platform.h"
#include "image/codec.h"
#include "patina/run.h"
#include "workers/death.h"
#include "workers/privileges.h"
#include "workers/sandbox.h"
#include "workers/socket.h"
#include "workers/wire.h"

enum {
    BLOCKS_KEPT = 1 << 25, /* 32 MiB, the most that mallopt() accepts */
    GROWN_KIB = 1 << 19,   /* the most memory that a worker may have used and go on: 512 MiB */
    PROBE_SIZE = 1 << 24,  /* if this cannot be allocated, memory has run out */
    FILES_MAX = 32,        /* open files: those of a job, and some that libraries keep open */
};

static bool send_all(int descriptor, pat_buffer *out)
{
    for (size_t sent = 0; sent < out->size && !out->failed;) {
        ssize_t count = write(descriptor, out->data + sent, out->size - sent);
        if (count < 0 && errno != EINTR)
            return false;
        sent += count > 0 ? (size_t)count : 0;
    }
    bool sent_all = !out->failed;
    pat_buffer_reset(out);
    return sent_all;
}

/* A message from the driver: one frame, and the files that came with it. */
struct incoming {
    pat_buffer bytes;
    int files[PAT_SOCKET_FILES_MAX];
    int file_count;
};

static void close_files(struct incoming *in)
{
    while (in->file_count > 0)
        close(in->files[--in->file_count]);
}

/* Wait for the next complete frame. False if the driver has gone or sent an invalid frame. */
static bool receive(int descriptor, struct incoming *in, pat_frame *frame)
{
    pat_frame_state state;
    while ((state = pat_wire_next(&in->bytes, frame)) == PAT_FRAME_NONE) {
        size_t missing = pat_wire_missing(&in->bytes);
        char *room = pat_buffer_room(&in->bytes, missing);
        if (room == NULL)
            return false;
        ssize_t count = pat_socket_receive(descriptor, room, missing, in->files, &in->file_count);
        if (count == 0 || (count < 0 && errno != EINTR))
            return false;
        in->bytes.size += count > 0 ? (size_t)count : 0;
    }
    return state == PAT_FRAME_FOUND;
}

/* Give each open file of the job the next received descriptor. False if there are too few. */
static bool take_files(const struct incoming *in, pat_opened *files, int count, int *used)
{
    for (int i = 0; i < count; i++)
        if (files[i].open && *used == in->file_count)
            return false;
        else if (files[i].open)
            files[i].descriptor = in->files[(*used)++];
    return true;
}

/* Receive the next job, with its files. */
static bool receive_job(int descriptor, struct incoming *in, uint64_t *index, pat_job *job)
{
    pat_frame frame;
    pat_buffer_reset(&in->bytes); /* not earlier: it held the last job's texts */
    close_files(in);
    if (!receive(descriptor, in, &frame) || frame.type != PAT_MESSAGE_JOB ||
        !pat_wire_get_job(&frame, index, job))
        return false;
    int used = 0;
    return take_files(in, job->input, PAT_INPUTS, &used) &&
           take_files(in, job->output, PAT_OUTPUTS, &used) && used == in->file_count;
}

static unsigned failures_before; /* allocations that had failed when the job began */

/* Libraries abort, or crash, when a small allocation fails. Tell the driver if this is the reason:
 * the program may have noted it, errno may still say so, and what cannot be allocated now could not
 * be allocated then. */
static void end_by_signal(int number)
{
    bool failed = errno == ENOMEM || pat_memory_failures() != failures_before;
    void *probe =
        mmap(NULL, PROBE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (failed || probe == MAP_FAILED)
        _exit(PAT_DEATH_EXIT_MEMORY);
    raise(number); /* SA_RESETHAND: it ends this process as soon as the handler returns */
}

static void explain_crashes(void)
{
    static const int crashes[] = {SIGABRT, SIGTRAP, SIGSEGV, SIGILL};
    struct sigaction action = {.sa_handler = end_by_signal, .sa_flags = (int)SA_RESETHAND};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &action, NULL);
}

/* Enter the sandbox. The libraries are loaded and the tables are ready; from now on, only
 * descriptors are needed. Fails with PAT_INTERNAL if the setup requires more than was granted. */
static pat_status lock_up(const pat_task_setup *setup, char sandbox[PAT_SANDBOX_SIZE],
                          pat_error *error)
{
    if (setup->memory_bytes != 0 && !pat_sandbox_limit_memory(setup->memory_bytes))
        fprintf(stderr, "patina: a worker cannot limit its memory (%s)\n", strerror(errno));
    /* Twice: an image that compresses badly, in another format, may be larger than its file. */
    pat_privileges_limit_files(2 * pat_image_file_largest(setup->max_pixels));
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > FILES_MAX)
        setrlimit(RLIMIT_NOFILE, &(struct rlimit){FILES_MAX, FILES_MAX});
    pat_sandbox_enter(sandbox);
    if (!setup->requires_sandbox || pat_sandbox_is_whole(sandbox))
        return PAT_OK;
    return pat_fail(error, PAT_INTERNAL,
                    "the kernel does not grant the whole sandbox that --require-sandbox asks for, "
                    "but %s; use a kernel with Landlock (Linux 5.13 or later) and a container that "
                    "allows it, or leave the option out",
                    sandbox);
}

static void put_ready(pat_buffer *out, const char *sandbox)
{
    pat_buffer platform = {0};
    pat_platform_put(&platform);
    pat_buffer_append_char(&platform, '\0');
    pat_wire_put_ready(out, pat_codec_version(), sandbox, platform.failed ? "" : platform.data);
    pat_buffer_release(&platform);
}

/* Read the setup, valid as long as the bytes in `in`, and create the task. If that fails, report
 * the error to the driver and return NULL. */
static pat_task *start_task(int descriptor, struct incoming *in, pat_buffer *out,
                            pat_task_setup *setup)
{
    pat_frame frame;
    pat_task *task;
    pat_error error = {0};
    char sandbox[PAT_SANDBOX_SIZE];
    if (!receive(descriptor, in, &frame) || frame.type != PAT_MESSAGE_SETUP ||
        !pat_wire_get_setup(&frame, setup))
        return NULL;
    pat_status status = pat_task_create(setup, &task, &error);
    if (status == PAT_OK && setup->loads_modules)
        pat_codec_load_modules();
    if (status == PAT_OK)
        status = lock_up(setup, sandbox, &error);
    if (status == PAT_OK) {
        explain_crashes();
        pat_memory_exit_if_hopeless(PAT_DEATH_EXIT_MEMORY);
        put_ready(out, sandbox);
    } else {
        pat_wire_put_broken(out, &error);
    }
    if (send_all(descriptor, out) && status == PAT_OK)
        return task;
    pat_task_free(task);
    return NULL;
}

/* Whether the jobs so far have taken so much memory that a new process should take over: scratch
 * memory fits the largest image, and is kept. */
static bool has_grown(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_maxrss > GROWN_KIB;
}

/* Forget one client's image before another's arrives. */
static bool forget(pat_task *task, struct incoming *in, pat_outcome *outcome)
{
    close_files(in);
    pat_outcome_release(outcome);
    return pat_task_forget(task, NULL) == PAT_OK;
}

static void serve(int descriptor, pat_task *task, const pat_task_setup *setup, struct incoming *in,
                  pat_buffer *out)
{
    uint64_t index;
    pat_job job;
    pat_outcome outcome = {0};
    bool retiring = false;
    for (bool fresh = true; receive_job(descriptor, in, &index, &job); fresh = false) {
        errno = 0; /* for end_by_signal() */
        failures_before = pat_memory_failures();
        pat_task_run(task, &job, &outcome);
        if (pat_codec_lacks_module() && !setup->loads_modules) {
            pat_wire_put_lacking(out);
            send_all(descriptor, out);
            break;
        }
        if (outcome.status == PAT_OUT_OF_MEMORY && !fresh)
            _exit(PAT_DEATH_EXIT_MEMORY); /* without what earlier jobs left, it may fit */
        pat_wire_put_outcome(out, index, &outcome);
        if (!retiring && !setup->stays && (retiring = has_grown()))
            pat_wire_put_retire(out);
        if (!send_all(descriptor, out) || (setup->forgets && !forget(task, in, &outcome)))
            break;
    }
    pat_outcome_release(&outcome);
}

/* Ask the kernel to kill this process when its driver ends. False if it has already ended. */
static bool stay_with_driver(int descriptor)
{
    struct ucred driver; /* the process that created the socket */
    socklen_t size = sizeof driver;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &driver, &size) != 0 ||
           driver.pid == getppid();
}

/* Let each pair reuse the memory that the last one freed. Otherwise, glibc returns it to the system
 * in between, and every page faults again. */
static void keep_freed_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, BLOCKS_KEPT);
    mallopt(M_TRIM_THRESHOLD, 2 * BLOCKS_KEPT);
}

int pat_worker_main(int descriptor)
{
    /* Ctrl-C and the end of a terminal or session signal the whole process group; let the driver
     * handle the signals. If the driver dies, its workers must not live on. Writing too large a
     * file fails with EFBIG. */
    static const int ignored[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    if (!stay_with_driver(descriptor))
        return EXIT_FAILURE;
    close_range((unsigned)descriptor + 1, UINT_MAX,
                0); /* descriptors that the driver's caller left open */
    keep_freed_memory();
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) < 0)
        return EXIT_FAILURE;

    struct incoming in = {0};
    pat_buffer out = {0};
    pat_task_setup setup = {0};
    pat_task *task = start_task(descriptor, &in, &out, &setup);
    if (setup.forgets)
        pat_memory_wipe_freed();
    if (task != NULL)
        serve(descriptor, task, &setup, &in, &out);
    pat_task_free(task);
    close_files(&in);
    pat_buffer_release(&in.bytes);
    pat_buffer_release(&out);
    return task == NULL ? EXIT_FAILURE : EXIT_SUCCESS;
}
