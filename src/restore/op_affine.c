/*
 * affine: a gain and an offset for each channel, out = gain * v + offset, after the filter. The
 * samples keep the filter's fractions and values beyond black and white until here; the result is
 * rounded half to even and clipped once. Offsets are on a scale of 255: 257 times as much for 16
 * bits.
 *
 * With the right numbers it is the least-squares color correction of an image whose original is
 * known; models learn to predict them.
 */
#include "restore/operator.h"

enum { GAIN, OFFSET };

static const pat_axis axes[][2] = {
    [PAT_RED] = {PAT_AXIS_RED_GAIN, PAT_AXIS_RED_OFFSET},
    [PAT_GREEN] = {PAT_AXIS_GREEN_GAIN, PAT_AXIS_GREEN_OFFSET},
    [PAT_BLUE] = {PAT_AXIS_BLUE_GAIN, PAT_AXIS_BLUE_OFFSET},
};

static bool is_idle(const pat_setting *setting)
{
    for (int color = PAT_RED; color <= PAT_BLUE; color++)
        if (setting->value[axes[color][GAIN]] != 1 || setting->value[axes[color][OFFSET]] != 0)
            return false;
    return true;
}

static void measure(const pat_channel *channel, const pat_setting *setting, pat_tone *tone)
{
    tone->parameter[GAIN] = setting->value[axes[channel->color][GAIN]];
    tone->parameter[OFFSET] = setting->value[axes[channel->color][OFFSET]] * (tone->largest / 255);
}

static double map(const pat_tone *tone, double sample)
{
    return tone->parameter[GAIN] * sample + tone->parameter[OFFSET];
}

const pat_operator pat_op_affine = {
    .name = "affine",
    .words = "affine color",
    .help = "a gain and an offset for each channel",
    .place = PAT_COLOR_AFTER_FILTER,
    .axes = 1u << PAT_AXIS_RED_GAIN | 1u << PAT_AXIS_RED_OFFSET | 1u << PAT_AXIS_GREEN_GAIN |
            1u << PAT_AXIS_GREEN_OFFSET | 1u << PAT_AXIS_BLUE_GAIN | 1u << PAT_AXIS_BLUE_OFFSET,
    .is_idle = is_idle,
    .measure = measure,
    .map = map,
    .is_linear = true,
};
