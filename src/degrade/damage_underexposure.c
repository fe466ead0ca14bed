/*
 * underexposure: too little light by a number of stops, each half of the light (ISO 2720). A toe
 * keeps the shadows of film above black: `toe` is the share of light that is added everywhere.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { STOPS, TOE };

static double tone(const double *value, int channel, double sample)
{
    (void)channel;
    double left = exp2(-value[STOPS]);
    double light = pat_light_of(sample) * left + value[TOE] * (1 - left);
    return pat_light_to_sample(light);
}

const pat_damage_kind pat_damage_underexposure = {
    .name = "underexposure",
    .probability = 0.5,
    .parameter = {{"stops", 0, 6, 0.4, 2.2, PAT_MILD_LOW, false},
                  {"toe", 0, 0.2, 0, 0.01, PAT_MILD_LOW, false}},
    .tone = tone,
};
