/* PAT_TASK_FILM_DECODE: the next frames of a film. */
#include "tasks/task_film_decode.h"

#include <stdlib.h>

#include "base/error.h"
#include "tasks/kind.h"

struct state {
    pat_film_reader *reader; /* NULL: no film is open */
    uint64_t next;           /* frame that the reader decodes next */
};

void pat_film_decode_order_pack(pat_buffer *out, const pat_film_decode_order *order)
{
    pat_pack_u64(out, order->first);
    pat_pack_u64(out, order->count);
}

static bool unpack_order(pat_bytes bytes, pat_film_decode_order *order)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    order->first = pat_unpack_u64(&in);
    order->count = pat_unpack_range(&in, 1, PAT_FILM_BATCH_MAX);
    return pat_unpacker_finished(&in);
}

bool pat_film_decode_report_unpack(pat_bytes bytes, const pat_film_decode_order *order,
                                   pat_film_decode_report *report)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    pat_unpack_film_facts(&in, &report->facts);
    pat_unpack_film_counts(&in, &report->counts);
    report->ended = pat_unpack_range(&in, 0, 1);
    report->count = (size_t)pat_unpack_range(&in, 0, order->count);
    for (size_t i = 0; i < report->count; i++)
        pat_unpack_film_frame(&in, &report->frame[i]);
    return pat_unpacker_finished(&in) && (report->ended || report->count == order->count);
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
    pat_status status = pat_film_load(error); /* before the sandbox: libraries are files */
    if (status != PAT_OK)
        return status;
    *out = calloc(1, sizeof(struct state));
    return *out != NULL ? PAT_OK : pat_fail_memory(error, "a worker's tables");
}

/* Have the film open, with frame `first` the next or an earlier one. */
static pat_status open_film(struct state *state, pat_work *work, uint64_t first, pat_error *error)
{
    const pat_opened *film = &work->job->input[0];
    if (!film->open)
        return pat_fail(error, PAT_UNREADABLE, "%s: cannot be opened", work->job->damaged);
    if (state->reader != NULL && state->next <= first) {
        pat_film_read_from(state->reader, film->descriptor);
        return PAT_OK;
    }
    pat_film_close(state->reader);
    state->next = 0;
    return pat_film_open(film->descriptor, work->job->damaged, work->max_pixels, &state->reader,
                         error);
}

static pat_status decode(struct state *state, pat_work *work, const pat_film_decode_order *order,
                         pat_buffer *frames, size_t *count, pat_error *error)
{
    const pat_film_layout *layout = &pat_film_facts_of(state->reader)->layout;
    size_t size = pat_film_frame_size(layout);
    pat_film_frame frame;
    bool more = true;
    *count = 0;
    while (*count < order->count) {
        pat_status status = pat_film_next(state->reader, &frame, &more, error);
        if (status != PAT_OK || !more)
            return status;
        if (state->next++ < order->first)
            continue;
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
    work->stage = PAT_STAGE_DECODE;
    if (!unpack_order(work->job->order, &order) || !work->job->output[0].open)
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the order of a film");
    pat_status status = open_film(state, work, order.first, error);
    if (status == PAT_OK)
        status = decode(state, work, &order, &frames, &count, error);
    if (status == PAT_OK) {
        pat_film_counts counts = pat_film_counts_of(state->reader);
        pat_pack_film_facts(report, pat_film_facts_of(state->reader));
        pat_pack_film_counts(report, &counts);
        pat_pack_u64(report, count < order.count);
        pat_pack_u64(report, count);
        pat_buffer_append(report, frames.data, frames.size);
        report->failed = report->failed || frames.failed;
    }
    pat_buffer_release(&frames);
    return status;
}

const pat_kind pat_film_decode_kind = {
    .takes_files = true, .create = create, .free = release, .run = run};
