/* PAT_TASK_FILM_DECODE: the next frames of a film. */
#include "tasks/task_film_decode.h"

#include <stdlib.h>

#include "base/error.h"
#include "tasks/kind.h"

enum {
    THREADS_MAX = 1 << 10,
    SKIPPED_MAX = 500 /* frames, in one job */
};

struct state {
    pat_film_reader *reader; /* NULL: no film is open */
    int64_t next;            /* number of the frame that the reader decodes next */
    int64_t first_time;      /* of frame 0 */
    uint64_t inside;         /* frames of the range that have been decoded */
};

void pat_film_decode_order_pack(pat_buffer *out, const pat_film_decode_order *order)
{
    pat_pack_u64(out, order->first);
    pat_pack_u64(out, order->count);
    pat_pack_u64(out, (uint64_t)order->threads);
    pat_pack_doubles(out, (const double[]){order->from, order->until}, 2);
    pat_pack_u64(out, order->in_seconds);
}

static bool unpack_order(pat_bytes bytes, pat_film_decode_order *order)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    order->first = pat_unpack_u64(&in);
    order->count = pat_unpack_range(&in, 1, PAT_FILM_BATCH_MAX);
    order->threads = (int)pat_unpack_range(&in, 1, THREADS_MAX);
    pat_unpack_doubles(&in, &order->from, 1);
    pat_unpack_doubles(&in, &order->until, 1);
    order->in_seconds = pat_unpack_range(&in, 0, 1);
    return pat_unpacker_finished(&in);
}

bool pat_film_decode_report_unpack(pat_bytes bytes, const pat_film_decode_order *order,
                                   pat_film_decode_report *report)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    pat_unpack_film_facts(&in, &report->facts);
    pat_unpack_film_counts(&in, &report->counts);
    report->again = pat_unpack_range(&in, 0, 1);
    report->ended = pat_unpack_range(&in, 0, 1);
    report->count = (size_t)pat_unpack_range(&in, 0, report->again ? 0 : order->count);
    for (size_t i = 0; i < report->count; i++)
        pat_unpack_film_frame(&in, &report->frame[i]);
    return pat_unpacker_finished(&in) &&
           (report->again ? !report->ended : report->ended || report->count == order->count);
}

static void release(void *place)
{
    struct state *state = place;
    if (state != NULL)
        pat_film_close(state->reader);
    free(state);
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    (void)extra;
    return pat_film_state_create(sizeof(struct state), out, error);
}

/* Have the film open, before or at frame `first` of the range. */
static pat_status open_film(struct state *state, pat_work *work, const pat_film_decode_order *order,
                            pat_error *error)
{
    const pat_opened *film = &work->job->input[0];
    if (!film->open)
        return pat_fail(error, PAT_UNREADABLE, "%s: cannot be opened", work->job->damaged);
    if (state->reader != NULL && state->inside <= order->first) {
        pat_film_read_from(state->reader, film->descriptor);
        return PAT_OK;
    }
    pat_film_close(state->reader);
    state->next = 0;
    state->inside = 0;
    return pat_film_open(film->descriptor, work->job->damaged, work->max_pixels, order->threads,
                         &state->reader, error);
}

typedef enum position { BEFORE, INSIDE, BEHIND } position;

/* Where a frame lies. One without a time lies beside the frame before it. */
static position position_of(const struct state *state, const pat_film_decode_order *order,
                            const pat_film_frame *frame)
{
    const pat_rational *unit = &pat_film_facts_of(state->reader)->time_base;
    double at = (double)frame->number;
    if (order->in_seconds && frame->time == PAT_FILM_NO_TIME)
        return state->inside > 0 || order->from <= 0 ? INSIDE : BEFORE;
    if (order->in_seconds)
        at = (double)(frame->time - state->first_time) * unit->over / unit->under;
    return at < order->from ? BEFORE : order->until > 0 && at >= order->until ? BEHIND : INSIDE;
}

/* Decode the next frame that is wanted after `*count`, which becomes 0 if the reader starts again.
 * *more: false if there is none. *skipped: counts the others. */
static pat_status find_frame(struct state *state, const pat_film_decode_order *order,
                             pat_film_frame *frame, size_t *count, bool *more, int *skipped,
                             pat_error *error)
{
    while (*skipped < SKIPPED_MAX) {
        pat_status status = pat_film_next(state->reader, frame, more, error);
        if (status != PAT_OK || !*more)
            return status;
        if (frame->number == 0)
            state->first_time = frame->time == PAT_FILM_NO_TIME ? 0 : frame->time;
        if (frame->number < state->next) /* the reader has started again */
            *count = state->inside = 0;
        state->next = frame->number + 1;
        position at = position_of(state, order, frame);
        if (at == BEHIND) {
            *more = false;
            return PAT_OK;
        }
        if (at == INSIDE && state->inside++ == order->first + *count)
            return PAT_OK;
        ++*skipped;
    }
    return PAT_OK;
}

/* *again: the frames have not been reached. */
static pat_status decode(struct state *state, pat_work *work, const pat_film_decode_order *order,
                         pat_buffer *frames, size_t *count, bool *again, pat_error *error)
{
    size_t size = pat_film_frame_size(&pat_film_facts_of(state->reader)->layout);
    pat_film_frame frame;
    bool more = true;
    int skipped = 0;
    *count = 0;
    while (*count < order->count) {
        pat_status status = find_frame(state, order, &frame, count, &more, &skipped, error);
        *again = status == PAT_OK && more && skipped == SKIPPED_MAX;
        if (*again)
            *count = 0;
        if (status != PAT_OK || !more || *again)
            return status;
        if (*count == 0)
            pat_buffer_reset(frames);
        status = pat_film_put(work->job->output[0].descriptor, frame.samples, size, *count * size,
                              "frames", error);
        if (status != PAT_OK)
            return status;
        pat_pack_film_frame(frames, &frame);
        ++*count;
    }
    return PAT_OK;
}

static pat_status run(void *place, pat_work *work, pat_buffer *report, pat_error *error)
{
    struct state *state = place;
    pat_film_decode_order order;
    pat_buffer frames = {0};
    size_t count = 0;
    bool again = false;
    work->stage = PAT_STAGE_DECODE;
    if (!unpack_order(work->job->order, &order) || !work->job->output[0].open)
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the order of a film");
    pat_status status = open_film(state, work, &order, error);
    if (status == PAT_OK)
        status = decode(state, work, &order, &frames, &count, &again, error);
    if (status == PAT_OK) {
        pat_film_counts counts = pat_film_counts_of(state->reader);
        pat_pack_film_facts(report, pat_film_facts_of(state->reader));
        pat_pack_film_counts(report, &counts);
        pat_pack_u64(report, again);
        pat_pack_u64(report, !again && count < order.count);
        pat_pack_u64(report, count);
        if (!again)
            pat_buffer_append(report, frames.data, frames.size);
        report->failed = report->failed || frames.failed;
    }
    pat_buffer_release(&frames);
    return status;
}

const pat_kind pat_film_decode_kind = {
    .takes_files = true, .create = create, .free = release, .run = run};
