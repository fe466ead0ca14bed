/*
 * uneven: fading that differs across the frame, as under light, heat or damp from one side. Each
 * channel's density is multiplied by 1 - amount w; w, 0..1, changes smoothly over `size` times the
 * shorter side. `color` is the share of w that each channel has to itself.
 */
#include <math.h>

#include "degrade/cloud.h"
#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { AMOUNT, SIZE, COLOR };

struct fading {
    double amount, color;
    pat_cloud common, own[PAT_CHANNELS];
};

static void fade(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    const struct fading *fading = context;
    double common = pat_cloud_at(&fading->common, x, y);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double own = pat_cloud_at(&fading->own[c], x, y);
        double share = 0.5 + 0.5 * (common + fading->color * (own - common));
        rgb[c] = pow(rgb[c], 1 - fading->amount * share);
    }
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    struct fading fading = {.amount = value[AMOUNT], .color = value[COLOR]};
    double cell = value[SIZE] * pat_shorter_side(work->image);
    pat_cloud_init(&fading.common, cell, work->random);
    for (int c = 0; c < PAT_CHANNELS; c++)
        pat_cloud_init(&fading.own[c], cell, work->random);
    pat_light_change(work->image, fade, &fading);
    return PAT_OK;
}

const pat_damage_kind pat_damage_uneven = {
    .name = "uneven",
    .probability = 0.5,
    .parameter = {{"amount", 0, 1, 0.1, 0.5, PAT_MILD_LOW, false},
                  {"size", 0.1, 4, 0.5, 1.5, PAT_MILD_NEITHER, false},
                  {"color", 0, 1, 0.1, 0.6, PAT_MILD_LOW, false}},
    .apply = apply,
};
