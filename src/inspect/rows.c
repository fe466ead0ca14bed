#include "inspect/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "inspect/gains.h"
#include "inspect/statistics.h"

/* The number of columns to read: with the extended features if the file has them all. */
static pat_status count_columns(const char *path, size_t *count, pat_error *error)
{
    pat_table_reader *reader;
    *count = PAT_DATA_COLUMNS;
    if (pat_table_open(&reader, path, pat_data_columns(), PAT_DATA_COLUMNS_MAX, NULL) == PAT_OK) {
        *count = PAT_DATA_COLUMNS_MAX;
        pat_table_close(reader);
        return PAT_OK;
    }
    pat_status status = pat_table_open(&reader, path, pat_data_columns(), PAT_DATA_COLUMNS, error);
    pat_table_close(reader);
    return status;
}

pat_status pat_inspect_read(const char *path, pat_table *table, pat_error *error)
{
    size_t count;
    pat_status status = count_columns(path, &count, error);
    if (status == PAT_OK)
        status = pat_table_read(table, path, pat_data_columns(), count, error);
    if (status == PAT_OK && table->rows == 0)
        status =
            pat_fail(error, PAT_NOTHING_TO_DO,
                     "%s: has no rows below its first line, so there is nothing to inspect", path);
    return status;
}

/* Whether the column holds operator numbers. */
static bool is_choice(size_t column)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_axis_of(axis)->is_choice && (int)column == pat_data_column_of(axis))
            return true;
    return false;
}

static pat_status describe_columns(const pat_inspecting *work, pat_error *error)
{
    for (size_t i = 0; i < work->table->column_count; i++) {
        if (is_choice(i) || !pat_data_has_column(work->table, i))
            continue;
        pat_column_report *column = &work->report->column[work->report->column_count++];
        column->name = work->table->columns[i];
        pat_status status = pat_statistics_describe(work->table->value[i], work->table->rows,
                                                    &column->statistics, error);
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
}

/* ---- The parameters -------------------------------------------------------------------------- */

/* The columns of the axes. */
struct labels {
    const double *value[PAT_AXES];
    size_t rows;
};

static struct labels labels_of(const pat_table *table)
{
    struct labels labels = {.rows = table->rows};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        labels.value[axis] = table->value[pat_data_column_of(axis)];
    return labels;
}

static bool has_labels(const struct labels *labels, size_t row)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (!pat_axis_of(axis)->is_optional && !isfinite(labels->value[axis][row]))
            return false;
    return true;
}

static pat_setting setting_of(const struct labels *labels, size_t row)
{
    pat_setting setting = {{0}};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        double value = labels->value[axis][row];
        bool is_left_out = pat_axis_of(axis)->is_optional && isnan(value);
        setting.value[axis] = is_left_out ? pat_setting_left_out(&setting, axis) : value;
    }
    return setting;
}

static int compare_values(const void *a, const void *b)
{
    const pat_value_count *first = a, *second = b;
    return first->value < second->value ? -1 : first->value > second->value;
}

/* Sort the values and merge equal ones. */
static size_t merge_values(pat_value_count *values, size_t count)
{
    size_t kept = 0;
    if (count > 1)
        qsort(values, count, sizeof *values, compare_values);
    for (size_t i = 0; i < count; i++)
        if (kept > 0 && values[kept - 1].value == values[i].value)
            values[kept - 1].count += values[i].count;
        else
            values[kept++] = values[i];
    return kept;
}

/* Count how often each value of a column occurs. axis: values to list even if they never occur. */
static pat_status count_values(const double *value, size_t rows, const double *axis, int axis_size,
                               pat_parameter_report *report, pat_error *error)
{
    size_t count = 0;
    report->values = pat_realloc_array(NULL, rows + (size_t)axis_size, sizeof *report->values);
    if (report->values == NULL)
        return pat_fail_memory(error, "the values of a parameter");
    for (int i = 0; i < axis_size; i++)
        report->values[count++] = (pat_value_count){axis[i], 0};
    for (size_t i = 0; i < rows; i++)
        if (isfinite(value[i]))
            report->values[count++] = (pat_value_count){value[i], 1};
    report->value_count = merge_values(report->values, count);
    pat_value_count *fitted =
        pat_realloc_array(report->values, report->value_count, sizeof *report->values);
    if (fitted != NULL)
        report->values = fitted;
    return PAT_OK;
}

/* The values of a parameter in the grid, if the grid is known. Returns their number. */
static int tried_values(const pat_inspection *report, pat_data_parameter parameter,
                        double values[PAT_AXIS_MAX])
{
    if (report->grid_origin == PAT_GRID_UNKNOWN)
        return 0;
    int count = report->grid.count[parameter.axis];
    for (int i = 0; i < count; i++) {
        double value = report->grid.value[parameter.axis][i];
        pat_setting alone = {{0}};
        alone.value[parameter.axis] = value;
        values[i] = parameter.is_target ? pat_setting_uses(&alone, parameter.axis) : value;
    }
    return count;
}

static pat_status count_parameters(const pat_inspecting *work, pat_error *error)
{
    pat_inspection *report = work->report;
    pat_status status = PAT_OK;
    for (int i = 0; i < PAT_PARAMETERS_MAX && status == PAT_OK; i++) {
        const pat_data_parameter parameter = pat_data_parameter_of(i);
        size_t column = PAT_DATA_PARAMETER + (size_t)i;
        double tried[PAT_AXIS_MAX];
        if (!pat_data_has_column(work->table, column))
            continue;
        pat_parameter_report *told = &report->parameter[report->parameter_count++];
        told->name = work->table->columns[column];
        told->axis = parameter.axis;
        told->is_target = parameter.is_target;
        status = count_values(work->table->value[column], work->table->rows, tried,
                              tried_values(report, parameter, tried), told, error);
    }
    return status;
}

/* ---- The grid -------------------------------------------------------------------------------- */

static bool on_axis(const pat_grid *grid, pat_axis axis, double value)
{
    for (int i = 0; i < grid->count[axis]; i++)
        if (grid->value[axis][i] == value)
            return true;
    return false;
}

static bool in_grid(const pat_grid *grid, const pat_setting *setting)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_setting_reads(setting, axis) && !on_axis(grid, axis, setting->value[axis]))
            return false;
    return true;
}

/* The first row whose setting is not in the grid, or labels->rows. */
static size_t first_outside(const struct labels *labels, const pat_grid *grid)
{
    for (size_t i = 0; i < labels->rows; i++)
        if (has_labels(labels, i)) {
            pat_setting setting = setting_of(labels, i);
            if (!in_grid(grid, &setting))
                return i;
        }
    return labels->rows;
}

/* The values of an axis in order of appearance, or its defaults if no row reads it. False if there
 * are too many, or only values that are not finite. */
static bool observe_axis(const struct labels *labels, pat_axis axis, pat_grid *grid)
{
    bool is_read = false;
    for (size_t row = 0; row < labels->rows; row++) {
        const pat_setting setting = setting_of(labels, row);
        double value = setting.value[axis];
        if (!pat_setting_reads(&setting, axis))
            continue;
        is_read = true;
        if (!isfinite(value) || on_axis(grid, axis, value))
            continue;
        if (grid->count[axis] == PAT_AXIS_MAX)
            return false;
        grid->value[axis][grid->count[axis]++] = value;
    }
    if (!is_read) {
        pat_grid usual;
        pat_grid_init_default(&usual);
        grid->count[axis] = usual.count[axis];
        memcpy(grid->value[axis], usual.value[axis], sizeof usual.value[axis]);
    }
    return grid->count[axis] > 0;
}

static pat_grid_origin observe_grid(const struct labels *labels, pat_grid *grid)
{
    *grid = (pat_grid){0};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (!observe_axis(labels, axis, grid))
            return PAT_GRID_UNKNOWN;
    return PAT_GRID_OBSERVED;
}

pat_grid_origin pat_grid_guess(const double *const value[PAT_AXES], size_t rows, pat_grid *grid)
{
    struct labels labels = {.rows = rows};
    memcpy(labels.value, value, sizeof labels.value);
    pat_grid_init_default(grid);
    return first_outside(&labels, grid) == rows ? PAT_GRID_DEFAULT : observe_grid(&labels, grid);
}

static pat_status find_grid(const pat_inspecting *work, const pat_grid *given, pat_error *error)
{
    pat_inspection *report = work->report;
    const pat_table *table = work->table;
    if (report->has_trials) {
        report->grid_origin = PAT_GRID_OF_TRIALS; /* already set by take_trials() */
        return PAT_OK;
    }
    const struct labels labels = labels_of(table);
    if (given != NULL) {
        size_t row = first_outside(&labels, given);
        if (row < table->rows)
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "%s: the setting of row %zu (%s) is not in the given grid; specify the "
                            "grid that was searched",
                            work->path, row + PAT_TABLE_FIRST_ROW,
                            pat_names_get(&table->filename, row));
        report->grid = *given;
        report->grid_origin = PAT_GRID_GIVEN;
        return PAT_OK;
    }
    report->grid_origin = pat_grid_guess(labels.value, labels.rows, &report->grid);
    return PAT_OK;
}

/* ---- The settings ---------------------------------------------------------------------------- */

static int by_setting(const void *a, const void *b)
{
    const pat_setting_report *first = a, *second = b;
    return pat_setting_compare(&first->setting, &second->setting);
}

static int by_wins(const void *a, const void *b)
{
    const pat_setting_report *first = a, *second = b;
    if (first->wins != second->wins)
        return first->wins > second->wins ? -1 : 1;
    return pat_setting_compare(&first->setting, &second->setting);
}

/* Make one report per row, then merge those with the same setting. tried: the settings of the
 * trials, or NULL. */
static pat_status count_wins(const pat_inspecting *work, const pat_setting_report *tried,
                             size_t tried_count, pat_error *error)
{
    const struct labels labels = labels_of(work->table);
    size_t count = tried_count, kept = 0;
    pat_setting_report *settings =
        pat_realloc_array(NULL, labels.rows + tried_count, sizeof *settings);
    if (settings == NULL)
        return pat_fail_memory(error, "the settings of a data set");
    work->report->settings = settings;
    if (tried_count > 0)
        memcpy(settings, tried, tried_count * sizeof *settings);
    for (size_t i = 0; i < labels.rows; i++)
        if (has_labels(&labels, i))
            settings[count++] = (pat_setting_report){.setting = setting_of(&labels, i), .wins = 1};
    if (count > 1)
        qsort(settings, count, sizeof *settings, by_setting);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 ||
            pat_setting_compare(&settings[kept - 1].setting, &settings[i].setting) != 0) {
            settings[kept++] = settings[i];
            continue;
        }
        pat_setting_report *report = &settings[kept - 1];
        report->wins += settings[i].wins;
        report->harms += settings[i].harms; /* only a trial's report has these members set */
        report->mean_gain_db += settings[i].mean_gain_db;
        report->mean_gain_ssim += settings[i].mean_gain_ssim;
    }
    if (kept > 1)
        qsort(settings, kept, sizeof *settings, by_wins);
    work->report->setting_count = kept;
    return PAT_OK;
}

/* ---- The inspection -------------------------------------------------------------------------- */

static pat_status describe_gains(const pat_inspecting *work, const pat_gains *gains,
                                 pat_error *error)
{
    pat_inspection *report = work->report;
    size_t rows = work->table->rows;
    pat_status status = pat_statistics_describe(gains->gain_db, rows, &report->gain_db, error);
    if (status == PAT_OK)
        status = pat_statistics_describe(gains->gain_ssim, rows, &report->gain_ssim, error);
    if (status == PAT_OK)
        status = pat_statistics_describe(gains->margin, rows, &report->margin, error);
    for (size_t i = 0; i < rows && status == PAT_OK; i++) {
        report->near_ties += gains->margin[i] < PAT_NEAR_TIE;
        if (work->gain != NULL)
            work->gain[i] = (pat_row_gain){gains->gain_db[i], gains->gain_ssim[i]};
    }
    return status;
}

static pat_status take_trials(pat_inspecting *work, const char *path, pat_error *error)
{
    pat_inspection *report = work->report;
    pat_gains gains = {0};
    if (report->finding_count > 0)
        return pat_fail(error, PAT_MALFORMED,
                        "%s: cannot match trials to rows that share a name: %s of the data set; "
                        "give each row its own name",
                        path, report->findings[0].items[0]);
    pat_status status = pat_gains_read(&gains, path, work->table, work->names, error);
    if (status == PAT_OK)
        status = describe_gains(work, &gains, error);
    if (status == PAT_OK) {
        report->has_trials = true;
        report->grid = gains.grid;
        work->labels = gains.labels;
        status = count_wins(work, gains.settings, pat_grid_count(&gains.grid), error);
    }
    pat_gains_release(&gains);
    return status;
}

/* Without trials, only the best settings and their scores are known. */
static void count_labels(pat_inspecting *work)
{
    const pat_table *table = work->table;
    const struct labels labels = labels_of(table);
    const pat_inspection *report = work->report;
    if (report->has_trials || report->grid_origin == PAT_GRID_UNKNOWN)
        return;
    work->labels.grid_observed = report->grid_origin == PAT_GRID_OBSERVED;
    for (size_t i = 0; i < table->rows; i++) {
        pat_setting setting = setting_of(&labels, i);
        pat_scores scores = {.similarity = table->value[PAT_DATA_SIMILARITY][i],
                             .psnr = table->value[PAT_DATA_PSNR][i],
                             .ssim = table->value[PAT_DATA_SSIM][i]};
        if (has_labels(&labels, i))
            pat_labels_add(&work->labels, &report->grid, &setting, &scores, NULL, false);
    }
}

static pat_status count_originals(const pat_inspecting *work, pat_error *error)
{
    const pat_names *filename = &work->table->filename;
    pat_names originals = {0};
    pat_buffer name = {0};
    bool enough = true;
    for (size_t i = 0; i < filename->count && enough; i++) {
        const char *text = pat_names_get(filename, i);
        pat_buffer_reset(&name);
        pat_buffer_append(&name, text, pat_group_of(text));
        pat_buffer_append_char(&name, '\0');
        enough = !name.failed && pat_names_add(&originals, name.data);
    }
    pat_names_sort(&originals);
    for (size_t i = 0; i < originals.count; i++)
        work->report->originals +=
            i == 0 || strcmp(pat_names_get(&originals, i - 1), pat_names_get(&originals, i)) != 0;
    pat_buffer_release(&name);
    pat_names_release(&originals);
    return enough ? PAT_OK : pat_fail_memory(error, "the names of the originals");
}

pat_status pat_inspect_table(pat_inspecting *work, const char *trials, const pat_grid *grid,
                             pat_error *error)
{
    work->report->rows = work->table->rows;
    pat_status status = count_originals(work, error);
    if (status == PAT_OK)
        status = describe_columns(work, error);
    if (status == PAT_OK && !pat_note_repeated_names(work))
        status = pat_fail_memory(error, "the verdict on a data set");
    if (status == PAT_OK)
        status =
            trials == NULL ? count_wins(work, NULL, 0, error) : take_trials(work, trials, error);
    if (status == PAT_OK)
        status = find_grid(work, grid, error);
    if (status == PAT_OK)
        status = count_parameters(work, error);
    if (status != PAT_OK)
        return status;
    count_labels(work);
    return pat_give_verdict(work, error);
}

void pat_inspection_release(pat_inspection *inspection)
{
    for (int i = 0; i < inspection->parameter_count; i++)
        free(inspection->parameter[i].values);
    for (size_t i = 0; i < inspection->finding_count; i++) {
        for (size_t j = 0; j < inspection->findings[i].item_count; j++)
            free(inspection->findings[i].items[j]);
        free(inspection->findings[i].items);
    }
    free(inspection->findings);
    free(inspection->settings);
    *inspection = (pat_inspection){0};
}
