/* PAT_TASK_FILM_MEASURE: measure frames, and predict the settings of some. */
#include "tasks/task_film_measure.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "film/colors.h"
#include "tasks/kind.h"

struct state {
    pat_measurer measurer;
    pat_picture rgb;
    pat_film_layout layout; /* of what rgb holds */
    pat_scratch samples, scratch;
};

void pat_film_measure_order_pack(pat_buffer *out, const pat_film_measure_order *order)
{
    pat_pack_film_facts(out, order->facts);
    pat_pack_u64(out, order->count);
    pat_pack_u64(out, order->predicts);
    pat_pack_u64(out, order->colors);
}

static void release(void *place)
{
    struct state *state = place;
    if (state == NULL)
        return;
    pat_measurer_release(&state->measurer);
    pat_picture_release(&state->rgb);
    pat_scratch_release(&state->samples);
    pat_scratch_release(&state->scratch);
    free(state);
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return pat_fail_memory(error, "a worker's tables");
    pat_status status = pat_measurer_init(&state->measurer, extra, error);
    if (status == PAT_OK)
        *out = state;
    else
        release(state);
    return status;
}

/* The frame as an 8-bit image in color, which features are measured of. */
static pat_status show(const pat_picture *rgb, pat_image *image, pat_error *error)
{
    pat_status status = pat_image_resize_canvas(image, rgb->width, rgb->height, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++) {
        int from = rgb->channels == 1 ? 0 : c;
        for (int y = 0; y < rgb->height; y++) {
            uint8_t *out = image->plane[c].data + image->plane[c].stride * y;
            for (int x = 0; x < rgb->width; x++)
                out[x] = rgb->depth == 8
                             ? rgb->plane[from].data[rgb->plane[from].stride * y + x]
                             : (uint8_t)(rgb->deep[from].data[rgb->deep[from].stride * y + x] >> 8);
        }
    }
    return status;
}

static pat_status measure(struct state *state, pat_work *work, const pat_film_measure_order *order,
                          size_t i, pat_measured *measured, pat_error *error)
{
    const pat_measurer_order what = {(order->predicts >> i & 1) != 0, order->colors};
    size_t size = pat_film_frame_size(&order->facts->layout);
    uint8_t *samples = pat_scratch_get(&state->samples, 1, size);
    if (samples == NULL)
        return pat_fail_memory(error, "a frame");
    pat_status status =
        pat_film_get(work->job->input[0].descriptor, samples, size, i * size, "frames", error);
    if (status == PAT_OK)
        status = pat_frame_to_rgb(order->facts, PAT_PART_WHOLE, samples, &state->rgb,
                                  &state->scratch, error);
    if (status == PAT_OK && pat_measurer_predicts(&state->measurer, &what))
        status = show(&state->rgb, &work->damaged, error);
    return status == PAT_OK
               ? pat_measurer_run(&state->measurer, &state->rgb, work, &what, measured, error)
               : status;
}

static pat_status run(void *place, pat_work *work, pat_buffer *report, pat_error *error)
{
    struct state *state = place;
    pat_film_facts facts;
    pat_measured measured;
    pat_unpacker in = pat_unpacker_of(work->job->order);
    pat_unpack_film_facts(&in, &facts);
    pat_film_measure_order order = {.facts = &facts};
    order.count = (size_t)pat_unpack_range(&in, 0, PAT_FILM_MEASURED_MAX);
    order.predicts = pat_unpack_u64(&in);
    order.colors = pat_unpack_range(&in, 0, (1 << PAT_FILM_COLORS) - 1);
    work->stage = PAT_STAGE_FEATURES;
    if (!pat_unpacker_finished(&in) || !work->job->input[0].open)
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the order of a film");
    if (memcmp(&state->layout, &facts.layout, sizeof facts.layout) != 0)
        pat_picture_release(&state->rgb);
    state->layout = facts.layout;
    for (size_t i = 0; i < order.count; i++) {
        pat_status status = measure(state, work, &order, i, &measured, error);
        if (status != PAT_OK)
            return status;
        pat_measured_pack(report, order.colors, &measured);
    }
    return PAT_OK;
}

const pat_kind pat_film_measure_kind = {
    .takes_files = true, .create = create, .free = release, .run = run};
