/*
 * The grid of restoration settings that a search tries.
 */
#ifndef PATINA_GRID_H
#define PATINA_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "patina/restore.h"
#include "patina/status.h"

/* One restoration: colour correction, then unsharp masking. */
typedef struct pat_setting {
    pat_color_method color;
    double sigma;    /* of the blur, in pixels */
    double strength; /* of the sharpening, 0 = none */
} pat_setting;

/* Whether two settings are the same; and whether they make the same picture of any: without
 * strength, sigma makes no difference. */
PAT_API bool pat_setting_equal(const pat_setting *a, const pat_setting *b);
PAT_API bool pat_setting_same_effect(const pat_setting *a, const pat_setting *b);
/* Whether it leaves every picture as it is. */
PAT_API bool pat_setting_is_idle(const pat_setting *setting);

enum { PAT_AXIS_MAX = 64 };

/*
 * The axes, each in the order in which it is tried, without repeated values. The settings are
 * their product in the nesting colour, sigma, strength (strength runs fastest).
 */
typedef struct pat_grid {
    int colors, sigmas, strengths; /* entries in each axis, >= 1 */
    pat_color_method color[PAT_COLOR_METHODS];
    double sigma[PAT_AXIS_MAX];    /* PAT_SIGMA_MIN..PAT_SIGMA_MAX */
    double strength[PAT_AXIS_MAX]; /* 0..PAT_STRENGTH_MAX */
} pat_grid;

/* The 40 settings of the study: white balance or none, sigma 0.5:2:0.5, strength 0.5:2.5:0.5. */
PAT_API void pat_grid_init_default(pat_grid *grid);

/*
 * Read a grid from text such as "color=white_balance,none;sigma=0.5:2:0.5;strength=0,0.5,1": axes
 * separated by ';', values by ',', a range as first:last:step (last included). An axis not named
 * keeps its default. Fails with PAT_INVALID_ARGUMENT, the message naming the offending part; the
 * grid is then undefined.
 */
PAT_API PAT_MUST_CHECK pat_status pat_grid_parse(pat_grid *grid, const char *text,
                                                 pat_error *error);

enum { PAT_GRID_TEXT_SIZE = 4096 };

/* The grid as text that pat_grid_parse() reads back, every value spelled out. */
PAT_API void pat_grid_format(const pat_grid *grid, char text[PAT_GRID_TEXT_SIZE]);

/* Number of settings, >= 1. */
PAT_API size_t pat_grid_count(const pat_grid *grid);

/* Setting `index`, 0 .. pat_grid_count() - 1, in the order in which ties are broken. */
PAT_API pat_setting pat_grid_setting(const pat_grid *grid, size_t index);

#endif
