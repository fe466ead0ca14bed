/*
 * flare: veiling glare of the lens, a share of the scene's light spread over the image (ISO 9358).
 * In linear light: v + amount (veil - v); the veil is the mean color, mixed by `local` with a white
 * glow around a random place at the image's edge or outside it.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { AMOUNT, LOCAL };

struct veil {
    double amount, local, x, y, reach;
    double color[PAT_CHANNELS];
};

static void add(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    const struct veil *veil = context;
    double away = hypot(x - veil->x, y - veil->y) / veil->reach;
    double glow = veil->local * exp(-away * away);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double light = veil->color[c] * (1 - glow) + glow;
        rgb[c] += veil->amount * (light - rgb[c]);
    }
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    const pat_image *image = work->image;
    struct veil veil = {.amount = value[AMOUNT], .local = value[LOCAL]};
    double angle = 2 * M_PI * pat_random_uniform(work->random);
    veil.x = image->width * (0.5 + 0.6 * cos(angle));
    veil.y = image->height * (0.5 + 0.6 * sin(angle));
    veil.reach = pat_longer_side(image) * (0.4 + 0.4 * pat_random_uniform(work->random));
    pat_light_mean(image, veil.color);
    pat_light_change(work->image, add, &veil);
    return PAT_OK;
}

const pat_damage_kind pat_damage_flare = {
    .name = "flare",
    .probability = 0.5,
    .parameter = {{"amount", 0, 1, 0.05, 0.35, PAT_MILD_LOW, false},
                  {"local", 0, 1, 0, 1, PAT_MILD_NEITHER, false}},
    .apply = apply,
};
