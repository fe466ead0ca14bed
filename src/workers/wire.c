#include "workers/wire.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

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
    if (header[1] < PAT_MESSAGE_SETUP || header[1] > PAT_MESSAGE_OUTCOME ||
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

/* Writing: a frame's header is filled in when its payload is complete. */

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

static void put_u64(pat_buffer *out, uint64_t value)
{
    pat_buffer_append(out, &value, sizeof value);
}

static void put_doubles(pat_buffer *out, const double *values, size_t count)
{
    pat_buffer_append(out, values, count * sizeof *values);
}

static void put_text(pat_buffer *out, const char *text)
{
    pat_buffer_append(out, text, strlen(text) + 1);
}

static void put_bytes(pat_buffer *out, const void *data, size_t size)
{
    put_u64(out, size);
    if (size > 0)
        pat_buffer_append(out, data, size);
}

static void put_opened(pat_buffer *out, const pat_opened *files, int count)
{
    for (int i = 0; i < count; i++) {
        put_u64(out, files[i].open);
        put_u64(out, (uint64_t)files[i].cause);
    }
}

static void put_contents(pat_buffer *out, const pat_content content[PAT_INPUTS])
{
    for (int i = 0; i < PAT_INPUTS; i++) {
        put_u64(out, content[i].size);
        put_u64(out, (uint64_t)content[i].modified_ns);
        put_u64(out, (uint64_t)content[i].changed_ns);
        put_u64(out, content[i].bytes.low);
        put_u64(out, content[i].bytes.high);
    }
}

/* Reading: a cursor that remembers that something was missing. */

typedef struct reader {
    const char *at, *end;
    bool bad;
} reader;

static reader read_frame(const pat_frame *frame)
{
    return (reader){frame->payload, frame->payload + frame->size, false};
}

static void get_bytes(reader *in, void *out, size_t size)
{
    if (in->bad || (size_t)(in->end - in->at) < size) {
        in->bad = true;
        memset(out, 0, size);
        return;
    }
    if (size > 0)
        memcpy(out, in->at, size);
    in->at += size;
}

static uint64_t get_u64(reader *in)
{
    uint64_t value;
    get_bytes(in, &value, sizeof value);
    return value;
}

/* A number that must lie in minimum..maximum. */
static uint64_t get_range(reader *in, uint64_t minimum, uint64_t maximum)
{
    uint64_t value = get_u64(in);
    if (value >= minimum && value <= maximum)
        return value;
    in->bad = true;
    return minimum;
}

static void get_doubles(reader *in, double *values, size_t count)
{
    get_bytes(in, values, count * sizeof *values);
}

/* Values of an axis; a choice must be an operator. */
static void get_values(reader *in, pat_axis axis, double *values, size_t count)
{
    get_doubles(in, values, count);
    for (size_t i = 0; i < count && !in->bad && pat_axis_of(axis)->is_choice; i++)
        in->bad = !pat_axis_allows(axis, values[i]);
}

static const char *get_text(reader *in)
{
    const char *text = in->at;
    const char *terminator = in->bad ? NULL : memchr(text, '\0', (size_t)(in->end - in->at));
    if (terminator == NULL) {
        in->bad = true;
        return "";
    }
    in->at = terminator + 1;
    return text;
}

static pat_bytes get_block(reader *in)
{
    uint64_t size = get_u64(in);
    if (size > (size_t)(in->end - in->at))
        in->bad = true;
    pat_bytes block = {in->at, in->bad ? 0 : size};
    in->at += block.size;
    return block;
}

/* The descriptors come by another way. */
static void get_opened(reader *in, pat_opened *files, int count)
{
    for (int i = 0; i < count; i++) {
        files[i].open = get_range(in, 0, 1);
        files[i].descriptor = -1;
        files[i].cause = (int)get_range(in, 0, INT_MAX);
    }
}

static void get_contents(reader *in, pat_content content[PAT_INPUTS])
{
    for (int i = 0; i < PAT_INPUTS; i++) {
        content[i].size = get_u64(in);
        content[i].modified_ns = (int64_t)get_u64(in);
        content[i].changed_ns = (int64_t)get_u64(in);
        content[i].bytes.low = get_u64(in);
        content[i].bytes.high = get_u64(in);
    }
}

static bool finished(const reader *in)
{
    return !in->bad && in->at == in->end;
}

void pat_wire_put_setup(pat_buffer *out, const pat_task_setup *setup)
{
    const pat_grid *grid = &setup->grid;
    size_t start = begin(out, PAT_MESSAGE_SETUP);
    put_u64(out, setup->kind);
    put_u64(out, setup->trials);
    put_u64(out, setup->extended);
    put_u64(out, setup->max_pixels);
    put_u64(out, setup->memory_bytes);
    for (int axis = 0; axis < PAT_AXES; axis++) {
        put_u64(out, (uint64_t)grid->count[axis]);
        put_doubles(out, grid->value[axis], (size_t)grid->count[axis]);
    }
    put_bytes(out, setup->extra.data, setup->extra.size);
    end(out, start);
}

bool pat_wire_get_setup(const pat_frame *frame, pat_task_setup *setup)
{
    reader in = read_frame(frame);
    pat_grid *grid = &setup->grid;
    *setup = (pat_task_setup){0};
    setup->kind = (pat_task_kind)get_range(&in, 0, PAT_TASK_KINDS - 1);
    setup->trials = get_range(&in, 0, 1);
    setup->extended = get_range(&in, 0, 1);
    setup->max_pixels = get_u64(&in);
    setup->memory_bytes = get_u64(&in);
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        grid->count[axis] = (int)get_range(&in, 1, PAT_AXIS_MAX);
        get_values(&in, axis, grid->value[axis], (size_t)grid->count[axis]);
    }
    setup->extra = get_block(&in);
    return finished(&in);
}

void pat_wire_put_ready(pat_buffer *out, const char *decoder_version, const char *sandbox)
{
    size_t start = begin(out, PAT_MESSAGE_READY);
    put_text(out, decoder_version);
    put_text(out, sandbox);
    end(out, start);
}

/* Cut to what `size` bytes hold. */
static void get_text_into(reader *in, char *out, size_t size)
{
    const char *text = get_text(in);
    size_t length = strnlen(text, size - 1);
    memcpy(out, text, length);
    out[length] = '\0';
}

bool pat_wire_get_ready(const pat_frame *frame, char decoder_version[PAT_VERSION_SIZE],
                        char sandbox[PAT_SANDBOX_SIZE])
{
    reader in = read_frame(frame);
    get_text_into(&in, decoder_version, PAT_VERSION_SIZE);
    get_text_into(&in, sandbox, PAT_SANDBOX_SIZE);
    return finished(&in);
}

void pat_wire_put_broken(pat_buffer *out, const pat_error *error)
{
    size_t start = begin(out, PAT_MESSAGE_BROKEN);
    put_u64(out, error->status);
    put_text(out, error->message);
    end(out, start);
}

static void get_error(reader *in, pat_status *status, char message[PAT_ERROR_MESSAGE_SIZE])
{
    *status = (pat_status)get_range(in, PAT_OK, PAT_STATUS_COUNT - 1);
    get_text_into(in, message, PAT_ERROR_MESSAGE_SIZE);
}

bool pat_wire_get_broken(const pat_frame *frame, pat_error *error)
{
    reader in = read_frame(frame);
    get_error(&in, &error->status, error->message);
    return finished(&in) && error->status != PAT_OK;
}

void pat_wire_put_job(pat_buffer *out, uint64_t index, const pat_job *job)
{
    size_t start = begin(out, PAT_MESSAGE_JOB);
    put_u64(out, index);
    put_text(out, job->damaged);
    put_text(out, job->undamaged);
    put_opened(out, job->input, PAT_INPUTS);
    put_opened(out, job->output, PAT_OUTPUTS);
    for (int i = 0; i < PAT_OUTPUTS; i++)
        put_text(out, job->output_path[i] == NULL ? "" : job->output_path[i]);
    put_u64(out, job->done_before);
    if (job->done_before)
        put_contents(out, job->before);
    put_bytes(out, job->order.data, job->order.size);
    end(out, start);
}

bool pat_wire_get_job(const pat_frame *frame, uint64_t *index, pat_job *job)
{
    reader in = read_frame(frame);
    *job = (pat_job){.name = ""};
    *index = get_u64(&in);
    job->damaged = get_text(&in);
    job->undamaged = get_text(&in);
    get_opened(&in, job->input, PAT_INPUTS);
    get_opened(&in, job->output, PAT_OUTPUTS);
    for (int i = 0; i < PAT_OUTPUTS; i++) {
        const char *path = get_text(&in);
        job->output_path[i] = *path == '\0' ? NULL : path;
    }
    job->done_before = get_range(&in, 0, 1);
    if (job->done_before)
        get_contents(&in, job->before);
    job->order = get_block(&in);
    return finished(&in);
}

static void put_scores(pat_buffer *out, const pat_scores *scores)
{
    put_doubles(out, (double[]){scores->similarity, scores->psnr, scores->ssim}, 3);
}

static void get_scores(reader *in, pat_scores *scores)
{
    double values[3];
    get_doubles(in, values, 3);
    *scores = (pat_scores){values[0], values[1], values[2]};
}

void pat_wire_put_outcome(pat_buffer *out, uint64_t index, const pat_outcome *outcome)
{
    size_t start = begin(out, PAT_MESSAGE_OUTCOME);
    put_u64(out, index);
    put_contents(out, outcome->content);
    put_u64(out, outcome->unchanged);
    put_u64(out, outcome->status);
    put_text(out, outcome->message);
    put_u64(out, outcome->stage);
    put_doubles(out, outcome->features, PAT_FEATURES_MAX);
    put_doubles(out, outcome->setting.value, PAT_AXES);
    put_scores(out, &outcome->best);
    put_scores(out, &outcome->untouched);
    put_u64(out, outcome->ties);
    put_u64(out, outcome->trial_count);
    for (size_t i = 0; i < outcome->trial_count; i++)
        put_scores(out, &outcome->trials[i]);
    put_bytes(out, outcome->report.data, outcome->report.size);
    end(out, start);
}

static void get_trials(reader *in, pat_outcome *outcome)
{
    size_t count = get_range(in, 0, (size_t)(in->end - in->at) / (3 * sizeof(double)));
    if (count == 0 || in->bad)
        return;
    outcome->trials = calloc(count, sizeof *outcome->trials);
    if (outcome->trials == NULL) {
        in->bad = true;
        return;
    }
    outcome->trial_count = count;
    for (size_t i = 0; i < count; i++)
        get_scores(in, &outcome->trials[i]);
}

bool pat_wire_get_outcome(const pat_frame *frame, uint64_t *index, pat_outcome *outcome)
{
    reader in = read_frame(frame);
    pat_outcome_release(outcome);
    *index = get_u64(&in);
    get_contents(&in, outcome->content);
    outcome->unchanged = get_range(&in, 0, 1);
    get_error(&in, &outcome->status, outcome->message);
    outcome->stage = (pat_stage)get_range(&in, 0, PAT_STAGE_COUNT - 1);
    get_doubles(&in, outcome->features, PAT_FEATURES_MAX);
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        get_values(&in, axis, &outcome->setting.value[axis], 1);
    get_scores(&in, &outcome->best);
    get_scores(&in, &outcome->untouched);
    outcome->ties = get_u64(&in);
    get_trials(&in, outcome);
    pat_bytes report = get_block(&in);
    if (report.size > 0)
        pat_buffer_append(&outcome->report, report.data, report.size);
    if (finished(&in) && !outcome->report.failed)
        return true;
    pat_outcome_release(outcome);
    return false;
}
