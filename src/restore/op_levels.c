/*
 * levels: auto levels, a contrast stretch of each channel between its 0.5th and 99.5th percentiles.
 * It reverses damage that is linear within a channel: fading, a color cast, yellowing. tails.h has
 * the formula.
 */
#include "restore/tails.h"

static void measure(const pat_channel *channel, const pat_setting *setting, pat_tone *tone)
{
    (void)setting;
    pat_tails_measure(channel, 200, tone);
}

const pat_operator pat_op_levels = {
    .name = "levels",
    .words = "levels",
    .help = "stretch each channel, clipping 0.5 % at each end",
    .place = PAT_COLOR_BEFORE_FILTER,
    .measure = measure,
    .map = pat_tails_map,
};
