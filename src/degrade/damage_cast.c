/* cast: channels near a hue get brighter, those opposite it darker. */
#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { AMOUNT, HUE };

static double tone(const double *value, int channel, double sample)
{
    return sample * (1 + value[AMOUNT] * pat_hue_share(value[HUE], channel));
}

const pat_damage_kind pat_damage_cast = {
    .name = "cast",
    .probability = 0.4,
    .parameter = {{"amount", 0, 1, 0.02, 0.25, PAT_MILD_LOW, false},
                  {"hue", 0, 360, 0, 360, PAT_MILD_NEITHER, false}},
    .tone = tone,
};
