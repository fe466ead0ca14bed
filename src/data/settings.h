/* Settings in tables: the columns of their axes; private to the library. */
#ifndef PAT_DATA_SETTINGS_H
#define PAT_DATA_SETTINGS_H

#include "base/buffer.h"
#include "patina/grid.h"

/*
 * The columns of the axes, in their order, for pat_table_open(): those that every table has first,
 * pat_settings_required() of them, then those of optional axes.
 */
void pat_settings_columns(const char *columns[PAT_AXES]);
size_t pat_settings_required(void);

/* The setting that such columns hold; an optional one that is not there, NaN, has its default. */
pat_setting pat_settings_read(const double value[PAT_AXES]);

/*
 * The names, then the values, of the columns that every table has; and of the optional ones that
 * tables of a grid show. with_targets: after the column of a choice the one that models predict,
 * such as apply_color_correction: 1 if something is done, else 0.
 */
void pat_settings_put_header(pat_buffer *out, bool with_targets);
void pat_settings_put(pat_buffer *out, const pat_setting *setting, bool with_targets);
void pat_settings_put_optional_header(pat_buffer *out, const pat_grid *grid);
void pat_settings_put_optional(pat_buffer *out, const pat_grid *grid, const pat_setting *setting);

#endif
