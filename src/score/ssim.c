#include "score/ssim.h"

#include "base/error.h"
#include "kernels/kernels.h"

enum {
    HALO = PAT_SSIM_WINDOW - 1, /* samples that neighbouring tiles share */
    STEP_X = PAT_SSIM_TILE_WIDTH - HALO,
    STEP_Y = PAT_SSIM_TILE_HEIGHT - HALO
};

int64_t pat_ssim_windows(int width, int height)
{
    return (int64_t)(width - HALO) * (height - HALO);
}

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

int64_t pat_ssim_units(const pat_plane *candidate, const pat_plane *original)
{
    const pat_kernels *kernels = pat_kernels_get();
    int64_t units = 0;
    for (int y = 0; y + HALO < original->height; y += STEP_Y) {
        for (int x = 0; x + HALO < original->width; x += STEP_X) {
            pat_ssim_tile tile = {
                .candidate = {candidate->data + y * candidate->stride + x, candidate->stride},
                .original = {original->data + y * original->stride + x, original->stride},
                .width = at_most(original->width - x, PAT_SSIM_TILE_WIDTH),
                .height = at_most(original->height - y, PAT_SSIM_TILE_HEIGHT),
            };
            units += kernels->ssim_tile(&tile);
        }
    }
    return units;
}

double pat_ssim_of_units(int64_t units, int64_t windows)
{
    return (double)units * 0x1p-34 / (double)windows;
}

pat_status pat_ssim_mean(const pat_plane *candidate, const pat_plane *original, double *mean,
                         pat_error *error)
{
    int width = original->width, height = original->height;
    if (width < PAT_SSIM_WINDOW || height < PAT_SSIM_WINDOW)
        return pat_fail(error, PAT_TOO_SMALL,
                        "an image of %dx%d pixels is too small to score: SSIM needs at least "
                        "%d pixels a side",
                        width, height, PAT_SSIM_WINDOW);
    *mean = pat_ssim_of_units(pat_ssim_units(candidate, original), pat_ssim_windows(width, height));
    return PAT_OK;
}
