#include "inspect/columns.h"

#include <math.h>
#include <string.h>

#include "patina/features.h"

static bool has_target(pat_axis axis)
{
    return pat_axis_of(axis)->is_choice && pat_axis_of(axis)->target != NULL;
}

pat_data_parameter pat_data_parameter_of(int parameter)
{
    for (int optional = 0; optional < 2; optional++)
        for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
            if (pat_axis_of(axis)->is_optional != optional)
                continue;
            if (parameter-- == 0)
                return (pat_data_parameter){axis, false};
            if (has_target(axis) && parameter-- == 0)
                return (pat_data_parameter){axis, true};
        }
    return (pat_data_parameter){PAT_AXES, false};
}

static int column_of(pat_axis axis, bool is_target)
{
    for (int i = 0; i < PAT_PARAMETERS_MAX; i++) {
        const pat_data_parameter parameter = pat_data_parameter_of(i);
        if (parameter.axis == axis && parameter.is_target == is_target)
            return PAT_DATA_PARAMETER + i;
    }
    return -1;
}

int pat_data_column_of(pat_axis axis)
{
    return column_of(axis, false);
}

int pat_data_target_of(pat_axis axis)
{
    return column_of(axis, true);
}

static const char *parameter_name(int index)
{
    const pat_data_parameter parameter = pat_data_parameter_of(index);
    const pat_axis_row *row = pat_axis_of(parameter.axis);
    return parameter.is_target ? row->target : row->column;
}

const char *const *pat_data_columns(void)
{
    static const char *names[PAT_DATA_COLUMNS_MAX] = {
        [PAT_DATA_SIMILARITY] = "similarity_score",
        [PAT_DATA_PSNR] = "psnr",
        [PAT_DATA_SSIM] = "ssim",
    };
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        names[PAT_DATA_FEATURE + i] = pat_feature_name(i);
    for (int i = 0; i < PAT_PARAMETERS_MAX; i++)
        names[PAT_DATA_PARAMETER + i] = parameter_name(i);
    for (int i = 0; i < PAT_EXTENDED_COUNT; i++)
        names[PAT_DATA_EXTENDED + i] = pat_feature_name(PAT_FEATURE_COUNT + i);
    return names;
}

bool pat_data_has_column(const pat_table *table, size_t column)
{
    for (size_t i = 0; i < table->header.count; i++)
        if (strcmp(pat_names_get(&table->header, i), table->columns[column]) == 0)
            return true;
    return false;
}

pat_setting pat_data_setting(const pat_table *table, size_t row)
{
    pat_setting setting = {{0}};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        double value = table->value[pat_data_column_of(axis)][row];
        bool is_left_out = pat_axis_of(axis)->is_optional && isnan(value);
        setting.value[axis] = is_left_out ? pat_setting_left_out(&setting, axis) : value;
    }
    return setting;
}
