/* scratches: straight lines of one tone, with smooth edges. */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/marks.h"
#include "degrade/pixels.h"

enum { COUNT, WIDTH, LENGTH, OPACITY, LEVEL };

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    double half = value[LENGTH] * pat_longer_side(work->image) / 2;
    const pat_ink ink = {value[WIDTH], value[OPACITY], value[LEVEL]};
    for (int i = 0; i < (int)value[COUNT]; i++) {
        double x = work->image->width * pat_random_uniform(work->random);
        double y = work->image->height * pat_random_uniform(work->random);
        double angle = M_PI * pat_random_uniform(work->random);
        double dx = half * cos(angle), dy = half * sin(angle);
        pat_line_draw(&(pat_segment){{x - dx, x + dx}, {y - dy, y + dy}}, 1, &ink, work->image);
    }
    return PAT_OK;
}

const pat_damage_kind pat_damage_scratches = {
    .name = "scratches",
    .probability = 0.2,
    .parameter = {{"count", 0, 1000, 1, 12, PAT_MILD_LOW, true},
                  {"width", 0, 100, 0.8, 2.5, PAT_MILD_LOW, false},
                  {"length", 0, 2, 0.1, 0.8, PAT_MILD_LOW, false},
                  {"opacity", 0, 1, 0.2, 0.9, PAT_MILD_LOW, false},
                  {"level", 0, 255, 150, 255, PAT_MILD_NEITHER, false}},
    .apply = apply,
};
