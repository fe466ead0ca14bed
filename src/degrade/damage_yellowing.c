/* yellowing: old varnish or paper over the whole image, as a factor of each channel. */
#include "degrade/kind.h"

enum { AMOUNT };

/* The share of white light that old paper and varnish reflect. */
static const double yellow[PAT_CHANNELS] = {1, 0.92, 0.65};

static double tone(const double *value, int channel, double sample)
{
    return sample * (1 - value[AMOUNT] * (1 - yellow[channel]));
}

const pat_damage_kind pat_damage_yellowing = {
    .name = "yellowing",
    .probability = 0.6,
    .parameter = {{"amount", 0, 1, 0.1, 0.8, PAT_MILD_LOW, false}},
    .tone = tone,
};
