/*
 * scanner_cast: a lamp or sensor out of balance: a gain and an exponent of each channel, both
 * following a hue: 255 (1 + gain s)(v/255)^(1 - gamma s), s = cos(hue - h_c).
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { GAIN, GAMMA, HUE };

static double tone(const double *value, int channel, double sample)
{
    double share = pat_hue_share(value[HUE], channel);
    double bright = fmin(fmax(sample / 255, 0), 1);
    return 255 * (1 + value[GAIN] * share) * pow(bright, 1 - value[GAMMA] * share);
}

const pat_damage_kind pat_damage_scanner_cast = {
    .name = "scanner_cast",
    .probability = 0.5,
    .parameter = {{"gain", 0, 0.8, 0.02, 0.14, PAT_MILD_LOW, false},
                  {"gamma", 0, 0.8, 0, 0.15, PAT_MILD_LOW, false},
                  {"hue", 0, 360, 0, 360, PAT_MILD_NEITHER, false}},
    .tone = tone,
};
