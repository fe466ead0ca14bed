/* Settings and grids, as tests write them down. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "patina/grid.h"
#include "patina/score.h"

enum { LEVELS = 2, STRETCH = 3, UNSHARP = 1 }; /* numbers of operators; see test_setting.c */

/* The name of a color operator. */
static inline const char *color_name(double number)
{
    return pat_operator_name(PAT_AXIS_COLOR, (int)number);
}

/* The value of a pat_setting: unsharp masking after a color operator. */
#define SETTING(color, sigma, strength)                                                            \
    {                                                                                              \
        {                                                                                          \
            (color), UNSHARP, (sigma), (strength)                                                  \
        }                                                                                          \
    }

/* The value of a pat_scores without further ones. */
#define SCORES(first, second, third)                                                               \
    {                                                                                              \
        .similarity = (first), .psnr = (second), .ssim = (third)                                   \
    }

#endif
