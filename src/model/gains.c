#include "model/gains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static const char *const columns[] = {"color_method",     "sharpen_sigma", "sharpen_strength",
                                      "similarity_score", "psnr",          "ssim"};
enum { COLOR, SIGMA, STRENGTH, SIMILARITY, PSNR, SSIM, COLUMNS };

/* A CSV that went through another program may have lost the last bits. */
static const double SAME = 1e-9;

struct trial {
    pat_setting setting;
    pat_scores scores;
};

struct reading {
    pat_gains *gains;
    const char *path;
    const pat_table *data;
    const pat_table_index *names;
    const double *label[COLUMNS]; /* of the data set */
    bool *seen;                   /* which of its rows have had their trials */
    bool has_grid;
    size_t next_row; /* of the data set, if the order is the same */
    /* Of the pair now being read: */
    char *name; /* NULL: none */
    struct trial *trial;
    size_t count, capacity;
};

static bool is_untouched(const pat_setting *setting)
{
    return setting->color == PAT_COLOR_NONE && setting->sigma == 0 && setting->strength == 0;
}

static bool same_setting(const pat_setting *a, const pat_setting *b)
{
    return a->color == b->color && a->sigma == b->sigma && a->strength == b->strength;
}

/* Whether two settings make the same picture of any. */
static bool same_effect(const pat_setting *a, const pat_setting *b)
{
    return a->color == b->color && a->strength == b->strength &&
           (a->sigma == b->sigma || a->strength == 0);
}

static bool add_value(double *axis, int *count, double value)
{
    for (int i = 0; i < *count; i++)
        if (axis[i] == value)
            return true;
    if (*count == PAT_AXIS_MAX)
        return false;
    axis[(*count)++] = value;
    return true;
}

/* The grid is what the first pair was tried with: the values of each axis in their order, and the
 * settings their product. `count`: without the untouched image. */
static bool infer_grid(const struct trial *trial, size_t count, pat_grid *grid)
{
    double color[PAT_AXIS_MAX] = {0};
    *grid = (pat_grid){0};
    for (size_t i = 0; i < count; i++) {
        const pat_setting *setting = &trial[i].setting;
        if (!add_value(color, &grid->colors, setting->color) ||
            !add_value(grid->sigma, &grid->sigmas, setting->sigma) ||
            !add_value(grid->strength, &grid->strengths, setting->strength))
            return false;
    }
    for (int i = 0; i < grid->colors; i++)
        grid->color[i] = (pat_color_method)color[i];
    return count > 0;
}

static bool fits_grid(const struct trial *trial, size_t count, const pat_grid *grid)
{
    if (count != pat_grid_count(grid))
        return false;
    for (size_t i = 0; i < count; i++) {
        pat_setting setting = pat_grid_setting(grid, i);
        if (!same_setting(&setting, &trial[i].setting))
            return false;
    }
    return true;
}

static pat_status take_grid(struct reading *reading, size_t count, pat_error *error)
{
    pat_gains *gains = reading->gains;
    if (!infer_grid(reading->trial, count, &gains->grid) ||
        !fits_grid(reading->trial, count, &gains->grid))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: the settings of the first pair (%s) are no grid, each value of one "
                        "column with each of the others; is it the file of patina search --trials?",
                        reading->path, reading->name);
    gains->settings = calloc(count, sizeof *gains->settings);
    if (gains->settings == NULL)
        return pat_fail_memory(error, "the settings of the trials");
    for (size_t i = 0; i < count; i++)
        gains->settings[i].setting = pat_grid_setting(&gains->grid, i);
    reading->has_grid = true;
    return PAT_OK;
}

static bool nearly_equal(double a, double b)
{
    return a == b || (isfinite(a) && isfinite(b) && fabs(a - b) <= SAME * fabs(b));
}

/* The row and the trials name the same winner with the same scores. */
static bool agrees(const struct reading *reading, size_t row, const struct trial *winner,
                   double best)
{
    const double *const *label = reading->label;
    return winner != NULL && nearly_equal(label[SIMILARITY][row], winner->scores.similarity) &&
           nearly_equal(label[PSNR][row], winner->scores.psnr) &&
           nearly_equal(label[SSIM][row], winner->scores.ssim) &&
           nearly_equal(winner->scores.similarity, best);
}

static const struct trial *find_setting(const struct reading *reading, size_t row)
{
    for (size_t i = 0; i + 1 < reading->count; i++) {
        const pat_setting *setting = &reading->trial[i].setting;
        if (setting->color == pat_method_of_number(reading->label[COLOR][row]) &&
            setting->sigma == reading->label[SIGMA][row] &&
            setting->strength == reading->label[STRENGTH][row])
            return &reading->trial[i];
    }
    return NULL;
}

static void count_setting(pat_setting_report *report, const pat_scores *scores,
                          const pat_scores *untouched)
{
    report->harms += scores->similarity < untouched->similarity;
    if (isfinite(scores->psnr))
        report->mean_gain_db += scores->psnr - untouched->psnr; /* a sum, until the end */
    report->mean_gain_ssim += scores->ssim - untouched->ssim;
}

/* What one row's trials add to what is known. */
static void count_row(struct reading *reading, size_t row, const struct trial *winner)
{
    pat_gains *gains = reading->gains;
    size_t count = reading->count - 1;
    const pat_scores *untouched = &reading->trial[count].scores, *best = &winner->scores;
    double second = -INFINITY;
    bool tied = false, identical = isinf(untouched->psnr);
    for (size_t i = 0; i < count; i++) {
        const struct trial *trial = &reading->trial[i];
        double similarity = trial->scores.similarity;
        if (!same_effect(&trial->setting, &winner->setting)) {
            tied = tied || similarity == best->similarity;
            second = similarity > second ? similarity : second;
        }
        if (!identical)
            count_setting(&gains->settings[i], &trial->scores, untouched);
    }
    pat_labels_add(&gains->labels, &gains->grid, &winner->setting, best, untouched, tied);
    gains->gain_db[row] = identical ? NAN : best->psnr - untouched->psnr;
    gains->gain_ssim[row] = identical ? NAN : best->ssim - untouched->ssim;
    gains->margin[row] = identical || isinf(second) ? NAN : best->similarity - second;
}

static pat_status take_row(struct reading *reading, size_t row, pat_error *error)
{
    double best = -INFINITY;
    for (size_t i = 0; i + 1 < reading->count; i++)
        best = fmax(best, reading->trial[i].scores.similarity);
    if (reading->seen[row])
        return pat_fail(error, PAT_MALFORMED,
                        "%s: the trials of %s are there twice; give the file that was written "
                        "with the data set",
                        reading->path, reading->name);
    const struct trial *winner = find_setting(reading, row);
    if (!agrees(reading, row, winner, best))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: does not belong to the data set: of %s (row %zu there) the best "
                        "setting or its scores are others; give the file that was written with it",
                        reading->path, reading->name, row + PAT_TABLE_FIRST_ROW);
    reading->seen[row] = true;
    count_row(reading, row, winner);
    return PAT_OK;
}

static size_t find_row(struct reading *reading)
{
    const pat_table *data = reading->data;
    size_t row = reading->next_row;
    if (row >= data->rows || strcmp(pat_names_get(&data->filename, row), reading->name) != 0)
        row = pat_table_find(reading->names, reading->name);
    reading->next_row = row + 1;
    return row;
}

/* A pair's trials are complete. */
static pat_status end_pair(struct reading *reading, pat_error *error)
{
    if (reading->name == NULL)
        return PAT_OK;
    size_t count = reading->count - 1;
    pat_status status = PAT_OK;
    if (!is_untouched(&reading->trial[count].setting))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: the trials of %s do not end with the untouched image (none,0,0); is "
                        "it the file of patina search --trials?",
                        reading->path, reading->name);
    if (!reading->has_grid)
        status = take_grid(reading, count, error);
    else if (!fits_grid(reading->trial, count, &reading->gains->grid))
        status = pat_fail(error, PAT_MALFORMED,
                          "%s: %s was not tried with the settings of the first pair; give the "
                          "file as it was written",
                          reading->path, reading->name);
    if (status != PAT_OK)
        return status;
    size_t row = find_row(reading);
    return row == reading->data->rows ? PAT_OK : take_row(reading, row, error);
}

static pat_status add_trial(struct reading *reading, const pat_table_row *row, pat_error *error)
{
    const double *value = row->value;
    pat_status status = PAT_OK;
    if (reading->name == NULL || strcmp(reading->name, row->filename) != 0) {
        status = end_pair(reading, error);
        free(reading->name);
        reading->name = strdup(row->filename);
        reading->count = 0;
    }
    if (status != PAT_OK)
        return status;
    if (reading->name == NULL || !pat_array_reserve(&reading->trial, &reading->capacity,
                                                    reading->count + 1, sizeof *reading->trial))
        return pat_fail_memory(error, "the trials of a pair");
    reading->trial[reading->count++] = (struct trial){
        {pat_method_of_number(value[COLOR]), value[SIGMA], value[STRENGTH]},
        {value[SIMILARITY], value[PSNR], value[SSIM]},
    };
    return PAT_OK;
}

static pat_status read_all(struct reading *reading, pat_error *error)
{
    pat_table_reader *reader;
    pat_table_row row;
    pat_status status = pat_table_open(&reader, reading->path, columns, COLUMNS, error);
    if (status != PAT_OK)
        return status;
    while ((status = pat_table_next(reader, &row, error)) == PAT_OK && row.filename != NULL) {
        status = add_trial(reading, &row, error);
        if (status != PAT_OK)
            break;
    }
    if (status == PAT_OK)
        status = end_pair(reading, error);
    pat_table_close(reader);
    return status;
}

static pat_status check_complete(const struct reading *reading, pat_error *error)
{
    for (size_t i = 0; i < reading->data->rows; i++)
        if (!reading->seen[i])
            return pat_fail(error, PAT_MALFORMED,
                            "%s: does not belong to the data set: it has no trials of %s (row %zu "
                            "there); give the file that was written with it",
                            reading->path, pat_names_get(&reading->data->filename, i),
                            i + PAT_TABLE_FIRST_ROW);
    return PAT_OK;
}

static void finish_settings(pat_gains *gains)
{
    for (size_t i = 0; i < pat_grid_count(&gains->grid) && gains->labels.scored > 0; i++) {
        gains->settings[i].mean_gain_db /= (double)gains->labels.scored;
        gains->settings[i].mean_gain_ssim /= (double)gains->labels.scored;
    }
}

pat_status pat_gains_read(pat_gains *gains, const char *path, const pat_table *data,
                          const pat_table_index *names, pat_error *error)
{
    struct reading reading = {.gains = gains, .path = path, .data = data, .names = names};
    for (int i = 0; i < COLUMNS; i++)
        reading.label[i] = pat_table_column(data, columns[i]);
    reading.seen = calloc(data->rows + 1, sizeof *reading.seen);
    gains->gain_db = calloc(data->rows + 1, sizeof *gains->gain_db);
    gains->gain_ssim = calloc(data->rows + 1, sizeof *gains->gain_ssim);
    gains->margin = calloc(data->rows + 1, sizeof *gains->margin);
    pat_status status = PAT_OK;
    if (reading.seen == NULL || gains->gain_db == NULL || gains->gain_ssim == NULL ||
        gains->margin == NULL)
        status = pat_fail_memory(error, "the trials of a data set");
    if (status == PAT_OK)
        status = read_all(&reading, error);
    if (status == PAT_OK)
        status = check_complete(&reading, error);
    if (status == PAT_OK)
        finish_settings(gains);
    free(reading.seen);
    free(reading.name);
    free(reading.trial);
    return status;
}

void pat_gains_release(pat_gains *gains)
{
    free(gains->settings);
    free(gains->gain_db);
    free(gains->gain_ssim);
    free(gains->margin);
    *gains = (pat_gains){0};
}
