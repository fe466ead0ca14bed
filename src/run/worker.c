/*
 * The worker process: one request after the other until the driver closes the pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
#include "image/codec.h"
#include "patina/run.h"
#include "run/wire.h"

enum {
    BLOCK_SIZE = 1 << 16,
    BLOCKS_KEPT = 1 << 25, /* 32 MiB, the most that mallopt() takes */
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

/* Wait for the next whole frame. False when the driver has gone or speaks another language. */
static bool receive(int descriptor, pat_buffer *in, pat_frame *frame)
{
    pat_frame_state state;
    while ((state = pat_wire_next(in, frame)) == PAT_FRAME_NONE) {
        char *room = pat_buffer_room(in, BLOCK_SIZE);
        if (room == NULL)
            return false;
        ssize_t count = read(descriptor, room, BLOCK_SIZE);
        if (count == 0 || (count < 0 && errno != EINTR))
            return false;
        in->size += count > 0 ? (size_t)count : 0;
    }
    return state == PAT_FRAME_FOUND;
}

/* Read the setup and make the task. NULL after telling the driver why. */
static pat_task *start_task(int descriptor, pat_buffer *in, pat_buffer *out)
{
    pat_frame frame;
    pat_task_setup setup;
    pat_task *task;
    pat_error error = {0};
    if (!receive(descriptor, in, &frame) || frame.type != PAT_MESSAGE_SETUP ||
        !pat_wire_get_setup(&frame, &setup))
        return NULL;
    pat_buffer_consume(in, frame.frame_size);
    if (pat_task_create(&setup, &task, &error) == PAT_OK)
        pat_wire_put_ready(out, pat_codec_version());
    else
        pat_wire_put_broken(out, &error);
    if (send_all(descriptor, out))
        return task;
    pat_task_free(task);
    return NULL;
}

static void serve(int descriptor, pat_task *task, pat_buffer *in, pat_buffer *out)
{
    pat_frame frame;
    pat_outcome outcome = {0};
    while (receive(descriptor, in, &frame)) {
        uint64_t index;
        pat_job job;
        if (frame.type != PAT_MESSAGE_JOB || !pat_wire_get_job(&frame, &index, &job))
            break;
        pat_task_run(task, &job, &outcome);
        pat_buffer_consume(in, frame.frame_size); /* job's texts lie in it */
        pat_wire_put_outcome(out, index, &outcome);
        if (!send_all(descriptor, out))
            break;
    }
    pat_outcome_release(&outcome);
}

/* One pair needs the memory that the last one freed: without this, glibc returns it to the system
 * in between, and every page costs a fault again. */
static void keep_freed_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, BLOCKS_KEPT);
    mallopt(M_TRIM_THRESHOLD, 2 * BLOCKS_KEPT);
}

int pat_worker_main(int descriptor)
{
    /* Ctrl-C reaches the whole process group; the driver decides what it means. A driver that
     * vanishes without closing the pipe must not leave workers behind. */
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    keep_freed_memory();
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) < 0)
        return EXIT_FAILURE;

    pat_buffer in = {0}, out = {0};
    pat_task *task = start_task(descriptor, &in, &out);
    if (task != NULL)
        serve(descriptor, task, &in, &out);
    pat_task_free(task);
    pat_buffer_release(&in);
    pat_buffer_release(&out);
    return task == NULL ? EXIT_FAILURE : EXIT_SUCCESS;
}
