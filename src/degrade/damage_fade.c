/* fade: less contrast, toward a light gray. */
#include "degrade/kind.h"

enum { AMOUNT, LEVEL };

static double tone(const double *value, int channel, double sample)
{
    (void)channel;
    return sample + value[AMOUNT] * (value[LEVEL] - sample);
}

const pat_damage_kind pat_damage_fade = {
    .name = "fade",
    .probability = 0.7,
    .parameter = {{"amount", 0, 1, 0.1, 0.6, PAT_MILD_LOW, false},
                  {"level", 0, 255, 130, 235, PAT_MILD_NEITHER, false}},
    .tone = tone,
};
