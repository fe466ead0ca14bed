#include "workers/fleet.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "base/cgroup.h"
#include "base/error.h"
#include "workers/death.h"
#include "workers/environment.h"
#include "workers/printed.h"
#include "workers/resources.h"
#include "workers/sandbox.h"
#include "workers/socket.h"
#include "workers/wire.h"

enum {
    TICK_MS = 100,
    READ_SIZE = 1 << 16,
    START_ATTEMPTS = 3,   /* per worker, before a fleet without any ready worker gives up */
    EXIT_GRACE_MS = 2000, /* for a worker whose pipe has closed to exit by itself */
    STOP_GRACE_MS = 3000, /* for a worker that was stopped (SIGSTOP) to continue after SIGCONT */
};

struct worker {
    pat_fleet *fleet;
    uv_process_t process;
    uv_pipe_t pipe, messages; /* messages: its stderr */
    int open_handles; /* number of those open: process, pipe, messages; 0: the worker is gone */
    bool ready, exited;
    bool retiring;    /* gets no more jobs, and is replaced when its last one is done */
    bool has_modules; /* started with setup.loads_modules */
    bool lacking;     /* ends because it was started without */
    int missing;      /* ticks until it is started, 1: at the next; 0: started */
    /* Failed starts: in a row; and in total, those likely to recur (pat_death_recurs()). */
    int failed_starts, hopeless_starts;
    /* Times are counted in ticks, which do not pass while this process is stopped. */
    int64_t busy_ms; /* spent on the current job, or on starting */
    int leaving_ms;  /* since its pipe closed */
    int stopped_ms;
    pat_death death;
    pat_printed printed;
    pat_buffer in;
    uint64_t in_flight[PAT_BATCH_MAX]; /* unanswered jobs, in the order in which they were sent */
    int in_flight_count;
};

struct pat_fleet {
    pat_fleet_options options;
    pat_task_setup setup; /* for workers that are started from now on */
    char **environment;   /* of workers */
    uv_loop_t loop;
    uv_timer_t tick;
    struct worker *workers;
    int worker_count;
    bool ever_ready;
    int64_t without_ms; /* since a worker was last ready, or since the start */
    bool finishing;     /* no more work: waiting for workers to exit */
    uint64_t deaths;
    uint64_t kernel_kills; /* pat_cgroup_kills() when a worker last ended, or at the start */
    char last_death[PAT_DEATH_SIZE]; /* of a failed start; "": none since a worker was ready */
    pat_error failure;
    struct sigaction previous; /* the previous action for SIGPIPE */
    sigset_t previous_mask;
};

static void spawn_worker(struct worker *worker);

/* ---- Ending ------------------------------------------------------------------------------- */

static void close_handle(uv_handle_t *handle, uv_close_cb closed)
{
    if (!uv_is_closing(handle))
        uv_close(handle, closed);
}

static void handle_closed(uv_handle_t *handle);

/* Closing a worker's pipe tells it to exit. */
void pat_fleet_finish(pat_fleet *fleet)
{
    if (fleet->finishing)
        return;
    fleet->finishing = true;
    for (int i = 0; i < fleet->worker_count; i++)
        if (fleet->workers[i].open_handles > 0)
            close_handle((uv_handle_t *)&fleet->workers[i].pipe, handle_closed);
}

static void kill_worker(struct worker *worker)
{
    if (worker->open_handles > 0 && !worker->exited)
        uv_process_kill(&worker->process, SIGKILL);
}

static void end_worker(struct worker *worker, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void end_worker(struct worker *worker, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(worker->death.fault, sizeof worker->death.fault, format, arguments);
    va_end(arguments);
    kill_worker(worker);
}

void pat_fleet_stop(pat_fleet *fleet, const pat_error *why)
{
    if (fleet->failure.status == PAT_OK)
        fleet->failure = *why;
    for (int i = 0; i < fleet->worker_count; i++)
        kill_worker(&fleet->workers[i]);
    pat_fleet_finish(fleet);
}

/* ---- Handing out work --------------------------------------------------------------------- */

typedef struct outgoing {
    uv_write_t request;
    pat_buffer bytes;
} outgoing;

static void sent(uv_write_t *request, int result)
{
    (void)result; /* if writing to a worker fails, so does reading from it */
    outgoing *message = (outgoing *)request;
    pat_buffer_release(&message->bytes);
    free(message);
}

/* Send the contents of `bytes`, taking ownership. */
static void send_bytes(struct worker *worker, pat_buffer *bytes)
{
    outgoing *message = bytes->failed ? NULL : malloc(sizeof *message);
    if (message == NULL) {
        pat_buffer_release(bytes);
        pat_error error;
        (void)pat_fail_memory(&error, "a message to a worker");
        pat_fleet_stop(worker->fleet, &error);
        return;
    }
    message->bytes = *bytes;
    uv_buf_t block = uv_buf_init(message->bytes.data, (unsigned)message->bytes.size);
    if (uv_write(&message->request, (uv_stream_t *)&worker->pipe, &block, 1, sent) != 0)
        sent(&message->request, 0);
}

/* Send a job and its open files. This bypasses libuv, which cannot send files, and works only while
 * libuv's queue is empty. Bytes that the socket does not accept at once follow through libuv. False
 * if there is no room now. */
static bool send_with_files(struct worker *worker, pat_buffer *bytes, const pat_job *job)
{
    int files[PAT_INPUTS + PAT_OUTPUTS], count = 0, socket;
    for (int i = 0; i < PAT_INPUTS; i++)
        if (job->input[i].open)
            files[count++] = job->input[i].descriptor;
    for (int i = 0; i < PAT_OUTPUTS; i++)
        if (job->output[i].open)
            files[count++] = job->output[i].descriptor;
    size_t sent = 0;
    if (uv_stream_get_write_queue_size((uv_stream_t *)&worker->pipe) == 0 &&
        uv_fileno((uv_handle_t *)&worker->pipe, &socket) == 0 && !bytes->failed &&
        !pat_socket_is_closed(socket)) /* the worker has just ended; do not blame the job */
        sent = pat_socket_send(socket, bytes->data, bytes->size, files, count);
    if (sent > 0 && sent < bytes->size) {
        pat_buffer_consume(bytes, sent);
        send_bytes(worker, bytes);
    } else {
        pat_buffer_release(bytes);
    }
    return sent > 0;
}

bool pat_fleet_has_room(const pat_fleet *fleet, int index, int held)
{
    const struct worker *worker = &fleet->workers[index];
    return !fleet->finishing && worker->ready && !worker->retiring &&
           !uv_is_closing((const uv_handle_t *)&worker->pipe) && worker->in_flight_count <= held;
}

bool pat_fleet_give(pat_fleet *fleet, int index, uint64_t id, const pat_job *job)
{
    struct worker *worker = &fleet->workers[index];
    pat_buffer bytes = {0};
    pat_wire_put_job(&bytes, id, job);
    if (!send_with_files(worker, &bytes, job))
        return false;
    if (worker->in_flight_count == 0)
        worker->busy_ms = 0;
    worker->in_flight[worker->in_flight_count++] = id;
    return true;
}

/* ---- Taking in results -------------------------------------------------------------------- */

/* The position of a job among those that a worker holds, or -1. */
static int find_in_flight(const struct worker *worker, uint64_t id)
{
    for (int i = 0; i < worker->in_flight_count; i++)
        if (worker->in_flight[i] == id)
            return i;
    return -1;
}

static void remove_in_flight(struct worker *worker, int at)
{
    worker->in_flight_count--;
    memmove(&worker->in_flight[at], &worker->in_flight[at + 1],
            (size_t)(worker->in_flight_count - at) * sizeof *worker->in_flight);
}

/* Closing its pipe tells it to exit. */
static void let_retire(struct worker *worker)
{
    if (worker->retiring && worker->in_flight_count == 0)
        close_handle((uv_handle_t *)&worker->pipe, handle_closed);
}

/* False if this is not a valid answer to one of this worker's jobs. */
static bool take_outcome(struct worker *worker, const pat_frame *frame)
{
    const pat_fleet_owner *owner = &worker->fleet->options.owner;
    pat_outcome outcome = {0};
    uint64_t id;
    if (!pat_wire_get_outcome(frame, &id, &outcome))
        return false;
    int at = find_in_flight(worker, id);
    bool is_answer = at >= 0 && owner->answered(owner->context, id, &outcome);
    pat_outcome_release(&outcome);
    if (!is_answer) /* the job stays with the worker, which will be ended */
        return false;
    remove_in_flight(worker, at);
    worker->busy_ms = 0;
    let_retire(worker);
    return true;
}

static bool take_ready(pat_fleet *fleet, const pat_frame *frame)
{
    const char *platform;
    if (!pat_wire_get_ready(frame, fleet->options.decoder_version, fleet->options.sandbox,
                            &platform))
        return false;
    pat_buffer_reset(fleet->options.platform);
    pat_buffer_append(fleet->options.platform, platform, strlen(platform) + 1);
    return !fleet->options.platform->failed;
}

/* The sandbox is described before the first image arrives, and so by an honest worker. */
static void tell_of_sandbox(const pat_fleet *fleet)
{
    char text[PAT_SANDBOX_SIZE + 128];
    const char *sandbox = fleet->options.sandbox;
    if (fleet->options.run->notice == NULL || pat_sandbox_is_whole(sandbox))
        return;
    snprintf(text, sizeof text,
             "warning: the sandbox of the workers is incomplete: %s; do not process images that "
             "you do not trust (--require-sandbox refuses to run)",
             sandbox);
    fleet->options.run->notice(text);
}

/* False if the worker violates the protocol. */
static bool handle_frame(struct worker *worker, const pat_frame *frame)
{
    pat_fleet *fleet = worker->fleet;
    pat_error broken = {0}, error;
    switch (frame->type) {
    case PAT_MESSAGE_READY:
        if (worker->ready || !take_ready(fleet, frame))
            return false;
        if (!fleet->ever_ready)
            tell_of_sandbox(fleet);
        worker->busy_ms = 0;
        worker->ready = fleet->ever_ready = true;
        worker->failed_starts = 0;
        fleet->without_ms = 0;
        fleet->last_death[0] = '\0';
        return true;
    case PAT_MESSAGE_BROKEN:
        if (worker->ready || !pat_wire_get_broken(frame, &broken))
            return false;
        if (fleet->ever_ready) { /* others have started: it may succeed later */
            end_worker(worker, "cannot start (%.40s)", broken.message);
            return true;
        }
        (void)pat_fail(&error, broken.status, "a worker cannot start: %s", broken.message);
        pat_fleet_stop(fleet, &error);
        return true;
    case PAT_MESSAGE_OUTCOME:
        return take_outcome(worker, frame);
    case PAT_MESSAGE_RETIRE:
        if (!worker->ready || !pat_wire_get_retire(frame))
            return false;
        worker->retiring = true;
        let_retire(worker);
        return true;
    case PAT_MESSAGE_LACKING:
        if (!worker->ready || worker->has_modules || !pat_wire_get_lacking(frame))
            return false;
        fleet->setup.loads_modules = worker->lacking = worker->retiring = true;
        close_handle((uv_handle_t *)&worker->pipe, handle_closed);
        return true;
    default:
        return false;
    }
}

static void allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *block)
{
    (void)suggested;
    struct worker *worker = handle->data;
    char *room = pat_buffer_room(&worker->in, READ_SIZE);
    *block = uv_buf_init(room, room == NULL ? 0 : READ_SIZE);
}

static void received(uv_stream_t *stream, ssize_t size, const uv_buf_t *block)
{
    (void)block;
    struct worker *worker = stream->data;
    pat_frame frame;
    pat_frame_state state = PAT_FRAME_NONE;
    if (size > 0) {
        worker->in.size += (size_t)size;
        while (!worker->fleet->finishing &&
               (state = pat_wire_next(&worker->in, &frame)) == PAT_FRAME_FOUND) {
            if (!handle_frame(worker, &frame)) {
                state = PAT_FRAME_BAD;
                break;
            }
            pat_buffer_consume(&worker->in, frame.frame_size);
        }
    }
    if (state == PAT_FRAME_BAD)
        end_worker(worker, "sent an invalid message and was killed");
    if (size < 0 ||
        worker->death.fault[0] != '\0') /* if it exited by itself, its status tells why */
        close_handle((uv_handle_t *)stream, handle_closed);
    worker->fleet->options.owner.feed(worker->fleet->options.owner.context);
}

/* ---- What workers print -------------------------------------------------------------------- */

/* A worker that has printed too much cannot print any more: its pipe is closed. */
static void take_printed(struct worker *worker, const char *bytes, size_t size)
{
    void (*notice)(const char *) = worker->fleet->options.run->notice;
    if (!pat_printed_add(&worker->printed, bytes, size, notice))
        close_handle((uv_handle_t *)&worker->messages, handle_closed);
}

static void allocate_text(uv_handle_t *handle, size_t suggested, uv_buf_t *block)
{
    static char text[4096];
    (void)handle;
    (void)suggested;
    *block = uv_buf_init(text, sizeof text);
}

static void printed(uv_stream_t *stream, ssize_t size, const uv_buf_t *block)
{
    if (size > 0)
        take_printed(stream->data, block->base, (size_t)size);
    else if (size < 0)
        close_handle((uv_handle_t *)stream, handle_closed);
}

/* Take what a worker printed before it ended. */
static void take_last_words(struct worker *worker)
{
    char text[4096];
    int file;
    ssize_t size;
    while (!uv_is_closing((uv_handle_t *)&worker->messages) &&
           uv_fileno((uv_handle_t *)&worker->messages, &file) == 0 &&
           (size = read(file, text, sizeof text)) > 0)
        take_printed(worker, text, (size_t)size);
    pat_printed_end(&worker->printed, worker->fleet->options.run->notice);
    close_handle((uv_handle_t *)&worker->messages, handle_closed);
}

/* ---- Starting and ending workers ---------------------------------------------------------- */

int pat_fleet_ready(const pat_fleet *fleet)
{
    int ready = 0;
    for (int i = 0; i < fleet->worker_count; i++)
        ready += fleet->workers[i].open_handles > 0 && fleet->workers[i].ready;
    return ready;
}

/* Whether no worker was ever ready and each has failed START_ATTEMPTS times by itself. */
static bool have_all_failed(const pat_fleet *fleet)
{
    for (int i = 0; i < fleet->worker_count; i++)
        if (fleet->workers[i].hopeless_starts < START_ATTEMPTS)
            return false;
    return !fleet->ever_ready;
}

/* Stop if no worker is expected to start. */
static void give_up_if_hopeless(pat_fleet *fleet)
{
    int64_t patience_ms = (int64_t)fleet->options.run->patience_s * 1000;
    pat_error error;
    if (pat_fleet_ready(fleet) > 0)
        return;
    if (have_all_failed(fleet))
        (void)pat_fail(&error, PAT_WORKER_DIED,
                       "workers fail to start: the last one %s; use fewer workers (--jobs), or try "
                       "--in-process for details",
                       fleet->last_death);
    else if (fleet->without_ms >= patience_ms)
        (void)pat_fail(&error, PAT_WORKER_DIED,
                       "no worker could start for %" PRId64 " s: the last one %s; free some memory "
                       "or use fewer workers (--jobs), then run the same command again",
                       fleet->without_ms / 1000, fleet->last_death);
    else
        return;
    pat_fleet_stop(fleet, &error);
}

/* Wait longer after each failed start: if memory is short, frequent starts make it worse. */
static int ticks_to_wait(const struct worker *worker)
{
    enum { DOUBLINGS = 6 };
    int doublings = worker->failed_starts - 1;
    return 1 << (doublings < DOUBLINGS ? doublings : DOUBLINGS);
}

static void start_failed(struct worker *worker, const char *death)
{
    pat_fleet *fleet = worker->fleet;
    worker->failed_starts++;
    worker->hopeless_starts += pat_death_recurs(&worker->death);
    snprintf(fleet->last_death, sizeof fleet->last_death, "%s", death);
    give_up_if_hopeless(fleet);
}

static bool has_retired(const struct worker *worker)
{
    return worker->retiring && (worker->in_flight_count == 0 || worker->lacking) &&
           worker->death.fault[0] == '\0' && worker->death.exit_signal == 0;
}

/* If the kernel has killed a process of our cgroup since the last time, it was probably this one.
 */
static void note_kernel_kills(pat_fleet *fleet, pat_death *death)
{
    if (death->exit_signal != SIGKILL)
        return;
    uint64_t kills = pat_cgroup_kills_now();
    death->kernel_reclaimed = kills != fleet->kernel_kills;
    fleet->kernel_kills = kills;
}

static void worker_gone(struct worker *worker)
{
    pat_fleet *fleet = worker->fleet;
    const pat_fleet_owner *owner = &fleet->options.owner;
    char death[PAT_DEATH_SIZE];
    bool retired = has_retired(worker);
    pat_buffer_release(&worker->in);
    fleet->deaths += !retired;
    if (fleet->finishing)
        return;
    note_kernel_kills(fleet, &worker->death);
    pat_death_describe(&worker->death, death);
    if (!worker->ready)
        start_failed(worker, death);
    if (fleet->finishing)
        return;
    int count = worker->in_flight_count;
    worker->in_flight_count = 0;
    owner->lost(owner->context, worker->in_flight, count, retired ? NULL : &worker->death);
    if (fleet->finishing || !owner->wants_more(owner->context))
        return;
    if (worker->ready)
        spawn_worker(worker);
    else
        worker->missing = ticks_to_wait(worker);
}

static void handle_closed(uv_handle_t *handle)
{
    struct worker *worker = handle->data;
    if (--worker->open_handles == 0)
        worker_gone(worker);
}

static void process_exited(uv_process_t *process, int64_t exit_status, int exit_signal)
{
    struct worker *worker = process->data;
    worker->exited = true;
    worker->death.exit_status = exit_status;
    worker->death.exit_signal = exit_signal;
    take_last_words(worker);
    close_handle((uv_handle_t *)process, handle_closed);
}

/* Start the process. stdin and stdout are /dev/null: a worker that an image has taken over must not
 * read the terminal or write into a file. Returns 0 or an error of libuv. */
static int spawn_process(struct worker *worker)
{
    pat_fleet *fleet = worker->fleet;
    const char *const *command = fleet->options.run->worker_command;
    int messages[2];
    int failure = uv_pipe(messages, UV_NONBLOCK_PIPE, 0);
    if (failure != 0)
        return failure;
    uv_pipe_open(&worker->messages, messages[0]);
    uv_stdio_container_t stdio[PAT_WORKER_DESCRIPTOR + 1] = {
        {.flags = UV_IGNORE},
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = messages[1]},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE,
         .data.stream = (uv_stream_t *)&worker->pipe},
    };
    uv_process_options_t options = {
        .file = command[0],
        .args = (char **)command,
        .env = fleet->environment,
        .stdio = stdio,
        .stdio_count = PAT_WORKER_DESCRIPTOR + 1,
        .exit_cb = process_exited,
    };
    failure = uv_spawn(&fleet->loop, &worker->process, &options);
    close(messages[1]);
    return failure;
}

static void spawn_failed(struct worker *worker, int failure)
{
    worker->exited = true;
    end_worker(worker, "could not be started (%s)", uv_strerror(failure));
    close_handle((uv_handle_t *)&worker->process, handle_closed);
    close_handle((uv_handle_t *)&worker->pipe, handle_closed);
    close_handle((uv_handle_t *)&worker->messages, handle_closed);
}

static void spawn_worker(struct worker *worker)
{
    pat_fleet *fleet = worker->fleet;
    *worker = (struct worker){.fleet = fleet,
                              .open_handles = 3,
                              .has_modules = fleet->setup.loads_modules,
                              .failed_starts = worker->failed_starts,
                              .hopeless_starts = worker->hopeless_starts};
    uv_pipe_init(&fleet->loop, &worker->pipe, 0);
    uv_pipe_init(&fleet->loop, &worker->messages, 0);
    worker->pipe.data = worker->messages.data = worker->process.data = worker;
    int failure = spawn_process(worker);
    if (failure != 0) {
        spawn_failed(worker, failure);
        return;
    }
    int socket;
    if (uv_fileno((uv_handle_t *)&worker->pipe, &socket) != 0 ||
        !pat_socket_carries_files(socket)) {
        pat_error error;
        (void)pat_fail(&error, PAT_INTERNAL, "files cannot be sent to workers");
        pat_fleet_stop(fleet, &error);
        return;
    }
    uv_read_start((uv_stream_t *)&worker->pipe, allocate, received);
    uv_read_start((uv_stream_t *)&worker->messages, allocate_text, printed);
    pat_buffer bytes = {0};
    pat_wire_put_setup(&bytes, &fleet->setup);
    send_bytes(worker, &bytes);
}

/* ---- Watching ------------------------------------------------------------------------------- */

static bool is_stopped(const struct worker *worker)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)worker->process.pid, &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

/* Continue a stopped worker, and end one that takes too long. */
static void watch(struct worker *worker)
{
    int timeout_s = worker->fleet->options.run->timeout_s;
    bool stopped = is_stopped(worker);
    worker->stopped_ms = stopped ? worker->stopped_ms + TICK_MS : 0;
    if (stopped)
        uv_process_kill(&worker->process, SIGCONT);
    if (!worker->ready || worker->in_flight_count > 0)
        worker->busy_ms += TICK_MS;
    if (uv_is_closing((uv_handle_t *)&worker->pipe))
        worker->leaving_ms += TICK_MS;
    if (worker->leaving_ms > EXIT_GRACE_MS)
        end_worker(worker, "closed its pipe but did not exit, and was killed");
    else if (worker->stopped_ms > STOP_GRACE_MS)
        end_worker(worker, "was stopped, did not continue, and was killed");
    else if (timeout_s > 0 && worker->busy_ms > (int64_t)timeout_s * 1000)
        end_worker(worker, "did not %s within %d s, and was killed",
                   worker->ready ? "finish" : "start", timeout_s);
}

static void ticked(uv_timer_t *timer)
{
    pat_fleet *fleet = timer->data;
    const pat_fleet_owner *owner = &fleet->options.owner;
    fleet->without_ms = pat_fleet_ready(fleet) > 0 ? 0 : fleet->without_ms + TICK_MS;
    for (int i = 0; i < fleet->worker_count; i++) {
        struct worker *worker = &fleet->workers[i];
        if (worker->open_handles > 0 && !worker->exited && worker->death.fault[0] == '\0')
            watch(worker);
        if (worker->missing > 0 && --worker->missing == 0 && !fleet->finishing)
            spawn_worker(worker);
    }
    owner->ticked(owner->context);
    owner->feed(owner->context);
}

/* ---- The fleet ---------------------------------------------------------------------------- */

static void start(pat_fleet *fleet)
{
    /* Writing to a worker that has just died must return an error, not kill this process. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, &fleet->previous);
    sigset_t child; /* tells that a worker has ended; the caller may have blocked it */
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_UNBLOCK, &child, &fleet->previous_mask);
    fleet->kernel_kills = pat_cgroup_kills_now();
    uv_timer_init(&fleet->loop, &fleet->tick);
    fleet->tick.data = fleet;
    uv_timer_start(&fleet->tick, ticked, TICK_MS, TICK_MS);
    for (int i = 0; i < fleet->worker_count && !fleet->finishing; i++) {
        fleet->workers[i].fleet = fleet;
        spawn_worker(&fleet->workers[i]);
    }
}

static pat_status check_descriptors(int jobs, pat_error *error)
{
    pat_resources resources = pat_resources_now();
    int most = pat_resources_workers(&resources);
    if (jobs <= most)
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "cannot start %d workers: at most %llu files can be open at once; use %d or "
                    "fewer (--jobs), or raise the limit with 'ulimit -n %d'",
                    jobs, (unsigned long long)resources.descriptors, most, jobs + 256);
}

pat_status pat_fleet_create(const pat_fleet_options *options, pat_fleet **out, pat_error *error)
{
    *out = NULL;
    pat_status status = check_descriptors(options->run->jobs, error);
    if (status != PAT_OK)
        return status;
    pat_fleet *fleet = calloc(1, sizeof *fleet);
    struct worker *workers = calloc((size_t)options->run->jobs, sizeof *workers);
    char **environment = pat_environment_of_worker();
    int failure = fleet == NULL || workers == NULL || environment == NULL
                      ? UV_ENOMEM
                      : uv_loop_init(&fleet->loop);
    if (fleet == NULL || failure != 0) {
        free(environment);
        free(fleet);
        free(workers);
        return pat_fail(error, failure == UV_ENOMEM ? PAT_OUT_OF_MEMORY : PAT_INTERNAL,
                        "cannot start the workers (%s); free some memory or descriptors and run "
                        "again",
                        uv_strerror(failure));
    }
    fleet->options = *options;
    fleet->setup = *options->setup;
    fleet->environment = environment;
    fleet->workers = workers;
    fleet->worker_count = options->run->jobs;
    start(fleet);
    *out = fleet;
    return PAT_OK;
}

void pat_fleet_step(pat_fleet *fleet, bool wait)
{
    uv_run(&fleet->loop, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

int pat_fleet_descriptor(const pat_fleet *fleet)
{
    return uv_backend_fd(&fleet->loop);
}

int pat_fleet_timeout_ms(const pat_fleet *fleet)
{
    return uv_backend_timeout(&fleet->loop);
}

int pat_fleet_busy(const pat_fleet *fleet)
{
    int busy = 0;
    for (int i = 0; i < fleet->worker_count; i++)
        busy += fleet->workers[i].in_flight_count > 0;
    return busy;
}

uint64_t pat_fleet_deaths(const pat_fleet *fleet)
{
    return fleet->deaths;
}

const char *pat_fleet_trouble(const pat_fleet *fleet)
{
    return fleet->last_death[0] != '\0' && pat_fleet_ready(fleet) == 0 ? fleet->last_death : NULL;
}

bool pat_fleet_is_finishing(const pat_fleet *fleet)
{
    return fleet->finishing;
}

bool pat_fleet_is_over(const pat_fleet *fleet)
{
    for (int i = 0; i < fleet->worker_count; i++)
        if (fleet->workers[i].open_handles > 0)
            return false;
    return fleet->finishing;
}

void pat_fleet_end_job(pat_fleet *fleet, uint64_t id)
{
    for (int i = 0; i < fleet->worker_count; i++)
        if (find_in_flight(&fleet->workers[i], id) == 0)
            end_worker(&fleet->workers[i], "was told to stop");
}

pat_status pat_fleet_status(const pat_fleet *fleet, pat_error *error)
{
    if (fleet->failure.status != PAT_OK && error != NULL)
        *error = fleet->failure;
    return fleet->failure.status;
}

void pat_fleet_free(pat_fleet *fleet)
{
    if (fleet == NULL)
        return;
    for (int i = 0; i < fleet->worker_count; i++)
        if (fleet->workers[i].in_flight_count > 0 || !fleet->workers[i].ready)
            kill_worker(&fleet->workers[i]);
    pat_fleet_finish(fleet);
    while (!pat_fleet_is_over(fleet))
        uv_run(&fleet->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&fleet->tick, NULL);
    uv_run(&fleet->loop, UV_RUN_DEFAULT);
    uv_loop_close(&fleet->loop);
    sigaction(SIGPIPE, &fleet->previous, NULL);
    pthread_sigmask(SIG_SETMASK, &fleet->previous_mask, NULL);
    free(fleet->environment);
    free(fleet->workers);
    free(fleet);
}

const char *pat_fleet_version(void)
{
    return uv_version_string();
}
