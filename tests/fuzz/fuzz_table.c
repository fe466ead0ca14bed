/*
 * Data sets and trials, as inspect and train read them: any file is refused with a reason, or what
 * is read is within its limits.
 *
 * An input is a data set and, after a NUL, trials. Both lack their first line, unless they begin
 * with 'r': random bytes would hardly ever name all columns.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "inspect/rows.h"
#include "learn/training_table.h"
#include "patina/restore.h"
#include "patina/run.h"

static const char data_header[] =
    "filename,similarity_score,psnr,ssim,mean,std_dev,skewness,kurtosis,low_freq_energy,"
    "high_freq_energy,energy_ratio,radial_center,radial_25,radial_50,radial_75,radial_edge,"
    "color_balance_need,sharpening_need,color_method,apply_color_correction,sharpen_sigma,"
    "sharpen_strength\n";
static const char trials_header[] =
    "filename,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,ssim\n";

static void check_reason(pat_status status, const pat_error *error)
{
    MUST((status == PAT_OK) == (error->message[0] == '\0'));
    MUST(status == PAT_OK || status == PAT_MALFORMED || status == PAT_NOTHING_TO_DO ||
         status == PAT_EMPTY_FILE || status == PAT_INVALID_ARGUMENT);
}

/* Reading row by row gives the numbers of the table in memory. */
static void check_rows(const char *path, const pat_table *table)
{
    pat_table_reader *reader;
    pat_table_row row;
    MUST(pat_table_open(&reader, path, table->columns, table->column_count, NULL) == PAT_OK);
    for (size_t i = 0; i < table->rows; i++) {
        MUST(pat_table_next(reader, &row, NULL) == PAT_OK && row.filename != NULL);
        MUST(row.number == PAT_TABLE_FIRST_ROW + i);
        MUST(strcmp(row.filename, pat_names_get(&table->filename, i)) == 0);
        for (size_t c = 0; c < table->column_count; c++)
            MUST(memcmp(&row.value[c], &table->value[c][i], sizeof *row.value) == 0);
    }
    MUST(pat_table_next(reader, &row, NULL) == PAT_OK && row.filename == NULL);
    pat_table_close(reader);
}

static void check_inspection(const char *data, const char *trials)
{
    pat_table table = {0};
    pat_error error = {0};
    pat_status status = pat_inspect_read(data, &table, &error);
    check_reason(status, &error);
    if (status == PAT_OK)
        check_rows(data, &table);
    pat_table_release(&table);
    for (int i = 0; i < 2; i++) {
        const pat_inspect_options options = {.data = data, .trials = i == 0 ? NULL : trials};
        pat_inspection inspection = {0};
        error = (pat_error){0};
        pat_status inspected = pat_inspect(&options, &inspection, &error);
        check_reason(inspected, &error);
        MUST(i > 0 || inspected == status);
        pat_inspection_release(&inspection);
    }
}

static void check_targets(const pat_training *training)
{
    for (size_t row = 0; row < training->rows; row++) {
        const double *target = training->target + row * PAT_TARGET_COUNT;
        for (int i = 0; i < training->feature_count; i++)
            MUST(isfinite(training->feature[row * (size_t)training->feature_count + (size_t)i]));
        MUST(target[PAT_TARGET_COLOR] == 0 || target[PAT_TARGET_COLOR] == 1);
        MUST(target[PAT_TARGET_STRENGTH] >= 0 && target[PAT_TARGET_STRENGTH] <= PAT_STRENGTH_MAX);
        MUST(target[PAT_TARGET_SIGMA] <= PAT_SIGMA_MAX);
        MUST(target[PAT_TARGET_SIGMA] >= PAT_SIGMA_MIN || target[PAT_TARGET_STRENGTH] == 0);
    }
}

static void check_axes(const pat_grid *grid)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        MUST(grid->count[axis] >= 1 && grid->count[axis] <= PAT_AXIS_MAX);
        for (int i = 0; i < grid->count[axis]; i++)
            MUST(pat_axis_allows(axis, grid->value[axis][i]));
    }
}

static void check_training(const char *data, const char *trials_path)
{
    pat_training training = {0};
    pat_trials trials = {0};
    pat_grid grid;
    pat_error error = {0};
    pat_status status = pat_training_read(&training, data, &error);
    check_reason(status, &error);
    if (status == PAT_OK) {
        MUST(training.rows > 0 && training.feature_count >= PAT_FEATURE_COUNT);
        check_targets(&training);
        status = pat_training_grid(&training, &grid, &error);
        check_reason(status, &error);
        if (status == PAT_OK)
            check_axes(&grid);
        error = (pat_error){0};
        status = pat_trials_read(&trials, trials_path, &training, &error);
        check_reason(status, &error);
        if (status == PAT_OK) {
            check_axes(&trials.grid);
            for (size_t i = 0; i < training.rows * pat_grid_count(&trials.grid); i++)
                MUST(fabs(trials.gain[i]) <= 2 * PAT_SIMILARITY_LIMIT);
        }
    }
    pat_trials_release(&trials);
    pat_training_release(&training);
}

static const char *put_file(int slot, const char *header, const uint8_t *data, size_t size)
{
    pat_buffer text = {0};
    bool raw = size > 0 && data[0] == 'r';
    if (!raw)
        pat_buffer_append_text(&text, header);
    pat_buffer_append(&text, data + raw, size - raw);
    MUST(!text.failed);
    const char *path = fuzz_file(slot, text.data, text.size);
    pat_buffer_release(&text);
    return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
    size_t first = nul != NULL ? (size_t)(nul - data) : size;
    size_t second = nul != NULL ? size - first - 1 : 0;
    const char *table = put_file(0, data_header, data, first);
    const char *trials = put_file(1, trials_header, nul != NULL ? nul + 1 : data, second);
    check_inspection(table, trials);
    check_training(table, trials);
    return 0;
}
