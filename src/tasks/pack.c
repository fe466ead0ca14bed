#include "tasks/pack.h"

#include <string.h>

/* ---- Numbers, texts and blocks --------------------------------------------------------------- */

void pat_pack_u64(pat_buffer *out, uint64_t value)
{
    pat_buffer_append(out, &value, sizeof value);
}

void pat_pack_doubles(pat_buffer *out, const double *values, size_t count)
{
    pat_buffer_append(out, values, count * sizeof *values);
}

void pat_pack_text(pat_buffer *out, const char *text)
{
    pat_buffer_append(out, text, strlen(text) + 1);
}

void pat_pack_block(pat_buffer *out, pat_bytes block)
{
    pat_pack_u64(out, block.size);
    if (block.size > 0)
        pat_buffer_append(out, block.data, block.size);
}

pat_unpacker pat_unpacker_of(pat_bytes bytes)
{
    const char *start = bytes.size > 0 ? bytes.data : "";
    return (pat_unpacker){start, start + bytes.size, false};
}

bool pat_unpacker_finished(const pat_unpacker *in)
{
    return !in->bad && in->at == in->end;
}

static void copy(pat_unpacker *in, void *out, size_t size)
{
    if (in->bad || (size_t)(in->end - in->at) < size) {
        in->bad = true;
        memset(out, 0, size);
        return;
    }
    memcpy(out, in->at, size);
    in->at += size;
}

uint64_t pat_unpack_u64(pat_unpacker *in)
{
    uint64_t value;
    copy(in, &value, sizeof value);
    return value;
}

uint64_t pat_unpack_range(pat_unpacker *in, uint64_t minimum, uint64_t maximum)
{
    uint64_t value = pat_unpack_u64(in);
    if (value >= minimum && value <= maximum)
        return value;
    in->bad = true;
    return minimum;
}

void pat_unpack_doubles(pat_unpacker *in, double *values, size_t count)
{
    copy(in, values, count * sizeof *values);
}

const char *pat_unpack_text(pat_unpacker *in)
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

pat_bytes pat_unpack_block(pat_unpacker *in)
{
    uint64_t size = pat_unpack_u64(in);
    if (size > (size_t)(in->end - in->at))
        in->bad = true;
    pat_bytes block = {in->at, in->bad ? 0 : size};
    in->at += block.size;
    return block;
}

/* ---- Settings, grids and scores -------------------------------------------------------------- */

void pat_pack_setting(pat_buffer *out, const pat_setting *setting)
{
    pat_pack_doubles(out, setting->value, PAT_AXES);
}

void pat_unpack_setting(pat_unpacker *in, pat_setting *setting)
{
    pat_unpack_doubles(in, setting->value, PAT_AXES);
    in->bad = in->bad || !pat_setting_is_valid(setting);
    if (in->bad)
        *setting = (pat_setting){{0}};
}

void pat_pack_grid(pat_buffer *out, const pat_grid *grid)
{
    for (int axis = 0; axis < PAT_AXES; axis++) {
        pat_pack_u64(out, (uint64_t)grid->count[axis]);
        pat_pack_doubles(out, grid->value[axis], (size_t)grid->count[axis]);
    }
}

void pat_unpack_grid(pat_unpacker *in, pat_grid *grid)
{
    *grid = (pat_grid){0};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        grid->count[axis] = (int)pat_unpack_range(in, 1, PAT_AXIS_MAX);
        pat_unpack_doubles(in, grid->value[axis], (size_t)grid->count[axis]);
        for (int i = 0; i < grid->count[axis]; i++)
            in->bad = in->bad || !pat_axis_allows(axis, grid->value[axis][i]);
    }
}

void pat_pack_scores(pat_buffer *out, const pat_scores *scores, pat_score_set set)
{
    pat_pack_doubles(out, (double[]){scores->similarity, scores->psnr, scores->ssim}, 3);
    for (int i = 0; i < pat_score_count(); i++)
        if (pat_score_set_has_further(set, i))
            pat_pack_doubles(out, &scores->further[i], 1);
}

/* False for NaN. */
static bool is_score(int index, double value)
{
    const pat_score *score = pat_score_row(index);
    return value >= score->least && value <= score->greatest;
}

void pat_unpack_scores(pat_unpacker *in, pat_scores *scores, pat_score_set set)
{
    double values[3];
    pat_unpack_doubles(in, values, 3);
    *scores = (pat_scores){.similarity = values[0], .psnr = values[1], .ssim = values[2]};
    in->bad = in->bad || !is_score(PAT_SCORE_PSNR, scores->psnr) ||
              !is_score(PAT_SCORE_SSIM, scores->ssim) ||
              scores->similarity != pat_similarity(scores->psnr, scores->ssim);
    for (int i = 0; i < pat_score_count(); i++)
        if (pat_score_set_has_further(set, i)) {
            pat_unpack_doubles(in, &scores->further[i], 1);
            in->bad = in->bad || !is_score(i, scores->further[i]);
        }
    if (in->bad)
        *scores = (pat_scores){0};
}

void pat_unpack_features(pat_unpacker *in, double features[PAT_FEATURES_MAX])
{
    pat_unpack_doubles(in, features, PAT_FEATURES_MAX);
    for (int i = 0; i < PAT_FEATURES_MAX; i++)
        in->bad = in->bad || !pat_feature_allows(i, features[i]);
    if (in->bad)
        memset(features, 0, PAT_FEATURES_MAX * sizeof *features);
}
