/*
 * toned_highlights: bright tones take on a hue while shadows stay, as toned and aged prints show:
 * v (1 + amount (v/255)^2 (cos(hue - h_c) - 1) / 2). The channel of the hue itself does not change.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { AMOUNT, HUE };

static double tone(const double *value, int channel, double sample)
{
    double bright = fmin(fmax(sample / 255, 0), 1);
    double toned = (pat_hue_share(value[HUE], channel) - 1) / 2;
    return sample * (1 + value[AMOUNT] * bright * bright * toned);
}

const pat_damage_kind pat_damage_toned_highlights = {
    .name = "toned_highlights",
    .probability = 0.5,
    .parameter = {{"amount", 0, 1, 0.1, 0.4, PAT_MILD_LOW, false},
                  {"hue", 0, 360, 15, 60, PAT_MILD_NEITHER, false}},
    .tone = tone,
};
