/* The table of scores: the only place that lists them. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "score/score.h"

static const struct row {
    pat_score_function *compute;
    pat_score score;
} rows[] = {
    {pat_psnr_compute,
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
                      "errors are added up as integers, so their order does not matter.",
         .help = "Peak signal-to-noise ratio: how small the squared error is.",
     }},
    {pat_ssim_compute,
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
                      "added up as integers, so their order does not matter.",
         .help = "Structural similarity in windows of 7x7 pixels.",
     }},
    {pat_ms_ssim_compute,
     {
         .name = "ms_ssim",
         .column = "ms_ssim",
         .unit = "",
         .higher_is_better = true,
         .least = 0,
         .greatest = 1,
         .identical = 1,
         .smallest_side = PAT_MS_SSIM_WINDOW,
         .exactness = "Agrees with the formula of Wang, Simoncelli and Bovik, computed with "
                      "NumPy, to 1e-9; windows are added up in a fixed order.",
         .help = "Multi-scale structural similarity: coarse structure counts as well as detail.",
     }},
    {pat_delta_e_compute,
     {
         .name = "delta_e",
         .column = "delta_e",
         .unit = "",
         .higher_is_better = false,
         .least = 0,
         .greatest = INFINITY,
         .identical = 0,
         .smallest_side = 1,
         .exactness = "Agrees with the mean of scikit-image's deltaE_ciede2000 to 1e-9; pixels "
                      "are added up in a fixed order.",
         .help = "Mean CIEDE2000 color difference: about 1 is just visible side by side.",
     }},
};

enum { ROWS = sizeof rows / sizeof *rows };

_Static_assert((int)ROWS <= (int)PAT_SCORES_MAX, "a set has a bit for each score");

int pat_score_count(void)
{
    return ROWS;
}

const pat_score *pat_score_row(int index)
{
    assert(index >= 0 && index < ROWS);
    return &rows[index].score;
}

int pat_score_find(const char *name)
{
    for (int i = 0; i < ROWS; i++)
        if (strcmp(rows[i].score.name, name) == 0)
            return i;
    return -1;
}

pat_status pat_score_compute(int index, const pat_image *restored, const pat_image *original,
                             double *value, pat_error *error)
{
    const pat_score *score = pat_score_row(index);
    int width = original->width, height = original->height;
    if (restored->width != width || restored->height != height)
        return pat_fail(
            error, PAT_INVALID_ARGUMENT,
            "cannot compare an image of %dx%d pixels with one of %dx%d: resize one of them first",
            restored->width, restored->height, width, height);
    if (width < score->smallest_side || height < score->smallest_side)
        return pat_fail(error, PAT_TOO_SMALL,
                        "an image of %dx%d pixels is too small to score: %s needs at least %d "
                        "pixels a side",
                        width, height, score->name, score->smallest_side);
    return rows[index].compute(restored, original, value, error);
}
