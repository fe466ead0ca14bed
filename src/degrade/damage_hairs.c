/*
 * hairs: thin curved lines, as hairs and fibers on film or on the scanner's glass. Each is a
 * quadratic Bezier curve. Film frames have few beside dust (Ivanova, Williamson and Henderson,
 * "Simulating analogue film damage", Computer Graphics Forum 42, 2023). `width` is in
 * thousandths of the longer side, `length` relative to it; `level` is the hair's sample value.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/marks.h"
#include "degrade/pixels.h"

enum { COUNT, WIDTH, LENGTH, OPACITY, LEVEL };
enum { SEGMENTS = 12 };

struct curve {
    double x[3], y[3]; /* of the Bezier curve */
};

static double bezier(const double p[3], double t)
{
    return (1 - t) * (1 - t) * p[0] + 2 * t * (1 - t) * p[1] + t * t * p[2];
}

/* From a random place, in two random directions that differ by at most a right angle. */
static void place(const pat_image *image, double length, pat_random *random, struct curve *curve)
{
    curve->x[0] = image->width * pat_random_uniform(random);
    curve->y[0] = image->height * pat_random_uniform(random);
    double angle = 2 * M_PI * pat_random_uniform(random);
    for (int i = 1; i < 3; i++) {
        curve->x[i] = curve->x[i - 1] + length / 2 * cos(angle);
        curve->y[i] = curve->y[i - 1] + length / 2 * sin(angle);
        angle += M_PI * (pat_random_uniform(random) - 0.5);
    }
}

static void draw(const struct curve *curve, const pat_ink *ink, pat_image *image)
{
    pat_segment segment[SEGMENTS];
    for (int i = 0; i < SEGMENTS; i++)
        for (int end = 0; end < 2; end++) {
            double t = (double)(i + end) / SEGMENTS;
            segment[i].x[end] = bezier(curve->x, t);
            segment[i].y[end] = bezier(curve->y, t);
        }
    pat_line_draw(segment, SEGMENTS, ink, image);
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    double side = pat_longer_side(work->image);
    const pat_ink ink = {value[WIDTH] / 1000 * side, value[OPACITY], value[LEVEL]};
    for (int i = 0; i < (int)value[COUNT]; i++) {
        struct curve curve;
        double length = value[LENGTH] * side * (0.3 + 0.7 * pat_random_uniform(work->random));
        place(work->image, length, work->random, &curve);
        draw(&curve, &ink, work->image);
    }
    return PAT_OK;
}

const pat_damage_kind pat_damage_hairs = {
    .name = "hairs",
    .probability = 0.3,
    .parameter = {{"count", 0, 1000, 1, 6, PAT_MILD_LOW, true},
                  {"width", 0, 20, 0.8, 3, PAT_MILD_LOW, false},
                  {"length", 0, 2, 0.05, 0.3, PAT_MILD_LOW, false},
                  {"opacity", 0, 1, 0.3, 0.9, PAT_MILD_LOW, false},
                  {"level", 0, 255, 0, 255, PAT_MILD_NEITHER, false}},
    .apply = apply,
};
