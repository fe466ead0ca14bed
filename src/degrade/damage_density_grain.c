/*
 * density_grain: the grain of film. Its deviation depends on the tone t, 0..1: sigma (0.2 + 3.2
 * t (1 - t)), so that middle tones show most (A. Newson et al., "A stochastic film grain model for
 * resolution-independent rendering", Computer Graphics Forum 36, 2017). `size`: the deviation of
 * the blur of the grains, in pixels. `chroma`: the share of variance that each channel has to
 * itself.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"
#include "degrade/soften.h"

enum { SIGMA, SIZE, CHROMA };

/* Planes of noise, and what makes their deviations those wanted. */
struct grain {
    const pat_plane *common, *own;
    double common_gain, own_gain;
};

static void add(const struct grain *grain, const pat_plane *plane)
{
    for (int y = 0; y < plane->height; y++) {
        const uint8_t *common = grain->common->data + y * grain->common->stride;
        const uint8_t *own = grain->own->data + y * grain->own->stride;
        uint8_t *sample = plane->data + y * plane->stride;
        for (int x = 0; x < plane->width; x++) {
            double t = sample[x] / 255.0;
            double noise =
                (common[x] - 128) * grain->common_gain + (own[x] - 128) * grain->own_gain;
            sample[x] = pat_sample_round(sample[x] + noise * (0.2 + 3.2 * t * (1 - t)));
        }
    }
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    pat_image *image = work->image, *scratch = work->scratch;
    const pat_plane *raw = &scratch->plane[2];
    struct grain grain = {&scratch->plane[0], &scratch->plane[1], 0, 0};
    double common_gain, own_gain;
    pat_status status = pat_image_resize_canvas(scratch, image->width, image->height, error);
    if (status == PAT_OK)
        status = pat_noise_fill(work->random, value[SIZE], raw, grain.common, &common_gain, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++) {
        status = pat_noise_fill(work->random, value[SIZE], raw, grain.own, &own_gain, error);
        if (status != PAT_OK)
            break;
        grain.common_gain = common_gain * value[SIGMA] * sqrt(1 - value[CHROMA]);
        grain.own_gain = own_gain * value[SIGMA] * sqrt(value[CHROMA]);
        add(&grain, &image->plane[c]);
    }
    return status;
}

const pat_damage_kind pat_damage_density_grain = {
    .name = "density_grain",
    .probability = 0.5,
    .parameter = {{"sigma", 0, 100, 3, 16, PAT_MILD_LOW, false},
                  {"size", 0, 5, 0.4, 1, PAT_MILD_LOW, false},
                  {"chroma", 0, 1, 0.1, 0.6, PAT_MILD_LOW, false}},
    .apply = apply,
};
