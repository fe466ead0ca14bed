/*
 * vignette: less light toward the corners, by the fourth power of the cosine of the angle from the
 * lens axis (R. Kingslake, "Optics in Photography", 1992, chapter 5). `angle` is that of the
 * corners.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { AMOUNT, ANGLE };

struct lens {
    double x, y, slope, amount; /* slope: tangent of the angle per pixel from the middle */
};

static void darken(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    const struct lens *lens = context;
    double tangent = hypot(x - lens->x, y - lens->y) * lens->slope;
    double cosine_2 = 1 / (1 + tangent * tangent);
    for (int c = 0; c < PAT_CHANNELS; c++)
        rgb[c] *= 1 - lens->amount * (1 - cosine_2 * cosine_2);
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    struct lens lens = {.x = work->image->width / 2.0, .y = work->image->height / 2.0};
    lens.slope = tan(value[ANGLE] * (M_PI / 180)) / hypot(lens.x, lens.y);
    lens.amount = value[AMOUNT];
    pat_light_change(work->image, darken, &lens);
    return PAT_OK;
}

const pat_damage_kind pat_damage_vignette = {
    .name = "vignette",
    .probability = 0.5,
    .parameter = {{"amount", 0, 1, 0.3, 1, PAT_MILD_LOW, false},
                  {"angle", 0, 80, 20, 42, PAT_MILD_LOW, false}},
    .apply = apply,
};
