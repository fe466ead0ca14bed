/*
 * sepia: a toned or faded silver print: luma t, 0..1, becomes t^(1 - 0.3 d), t^(1 + 0.1 d),
 * t^(1 + 0.6 d) of R, G and B, so that middle tones are brown while black and white stay (silver
 * sulfide: J. M. Reilly, "Care and Identification of 19th-Century Photographic Prints", 1986).
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { AMOUNT, DEPTH };

static const double bend[PAT_CHANNELS] = {-0.3, 0.1, 0.6};

static void tone(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    (void)x, (void)y;
    const double *value = context;
    double luma = pat_luma_of(rgb) / 255;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double toned = 255 * pow(luma, 1 + value[DEPTH] * bend[c]);
        rgb[c] += value[AMOUNT] * (toned - rgb[c]);
    }
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    pat_pixels_change(work->image, tone, value);
    return PAT_OK;
}

const pat_damage_kind pat_damage_sepia = {
    .name = "sepia",
    .probability = 0.5,
    .parameter = {{"amount", 0, 1, 0.7, 1, PAT_MILD_LOW, false},
                  {"depth", 0, 1.5, 0.4, 1.1, PAT_MILD_LOW, false}},
    .apply = apply,
};
