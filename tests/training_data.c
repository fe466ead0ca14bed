#include "training_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "base/buffer.h"
#include "data/csv.h"
#include "patina/features.h"
#include "settings.h"
#include "workspace.h"

static double random_share(void)
{
    return (double)random_below(1000) / 999;
}

static void put_name(pat_buffer *out, size_t row)
{
    char name[64];
    snprintf(name, sizeof name, "p%zu~%zu.png", row / 2, row % 2);
    pat_csv_text(out, name);
}

static void put_trials(pat_buffer *out, size_t row, const double *feature)
{
    pat_grid grid;
    assert_int_equal(pat_grid_parse(&grid, TRIALS_GRID, NULL), PAT_OK);
    for (size_t i = 0; i <= pat_grid_count(&grid); i++) {
        pat_setting setting = SETTING(PAT_COLOR_NONE, 0, 0);
        if (i < pat_grid_count(&grid))
            setting = pat_grid_setting(&grid, i);
        double balance = feature[2] > 0.5 ? 0.1 : -0.1, sharpen = feature[1] > 0.5 ? 0.05 : -0.05;
        double gain = (setting.value[PAT_AXIS_COLOR] == PAT_COLOR_WHITE_BALANCE ? balance : 0) +
                      setting.value[PAT_AXIS_STRENGTH] * sharpen *
                          (setting.value[PAT_AXIS_SIGMA] == 1 ? 1 : 0.5);
        put_name(out, row);
        pat_csv_text(out, color_name(setting.value[PAT_AXIS_COLOR]));
        pat_csv_number(out, setting.value[PAT_AXIS_SIGMA]);
        pat_csv_number(out, setting.value[PAT_AXIS_STRENGTH]);
        pat_csv_number(out, 0.7 + gain);
        pat_csv_number(out, 30);
        pat_csv_number(out, 0.5);
        pat_csv_end_row(out);
    }
}

static void save(const char *path, pat_buffer *text)
{
    assert_false(text->failed);
    write_bytes(path, text->data, text->size);
    pat_buffer_release(text);
}

void write_training_data(size_t rows)
{
    pat_buffer data = {0}, trials = {0};
    pat_buffer_append_text(&data, "filename");
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        pat_csv_text(&data, pat_feature_name(i));
    pat_buffer_append_text(&data, ",apply_color_correction,sharpen_sigma,sharpen_strength\n");
    pat_buffer_append_text(
        &trials,
        "filename,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,ssim\n");
    for (size_t row = 0; row < rows; row++) {
        double feature[PAT_FEATURE_COUNT];
        put_name(&data, row);
        for (int i = 0; i < PAT_FEATURE_COUNT; i++) {
            feature[i] = i == 3 ? 7 : random_share();
            pat_csv_number(&data, feature[i]);
        }
        pat_csv_number(&data, feature[2] > 0.5);
        pat_csv_number(&data, 0.5 + (double)(int)(feature[0] * 4) * 0.5);
        pat_csv_number(&data, (double)(int)(feature[1] * 4) * 0.5);
        pat_csv_end_row(&data);
        put_trials(&trials, row, feature);
    }
    save("data.csv", &data);
    save("trials.csv", &trials);
}

void read_training_data(size_t rows, pat_training *training, pat_trials *trials)
{
    pat_error error = {0};
    write_training_data(rows);
    if (pat_training_read(training, "data.csv", &error) != PAT_OK ||
        pat_trials_read(trials, "trials.csv", training, &error) != PAT_OK)
        fail_msg("%s", error.message);
    assert_int_equal(training->rows, rows);
}

pat_model *fit_all(pat_model_kind kind, const pat_training *training, const pat_trials *trials,
                   uint64_t seed)
{
    pat_grid grid;
    pat_model *model;
    pat_error error = {0};
    size_t *row = calloc(training->rows, sizeof *row);
    assert_non_null(row);
    for (size_t i = 0; i < training->rows; i++)
        row[i] = training->rows - 1 - i;
    assert_int_equal(pat_training_grid(training, &grid, NULL), PAT_OK);
    pat_lesson lesson = {.kind = kind,
                         .training = training,
                         .row = row,
                         .rows = training->rows,
                         .trials = trials,
                         .grid = &grid,
                         .seed = seed};
    if (pat_model_fit(&lesson, &model, &error) != PAT_OK)
        fail_msg("%s", error.message);
    free(row);
    return model;
}

void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not %.17g +- %g", value, expected, tolerance);
}
