/*
 * crease: where a print was folded, the emulsion has cracked: a nearly straight line across the
 * image whose core shows the paper, 235, between darker edges. `width`: of the core, in
 * thousandths of the longer side.
 */
#include <math.h>

#include "degrade/cloud.h"
#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { COUNT, WIDTH, OPACITY };

static const double paper_level = 235, edge_shade = 0.35;

struct fold {
    double x, y, normal_x, normal_y, half_width, opacity; /* a point of the line; in pixels */
    double wobble;
    pat_cloud cloud;
};

static double bell(double t)
{
    return exp(-t * t);
}

static void crack(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    const struct fold *fold = context;
    double away = (x - fold->x) * fold->normal_x + (y - fold->y) * fold->normal_y;
    double width = fold->half_width;
    if (fabs(away) > 6 * width + fold->wobble)
        return;
    double wear = pat_cloud_at(&fold->cloud, x, y);
    away += fold->wobble * wear;
    double core = fold->opacity * (0.75 + 0.25 * wear) * bell(away / width);
    double edge = fold->opacity * edge_shade * bell((fabs(away) - 2.5 * width) / (1.2 * width));
    for (int c = 0; c < PAT_CHANNELS; c++) {
        rgb[c] *= 1 - edge * (1 - core);
        rgb[c] += core * (paper_level - rgb[c]);
    }
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    const pat_image *image = work->image;
    for (int i = 0; i < (int)value[COUNT] && value[WIDTH] > 0; i++) {
        struct fold fold = {.opacity = value[OPACITY]};
        fold.x = image->width * (0.15 + 0.7 * pat_random_uniform(work->random));
        fold.y = image->height * (0.15 + 0.7 * pat_random_uniform(work->random));
        double angle = M_PI * pat_random_uniform(work->random);
        fold.normal_x = cos(angle);
        fold.normal_y = sin(angle);
        fold.half_width = fmax(value[WIDTH] / 1000 * pat_longer_side(image) / 2, 0.5);
        fold.wobble = 2 * fold.half_width;
        pat_cloud_init(&fold.cloud, pat_longer_side(image) / 12.0, work->random);
        pat_pixels_change(work->image, crack, &fold);
    }
    return PAT_OK;
}

const pat_damage_kind pat_damage_crease = {
    .name = "crease",
    .probability = 0.3,
    .parameter = {{"count", 0, 20, 1, 3, PAT_MILD_LOW, true},
                  {"width", 0, 50, 2, 6, PAT_MILD_LOW, false},
                  {"opacity", 0, 1, 0.3, 0.9, PAT_MILD_LOW, false}},
    .apply = apply,
};
