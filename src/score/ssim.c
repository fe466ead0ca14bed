#include "score/ssim.h"

#include "base/error.h"
#include "base/memory.h"
#include "score/score.h"

enum {
    HALO = PAT_SSIM_WINDOW - 1, /* samples that neighboring tiles share */
    STEP_X = PAT_SSIM_TILE_WIDTH - HALO,
    STEP_Y = PAT_SSIM_TILE_HEIGHT - HALO,
    BAND = 64 /* rows of windows that pat_ssim_mean() prepares at a time */
};

_Static_assert((int)PAT_SSIM_SIDE == (int)PAT_SSIM_WINDOW, "one window");

int64_t pat_ssim_windows(int width, int height)
{
    return (int64_t)(width - HALO) * (height - HALO);
}

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

/* The tile that starts at (x, y) in a plane of width x height. */
static pat_ssim_tile tile_at(int x, int y, int width, int height)
{
    return (pat_ssim_tile){.width = at_most(width - x, PAT_SSIM_TILE_WIDTH),
                           .height = at_most(height - y, PAT_SSIM_TILE_HEIGHT)};
}

static pat_samples samples_at(const pat_plane *plane, int x, int y)
{
    return (pat_samples){plane->data + y * plane->stride + x, plane->stride};
}

static size_t block_count(const pat_ssim_tile *tile)
{
    return (size_t)pat_ssim_blocks(tile->width) * (size_t)(tile->height - HALO);
}

size_t pat_ssim_prepared_count(int width, int height)
{
    size_t count = 0;
    for (int x = 0; x + HALO < width; x += STEP_X)
        count += (size_t)pat_ssim_blocks(at_most(width - x, PAT_SSIM_TILE_WIDTH));
    return count * (size_t)(height - HALO);
}

void pat_ssim_prepare(const pat_plane *original, pat_ssim_prepared *prepared)
{
    const pat_kernels *kernels = pat_kernels_get();
    for (int y = 0; y + HALO < original->height; y += STEP_Y) {
        for (int x = 0; x + HALO < original->width; x += STEP_X) {
            pat_ssim_tile tile = tile_at(x, y, original->width, original->height);
            pat_samples samples = samples_at(original, x, y);
            kernels->ssim_prepare(&samples, tile.width, tile.height, prepared);
            prepared += block_count(&tile);
        }
    }
}

int64_t pat_ssim_units(const pat_plane *candidate, const pat_plane *original,
                       const pat_ssim_prepared *prepared, pat_ssim_precision precision)
{
    const pat_kernels *kernels = pat_kernels_get();
    int64_t units = 0;
    for (int y = 0; y + HALO < original->height; y += STEP_Y) {
        for (int x = 0; x + HALO < original->width; x += STEP_X) {
            pat_ssim_tile tile = tile_at(x, y, original->width, original->height);
            tile.candidate = samples_at(candidate, x, y);
            tile.original = samples_at(original, x, y);
            tile.prepared = prepared;
            units += precision == PAT_SSIM_EXACT ? kernels->ssim_exact(&tile)
                                                 : kernels->ssim_bound(&tile);
            prepared += block_count(&tile);
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
    int64_t units = 0;
    pat_scratch memory = {0};
    for (int y = 0; y + HALO < height; y += BAND) {
        int rows = at_most(height - y, BAND + HALO);
        pat_plane x = {candidate->data + y * candidate->stride, width, rows, candidate->stride};
        pat_plane u = {original->data + y * original->stride, width, rows, original->stride};
        pat_ssim_prepared *prepared =
            pat_scratch_get(&memory, pat_ssim_prepared_count(width, rows), sizeof *prepared);
        if (prepared == NULL)
            return pat_fail_memory(error, "the SSIM window sums");
        pat_ssim_prepare(&u, prepared);
        units += pat_ssim_units(&x, &u, prepared, PAT_SSIM_EXACT);
    }
    pat_scratch_release(&memory);
    *mean = pat_ssim_of_units(units, pat_ssim_windows(width, height));
    return PAT_OK;
}

static pat_status compute(const pat_image *restored, const pat_image *original, double *value,
                          pat_error *error)
{
    double sum = 0;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double mean = 0;
        pat_status status = pat_ssim_mean(&restored->plane[c], &original->plane[c], &mean, error);
        if (status != PAT_OK)
            return status;
        sum += mean;
    }
    *value = sum / PAT_CHANNELS;
    return PAT_OK;
}

const pat_score_entry pat_score_ssim = {
    .compute = compute,
    .score =
        {
            .name = "ssim",
            .column = "ssim",
            .unit = "",
            .higher_is_better = true,
            .least = -1,
            .greatest = 1,
            .identical = 1,
            .smallest_side = PAT_SSIM_WINDOW,
            .exactness = "Agrees with scikit-image's structural_similarity to 1e-9; windows are "
                         "summed as integers, so their order does not matter.",
            .help = "Structural similarity in windows of 7x7 pixels.",
        },
};
