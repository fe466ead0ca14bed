/*
 * dust: specks, of which a frame of film has some thousand, most of them tiny (Ivanova, Williamson
 * and Henderson, "Simulating analogue film damage", Computer Graphics Forum 42, 2023). Radii follow
 * a power law: size / sqrt(u) / 2 thousandths of the longer side, at most 4 times size. On a slide
 * specks are dark, on a negative bright: `bright` is the share of bright ones.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/marks.h"
#include "degrade/pixels.h"

enum { COUNT, SIZE, OPACITY, BRIGHT };

static const double dark_level = 20, bright_level = 245, greatest = 4;

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    pat_random *random = work->random;
    double size = value[SIZE] / 1000 * pat_longer_side(work->image);
    for (int i = 0; i < (int)value[COUNT]; i++) {
        pat_spot spot;
        spot.x = work->image->width * pat_random_uniform(random);
        spot.y = work->image->height * pat_random_uniform(random);
        double radius = size * fmin(0.5 / sqrt(1 - pat_random_uniform(random)), greatest);
        double flat = 0.5 + 0.5 * pat_random_uniform(random); /* the shorter axis */
        bool lies = pat_random_uniform(random) < 0.5;
        spot.half_width = lies ? radius : radius * flat;
        spot.half_height = lies ? radius * flat : radius;
        bool bright = pat_random_uniform(random) < value[BRIGHT];
        double opacity = value[OPACITY] * (0.5 + 0.5 * pat_random_uniform(random));
        pat_spot_draw(&spot, &(pat_ink){0, opacity, bright ? bright_level : dark_level},
                      work->image);
    }
    return PAT_OK;
}

const pat_damage_kind pat_damage_dust = {
    .name = "dust",
    .probability = 0.4,
    .parameter = {{"count", 0, 20000, 50, 1200, PAT_MILD_LOW, true},
                  {"size", 0, 50, 0.3, 1.5, PAT_MILD_LOW, false},
                  {"opacity", 0, 1, 0.4, 1, PAT_MILD_LOW, false},
                  {"bright", 0, 1, 0, 1, PAT_MILD_NEITHER, false}},
    .apply = apply,
};
