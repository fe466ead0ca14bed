/*
 * mottle: soft patches of color, as uneven development, mold and cheap scanners leave them. Adds up
 * to `amount` sample values of red-green and of yellow-blue, without changing luma; patches measure
 * `size` times the shorter side.
 */
#include "degrade/cloud.h"
#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { AMOUNT, SIZE };

struct patches {
    double amount;
    pat_cloud red, blue;
};

static void add(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    const struct patches *patches = context;
    double red = patches->amount * pat_cloud_at(&patches->red, x, y);
    double blue = patches->amount * pat_cloud_at(&patches->blue, x, y);
    rgb[PAT_RED] += red;
    rgb[PAT_GREEN] -= (0.299 * red + 0.114 * blue) / 0.587;
    rgb[PAT_BLUE] += blue;
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    struct patches patches = {.amount = value[AMOUNT]};
    double cell = value[SIZE] * pat_shorter_side(work->image);
    pat_cloud_init(&patches.red, cell, work->random);
    pat_cloud_init(&patches.blue, cell, work->random);
    pat_pixels_change(work->image, add, &patches);
    return PAT_OK;
}

const pat_damage_kind pat_damage_mottle = {
    .name = "mottle",
    .probability = 0.5,
    .parameter = {{"amount", 0, 100, 6, 30, PAT_MILD_LOW, false},
                  {"size", 0, 1, 0.03, 0.2, PAT_MILD_NEITHER, false}},
    .apply = apply,
};
