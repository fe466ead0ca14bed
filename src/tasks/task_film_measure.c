/* PAT_TASK_FILM_MEASURE: measure frames, and predict the settings of some. */
#include "tasks/task_film_measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "film/colors.h"
#include "tasks/kind.h"
#include "tasks/predictor.h"

struct state {
    pat_predictor predictor; /* its model is NULL if there is none */
    pat_picture rgb;
    pat_film_layout layout; /* of what rgb holds */
    pat_scratch samples, scratch;
};

void pat_film_measure_setup_pack(pat_buffer *out, const pat_film_measure_setup *setup)
{
    pat_pack_text(out, setup->model_name);
    pat_pack_doubles(out, &setup->max_harm, 1);
    pat_pack_block(out, setup->model);
}

void pat_film_measure_order_pack(pat_buffer *out, const pat_film_measure_order *order)
{
    pat_pack_film_facts(out, order->facts);
    pat_pack_u64(out, order->count);
    pat_pack_u64(out, order->predicts);
    pat_pack_u64(out, order->colors);
}

void pat_film_measured_pack(pat_buffer *out, uint64_t colors, const pat_film_measured *measured)
{
    const pat_frame_measure *measure = &measured->measure;
    pat_buffer_append(out, &measure->quantiles, sizeof measure->quantiles);
    pat_pack_doubles(out, &measure->luma, 1);
    pat_buffer_append(out, measure->thumb, sizeof measure->thumb);
    pat_pack_setting(out, &measured->predicted);
    pat_pack_u64(out, measured->flagged);
    pat_pack_doubles(out, measured->features, PAT_FEATURE_COUNT);
    for (int i = 0; i < PAT_FILM_COLORS; i++)
        if ((colors >> i & 1) != 0)
            pat_pack_doubles(out, &measured->ends[i][0].black, 2 * PAT_CHANNELS);
}

static void unpack_raw(pat_unpacker *in, void *bytes, size_t size)
{
    in->bad = in->bad || (size_t)(in->end - in->at) < size;
    memset(bytes, 0, size);
    if (in->bad)
        return;
    memcpy(bytes, in->at, size);
    in->at += size;
}

static bool are_quantiles(const pat_quantiles *quantiles)
{
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < PAT_QUANTILES; i++)
            if (quantiles->channel[c][i] >= PAT_QUANTILE_LEVELS)
                return false;
    return true;
}

static void unpack_ends(pat_unpacker *in, pat_color_ends ends[PAT_CHANNELS])
{
    pat_unpack_doubles(in, &ends[0].black, 2 * PAT_CHANNELS);
    for (int c = 0; c < PAT_CHANNELS; c++) /* also of what is no number */
        in->bad = in->bad || !(ends[c].white - ends[c].black > 0 && ends[c].white < 1e9 &&
                               ends[c].black > -1e9);
}

bool pat_film_measured_unpack(pat_bytes bytes, const pat_film_measure_order *order,
                              pat_film_measured measured[PAT_FILM_MEASURED_MAX])
{
    pat_unpacker in = pat_unpacker_of(bytes);
    for (size_t i = 0; i < order->count; i++) {
        pat_frame_measure *measure = &measured[i].measure;
        unpack_raw(&in, &measure->quantiles, sizeof measure->quantiles);
        pat_unpack_doubles(&in, &measure->luma, 1);
        unpack_raw(&in, measure->thumb, sizeof measure->thumb);
        pat_unpack_setting(&in, &measured[i].predicted);
        measured[i].flagged = pat_unpack_range(&in, 0, 1);
        pat_unpack_doubles(&in, measured[i].features, PAT_FEATURE_COUNT);
        for (int k = 0; k < PAT_FILM_COLORS; k++)
            if ((order->colors >> k & 1) != 0)
                unpack_ends(&in, measured[i].ends[k]);
        in.bad = in.bad || !are_quantiles(&measure->quantiles) ||
                 !(measure->luma >= 0 && measure->luma <= 255);
    }
    return pat_unpacker_finished(&in);
}

static void release(void *place)
{
    struct state *state = place;
    if (state == NULL)
        return;
    pat_predictor_release(&state->predictor);
    pat_picture_release(&state->rgb);
    pat_scratch_release(&state->samples);
    pat_scratch_release(&state->scratch);
    free(state);
}

pat_status pat_film_predictor_init(pat_predictor *predictor, pat_bytes extra, pat_error *error)
{
    pat_unpacker in = pat_unpacker_of(extra);
    const char *name = pat_unpack_text(&in);
    double max_harm;
    pat_unpack_doubles(&in, &max_harm, 1);
    pat_bytes model = pat_unpack_block(&in);
    *predictor = (pat_predictor){.model = NULL};
    if (!pat_unpacker_finished(&in))
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the setup of a film");
    if (model.size == 0)
        return PAT_OK;
    pat_status status = pat_predictor_init_from(predictor, model.data, model.size, name, error);
    return status == PAT_OK ? pat_predictor_limit_harm(predictor, max_harm, name, error) : status;
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return pat_fail_memory(error, "a worker's tables");
    pat_status status = pat_film_predictor_init(&state->predictor, extra, error);
    if (status != PAT_OK) {
        release(state);
        return status;
    }
    *out = state;
    return PAT_OK;
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

pat_status pat_film_predict(const pat_predictor *predictor, pat_work *work,
                            pat_film_measured *measured, pat_error *error)
{
    double features[PAT_FEATURES_MAX];
    pat_prediction prediction;
    pat_status status = pat_predictor_run(predictor, work, features, &prediction, error);
    if (status != PAT_OK)
        return status;
    measured->predicted = prediction.setting;
    measured->flagged = prediction.flagged;
    memcpy(measured->features, features, sizeof measured->features);
    return PAT_OK;
}

static pat_status predict(struct state *state, pat_work *work, pat_film_measured *measured,
                          pat_error *error)
{
    pat_status status = show(&state->rgb, &work->damaged, error);
    return status == PAT_OK ? pat_film_predict(&state->predictor, work, measured, error) : status;
}

enum { ROWS = 256 };

void pat_film_measure_ends(const pat_picture *rgb, uint64_t colors, pat_film_measured *measured)
{
    int step = rgb->height > ROWS ? rgb->height / ROWS : 1;
    pat_picture rows = *rgb; /* shares its samples */
    for (int c = 0; c < rgb->channels; c++) {
        rows.plane[c].height = rows.deep[c].height = rgb->height / step;
        rows.plane[c].stride *= step;
        rows.deep[c].stride *= step;
    }
    for (int i = 0; i < PAT_FILM_COLORS; i++)
        if ((colors >> i & 1) != 0 && pat_color_measures(i))
            pat_picture_ends(&rows, i, measured->ends[i]);
}

static pat_status measure(struct state *state, pat_work *work, const pat_film_measure_order *order,
                          size_t i, pat_film_measured *measured, pat_error *error)
{
    size_t size = pat_film_frame_size(&order->facts->layout);
    uint8_t *samples = pat_scratch_get(&state->samples, 1, size);
    if (samples == NULL)
        return pat_fail_memory(error, "a frame");
    *measured = (pat_film_measured){0};
    pat_status status =
        pat_film_get(work->job->input[0].descriptor, samples, size, i * size, "frames", error);
    if (status == PAT_OK)
        status = pat_frame_to_rgb(order->facts, PAT_PART_WHOLE, samples, &state->rgb,
                                  &state->scratch, error);
    if (status == PAT_OK)
        status = pat_frame_measure_of(&state->rgb, &state->scratch, &measured->measure, error);
    if (status == PAT_OK && (order->predicts >> i & 1) != 0 && state->predictor.model != NULL)
        status = predict(state, work, measured, error);
    if (status == PAT_OK)
        pat_film_measure_ends(&state->rgb, order->colors, measured);
    return status;
}

static pat_status run(void *place, pat_work *work, pat_buffer *report, pat_error *error)
{
    struct state *state = place;
    pat_film_facts facts;
    pat_film_measured measured;
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
        pat_film_measured_pack(report, order.colors, &measured);
    }
    return PAT_OK;
}

const pat_kind pat_film_measure_kind = {
    .takes_files = true, .create = create, .free = release, .run = run};
