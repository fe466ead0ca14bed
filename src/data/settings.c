#include "data/settings.h"

#include <math.h>

#include "data/csv.h"

/* The axis whose column is at `index`. */
static pat_axis axis_at(size_t index)
{
    for (int optional = 0; optional < 2; optional++)
        for (pat_axis axis = 0; axis < PAT_AXES; axis++)
            if (pat_axis_of(axis)->is_optional == optional && index-- == 0)
                return axis;
    return PAT_AXES;
}

size_t pat_settings_required(void)
{
    size_t count = 0;
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        count += !pat_axis_of(axis)->is_optional;
    return count;
}

void pat_settings_columns(const char *columns[PAT_AXES])
{
    for (size_t i = 0; i < PAT_AXES; i++)
        columns[i] = pat_axis_of(axis_at(i))->column;
}

pat_setting pat_settings_read(const double value[PAT_AXES])
{
    pat_setting setting = {{0}};
    for (size_t i = 0; i < PAT_AXES; i++) {
        const pat_axis axis = axis_at(i);
        bool is_left_out = i >= pat_settings_required() && isnan(value[i]);
        setting.value[axis] = is_left_out ? pat_setting_left_out(&setting, axis) : value[i];
    }
    return setting;
}

static void put_value(pat_buffer *out, const pat_setting *setting, pat_axis axis)
{
    char text[PAT_VALUE_TEXT_SIZE];
    if (pat_axis_of(axis)->is_choice)
        pat_csv_text(out, pat_value_format(axis, setting->value[axis], text));
    else
        pat_csv_number(out, setting->value[axis]);
}

/* A choice that models predict has a second column, for the target. */
static bool has_target_column(pat_axis axis)
{
    return pat_axis_of(axis)->is_choice && pat_axis_of(axis)->target != NULL;
}

void pat_settings_put_header(pat_buffer *out, bool with_targets)
{
    for (size_t i = 0; i < pat_settings_required(); i++) {
        const pat_axis axis = axis_at(i);
        pat_csv_text(out, pat_axis_of(axis)->column);
        if (with_targets && has_target_column(axis))
            pat_csv_text(out, pat_axis_of(axis)->target);
    }
}

void pat_settings_put(pat_buffer *out, const pat_setting *setting, bool with_targets)
{
    for (size_t i = 0; i < pat_settings_required(); i++) {
        const pat_axis axis = axis_at(i);
        put_value(out, setting, axis);
        if (with_targets && has_target_column(axis))
            pat_csv_number(out, pat_setting_uses(setting, axis) ? 1 : 0);
    }
}

void pat_settings_put_optional_header(pat_buffer *out, const pat_grid *grid)
{
    for (size_t i = pat_settings_required(); i < PAT_AXES; i++)
        if (pat_grid_shows(grid, axis_at(i)))
            pat_csv_text(out, pat_axis_of(axis_at(i))->column);
}

void pat_settings_put_optional(pat_buffer *out, const pat_grid *grid, const pat_setting *setting)
{
    for (size_t i = pat_settings_required(); i < PAT_AXES; i++)
        if (pat_grid_shows(grid, axis_at(i)))
            put_value(out, setting, axis_at(i));
}
