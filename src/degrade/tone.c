#include "degrade/tone.h"

#include <math.h>

/* The share of white light that old paper and varnish reflect. */
static const double yellow[PAT_CHANNELS] = {1, 0.92, 0.65};

/* Part of the way from `sample` to `level`. */
static double towards(double sample, double amount, double level)
{
    return sample + amount * (level - sample);
}

/* Channels near the hue get brighter, those opposite it darker. */
static double cast_gain(const pat_damage *damage, int channel)
{
    double degrees = damage->value[PAT_CAST_HUE] - 120.0 * channel;
    return 1 + damage->value[PAT_CAST_AMOUNT] * cos(degrees * (M_PI / 180));
}

static double tone(const pat_damage *damage, int channel, double sample)
{
    const double *value = damage->value;
    if (damage->applied[PAT_FADE])
        sample = towards(sample, value[PAT_FADE_AMOUNT], value[PAT_FADE_LEVEL]);
    if (damage->applied[PAT_DARKEN])
        sample = towards(sample, value[PAT_DARKEN_AMOUNT], value[PAT_DARKEN_LEVEL]);
    if (damage->applied[PAT_CAST])
        sample *= cast_gain(damage, channel);
    if (damage->applied[PAT_YELLOWING])
        sample *= 1 - value[PAT_YELLOWING_AMOUNT] * (1 - yellow[channel]);
    return sample;
}

void pat_tone_tables(const pat_damage *damage, uint8_t table[PAT_CHANNELS][256])
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int v = 0; v < 256; v++)
            table[c][v] = (uint8_t)lrint(fmin(fmax(tone(damage, c, v), 0), 255));
}
