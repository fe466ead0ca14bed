#include "workers/wire.h"

#include <limits.h>
#include <string.h>

#include "tasks/pack.h"

enum {
    HEADER_SIZE = 2 * sizeof(uint32_t),
    PAYLOAD_MAX = 64 << 20,
    SETUP_MAX = 1 << 30 /* a setup may hold a model */
};

static uint32_t payload_limit(uint32_t type)
{
    return type == PAT_MESSAGE_SETUP ? SETUP_MAX : PAYLOAD_MAX;
}

pat_frame_state pat_wire_next(const pat_buffer *bytes, pat_frame *frame)
{
    uint32_t header[2];
    if (bytes->size < HEADER_SIZE)
        return PAT_FRAME_NONE;
    memcpy(header, bytes->data, HEADER_SIZE);
    if (header[1] < PAT_MESSAGE_SETUP || header[1] > PAT_MESSAGE_LACKING ||
        header[0] > payload_limit(header[1]))
        return PAT_FRAME_BAD;
    if (bytes->size - HEADER_SIZE < header[0])
        return PAT_FRAME_NONE;
    *frame = (pat_frame){(pat_message_type)header[1], bytes->data + HEADER_SIZE, header[0],
                         HEADER_SIZE + header[0]};
    return PAT_FRAME_FOUND;
}

size_t pat_wire_missing(const pat_buffer *bytes)
{
    uint32_t size;
    if (bytes->size < HEADER_SIZE)
        return HEADER_SIZE - bytes->size;
    memcpy(&size, bytes->data, sizeof size);
    return HEADER_SIZE + size - bytes->size;
}

/* Writing. A frame's header is filled in when its payload is complete. */

static size_t begin(pat_buffer *out, pat_message_type type)
{
    size_t start = out->size;
    uint32_t header[2] = {0, type};
    pat_buffer_append(out, header, sizeof header);
    return start;
}

static void end(pat_buffer *out, size_t start)
{
    if (out->failed)
        return;
    uint32_t size = (uint32_t)(out->size - start - HEADER_SIZE);
    memcpy(out->data + start, &size, sizeof size);
}

static void put_opened(pat_buffer *out, const pat_opened *files, int count)
{
    for (int i = 0; i < count; i++) {
        pat_pack_u64(out, files[i].open);
        pat_pack_u64(out, (uint64_t)files[i].cause);
    }
}

static void put_contents(pat_buffer *out, const pat_content content[PAT_INPUTS])
{
    for (int i = 0; i < PAT_INPUTS; i++) {
        pat_pack_u64(out, content[i].size);
        pat_pack_u64(out, (uint64_t)content[i].modified_ns);
        pat_pack_u64(out, (uint64_t)content[i].changed_ns);
        pat_pack_u64(out, content[i].bytes.low);
        pat_pack_u64(out, content[i].bytes.high);
    }
}

static pat_unpacker read_frame(const pat_frame *frame)
{
    return pat_unpacker_of((pat_bytes){frame->payload, frame->size});
}

/* The descriptors are sent separately. */
static void get_opened(pat_unpacker *in, pat_opened *files, int count)
{
    for (int i = 0; i < count; i++) {
        files[i].open = pat_unpack_range(in, 0, 1);
        files[i].descriptor = -1;
        files[i].cause = (int)pat_unpack_range(in, 0, INT_MAX);
    }
}

static void get_contents(pat_unpacker *in, pat_content content[PAT_INPUTS])
{
    for (int i = 0; i < PAT_INPUTS; i++) {
        content[i].size = pat_unpack_u64(in);
        content[i].modified_ns = (int64_t)pat_unpack_u64(in);
        content[i].changed_ns = (int64_t)pat_unpack_u64(in);
        content[i].bytes.low = pat_unpack_u64(in);
        content[i].bytes.high = pat_unpack_u64(in);
    }
}

static void put_written(pat_buffer *out, const pat_written written[PAT_OUTPUTS])
{
    for (int i = 0; i < PAT_OUTPUTS; i++) {
        pat_pack_u64(out, written[i].size);
        pat_pack_u64(out, written[i].bytes.low);
        pat_pack_u64(out, written[i].bytes.high);
    }
}

static void get_written(pat_unpacker *in, pat_written written[PAT_OUTPUTS])
{
    for (int i = 0; i < PAT_OUTPUTS; i++) {
        written[i].size = pat_unpack_u64(in);
        written[i].bytes.low = pat_unpack_u64(in);
        written[i].bytes.high = pat_unpack_u64(in);
    }
}

void pat_wire_put_setup(pat_buffer *out, const pat_task_setup *setup)
{
    size_t start = begin(out, PAT_MESSAGE_SETUP);
    pat_pack_u64(out, setup->kind);
    pat_pack_u64(out, setup->max_pixels);
    pat_pack_u64(out, setup->memory_bytes);
    pat_pack_u64(out, setup->requires_sandbox);
    pat_pack_u64(out, setup->forgets);
    pat_pack_u64(out, setup->stays);
    pat_pack_u64(out, setup->loads_modules);
    pat_pack_block(out, setup->extra);
    end(out, start);
}

bool pat_wire_get_setup(const pat_frame *frame, pat_task_setup *setup)
{
    pat_unpacker in = read_frame(frame);
    setup->kind = (pat_task_kind)pat_unpack_range(&in, 0, PAT_TASK_KINDS - 1);
    setup->max_pixels = pat_unpack_u64(&in);
    setup->memory_bytes = pat_unpack_u64(&in);
    setup->requires_sandbox = pat_unpack_range(&in, 0, 1);
    setup->forgets = pat_unpack_range(&in, 0, 1);
    setup->stays = pat_unpack_range(&in, 0, 1);
    setup->loads_modules = pat_unpack_range(&in, 0, 1);
    setup->extra = pat_unpack_block(&in);
    return pat_unpacker_finished(&in);
}

void pat_wire_put_ready(pat_buffer *out, const char *decoder_version, const char *sandbox,
                        const char *platform)
{
    size_t start = begin(out, PAT_MESSAGE_READY);
    pat_pack_text(out, decoder_version);
    pat_pack_text(out, sandbox);
    pat_pack_text(out, platform);
    end(out, start);
}

/* Truncate the text to fit `size` bytes. */
static void get_text_into(pat_unpacker *in, char *out, size_t size)
{
    const char *text = pat_unpack_text(in);
    size_t length = strnlen(text, size - 1);
    memcpy(out, text, length);
    out[length] = '\0';
}

bool pat_wire_get_ready(const pat_frame *frame, char decoder_version[PAT_VERSION_SIZE],
                        char sandbox[PAT_SANDBOX_SIZE], const char **platform)
{
    pat_unpacker in = read_frame(frame);
    get_text_into(&in, decoder_version, PAT_VERSION_SIZE);
    get_text_into(&in, sandbox, PAT_SANDBOX_SIZE);
    *platform = pat_unpack_text(&in);
    return pat_unpacker_finished(&in);
}

void pat_wire_put_broken(pat_buffer *out, const pat_error *error)
{
    size_t start = begin(out, PAT_MESSAGE_BROKEN);
    pat_pack_u64(out, error->status);
    pat_pack_text(out, error->message);
    end(out, start);
}

static void get_error(pat_unpacker *in, pat_status *status, char message[PAT_ERROR_MESSAGE_SIZE])
{
    *status = (pat_status)pat_unpack_range(in, PAT_OK, PAT_STATUS_COUNT - 1);
    get_text_into(in, message, PAT_ERROR_MESSAGE_SIZE);
}

bool pat_wire_get_broken(const pat_frame *frame, pat_error *error)
{
    pat_unpacker in = read_frame(frame);
    get_error(&in, &error->status, error->message);
    return pat_unpacker_finished(&in) && error->status != PAT_OK;
}

void pat_wire_put_job(pat_buffer *out, uint64_t index, const pat_job *job)
{
    size_t start = begin(out, PAT_MESSAGE_JOB);
    pat_pack_u64(out, index);
    pat_pack_text(out, job->damaged);
    pat_pack_text(out, job->undamaged);
    put_opened(out, job->input, PAT_INPUTS);
    put_opened(out, job->output, PAT_OUTPUTS);
    for (int i = 0; i < PAT_OUTPUTS; i++)
        pat_pack_text(out, job->output_path[i] == NULL ? "" : job->output_path[i]);
    pat_pack_u64(out, job->done_before);
    if (job->done_before)
        put_contents(out, job->before);
    pat_pack_block(out, job->order);
    end(out, start);
}

bool pat_wire_get_job(const pat_frame *frame, uint64_t *index, pat_job *job)
{
    pat_unpacker in = read_frame(frame);
    *job = (pat_job){.name = ""};
    *index = pat_unpack_u64(&in);
    job->damaged = pat_unpack_text(&in);
    job->undamaged = pat_unpack_text(&in);
    get_opened(&in, job->input, PAT_INPUTS);
    get_opened(&in, job->output, PAT_OUTPUTS);
    for (int i = 0; i < PAT_OUTPUTS; i++) {
        const char *path = pat_unpack_text(&in);
        job->output_path[i] = *path == '\0' ? NULL : path;
    }
    job->done_before = pat_unpack_range(&in, 0, 1);
    if (job->done_before)
        get_contents(&in, job->before);
    job->order = pat_unpack_block(&in);
    return pat_unpacker_finished(&in);
}

void pat_wire_put_outcome(pat_buffer *out, uint64_t index, const pat_outcome *outcome)
{
    size_t start = begin(out, PAT_MESSAGE_OUTCOME);
    pat_pack_u64(out, index);
    put_contents(out, outcome->content);
    pat_pack_u64(out, outcome->unchanged);
    pat_pack_u64(out, outcome->status);
    pat_pack_text(out, outcome->message);
    pat_pack_u64(out, outcome->stage);
    put_written(out, outcome->written);
    pat_pack_block(out, pat_buffer_bytes(&outcome->report));
    end(out, start);
}

void pat_wire_put_retire(pat_buffer *out)
{
    end(out, begin(out, PAT_MESSAGE_RETIRE));
}

bool pat_wire_get_retire(const pat_frame *frame)
{
    return frame->size == 0;
}

void pat_wire_put_lacking(pat_buffer *out)
{
    end(out, begin(out, PAT_MESSAGE_LACKING));
}

bool pat_wire_get_lacking(const pat_frame *frame)
{
    return frame->size == 0;
}

bool pat_wire_get_outcome(const pat_frame *frame, uint64_t *index, pat_outcome *outcome)
{
    pat_unpacker in = read_frame(frame);
    pat_outcome_release(outcome);
    *index = pat_unpack_u64(&in);
    get_contents(&in, outcome->content);
    outcome->unchanged = pat_unpack_range(&in, 0, 1);
    get_error(&in, &outcome->status, outcome->message);
    outcome->stage = (pat_stage)pat_unpack_range(&in, 0, PAT_STAGE_COUNT - 1);
    get_written(&in, outcome->written);
    pat_bytes report = pat_unpack_block(&in);
    if (report.size > 0)
        pat_buffer_append(&outcome->report, report.data, report.size);
    if (pat_unpacker_finished(&in) && !outcome->report.failed)
        return true;
    pat_outcome_release(outcome);
    return false;
}
