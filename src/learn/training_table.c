#include "learn/training_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/affine_columns.h"
#include "data/table.h"
#include "learn/targets.h"
#include "patina/features.h"
#include "patina/restore.h"

/* Larger than any feature; its square fits a double, and it fits the single precision of trees. */
#define FEATURE_MAX 1e30

static const char *color_column(void)
{
    return pat_axis_of(PAT_AXIS_COLOR)->column;
}

static pat_status fail_at(const char *path, const pat_table_row *row, const char *column,
                          const char *complaint, pat_error *error)
{
    return pat_fail(error, PAT_MALFORMED,
                    "%s: row %zu (%s), column '%s' %s; fix the row or remove it", path, row->number,
                    row->filename, column, complaint);
}

/* The name as a static text if it is that of a feature, else NULL. */
static const char *known_feature(const char *name)
{
    for (int i = 0; i < PAT_FEATURES_MAX; i++)
        if (strcmp(name, pat_feature_name(i)) == 0)
            return pat_feature_name(i);
    return NULL;
}

/* A repeated column counts once here: opening the table with it fails later. */
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

static void name_targets(const char *columns[PAT_TARGET_COUNT])
{
    for (int i = 0; i < PAT_TARGET_COUNT; i++)
        columns[i] = pat_target_name(i);
}

static void name_required(const char *columns[REQUIRED])
{
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        columns[i] = pat_feature_name(i);
    name_targets(columns + PAT_FEATURE_COUNT);
}

/* Find the features among the file's columns, in its order; and whether it has the color
 * methods. */
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
        if (strcmp(pat_names_get(header, i), color_column()) == 0)
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
        return fail_at(path, row, pat_target_name(PAT_TARGET_COLOR), "is neither 0 nor 1", error);
    if (!(strength >= 0 && strength <= PAT_STRENGTH_MAX))
        return fail_at(path, row, pat_target_name(PAT_TARGET_STRENGTH),
                       "is not a strength (0 to 100)", error);
    if (!(sigma >= PAT_SIGMA_MIN && sigma <= PAT_SIGMA_MAX) && !(sigma == 0 && strength == 0))
        return fail_at(path, row, pat_target_name(PAT_TARGET_SIGMA), "is not a sigma (0.01 to 20)",
                       error);
    return PAT_OK;
}

/* The growing tables. */
struct room {
    size_t features, targets, settings, affine;
};

enum { AFFINE = PAT_TARGET_COUNT, LABELS = AFFINE + PAT_AFFINE_NUMBERS + PAT_AXES };

/* The columns after the features: the targets, the best colors, the color operator if the file
 * names it, then the optional axes. Returns their number. */
static size_t name_labels(const char *columns[LABELS], bool names_methods)
{
    size_t count = PAT_TARGET_COUNT;
    name_targets(columns);
    for (int i = 0; i < PAT_AFFINE_NUMBERS; i++)
        columns[count++] = pat_affine_column(i);
    if (names_methods)
        columns[count++] = color_column();
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_axis_of(axis)->is_optional)
            columns[count++] = pat_axis_of(axis)->column;
    return count;
}

/* The setting of a row, from these columns. The operators are set first: the value of an axis whose
 * cell is empty depends on them. */
static pat_setting setting_of(const double *label, bool names_methods)
{
    pat_setting setting = {{0}};
    for (int i = 0; i < PAT_TARGET_COUNT; i++)
        setting.value[pat_target_axis(i)] = *label++;
    label += PAT_AFFINE_NUMBERS;
    if (names_methods && setting.value[PAT_AXIS_COLOR] != 0)
        setting.value[PAT_AXIS_COLOR] = *label;
    label += names_methods;
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        if (!pat_axis_of(axis)->is_optional)
            continue;
        setting.value[axis] = isnan(*label) ? pat_setting_left_out(&setting, axis) : *label;
        label++;
    }
    return setting;
}

static pat_status add_row(pat_training *training, struct room *room, const pat_table_row *row,
                          bool names_methods, pat_error *error)
{
    size_t features = (size_t)training->feature_count, at = training->rows;
    if (!pat_array_reserve(&training->feature, &room->features, (at + 1) * features,
                           sizeof(double)) ||
        !pat_array_reserve(&training->target, &room->targets, (at + 1) * PAT_TARGET_COUNT,
                           sizeof(double)) ||
        !pat_array_reserve(&training->setting, &room->settings, at + 1,
                           sizeof *training->setting) ||
        !pat_array_reserve(&training->affine, &room->affine, (at + 1) * PAT_AFFINE_NUMBERS,
                           sizeof(double)) ||
        !pat_names_add(&training->filename, row->filename))
        return pat_fail_memory(error, "the training data");
    memcpy(training->feature + at * features, row->value, features * sizeof(double));
    memcpy(training->target + at * PAT_TARGET_COUNT, row->value + features,
           PAT_TARGET_COUNT * sizeof(double));
    training->setting[at] = setting_of(row->value + features, names_methods);
    memcpy(training->affine + at * PAT_AFFINE_NUMBERS, row->value + features + AFFINE,
           PAT_AFFINE_NUMBERS * sizeof(double));
    training->rows++;
    return PAT_OK;
}

static pat_status read_rows(pat_training *training, const char *path, bool names_methods,
                            pat_error *error)
{
    const char *columns[PAT_MODEL_FEATURES_MAX + LABELS];
    size_t features = (size_t)training->feature_count;
    memcpy(columns, training->feature_name, features * sizeof *columns);
    size_t count = features + name_labels(columns + features, names_methods);
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

/* Each row's group is the part of its file name that names the original. */
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
    free(training->setting);
    free(training->affine);
    pat_names_release(&training->filename);
    pat_names_release(&training->group);
    *training = (pat_training){0};
}

bool pat_training_has_colors(const pat_training *training)
{
    for (size_t row = 0; row < training->rows; row++)
        if (!isnan(training->affine[row * PAT_AFFINE_NUMBERS]))
            return true;
    return false;
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

/* Fill an empty axis with the values of all rows. */
static pat_status collect_axis(const pat_training *training, pat_axis axis, pat_grid *grid,
                               pat_error *error)
{
    double *values = grid->value[axis];
    int *count = &grid->count[axis];
    for (size_t row = 0; row < training->rows; row++) {
        double value = training->setting[row].value[axis];
        int i = 0;
        while (i < *count && values[i] != value)
            i++;
        if (i < *count || !pat_axis_allows(axis, value))
            continue;
        if (*count == PAT_AXIS_MAX)
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "the column '%s' has more than %d different values: a search over a "
                            "grid does not make such a table",
                            pat_axis_of(axis)->column, PAT_AXIS_MAX);
        values[(*count)++] = value;
    }
    if (*count == 0) /* no row is sharpened, so any value will do */
        values[(*count)++] = pat_axis_of(axis)->least;
    return PAT_OK;
}

/* Ascending; operators in the order in which they are tried. */
static void sort_axis(pat_axis axis, pat_grid *grid)
{
    double *values = grid->value[axis];
    for (int i = 1; i < grid->count[axis]; i++)
        for (int k = i; k > 0; k--) {
            pat_setting left = {{0}}, right = {{0}};
            left.value[axis] = values[k - 1];
            right.value[axis] = values[k];
            if (pat_setting_compare(&left, &right) <= 0)
                break;
            values[k - 1] = right.value[axis];
            values[k] = left.value[axis];
        }
}

pat_status pat_training_grid(const pat_training *training, pat_grid *grid, pat_error *error)
{
    pat_status status = PAT_OK;
    *grid = (pat_grid){0};
    for (pat_axis axis = 0; axis < PAT_AXES && status == PAT_OK; axis++) {
        status = collect_axis(training, axis, grid, error);
        sort_axis(axis, grid);
    }
    return status;
}
