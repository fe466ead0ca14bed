#include <math.h>

#include "kernels/kernels.h"
#include "score/score.h"

uint64_t pat_sum_squared_error(const pat_plane *a, const pat_plane *b)
{
    const pat_kernels *kernels = pat_kernels_get();
    uint64_t total = 0;
    for (int y = 0; y < a->height; y++)
        total += kernels->squared_error(a->data + y * a->stride, b->data + y * b->stride, a->width);
    return total;
}

double pat_psnr(uint64_t sum_squared_error, uint64_t samples)
{
    double mse = (double)sum_squared_error / (double)samples;
    return mse == 0 ? INFINITY : 10 * log10(255.0 * 255.0 / mse);
}

static pat_status compute(const pat_image *restored, const pat_image *original, double *value,
                          pat_error *error)
{
    (void)error;
    uint64_t sum = 0, pixels = (uint64_t)original->width * (uint64_t)original->height;
    for (int c = 0; c < PAT_CHANNELS; c++)
        sum += pat_sum_squared_error(&restored->plane[c], &original->plane[c]);
    *value = pat_psnr(sum, pixels * PAT_CHANNELS);
    return PAT_OK;
}

const pat_score_entry pat_score_psnr = {
    .compute = compute,
    .score =
        {
            .name = "psnr",
            .column = "psnr",
            .unit = "dB",
            .higher_is_better = true,
            .least = 0,
            .greatest = INFINITY,
            .identical = INFINITY,
            .smallest_side = 1,
            .exactness = "Agrees with scikit-image's peak_signal_noise_ratio to 1e-10 dB; squared "
                         "errors are summed as integers, so their order does not matter.",
            .help = "Peak signal-to-noise ratio: higher for a smaller squared error.",
        },
};
