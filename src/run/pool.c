#include "run/pool.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <uv.h>

#include "base/clock.h"
#include "base/error.h"
#include "run/socket.h"
#include "run/wire.h"

enum {
    TICK_MS = 100,
    SYNC_TICKS = 100, /* between two times that the journal is made durable */
    READ_SIZE = 1 << 16,
    ATTEMPTS = 3,           /* at a job, before it is recorded as a failure */
    STARTUP_ATTEMPTS = 3,   /* per worker, before a run that never had one is given up */
    RESTART_ATTEMPTS = 100, /* in a row, of a run that has lost all its workers */
    CATCH_UP = 64,          /* outcomes written before looking at the workers again */
    EXIT_GRACE_MS = 2000,   /* for a worker whose pipe has closed to leave by itself */
    STOP_GRACE_MS = 3000,   /* for one that was stopped (SIGSTOP) to go on when told to */
};

struct pool;

struct worker {
    struct pool *pool;
    uv_process_t process;
    uv_pipe_t pipe;
    int open_handles; /* of the two; the worker is gone when both have closed */
    bool ready, exited;
    bool missing;    /* to be started at the next tick */
    int spawn_error; /* of libuv: it never came to life */
    char fault[64];  /* why we ended it; "": we did not */
    /* Times are counted in ticks: while this process is stopped too, none passes. */
    int64_t busy_ms; /* with the job it is at, or with starting */
    int leaving_ms;  /* since its pipe closed */
    int stopped_ms;
    int64_t exit_status;
    int exit_signal;
    pat_buffer in;
    size_t in_flight[PAT_BATCH_MAX]; /* jobs handed over, in this order, not answered */
    int in_flight_count;
};

struct pool {
    const pat_pool_options *options;
    uv_loop_t loop;
    uv_timer_t tick;
    uv_idle_t idle; /* runs while there is something to catch up with */
    struct worker *workers;
    int worker_count;
    size_t *returned; /* jobs taken back from workers that died */
    size_t returned_count;
    int startup_failures; /* since a worker was last ready, while there was no other */
    bool ever_ready;
    double started_s;
    unsigned ticks;
    bool finishing;    /* no more work: waiting for workers to leave */
    pat_status status; /* of the run */
    pat_error *error;
};

static void spawn_worker(struct worker *worker);

/* ---- Ending ------------------------------------------------------------------------------- */

static void close_handle(uv_handle_t *handle, uv_close_cb closed)
{
    if (!uv_is_closing(handle))
        uv_close(handle, closed);
}

static void pipe_or_process_closed(uv_handle_t *handle);

/* No more work: closing a worker's pipe tells it to leave. */
static void finish(struct pool *pool)
{
    if (pool->finishing)
        return;
    pool->finishing = true;
    for (int i = 0; i < pool->worker_count; i++)
        if (pool->workers[i].open_handles > 0)
            close_handle((uv_handle_t *)&pool->workers[i].pipe, pipe_or_process_closed);
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
    vsnprintf(worker->fault, sizeof worker->fault, format, arguments);
    va_end(arguments);
    kill_worker(worker);
}

/* Stop at once; the status has been recorded in pool->error. */
static void stop(struct pool *pool, pat_status status)
{
    if (pool->status == PAT_OK)
        pool->status = status;
    for (int i = 0; i < pool->worker_count; i++)
        kill_worker(&pool->workers[i]);
    finish(pool);
}

/* ---- Handing out work --------------------------------------------------------------------- */

/* No more jobs are handed out then. */
static bool is_interrupted(const struct pool *pool)
{
    const volatile sig_atomic_t *interrupt = pool->options->run->interrupt;
    return interrupt != NULL && *interrupt != 0;
}

/* The lowest job waiting: one that was taken back, or the next fresh one in the window. */
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

typedef struct outgoing {
    uv_write_t request;
    pat_buffer bytes;
} outgoing;

static void sent(uv_write_t *request, int result)
{
    (void)result; /* a worker that cannot be written to is noticed by reading from it */
    outgoing *message = (outgoing *)request;
    pat_buffer_release(&message->bytes);
    free(message);
}

/* Send what `bytes` holds, taking it over. */
static void send_bytes(struct worker *worker, pat_buffer *bytes)
{
    outgoing *message = bytes->failed ? NULL : malloc(sizeof *message);
    if (message == NULL) {
        pat_buffer_release(bytes);
        stop(worker->pool, pat_fail_memory(worker->pool->error, "a message to a worker"));
        return;
    }
    message->bytes = *bytes;
    uv_buf_t block = uv_buf_init(message->bytes.data, (unsigned)message->bytes.size);
    if (uv_write(&message->request, (uv_stream_t *)&worker->pipe, &block, 1, sent) != 0)
        sent(&message->request, 0);
}

/* Send a job and its open files. Past libuv, which sends no files; its queue is empty then. What
 * the socket does not take at once follows through it. False if there is no room now. */
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
        uv_fileno((uv_handle_t *)&worker->pipe, &socket) == 0 && !bytes->failed)
        sent = pat_socket_send(socket, bytes->data, bytes->size, files, count);
    if (sent > 0 && sent < bytes->size) {
        pat_buffer_consume(bytes, sent);
        send_bytes(worker, bytes);
    } else {
        pat_buffer_release(bytes);
    }
    return sent > 0;
}

/* False if the job could not be sent now. */
static bool send_job(struct worker *worker, size_t index)
{
    pat_buffer bytes = {0};
    pat_job job;
    pat_collector_job(worker->pool->options->collector, index, &job);
    pat_job_open(&job);
    pat_wire_put_job(&bytes, index, &job);
    bool sent = send_with_files(worker, &bytes, &job);
    pat_job_close(&job);
    if (!sent)
        return false;
    if (worker->in_flight_count == 0)
        worker->busy_ms = 0;
    worker->in_flight[worker->in_flight_count++] = index;
    return true;
}

/* The last jobs are kept for who is idle: ahead, they might wait behind a long one. */
static bool may_run_ahead(const struct pool *pool)
{
    return pool->options->jobs->count - pat_collector_state_of(pool->options->collector).next >
           (size_t)pool->worker_count;
}

/* One job each, then a second one each, ...: a batch must not starve the neighbour. With one ahead
 * a worker need not wait for our answer between two jobs. */
static void feed_workers(struct pool *pool)
{
    size_t index;
    for (int depth = 1; depth <= pool->options->run->batch; depth++)
        for (int i = 0; i < pool->worker_count; i++) {
            struct worker *worker = &pool->workers[i];
            if (depth > 1 && !may_run_ahead(pool))
                return;
            if (pool->finishing || !worker->ready || uv_is_closing((uv_handle_t *)&worker->pipe) ||
                worker->in_flight_count >= depth)
                continue;
            if (!take_job(pool, &index))
                return;
            if (!send_job(worker, index)) /* again at the next tick */
                pool->returned[pool->returned_count++] = index;
        }
}

/* ---- Taking in results -------------------------------------------------------------------- */

static void record_outcome(struct pool *pool, size_t index, pat_outcome *outcome)
{
    pat_collector *collector = pool->options->collector;
    pat_status status = pat_collector_put(collector, index, outcome, pool->error);
    pat_outcome_release(outcome); /* empty, unless it could not be put */
    if (status != PAT_OK)
        stop(pool, status);
}

static void remove_in_flight(struct worker *worker, uint64_t index)
{
    int at = 0;
    while (worker->in_flight[at] != index)
        at++;
    worker->in_flight_count--;
    memmove(&worker->in_flight[at], &worker->in_flight[at + 1],
            (size_t)(worker->in_flight_count - at) * sizeof *worker->in_flight);
}

static bool is_in_flight(const struct worker *worker, uint64_t index)
{
    for (int i = 0; i < worker->in_flight_count; i++)
        if (worker->in_flight[i] == index)
            return true;
    return false;
}

/* Whether an outcome can be the answer to a job that the worker has. */
static bool is_answer(const struct worker *worker, uint64_t index, const pat_outcome *outcome)
{
    const pat_pool_options *options = worker->pool->options;
    pat_job job;
    if (!is_in_flight(worker, index))
        return false;
    pat_collector_job(options->collector, (size_t)index, &job);
    bool computed = outcome->status == PAT_OK && !outcome->unchanged;
    bool has_trials = options->setup->trials && computed;
    return (job.done_before || !outcome->unchanged) &&
           outcome->trial_count == (has_trials ? pat_grid_count(&options->setup->grid) : 0);
}

/* False if the worker does not speak as it should. */
static bool handle_frame(struct worker *worker, const pat_frame *frame)
{
    struct pool *pool = worker->pool;
    uint64_t index;
    pat_outcome outcome = {0};
    pat_error broken = {0};
    switch (frame->type) {
    case PAT_MESSAGE_READY:
        if (worker->ready ||
            !pat_wire_get_ready(frame, pool->options->decoder_version, pool->options->sandbox))
            return false;
        worker->busy_ms = 0;
        worker->ready = pool->ever_ready = true;
        pool->startup_failures = 0;
        return true;
    case PAT_MESSAGE_BROKEN:
        if (worker->ready || !pat_wire_get_broken(frame, &broken))
            return false;
        stop(pool,
             pat_fail(pool->error, broken.status, "a worker cannot start: %s", broken.message));
        return true;
    case PAT_MESSAGE_OUTCOME:
        if (!pat_wire_get_outcome(frame, &index, &outcome))
            return false;
        if (!is_answer(worker, index, &outcome)) {
            pat_outcome_release(&outcome);
            return false;
        }
        remove_in_flight(worker, index);
        worker->busy_ms = 0;
        record_outcome(pool, (size_t)index, &outcome);
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
        while (!worker->pool->finishing &&
               (state = pat_wire_next(&worker->in, &frame)) == PAT_FRAME_FOUND) {
            if (!handle_frame(worker, &frame)) {
                state = PAT_FRAME_BAD;
                break;
            }
            pat_buffer_consume(&worker->in, frame.frame_size);
        }
    }
    if (state == PAT_FRAME_BAD)
        end_worker(worker, "sent what is no message and was ended");
    if (size < 0 || worker->fault[0] != '\0') /* its exit status will tell why it left by itself */
        close_handle((uv_handle_t *)stream, pipe_or_process_closed);
    feed_workers(worker->pool);
}

/* ---- A worker's birth and death ----------------------------------------------------------- */

static void describe_death(const struct worker *worker, char *text, size_t size)
{
    if (worker->spawn_error != 0)
        snprintf(text, size, "could not be started (%s)", uv_strerror(worker->spawn_error));
    else if (worker->fault[0] != '\0')
        snprintf(text, size, "%s", worker->fault);
    else if (worker->exit_signal == SIGKILL)
        snprintf(text, size, "was killed by SIGKILL (possibly for lack of memory)");
    else if (worker->exit_signal != 0)
        snprintf(text, size, "was killed by SIG%s", sigabbrev_np(worker->exit_signal));
    else
        snprintf(text, size, "exited with status %d", (int)worker->exit_status);
}

static void fail_job(struct pool *pool, size_t index, const char *death)
{
    pat_outcome outcome = {0};
    pat_error error;
    pat_job job;
    pool->options->jobs->get(pool->options->jobs->context, index, &job);
    pat_fail(
        &error, PAT_WORKER_DIED,
        "%s: %d worker processes in turn ended with this file%s in hand; the last one %s; "
        "leave it out, or give it more time or memory (--timeout, --memory) with --retry-failed",
        job.damaged, ATTEMPTS, *job.undamaged == '\0' ? "" : " and its original", death);
    pat_outcome_fail(&outcome, PAT_STAGE_WORKER, &error);
    record_outcome(pool, index, &outcome);
}

/* A worker answers in order, so the job it was at is the first one unanswered. */
static void take_jobs_back(struct worker *worker, const char *death)
{
    struct pool *pool = worker->pool;
    int count = worker->in_flight_count;
    worker->in_flight_count = 0;
    for (int i = 0; i < count; i++) {
        size_t index = worker->in_flight[i];
        if (i == 0 && pat_collector_attempt(pool->options->collector, index) >= ATTEMPTS)
            fail_job(pool, index, death);
        else
            pool->returned[pool->returned_count++] = index;
    }
}

static bool any_worker_ready(const struct pool *pool)
{
    for (int i = 0; i < pool->worker_count; i++)
        if (pool->workers[i].open_handles > 0 && pool->workers[i].ready)
            return true;
    return false;
}

static void worker_gone(struct worker *worker)
{
    struct pool *pool = worker->pool;
    char death[128];
    pat_buffer_release(&worker->in);
    if (pool->finishing)
        return;
    describe_death(worker, death, sizeof death);
    int attempts = pool->ever_ready ? RESTART_ATTEMPTS : STARTUP_ATTEMPTS * pool->worker_count;
    if (!worker->ready && !any_worker_ready(pool) && ++pool->startup_failures >= attempts) {
        stop(pool, pat_fail(pool->error, PAT_WORKER_DIED,
                            "workers do not start: the last one %s; run fewer of them, or try "
                            "--in-process to see more",
                            death));
        return;
    }
    take_jobs_back(worker, death);
    if (pool->finishing || is_interrupted(pool) ||
        (pool->returned_count == 0 &&
         pat_collector_state_of(pool->options->collector).next == pool->options->jobs->count))
        return;
    if (worker->ready)
        spawn_worker(worker);
    else
        worker->missing = true;
}

static void pipe_or_process_closed(uv_handle_t *handle)
{
    struct worker *worker = handle->data;
    if (--worker->open_handles == 0)
        worker_gone(worker);
}

static void process_exited(uv_process_t *process, int64_t exit_status, int exit_signal)
{
    struct worker *worker = process->data;
    worker->exited = true;
    worker->exit_status = exit_status;
    worker->exit_signal = exit_signal;
    close_handle((uv_handle_t *)process, pipe_or_process_closed);
}

static void spawn_worker(struct worker *worker)
{
    struct pool *pool = worker->pool;
    const char *const *command = pool->options->run->worker_command;
    *worker = (struct worker){.pool = pool, .open_handles = 2};
    uv_pipe_init(&pool->loop, &worker->pipe, 0);
    worker->pipe.data = worker->process.data = worker;

    /* What a library prints to stdout belongs with the errors. */
    uv_stdio_container_t stdio[PAT_WORKER_DESCRIPTOR + 1] = {
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE,
         .data.stream = (uv_stream_t *)&worker->pipe},
    };
    uv_process_options_t options = {
        .file = command[0],
        .args = (char **)command,
        .stdio = stdio,
        .stdio_count = PAT_WORKER_DESCRIPTOR + 1,
        .exit_cb = process_exited,
    };
    worker->spawn_error = uv_spawn(&pool->loop, &worker->process, &options);
    if (worker->spawn_error != 0) {
        worker->exited = true;
        close_handle((uv_handle_t *)&worker->process, pipe_or_process_closed);
        close_handle((uv_handle_t *)&worker->pipe, pipe_or_process_closed);
        return;
    }
    int socket;
    if (uv_fileno((uv_handle_t *)&worker->pipe, &socket) != 0 ||
        !pat_socket_carries_files(socket)) {
        stop(pool, pat_fail(pool->error, PAT_INTERNAL, "files cannot be sent to workers"));
        return;
    }
    uv_read_start((uv_stream_t *)&worker->pipe, allocate, received);
    pat_buffer bytes = {0};
    pat_wire_put_setup(&bytes, pool->options->setup);
    send_bytes(worker, &bytes);
}

/* ---- Writing what the journal has ----------------------------------------------------------- */

static void catch_up(uv_idle_t *idle)
{
    struct pool *pool = idle->data;
    if (pool->finishing)
        return;
    pat_status status = pat_collector_catch_up(pool->options->collector, CATCH_UP, pool->error);
    if (status != PAT_OK)
        stop(pool, status);
}

/* The end, or more to write as soon as there is nothing else to do. */
static void look_how_far(struct pool *pool)
{
    pat_collector_state state = pat_collector_state_of(pool->options->collector);
    if (state.written == pool->options->jobs->count)
        finish(pool);
    if (state.written < state.settled && !pool->finishing)
        uv_idle_start(&pool->idle, catch_up);
    else
        uv_idle_stop(&pool->idle);
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
    };
    if (run->progress != NULL)
        run->progress(run->progress_context, &progress);
}

static bool any_worker_left(const struct pool *pool)
{
    for (int i = 0; i < pool->worker_count; i++)
        if (pool->workers[i].open_handles > 0)
            return true;
    return false;
}

static bool any_job_in_hand(const struct pool *pool)
{
    for (int i = 0; i < pool->worker_count; i++)
        if (pool->workers[i].in_flight_count > 0)
            return true;
    return false;
}

static bool is_stopped(const struct worker *worker)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)worker->process.pid, &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

/* End a worker that takes too long for what it is doing. */
static void watch(struct worker *worker)
{
    int timeout_s = worker->pool->options->run->timeout_s;
    bool stopped = is_stopped(worker);
    worker->stopped_ms = stopped ? worker->stopped_ms + TICK_MS : 0;
    if (stopped)
        uv_process_kill(&worker->process, SIGCONT);
    if (!worker->ready || worker->in_flight_count > 0)
        worker->busy_ms += TICK_MS;
    if (uv_is_closing((uv_handle_t *)&worker->pipe))
        worker->leaving_ms += TICK_MS;
    if (worker->leaving_ms > EXIT_GRACE_MS)
        end_worker(worker, "closed its pipe but stayed, and was ended");
    else if (worker->stopped_ms > STOP_GRACE_MS)
        end_worker(worker, "was stopped, did not go on, and was ended");
    else if (timeout_s > 0 && worker->busy_ms > (int64_t)timeout_s * 1000)
        end_worker(worker, "did not %s within %d s, and was ended",
                   worker->ready ? "finish" : "start", timeout_s);
}

static void ticked(uv_timer_t *timer)
{
    struct pool *pool = timer->data;
    if (is_interrupted(pool) && !pool->finishing &&
        (*pool->options->run->interrupt < 0 || !any_job_in_hand(pool)))
        stop(pool, pat_fail(pool->error, PAT_INTERRUPTED, "interrupted"));
    for (int i = 0; i < pool->worker_count; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->open_handles > 0 && !worker->exited && worker->fault[0] == '\0')
            watch(worker);
        if (worker->missing && !pool->finishing)
            spawn_worker(worker);
    }
    if (++pool->ticks % SYNC_TICKS == 0) {
        pat_status status = pat_collector_sync(pool->options->collector, pool->error);
        if (status != PAT_OK)
            stop(pool, status);
    }
    feed_workers(pool);
    if (!pool->finishing)
        report_progress(pool);
}

static void run_loop(struct pool *pool)
{
    /* Writing to a worker that has just died must be an error, not the end of this process. */
    struct sigaction previous, ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, &previous);
    uv_timer_init(&pool->loop, &pool->tick);
    pool->tick.data = pool;
    uv_timer_start(&pool->tick, ticked, TICK_MS, TICK_MS);
    uv_idle_init(&pool->loop, &pool->idle);
    pool->idle.data = pool;
    if (pool->options->jobs->count == 0)
        finish(pool);
    for (int i = 0; i < pool->worker_count && !pool->finishing; i++) {
        pool->workers[i].pool = pool;
        spawn_worker(&pool->workers[i]);
    }
    while (!pool->finishing || any_worker_left(pool)) {
        uv_run(&pool->loop, UV_RUN_ONCE);
        look_how_far(pool);
    }
    uv_close((uv_handle_t *)&pool->idle, NULL);
    uv_close((uv_handle_t *)&pool->tick, NULL);
    uv_run(&pool->loop, UV_RUN_DEFAULT);
    sigaction(SIGPIPE, &previous, NULL);
    report_progress(pool);
}

pat_status pat_pool_run(const pat_pool_options *options, pat_error *error)
{
    int workers = options->run->jobs;
    pat_error unused;
    struct pool pool = {
        .options = options,
        .worker_count = workers,
        .started_s = pat_clock_seconds(),
        .error = error != NULL ? error : &unused,
    };
    pool.workers = calloc((size_t)workers, sizeof *pool.workers);
    pool.returned = calloc((size_t)workers * (size_t)options->run->batch, sizeof *pool.returned);
    int failure = 0;
    if (pool.workers == NULL || pool.returned == NULL) {
        pool.status = pat_fail_memory(error, "the table of workers");
    } else if ((failure = uv_loop_init(&pool.loop)) != 0) {
        pool.status = pat_fail(error, PAT_INTERNAL,
                               "the event loop cannot be started (%s); free some memory or "
                               "descriptors and run again",
                               uv_strerror(failure));
    } else {
        run_loop(&pool);
        uv_loop_close(&pool.loop);
    }
    free(pool.workers);
    free(pool.returned);
    return pool.status;
}

const char *pat_pool_version(void)
{
    return uv_version_string();
}
