/*
 * print_yellow: the paper and binder of a print turn yellow. Stain adds density, most in blue, and
 * shows where there is little image density, in the highlights: D += amount t_c (v/255)^focus.
 * H. Wilhelm and C. Brower, "The Permanence and Care of Color Photographs", 1993, chapter 5.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { AMOUNT, FOCUS };

static const double stain[PAT_CHANNELS] = {0.08, 0.32, 1};

static double tone(const double *value, int channel, double sample)
{
    double bright = fmin(fmax(sample / 255, 0), 1);
    double density = value[AMOUNT] * stain[channel] * pow(bright, value[FOCUS]);
    return pat_light_to_sample(pat_light_of(sample) * pow(10, -density));
}

const pat_damage_kind pat_damage_print_yellow = {
    .name = "print_yellow",
    .probability = 0.5,
    .parameter = {{"amount", 0, 1, 0.08, 0.4, PAT_MILD_LOW, false},
                  {"focus", 0, 4, 0, 1.5, PAT_MILD_NEITHER, false}},
    .tone = tone,
};
