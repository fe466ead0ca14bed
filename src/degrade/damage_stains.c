/* stains: soft brown spots. */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/marks.h"
#include "degrade/pixels.h"

enum { COUNT, RADIUS, DEPTH };

/* The share of each channel that remains where a stain is deepest. */
static const double brown[PAT_CHANNELS] = {0.75, 0.55, 0.35};

static void put(const pat_spot *spot, double depth, pat_image *image)
{
    int left, right, top, bottom;
    pat_span_find(spot->x - spot->half_width, spot->x + spot->half_width, image->width, &left,
                  &right);
    pat_span_find(spot->y - spot->half_height, spot->y + spot->half_height, image->height, &top,
                  &bottom);
    for (int y = top; y <= bottom; y++) {
        double dy = (y + 0.5 - spot->y) / spot->half_height;
        for (int x = left; x <= right; x++) {
            double dx = (x + 0.5 - spot->x) / spot->half_width;
            double inside = fmax(1 - dx * dx - dy * dy, 0);
            for (int c = 0; c < PAT_CHANNELS; c++) {
                uint8_t *sample = pat_sample_at(image, c, x, y);
                *sample =
                    pat_sample_round(*sample * (1 - depth * inside * inside * (1 - brown[c])));
            }
        }
    }
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    double radius = value[RADIUS] * pat_shorter_side(work->image);
    for (int i = 0; i < (int)value[COUNT] && radius > 0; i++) {
        pat_spot spot;
        spot.x = work->image->width * pat_random_uniform(work->random);
        spot.y = work->image->height * pat_random_uniform(work->random);
        spot.half_width = radius * (0.5 + 0.5 * pat_random_uniform(work->random));
        spot.half_height = radius * (0.5 + 0.5 * pat_random_uniform(work->random));
        put(&spot, value[DEPTH], work->image);
    }
    return PAT_OK;
}

const pat_damage_kind pat_damage_stains = {
    .name = "stains",
    .probability = 0.2,
    .parameter = {{"count", 0, 1000, 1, 4, PAT_MILD_LOW, true},
                  {"radius", 0, 1, 0.03, 0.2, PAT_MILD_LOW, false},
                  {"depth", 0, 1, 0.1, 0.6, PAT_MILD_LOW, false}},
    .apply = apply,
};
