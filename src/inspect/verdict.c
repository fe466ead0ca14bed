/* The verdict on the rows of a data set. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "data/affine_columns.h"
#include "inspect/findings.h"
#include "inspect/rows.h"

static bool note_non_finite(const pat_inspecting *work)
{
    const pat_table *table = work->table;
    pat_inspection *report = work->report;
    bool noted = true;
    for (size_t column = 0; column < table->column_count; column++) {
        if (!pat_data_has_column(table, column))
            continue;
        for (size_t row = 0; row < table->rows && noted; row++) {
            double value = table->value[column][row];
            char text[PAT_NUMBER_TEXT_SIZE];
            if (isfinite(value) ||
                (isinf(value) && (column == PAT_DATA_SIMILARITY || column == PAT_DATA_PSNR)))
                continue; /* a perfect score is infinite */
            pat_number_format(value, text);
            noted = pat_finding_add_item(pat_finding_of(report, PAT_FINDING_NON_FINITE, true),
                                         "row %zu (%s), column %s: %s", row + PAT_TABLE_FIRST_ROW,
                                         pat_names_get(&table->filename, row),
                                         table->columns[column], text);
        }
    }
    return noted;
}

/* Whether a score column has a finite value that it cannot have. */
static bool is_impossible_score(const pat_table *table, size_t column, size_t row)
{
    enum { ROUNDED_TO = 1000 }; /* tolerance 1/1000: the scores in the table may be rounded */
    double value = table->value[column][row], psnr = table->value[PAT_DATA_PSNR][row],
           ssim = table->value[PAT_DATA_SSIM][row];
    if (column == PAT_DATA_SIMILARITY)
        return fabs(value - pat_similarity(psnr, ssim)) * ROUNDED_TO > 1; /* false for NaN */
    const pat_score *score =
        pat_score_row(column == PAT_DATA_PSNR ? PAT_SCORE_PSNR : PAT_SCORE_SSIM);
    return value < score->least || value > score->greatest;
}

/* Whether a parameter has a finite value that it cannot have. It may be 0 if the setting does not
 * use its axis. */
static bool is_impossible_parameter(const pat_table *table, int number, size_t row)
{
    const pat_data_parameter parameter = pat_data_parameter_of(number);
    double value = table->value[PAT_DATA_PARAMETER + number][row];
    if (parameter.is_target)
        return value != 0 && value != 1;
    if (pat_axis_allows(parameter.axis, value))
        return false;
    const pat_setting setting = pat_data_setting(table, row);
    return value != 0 || pat_setting_uses(&setting, parameter.axis);
}

static bool is_impossible(const pat_table *table, size_t column, size_t row)
{
    double value = table->value[column][row];
    if (!isfinite(value))
        return false; /* reported by note_non_finite() */
    if (column < PAT_DATA_FEATURE)
        return is_impossible_score(table, column, row);
    if (column < PAT_DATA_PARAMETER)
        return !pat_feature_allows((int)column - PAT_DATA_FEATURE, value);
    if (column < PAT_DATA_EXTENDED)
        return is_impossible_parameter(table, (int)column - PAT_DATA_PARAMETER, row);
    return !pat_feature_allows((int)column - PAT_DATA_EXTENDED + PAT_FEATURE_COUNT, value);
}

static bool note_impossible(const pat_inspecting *work)
{
    const pat_table *table = work->table;
    bool noted = true;
    for (size_t column = 0; column < table->column_count; column++)
        for (size_t row = 0; row < table->rows && noted; row++) {
            char text[PAT_NUMBER_TEXT_SIZE];
            if (!is_impossible(table, column, row))
                continue;
            pat_number_format(table->value[column][row], text);
            noted = pat_finding_add_item(pat_finding_of(work->report, PAT_FINDING_IMPOSSIBLE, true),
                                         "row %zu (%s), column %s: %s", row + PAT_TABLE_FIRST_ROW,
                                         pat_names_get(&table->filename, row),
                                         table->columns[column], text);
        }
    return noted;
}

static bool note_perfect(const pat_inspecting *work)
{
    const pat_table *table = work->table;
    bool noted = true;
    for (size_t row = 0; row < table->rows && noted; row++)
        if (isinf(table->value[PAT_DATA_PSNR][row]))
            noted = pat_finding_add_item(
                pat_finding_of(work->report, PAT_FINDING_PERFECT_SCORE, true), "row %zu (%s)",
                row + PAT_TABLE_FIRST_ROW, pat_names_get(&table->filename, row));
    return noted;
}

static bool note_contradictions(const pat_inspecting *work)
{
    const pat_table *table = work->table;
    const double *color = table->value[pat_data_column_of(PAT_AXIS_COLOR)];
    const double *applied = table->value[pat_data_target_of(PAT_AXIS_COLOR)];
    bool noted = true;
    for (size_t row = 0; row < table->rows && noted; row++)
        if (isfinite(applied[row]) && applied[row] != (color[row] != PAT_COLOR_NONE))
            noted = pat_finding_add_item(
                pat_finding_of(work->report, PAT_FINDING_CONTRADICTION, true), "row %zu (%s)",
                row + PAT_TABLE_FIRST_ROW, pat_names_get(&table->filename, row));
    return noted;
}

bool pat_note_repeated_names(const pat_inspecting *work)
{
    const pat_table *table = work->table;
    bool noted = true;
    for (size_t i = 1; i < table->rows && noted; i++) {
        const char *name = pat_names_get(&table->filename, work->names->order[i]);
        size_t first = work->names->order[i - 1];
        if (strcmp(pat_names_get(&table->filename, first), name) == 0)
            noted =
                pat_finding_add_item(pat_finding_of(work->report, PAT_FINDING_REPEATED_NAME, true),
                                     "rows %zu and %zu (%s)", first + PAT_TABLE_FIRST_ROW,
                                     work->names->order[i] + PAT_TABLE_FIRST_ROW, name);
    }
    return noted;
}

static bool is_feature(const char *name)
{
    for (int i = 0; i < PAT_FEATURES_MAX; i++)
        if (strcmp(name, pat_feature_name(i)) == 0)
            return true;
    return false;
}

static bool note_constant_features(const pat_inspecting *work)
{
    bool noted = true;
    for (int i = 0; i < work->report->column_count && noted; i++) {
        const pat_column_report *column = &work->report->column[i];
        const pat_statistics *statistics = &column->statistics;
        char text[PAT_NUMBER_TEXT_SIZE];
        pat_number_format(statistics->min, text);
        if (is_feature(column->name) && statistics->count > 1 && statistics->min == statistics->max)
            noted = pat_finding_add_item(
                pat_finding_of(work->report, PAT_FINDING_CONSTANT_FEATURE, false), "%s: %s",
                column->name, text);
    }
    return noted;
}

static bool is_known(const pat_table *table, const char *name)
{
    for (int i = 0; i < pat_score_count(); i++)
        if (strcmp(name, pat_score_row(i)->column) == 0)
            return true;
    return strcmp(name, "filename") == 0 || pat_is_affine_column(name) ||
           pat_table_column(table, name) != NULL;
}

static bool note_unknown_columns(const pat_inspecting *work)
{
    bool noted = true;
    for (size_t i = 0; i < work->table->header.count && noted; i++) {
        const char *name = pat_names_get(&work->table->header, i);
        if (!is_known(work->table, name))
            noted = pat_finding_add_item(
                pat_finding_of(work->report, PAT_FINDING_UNKNOWN_COLUMN, false), "%s",
                *name == '\0' ? "(a column without a name)" : name);
    }
    return noted;
}

static bool note_idle_sigmas(const pat_inspecting *work)
{
    size_t idle = 0;
    for (size_t i = 0; i < work->table->rows; i++) {
        const pat_setting setting = pat_data_setting(work->table, i);
        idle += !pat_setting_depends_on(&setting, PAT_AXIS_SIGMA);
    }
    return idle == 0 ||
           pat_finding_add(work->report, PAT_FINDING_SIGMA_WITHOUT_EFFECT, false, idle,
                           "in %zu of %zu rows sharpen_strength is 0: their sharpen_sigma makes no "
                           "difference; leave them out when learning sigma",
                           idle, work->table->rows);
}

/* Add the warnings that a search prints at its end as findings. */
static bool take_warnings(const pat_inspecting *work)
{
    static const pat_finding_kind kinds[] = {
        [PAT_LABEL_IDENTICAL] = PAT_FINDING_IDENTICAL,
        [PAT_LABEL_CONSTANT] = PAT_FINDING_CONSTANT_TARGET,
        [PAT_LABEL_EDGE] = PAT_FINDING_EDGE_OF_GRID,
        [PAT_LABEL_HARMED] = PAT_FINDING_HARMED,
        [PAT_LABEL_TIED] = PAT_FINDING_TIES,
        [PAT_LABEL_SHAPE] = PAT_FINDING_OTHER_SHAPE,
    };
    const pat_label_report *labels = &work->report->labels;
    bool noted = true;
    for (size_t i = 0; i < labels->warning_count && noted; i++) {
        pat_label_problem problem = labels->problems[i];
        size_t count = problem == PAT_LABEL_IDENTICAL ? labels->identical
                       : problem == PAT_LABEL_HARMED  ? labels->harmed
                       : problem == PAT_LABEL_TIED    ? labels->tied
                                                      : work->labels.rows;
        bool few = (problem == PAT_LABEL_HARMED && 2 * labels->harmed < labels->scored) ||
                   (problem == PAT_LABEL_TIED && 2 * labels->tied < work->labels.rows);
        noted =
            pat_finding_add(work->report, kinds[problem], !few, count, "%s", labels->warnings[i]);
    }
    return noted;
}

static bool note_near_ties(const pat_inspecting *work)
{
    const pat_inspection *report = work->report;
    size_t rows = report->margin.count;
    return report->near_ties == 0 ||
           pat_finding_add(work->report, PAT_FINDING_NEAR_TIES, 2 * report->near_ties >= rows,
                           report->near_ties,
                           "in %zu of %zu pairs the second-best setting is within 0.01 dB of the "
                           "best: chance decides these labels; a coarser grid has fewer of them",
                           report->near_ties, rows);
}

pat_status pat_give_verdict(const pat_inspecting *work, pat_error *error)
{
    if (work->report->grid_origin != PAT_GRID_UNKNOWN)
        pat_labels_report(&work->labels, &work->report->grid, &work->report->labels);
    bool noted = take_warnings(work) && note_near_ties(work) && note_idle_sigmas(work) &&
                 note_non_finite(work) && note_impossible(work) && note_perfect(work) &&
                 note_contradictions(work) && note_constant_features(work) &&
                 note_unknown_columns(work);
    return noted ? PAT_OK : pat_fail_memory(error, "the verdict on a data set");
}
