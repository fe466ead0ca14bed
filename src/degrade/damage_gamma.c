/*
 * gamma: a tone curve of the wrong exponent, as scanners and screens without color management made
 * them (C. Poynton, "Digital Video and HDTV", 2003, chapter 23): above 1 darker, below 1 lighter.
 */
#include <math.h>

#include "degrade/kind.h"

enum { EXPONENT };

static double tone(const double *value, int channel, double sample)
{
    (void)channel;
    return 255 * pow(fmin(fmax(sample / 255, 0), 1), value[EXPONENT]);
}

const pat_damage_kind pat_damage_gamma = {
    .name = "gamma",
    .probability = 0.5,
    .parameter = {{"exponent", 0.2, 5, 0.65, 1.5, PAT_MILD_NEITHER, false}},
    .tone = tone,
};
