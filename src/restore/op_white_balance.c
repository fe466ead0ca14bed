/*
 * white_balance: gray world. Each channel is scaled so that its mean becomes mid-gray,
 *
 *     trunc(clip(v * (middle / mean), 0, largest))        middle: 128 of 255, 128 * 257 of 65535
 *
 * in double. A channel whose mean is 0 stays as it is. Source: the study's notebook.
 */
#include "restore/operator.h"

enum { GAIN };

static void measure(const pat_channel *channel, const pat_setting *setting, pat_tone *tone)
{
    (void)setting;
    double mean = pat_channel_mean(channel), middle = 128 * (tone->largest / 255);
    tone->parameter[GAIN] = mean == 0 ? 1 : middle / mean;
}

static double map(const pat_tone *tone, double sample)
{
    return sample * tone->parameter[GAIN];
}

const pat_operator pat_op_white_balance = {
    .name = "white_balance",
    .words = "white balance",
    .help = "gray world: scale each channel so that its mean is mid-gray",
    .place = PAT_COLOR_BEFORE_FILTER,
    .measure = measure,
    .map = map,
    .rounding = PAT_TRUNCATED,
};
