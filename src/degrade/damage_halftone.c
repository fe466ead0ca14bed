/*
 * halftone: the dots of a printed page. Each channel has a screen of cosine dots, `cell` pixels
 * wide, turned by `angle` degrees plus 15, 75 and 0 for cyan, magenta and yellow (the customary
 * angles: J. A. C. Yule, "Principles of Color Reproduction", 1967): 0.5 + sharpness (v -
 * threshold). The image is blended with it by `amount`.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { AMOUNT, CELL, ANGLE };

static const double turn[PAT_CHANNELS] = {15, 75, 0};
static const double sharpness = 2.5;

struct screen {
    double amount, along[PAT_CHANNELS], across[PAT_CHANNELS]; /* radians per pixel */
};

static void print(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    const struct screen *screen = context;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double u = x * screen->along[c] + y * screen->across[c];
        double v = y * screen->along[c] - x * screen->across[c];
        double threshold = 0.5 + 0.25 * (cos(u) + cos(v));
        double ink = fmin(fmax(0.5 + sharpness * (rgb[c] / 255 - threshold), 0), 1);
        rgb[c] += screen->amount * (255 * ink - rgb[c]);
    }
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    struct screen screen = {.amount = value[AMOUNT]};
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double angle = (value[ANGLE] + turn[c]) * (M_PI / 180);
        screen.along[c] = 2 * M_PI / value[CELL] * cos(angle);
        screen.across[c] = 2 * M_PI / value[CELL] * sin(angle);
    }
    pat_pixels_change(work->image, print, &screen);
    return PAT_OK;
}

const pat_damage_kind pat_damage_halftone = {
    .name = "halftone",
    .probability = 0.5,
    .parameter = {{"amount", 0, 1, 0.15, 0.6, PAT_MILD_LOW, false},
                  {"cell", 2, 100, 2.5, 5, PAT_MILD_LOW, false},
                  {"angle", 0, 90, 0, 90, PAT_MILD_NEITHER, false}},
    .apply = apply,
};
