/*
 * border: the rim of a print or of a slide's frame that the scan includes. It replaces the image's
 * outermost `width` times the shorter side, and moves nothing. `level`: its sample value; `cream`:
 * how far G and B are below R, as in old paper, 0..1. The four sides differ by up to half of the
 * width, as nothing is laid down straight.
 */
#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { WIDTH, LEVEL, CREAM };

static const double paper[PAT_CHANNELS] = {1, 0.96, 0.84};

struct rim {
    double left, right, top, bottom; /* where it ends, in pixels */
    double color[PAT_CHANNELS];
};

static void cover(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    const struct rim *rim = context;
    if (x < rim->left || x > rim->right || y < rim->top || y > rim->bottom)
        for (int c = 0; c < PAT_CHANNELS; c++)
            rgb[c] = rim->color[c];
}

static double edge(const double *value, pat_damage_work *work)
{
    double uneven = 0.5 + 0.5 * pat_random_uniform(work->random);
    return value[WIDTH] * pat_shorter_side(work->image) * uneven;
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    struct rim rim;
    rim.left = edge(value, work);
    rim.top = edge(value, work);
    rim.right = work->image->width - edge(value, work);
    rim.bottom = work->image->height - edge(value, work);
    for (int c = 0; c < PAT_CHANNELS; c++)
        rim.color[c] = value[LEVEL] * (1 - value[CREAM] * (1 - paper[c]));
    pat_pixels_change(work->image, cover, &rim);
    return PAT_OK;
}

const pat_damage_kind pat_damage_border = {
    .name = "border",
    .probability = 0.3,
    .parameter = {{"width", 0, 0.25, 0.01, 0.06, PAT_MILD_LOW, false},
                  {"level", 0, 255, 225, 255, PAT_MILD_NEITHER, false},
                  {"cream", 0, 1, 0, 1, PAT_MILD_LOW, false}},
    .apply = apply,
};
