/*
 * light_leak: light that reached the film past the camera's seals: a soft wedge from an edge, in
 * linear light, orange to red, as the film's base passes red light best.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { COUNT, WIDTH, STRENGTH };

/* Light that enters at (x, y), going along the normal; sizes in pixels. */
struct leak {
    double x, y, normal_x, normal_y, depth, half_length;
    double light[PAT_CHANNELS];
};

static void add(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    const struct leak *leak = context;
    double dx = x - leak->x, dy = y - leak->y;
    double deep = (dx * leak->normal_x + dy * leak->normal_y) / leak->depth;
    double aside = (dx * leak->normal_y - dy * leak->normal_x) / leak->half_length;
    double share = exp(-deep * deep - aside * aside);
    for (int c = 0; c < PAT_CHANNELS; c++)
        rgb[c] = 1 - (1 - rgb[c]) * (1 - fmin(share * leak->light[c], 1));
}

static void place(const pat_image *image, pat_random *random, struct leak *leak)
{
    double at = pat_random_uniform(random);
    int edge = (int)(4 * pat_random_uniform(random));
    double tilt = 0.5 * (pat_random_uniform(random) - 0.5);
    bool sideways = edge < 2, far = edge % 2 == 1;
    leak->x = sideways ? (far ? image->width : 0) : at * image->width;
    leak->y = sideways ? at * image->height : (far ? image->height : 0);
    leak->normal_x = sideways ? cos(tilt) : sin(tilt);
    leak->normal_y = sideways ? sin(tilt) : cos(tilt);
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    for (int i = 0; i < (int)value[COUNT]; i++) {
        struct leak leak;
        place(work->image, work->random, &leak);
        double side = pat_shorter_side(work->image);
        leak.depth = fmax(value[WIDTH] * side, 0.5);
        leak.half_length = side * (0.15 + pat_random_uniform(work->random));
        double green = 0.15 + 0.45 * pat_random_uniform(work->random);
        leak.light[PAT_RED] = value[STRENGTH];
        leak.light[PAT_GREEN] = value[STRENGTH] * green;
        leak.light[PAT_BLUE] = value[STRENGTH] * green * green * 0.5;
        pat_light_change(work->image, add, &leak);
    }
    return PAT_OK;
}

const pat_damage_kind pat_damage_light_leak = {
    .name = "light_leak",
    .probability = 0.5,
    .parameter = {{"count", 0, 10, 1, 3, PAT_MILD_LOW, true},
                  {"width", 0, 2, 0.08, 0.4, PAT_MILD_LOW, false},
                  {"strength", 0, 1, 0.25, 0.9, PAT_MILD_LOW, false}},
    .apply = apply,
};
