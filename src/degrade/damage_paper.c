/*
 * paper: the texture of a print's surface: v (1 + amount n), the same in all channels. n has
 * deviation 1 and structures of about `size` pixels: noise blurred by `size`.
 */
#include "degrade/kind.h"
#include "degrade/pixels.h"
#include "degrade/soften.h"

enum { AMOUNT, SIZE };

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    pat_image *image = work->image, *scratch = work->scratch;
    const pat_plane *texture = &scratch->plane[0];
    double gain;
    pat_status status = pat_image_resize_canvas(scratch, image->width, image->height, error);
    if (status == PAT_OK)
        status =
            pat_noise_fill(work->random, value[SIZE], &scratch->plane[1], texture, &gain, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        for (int y = 0; y < image->height; y++) {
            uint8_t *sample = image->plane[c].data + y * image->plane[c].stride;
            const uint8_t *bump = texture->data + y * texture->stride;
            for (int x = 0; x < image->width; x++)
                sample[x] =
                    pat_sample_round(sample[x] * (1 + value[AMOUNT] * gain * (bump[x] - 128)));
        }
    return status;
}

const pat_damage_kind pat_damage_paper = {
    .name = "paper",
    .probability = 0.5,
    .parameter = {{"amount", 0, 0.5, 0.01, 0.06, PAT_MILD_LOW, false},
                  {"size", 0, 10, 0.6, 2, PAT_MILD_NEITHER, false}},
    .apply = apply,
};
