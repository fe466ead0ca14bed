/*
 * The grid of restoration settings that a search tries.
 */
#ifndef PATINA_GRID_H
#define PATINA_GRID_H

#include <stddef.h>

#include "patina/setting.h"
#include "patina/status.h"

enum { PAT_AXIS_MAX = 64 };

/*
 * The values of each axis in the order in which they are tried, without repeats. The settings are
 * all combinations, nested in the order of the axes. An axis that no operator of a setting reads is
 * 0 in it and adds no combinations.
 */
typedef struct pat_grid {
    int count[PAT_AXES]; /* number of values, 1..PAT_AXIS_MAX */
    double value[PAT_AXES][PAT_AXIS_MAX];
} pat_grid;

/* The 40 settings of the study: white balance or none, sigma 0.5:2:0.5, strength 0.5:2.5:0.5. */
PAT_API void pat_grid_init_default(pat_grid *grid);

/*
 * Read a grid from text such as "color=white_balance,none;sigma=0.5:2:0.5;strength=0,0.5,1": axes
 * are separated by ';', values by ','; a range is first:last:step and includes last. An axis that
 * is not named keeps its default. Fails with PAT_INVALID_ARGUMENT, also if no operator of the grid
 * reads a named axis; the message names the wrong part, and the grid is then undefined.
 */
PAT_API PAT_MUST_CHECK pat_status pat_grid_parse(pat_grid *grid, const char *text,
                                                 pat_error *error);

enum { PAT_GRID_TEXT_SIZE = 32768 };

/* The grid as text that pat_grid_parse() reads back, every value spelled out. Axes that none of its
 * operators reads are left out. */
PAT_API void pat_grid_format(const pat_grid *grid, char text[PAT_GRID_TEXT_SIZE]);

/* Number of settings, >= 1. */
PAT_API size_t pat_grid_count(const pat_grid *grid);

/* For each axis, the index of the value that setting `index` has; 0 for an axis that it does not
 * read. */
PAT_API void pat_grid_place(const pat_grid *grid, size_t index, int place[PAT_AXES]);

/* By how much the index of a setting grows from one value of an axis to the next; the operators at
 * `place` must read the axis. */
PAT_API size_t pat_grid_step(const pat_grid *grid, const int place[PAT_AXES], pat_axis axis);

/* Setting `index`, 0 .. pat_grid_count() - 1, in the order in which ties are broken. */
PAT_API pat_setting pat_grid_setting(const pat_grid *grid, size_t index);

/* The index of a setting, or pat_grid_count() if the grid does not have it. */
PAT_API size_t pat_grid_find(const pat_grid *grid, const pat_setting *setting);

/* A grid of one setting. An axis that the setting does not use gets its least value. */
PAT_API void pat_grid_init_single(pat_grid *grid, const pat_setting *setting);

/* Whether the column of the axis is written: always, unless the axis is optional and the grid tries
 * the default values. */
PAT_API bool pat_grid_shows(const pat_grid *grid, pat_axis axis);

#endif
