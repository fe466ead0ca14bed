#include "learn/training_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/table.h"
#include "patina/features.h"
#include "patina/restore.h"

/* No feature comes near it; the sums and squares of such still fit a double, and they themselves
 * the single precision of trees. */
#define FEATURE_MAX 1e30

static const char *const target_names[PAT_TARGET_COUNT] = {
    [PAT_TARGET_COLOR] = "apply_color_correction",
    [PAT_TARGET_SIGMA] = "sharpen_sigma",
    [PAT_TARGET_STRENGTH] = "sharpen_strength",
};

static const char color_method[] = "color_method";

const char *pat_target_name(int index)
{
    return target_names[index];
}

static pat_status fail_at(const char *path, const pat_table_row *row, const char *column,
                          const char *complaint, pat_error *error)
{
    return pat_fail(error, PAT_MALFORMED,
                    "%s: row %zu (%s), column '%s' %s; mend the row or remove it", path,
                    row->number, row->filename, column, complaint);
}

/* The name as a static text if it is that of a feature, else NULL. */
static const char *known_feature(const char *name)
{
    for (int i = 0; i < PAT_FEATURES_MAX; i++)
        if (strcmp(name, pat_feature_name(i)) == 0)
            return pat_feature_name(i);
    return NULL;
}

/* A column that is there twice counts once here: opening the table with it will complain. */
static void add_feature(pat_training *training, const char *name)
{
    _Static_assert((int)PAT_FEATURES_MAX <= (int)PAT_MODEL_FEATURES_MAX, "all features fit");
    for (int i = 0; i < training->feature_count; i++)
        if (training->feature_name[i] == name)
            return;
    training->feature_name[training->feature_count++] = name;
}

/* The columns that every table must have: features, then targets. */
enum { REQUIRED = PAT_FEATURE_COUNT + PAT_TARGET_COUNT };

static void name_required(const char *columns[REQUIRED])
{
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        columns[i] = pat_feature_name(i);
    memcpy(columns + PAT_FEATURE_COUNT, target_names, sizeof target_names);
}

/* The features among the columns of the file, in its order; and whether it names the methods that
 * apply_color_correction stands for. */
static pat_status find_features(pat_training *training, const char *path, bool *names_methods,
                                pat_error *error)
{
    const char *required[REQUIRED];
    pat_table_reader *reader;
    name_required(required);
    pat_status status = pat_table_open(&reader, path, required, REQUIRED, error);
    if (status != PAT_OK)
        return status;
    const pat_names *header = pat_table_header(reader);
    *names_methods = false;
    for (size_t i = 0; i < header->count; i++) {
        const char *name = known_feature(pat_names_get(header, i));
        if (name != NULL)
            add_feature(training, name);
        if (strcmp(pat_names_get(header, i), color_method) == 0)
            *names_methods = true;
    }
    pat_table_close(reader);
    return PAT_OK;
}

static pat_status check_row(const pat_training *training, const char *path,
                            const pat_table_row *row, pat_error *error)
{
    const double *target = row->value + training->feature_count;
    double sigma = target[PAT_TARGET_SIGMA], strength = target[PAT_TARGET_STRENGTH];
    for (int i = 0; i < training->feature_count; i++)
        if (!(fabs(row->value[i]) <= FEATURE_MAX))
            return fail_at(path, row, training->feature_name[i],
                           "is not a finite number, at most 1e30", error);
    if (target[PAT_TARGET_COLOR] != 0 && target[PAT_TARGET_COLOR] != 1)
        return fail_at(path, row, target_names[PAT_TARGET_COLOR], "is neither 0 nor 1", error);
    if (!(strength >= 0 && strength <= PAT_STRENGTH_MAX))
        return fail_at(path, row, target_names[PAT_TARGET_STRENGTH], "is no strength (0 to 100)",
                       error);
    if (!(sigma >= PAT_SIGMA_MIN && sigma <= PAT_SIGMA_MAX) && !(sigma == 0 && strength == 0))
        return fail_at(path, row, target_names[PAT_TARGET_SIGMA], "is no sigma (0.01 to 20)",
                       error);
    return PAT_OK;
}

/* Tables as they grow. */
struct room {
    size_t features, targets, colors;
};

static pat_status add_row(pat_training *training, struct room *room, const pat_table_row *row,
                          bool names_methods, pat_error *error)
{
    size_t features = (size_t)training->feature_count, at = training->rows;
    if (!pat_array_reserve(&training->feature, &room->features, (at + 1) * features,
                           sizeof(double)) ||
        !pat_array_reserve(&training->target, &room->targets, (at + 1) * PAT_TARGET_COUNT,
                           sizeof(double)) ||
        !pat_array_reserve(&training->color, &room->colors, at + 1, sizeof *training->color) ||
        !pat_names_add(&training->filename, row->filename))
        return pat_fail_memory(error, "the training data");
    memcpy(training->feature + at * features, row->value, features * sizeof(double));
    memcpy(training->target + at * PAT_TARGET_COUNT, row->value + features,
           PAT_TARGET_COUNT * sizeof(double));
    const double *target = row->value + features;
    training->color[at] = target[PAT_TARGET_COLOR] == 0 ? PAT_COLOR_NONE
                          : names_methods ? pat_method_of_number(target[PAT_TARGET_COUNT])
                                          : PAT_COLOR_WHITE_BALANCE;
    training->rows++;
    return PAT_OK;
}

static pat_status read_rows(pat_training *training, const char *path, bool names_methods,
                            pat_error *error)
{
    const char *columns[PAT_MODEL_FEATURES_MAX + PAT_TARGET_COUNT + 1];
    size_t features = (size_t)training->feature_count, count = features + PAT_TARGET_COUNT;
    memcpy(columns, training->feature_name, features * sizeof *columns);
    memcpy(columns + features, target_names, sizeof target_names);
    if (names_methods)
        columns[count++] = color_method;
    pat_table_reader *reader;
    struct room room = {0};
    pat_status status = pat_table_open(&reader, path, columns, count, error);
    while (status == PAT_OK) {
        pat_table_row row;
        status = pat_table_next(reader, &row, error);
        if (status != PAT_OK || row.filename == NULL)
            break;
        status = check_row(training, path, &row, error);
        if (status == PAT_OK)
            status = add_row(training, &room, &row, names_methods, error);
    }
    pat_table_close(reader);
    if (status == PAT_OK && training->rows == 0)
        status = pat_fail(error, PAT_NOTHING_TO_DO,
                          "%s: has no rows; run 'patina search' on some pairs first", path);
    return status;
}

/* Each row's group is the original's part of its file name. */
static pat_status derive_groups(pat_training *training, pat_error *error)
{
    pat_buffer name = {0};
    bool done = true;
    for (size_t row = 0; row < training->rows && done; row++) {
        const char *filename = pat_names_get(&training->filename, row);
        pat_buffer_reset(&name);
        pat_buffer_append(&name, filename, pat_group_of(filename));
        pat_buffer_append_char(&name, '\0');
        done = !name.failed && pat_names_add(&training->group, name.data);
    }
    pat_buffer_release(&name);
    return done ? PAT_OK : pat_fail_memory(error, "the training data");
}

pat_status pat_training_read(pat_training *training, const char *path, pat_error *error)
{
    pat_training_release(training);
    bool names_methods;
    pat_status status = find_features(training, path, &names_methods, error);
    if (status == PAT_OK)
        status = read_rows(training, path, names_methods, error);
    if (status == PAT_OK)
        status = derive_groups(training, error);
    return status;
}

void pat_training_release(pat_training *training)
{
    free(training->feature);
    free(training->target);
    free(training->color);
    pat_names_release(&training->filename);
    pat_names_release(&training->group);
    *training = (pat_training){0};
}

pat_status pat_training_set_groups(pat_training *training, const char *const *group,
                                   pat_error *error)
{
    pat_names_release(&training->group);
    for (size_t row = 0; row < training->rows; row++)
        if (!pat_names_add(&training->group, group[row]))
            return pat_fail_memory(error, "the groups of the training data");
    return PAT_OK;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Add the values of a target to an axis that has none, from `minimum` on. */
static pat_status collect_axis(const pat_training *training, int target, double minimum,
                               double axis[PAT_AXIS_MAX], int *count, pat_error *error)
{
    for (size_t row = 0; row < training->rows; row++) {
        double value = training->target[row * PAT_TARGET_COUNT + (size_t)target];
        int i = 0;
        while (i < *count && axis[i] != value)
            i++;
        if (i < *count || value < minimum)
            continue;
        if (*count == PAT_AXIS_MAX)
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "the column '%s' has more than %d different values: such a table was "
                            "not made by a search over a grid",
                            target_names[target], PAT_AXIS_MAX);
        axis[(*count)++] = value;
    }
    if (*count == 0) /* nothing was ever sharpened: any value will do */
        axis[(*count)++] = minimum;
    qsort(axis, (size_t)*count, sizeof *axis, compare_numbers);
    return PAT_OK;
}

pat_status pat_training_grid(const pat_training *training, pat_grid *grid, pat_error *error)
{
    bool occurs[PAT_COLOR_METHODS] = {false};
    *grid = (pat_grid){0};
    for (size_t row = 0; row < training->rows; row++)
        occurs[training->color[row]] = true;
    for (int method = 0; method < PAT_COLOR_METHODS; method++) /* white balance first, as ever */
        if (occurs[method])
            grid->color[grid->colors++] = (pat_color_method)method;
    pat_status status =
        collect_axis(training, PAT_TARGET_SIGMA, PAT_SIGMA_MIN, grid->sigma, &grid->sigmas, error);
    if (status == PAT_OK)
        status =
            collect_axis(training, PAT_TARGET_STRENGTH, 0, grid->strength, &grid->strengths, error);
    return status;
}
