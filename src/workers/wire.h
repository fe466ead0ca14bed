/*
 * The protocol between the driver and workers; private to the library.
 *
 * A message is a frame: payload size (uint32), type (uint32), payload. Both ends are the same
 * program on the same machine, so numbers are in native byte order.
 *
 *     driver: SETUP once, then JOBs       worker: READY (or BROKEN) once, then an OUTCOME per JOB,
 *                                             RETIRE or LACKING if it should be replaced
 *
 * The driver opens a JOB's files and sends the descriptors along with it (workers/socket.h).
 */
#ifndef PAT_WORKERS_WIRE_H
#define PAT_WORKERS_WIRE_H

#include "base/buffer.h"
#include "patina/run.h"
#include "tasks/task.h"

typedef enum pat_message_type {
    PAT_MESSAGE_SETUP = 1,
    PAT_MESSAGE_READY,
    PAT_MESSAGE_BROKEN, /* the worker cannot start: an error message */
    PAT_MESSAGE_JOB,
    PAT_MESSAGE_OUTCOME,
    PAT_MESSAGE_RETIRE, /* the worker uses much memory: replace it after its current jobs */
    /* The worker cannot do its jobs without setup.loads_modules: replace it now by one that can. */
    PAT_MESSAGE_LACKING,
} pat_message_type;

/* A frame found at the start of a buffer. `payload` points into the buffer. */
typedef struct pat_frame {
    pat_message_type type;
    const char *payload;
    size_t size, frame_size; /* of the payload; of the whole frame, to consume */
} pat_frame;

typedef enum pat_frame_state { PAT_FRAME_NONE, PAT_FRAME_FOUND, PAT_FRAME_BAD } pat_frame_state;

/* Look for a complete frame at the start of `bytes`. BAD: the frame is invalid. */
pat_frame_state pat_wire_next(const pat_buffer *bytes, pat_frame *frame);

/* The number of bytes missing from the frame at the start of `bytes`, or from its header while that
 * is incomplete. Reading no more than this keeps descriptors, which arrive with the first byte of a
 * frame, with their frame. */
size_t pat_wire_missing(const pat_buffer *bytes);

/* Append a message to `out`. The descriptors of a job's open files are sent separately. */
void pat_wire_put_setup(pat_buffer *out, const pat_task_setup *setup);
void pat_wire_put_ready(pat_buffer *out, const char *decoder_version, const char *sandbox,
                        const char *platform);
void pat_wire_put_broken(pat_buffer *out, const pat_error *error);
void pat_wire_put_job(pat_buffer *out, uint64_t index, const pat_job *job);
void pat_wire_put_outcome(pat_buffer *out, uint64_t index, const pat_outcome *outcome);
void pat_wire_put_retire(pat_buffer *out);
void pat_wire_put_lacking(pat_buffer *out);

/* Read a payload of the given type. False if it is malformed (or, for an outcome, if memory runs
 * out). Texts point into the payload. *outcome must be initialized; its contents are replaced. */
bool pat_wire_get_setup(const pat_frame *frame, pat_task_setup *setup);
bool pat_wire_get_ready(const pat_frame *frame, char decoder_version[PAT_VERSION_SIZE],
                        char sandbox[PAT_SANDBOX_SIZE], const char **platform);
bool pat_wire_get_broken(const pat_frame *frame, pat_error *error);
bool pat_wire_get_job(const pat_frame *frame, uint64_t *index, pat_job *job);
bool pat_wire_get_outcome(const pat_frame *frame, uint64_t *index, pat_outcome *outcome);
bool pat_wire_get_retire(const pat_frame *frame);
bool pat_wire_get_lacking(const pat_frame *frame);

#endif
