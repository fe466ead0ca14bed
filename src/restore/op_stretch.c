/*
 * stretch: like levels, but between the 0.05th and 99.95th percentiles of each channel. It clips
 * very few samples, so it changes less. tails.h has the formula.
 */
#include "restore/tails.h"

static void measure(const pat_channel *channel, const pat_setting *setting, pat_tone *tone)
{
    (void)setting;
    pat_tails_measure(channel, 2000, tone);
}

const pat_operator pat_op_stretch = {
    .name = "stretch",
    .words = "stretch",
    .help = "stretch each channel, clipping 0.05 % at each end",
    .place = PAT_COLOR_BEFORE_FILTER,
    .measure = measure,
    .map = pat_tails_map,
};
