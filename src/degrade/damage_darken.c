/* darken: less contrast, toward a dark gray. */
#include "degrade/kind.h"

enum { AMOUNT, LEVEL };

static double tone(const double *value, int channel, double sample)
{
    (void)channel;
    return sample + value[AMOUNT] * (value[LEVEL] - sample);
}

const pat_damage_kind pat_damage_darken = {
    .name = "darken",
    .probability = 0.2,
    .parameter = {{"amount", 0, 1, 0.05, 0.5, PAT_MILD_LOW, false},
                  {"level", 0, 255, 0, 40, PAT_MILD_NEITHER, false}},
    .tone = tone,
};
