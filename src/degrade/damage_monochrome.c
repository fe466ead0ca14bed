/*
 * monochrome: color becomes gray, by the luma of Rec. 601. `orthochromatic` moves the weights
 * toward those of plates and films before about 1930, which do not see red (C. E. K. Mees, "The
 * Theory of the Photographic Process", 1942): 0, 0.6 and 0.4.
 */
#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { AMOUNT, ORTHOCHROMATIC };

static void gray(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    (void)x, (void)y;
    const double *value = context;
    double blind = 0.6 * rgb[PAT_GREEN] + 0.4 * rgb[PAT_BLUE], luma = pat_luma_of(rgb);
    luma += value[ORTHOCHROMATIC] * (blind - luma);
    for (int c = 0; c < PAT_CHANNELS; c++)
        rgb[c] += value[AMOUNT] * (luma - rgb[c]);
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    pat_pixels_change(work->image, gray, value);
    return PAT_OK;
}

const pat_damage_kind pat_damage_monochrome = {
    .name = "monochrome",
    .probability = 0.5,
    .parameter = {{"amount", 0, 1, 0.8, 1, PAT_MILD_LOW, false},
                  {"orthochromatic", 0, 1, 0, 0.5, PAT_MILD_LOW, false}},
    .apply = apply,
};
