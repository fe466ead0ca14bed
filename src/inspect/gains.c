#include "inspect/gains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "data/trials.h"
#include "inspect/columns.h"

enum { SIMILARITY, PSNR, SSIM, COLUMNS };
static const char *const columns[COLUMNS] = {"similarity_score", "psnr", "ssim"};

/* A CSV file saved by another program may have lost the last bits. */
static const double SAME = 1e-9;

struct reading {
    pat_gains *gains;
    const char *path;
    const pat_table *data;
    const pat_name_index *names;
    const double *label[COLUMNS]; /* columns of the data set */
    bool *seen;                   /* rows of the data set whose trials were read */
    size_t next_row;              /* the next row, if the order is the same */
};

static pat_status take_grid(struct reading *reading, const pat_grid *grid, pat_error *error)
{
    pat_gains *gains = reading->gains;
    gains->grid = *grid;
    gains->settings = calloc(pat_grid_count(grid), sizeof *gains->settings);
    if (gains->settings == NULL)
        return pat_fail_memory(error, "the settings of the trials");
    for (size_t i = 0; i < pat_grid_count(grid); i++)
        gains->settings[i].setting = pat_grid_setting(grid, i);
    return PAT_OK;
}

static bool nearly_equal(double a, double b)
{
    return a == b || (isfinite(a) && isfinite(b) && fabs(a - b) <= SAME * fabs(b));
}

/* The grid index of the best setting of a row of the data set, or the grid's size. */
static size_t find_winner(const struct reading *reading, size_t row)
{
    const pat_setting best = pat_data_setting(reading->data, row);
    return pat_grid_find(&reading->gains->grid, &best);
}

/* Whether the row and the trials name the same winner with the same scores. */
static bool agrees(const struct reading *reading, size_t row, const pat_trial_set *set,
                   size_t winner)
{
    const double *const *label = reading->label;
    size_t count = pat_grid_count(&reading->gains->grid);
    if (winner == count)
        return false;
    const pat_scores *scores = &set->scores[winner];
    double best = -INFINITY;
    for (size_t i = 0; i < count; i++)
        best = fmax(best, set->scores[i].similarity);
    return nearly_equal(label[SIMILARITY][row], scores->similarity) &&
           nearly_equal(label[PSNR][row], scores->psnr) &&
           nearly_equal(label[SSIM][row], scores->ssim) && nearly_equal(scores->similarity, best);
}

static void count_setting(pat_setting_report *report, const pat_scores *scores,
                          const pat_scores *untouched)
{
    report->harms += scores->similarity < untouched->similarity;
    if (isfinite(scores->psnr))
        report->mean_gain_db += scores->psnr - untouched->psnr; /* sums until finish_settings() */
    report->mean_gain_ssim += scores->ssim - untouched->ssim;
}

/* Count the trials of one row. */
static void count_row(struct reading *reading, size_t row, const pat_trial_set *set, size_t winner)
{
    pat_gains *gains = reading->gains;
    const pat_setting *best_setting = &gains->settings[winner].setting;
    const pat_scores *untouched = &set->untouched, *best = &set->scores[winner];
    double second = -INFINITY;
    bool tied = false, identical = isinf(untouched->psnr);
    for (size_t i = 0; i < pat_grid_count(&gains->grid); i++) {
        double similarity = set->scores[i].similarity;
        if (!pat_setting_same_effect(&gains->settings[i].setting, best_setting)) {
            tied = tied || similarity == best->similarity;
            second = similarity > second ? similarity : second;
        }
        if (!identical)
            count_setting(&gains->settings[i], &set->scores[i], untouched);
    }
    pat_labels_add(&gains->labels, &gains->grid, best_setting, best, untouched, tied);
    gains->gain_db[row] = identical ? NAN : best->psnr - untouched->psnr;
    gains->gain_ssim[row] = identical ? NAN : best->ssim - untouched->ssim;
    gains->margin[row] = identical || isinf(second) ? NAN : best->similarity - second;
}

static size_t find_row(struct reading *reading, const char *name)
{
    const pat_table *data = reading->data;
    size_t row = reading->next_row;
    if (row >= data->rows || strcmp(pat_names_get(&data->filename, row), name) != 0)
        row = pat_name_index_find(reading->names, name);
    reading->next_row = row + 1;
    return row;
}

static pat_status take_image(void *context, const pat_trial_set *set, pat_error *error)
{
    struct reading *reading = context;
    size_t row = find_row(reading, set->filename);
    pat_status status = PAT_OK;
    if (reading->gains->settings == NULL)
        status = take_grid(reading, set->grid, error);
    if (status != PAT_OK || row == reading->data->rows)
        return status;
    if (reading->seen[row])
        return pat_fail(
            error, PAT_MALFORMED,
            "%s: has the trials of %s twice; use the file that was written with the data set",
            reading->path, set->filename);
    size_t winner = find_winner(reading, row);
    if (!agrees(reading, row, set, winner))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: does not belong to the data set: the best setting of %s (row %zu "
                        "there) or its scores differ; use the file that was written with it",
                        reading->path, set->filename, row + PAT_TABLE_FIRST_ROW);
    reading->seen[row] = true;
    count_row(reading, row, set, winner);
    return PAT_OK;
}

static pat_status check_complete(const struct reading *reading, pat_error *error)
{
    for (size_t i = 0; i < reading->data->rows; i++)
        if (!reading->seen[i])
            return pat_fail(error, PAT_MALFORMED,
                            "%s: does not belong to the data set: it has no trials of %s (row %zu "
                            "there); use the file that was written with it",
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
                          const pat_name_index *names, pat_error *error)
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
        status = pat_trials_each(reading.path, take_image, &reading, error);
    if (status == PAT_OK)
        status = check_complete(&reading, error);
    if (status == PAT_OK)
        finish_settings(gains);
    free(reading.seen);
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
