/* Settings as table columns; private to the library. */
#ifndef PAT_DATA_SETTINGS_H
#define PAT_DATA_SETTINGS_H

#include "base/buffer.h"
#include "patina/grid.h"

/*
 * The columns of the axes, for pat_table_open(): first the pat_settings_required() columns that
 * every table has, then those of the optional axes.
 */
void pat_settings_columns(const char *columns[PAT_AXES]);
size_t pat_settings_required(void);

/* The setting in these columns. A missing optional value (NaN) becomes its default. */
pat_setting pat_settings_read(const double value[PAT_AXES]);

/*
 * Append the names or the values of the columns that every table has, or of the optional columns
 * that the grid calls for. with_targets: write the target column of each choice after it, such as
 * apply_color_correction: 1 if the operator does anything, else 0.
 */
void pat_settings_put_header(pat_buffer *out, bool with_targets);
void pat_settings_put(pat_buffer *out, const pat_setting *setting, bool with_targets);
void pat_settings_put_optional_header(pat_buffer *out, const pat_grid *grid);
void pat_settings_put_optional(pat_buffer *out, const pat_grid *grid, const pat_setting *setting);

#endif
