/* grain: normally distributed noise, the same in all three channels. */
#include "degrade/kind.h"
#include "degrade/marks.h"
#include "degrade/pixels.h"

enum { SIGMA };

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    for (int y = 0; y < work->image->height; y++)
        for (int x = 0; x < work->image->width; x++) {
            double grain = pat_random_normal(work->random, value[SIGMA]);
            for (int c = 0; c < PAT_CHANNELS; c++) {
                uint8_t *sample = pat_sample_at(work->image, c, x, y);
                *sample = pat_sample_round(*sample + grain);
            }
        }
    return PAT_OK;
}

const pat_damage_kind pat_damage_grain = {
    .name = "grain",
    .probability = 0.4,
    .parameter = {{"sigma", 0, 100, 0.5, 12, PAT_MILD_LOW, false}},
    .apply = apply,
};
