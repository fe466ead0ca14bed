/* Short notation for settings and scores in tests. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "patina/grid.h"
#include "patina/score.h"

/* Operator numbers; see test_setting.c. */
enum { LEVELS = 2, STRETCH, AFFINE };
enum { UNSHARP = 1, GAUSSIAN, MEDIAN, BILATERAL, WIENER };

/* A color operator's name. */
static inline const char *color_name(double number)
{
    return pat_operator_name(PAT_AXIS_COLOR, (int)number);
}

/* Initializer of a pat_setting: a color operator, then unsharp masking. */
#define SETTING(color, sigma, strength)                                                            \
    {                                                                                              \
        {                                                                                          \
            (color), UNSHARP, (sigma), (strength), [PAT_AXIS_SCALE] = 1                            \
        }                                                                                          \
    }

/* Initializer of a pat_scores without additional scores. */
#define SCORES(first, second, third)                                                               \
    {                                                                                              \
        .similarity = (first), .psnr = (second), .ssim = (third)                                   \
    }

/* The scores of an image with this PSNR and SSIM. */
static inline pat_scores scores_of(double psnr, double ssim)
{
    return (pat_scores){.similarity = pat_similarity(psnr, ssim), .psnr = psnr, .ssim = ssim};
}

#endif
