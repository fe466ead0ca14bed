#include "tasks/measurer.h"

#include <string.h>

#include "base/error.h"
#include "tasks/pack.h"

/* ---- Setup and report ------------------------------------------------------------------------ */

void pat_measurer_setup_pack(pat_buffer *out, const pat_measurer_setup *setup)
{
    pat_pack_text(out, setup->model_name);
    pat_pack_doubles(out, &setup->max_harm, 1);
    pat_pack_block(out, setup->model);
}

void pat_measured_pack(pat_buffer *out, uint64_t colors, const pat_measured *measured)
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

static void unpack(pat_unpacker *in, uint64_t colors, pat_measured *measured)
{
    pat_frame_measure *measure = &measured->measure;
    unpack_raw(in, &measure->quantiles, sizeof measure->quantiles);
    pat_unpack_doubles(in, &measure->luma, 1);
    unpack_raw(in, measure->thumb, sizeof measure->thumb);
    pat_unpack_setting(in, &measured->predicted);
    measured->flagged = pat_unpack_range(in, 0, 1);
    pat_unpack_doubles(in, measured->features, PAT_FEATURE_COUNT);
    for (int i = 0; i < PAT_FILM_COLORS; i++)
        if ((colors >> i & 1) != 0)
            unpack_ends(in, measured->ends[i]);
    in->bad = in->bad || !are_quantiles(&measure->quantiles) ||
              !(measure->luma >= 0 && measure->luma <= 255);
}

bool pat_measured_unpack(pat_bytes bytes, uint64_t colors, pat_measured *measured, size_t count)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    for (size_t i = 0; i < count; i++)
        unpack(&in, colors, &measured[i]);
    return pat_unpacker_finished(&in);
}

/* ---- In a worker ----------------------------------------------------------------------------- */

pat_status pat_measurer_init(pat_measurer *measurer, pat_bytes extra, pat_error *error)
{
    pat_unpacker in = pat_unpacker_of(extra);
    const char *name = pat_unpack_text(&in);
    double max_harm;
    pat_unpack_doubles(&in, &max_harm, 1);
    pat_bytes model = pat_unpack_block(&in);
    *measurer = (pat_measurer){.predictor.model = NULL};
    if (!pat_unpacker_finished(&in))
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the setup of a film");
    if (model.size == 0)
        return PAT_OK;
    pat_predictor *predictor = &measurer->predictor;
    pat_status status = pat_predictor_init_from(predictor, model.data, model.size, name, error);
    return status == PAT_OK ? pat_predictor_limit_harm(predictor, max_harm, name, error) : status;
}

void pat_measurer_release(pat_measurer *measurer)
{
    pat_predictor_release(&measurer->predictor);
    pat_scratch_release(&measurer->scratch);
}

bool pat_measurer_predicts(const pat_measurer *measurer, const pat_measurer_order *order)
{
    return order->predicts && measurer->predictor.model != NULL;
}

static pat_status predict(const pat_measurer *measurer, pat_work *work, pat_measured *measured,
                          pat_error *error)
{
    double features[PAT_FEATURES_MAX];
    pat_prediction prediction;
    pat_status status = pat_predictor_run(&measurer->predictor, work, features, &prediction, error);
    if (status != PAT_OK)
        return status;
    measured->predicted = prediction.setting;
    measured->flagged = prediction.flagged;
    memcpy(measured->features, features, sizeof measured->features);
    return PAT_OK;
}

enum { ROWS = 256 };

/* What the color operators would do, on evenly spaced rows. */
static void measure_ends(const pat_picture *rgb, uint64_t colors, pat_measured *measured)
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

pat_status pat_measurer_run(pat_measurer *measurer, const pat_picture *rgb, pat_work *work,
                            const pat_measurer_order *order, pat_measured *measured,
                            pat_error *error)
{
    *measured = (pat_measured){0};
    pat_status status = pat_frame_measure_of(rgb, &measurer->scratch, &measured->measure, error);
    if (status == PAT_OK && pat_measurer_predicts(measurer, order))
        status = predict(measurer, work, measured, error);
    if (status == PAT_OK)
        measure_ends(rgb, order->colors, measured);
    return status;
}
