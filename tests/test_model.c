/* Models: training, prediction, and files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <math.h>

#include "base/deflate.h"
#include "base/sha256.h"
#include "learn/booster.h"
#include "learn/target_errors.h"
#include "settings.h"
#include "training_data.h"
#include "workspace.h"

/* pat_model_fit() makes all kinds before the tone model, which test_tone.c tests. */
enum { ROWS = 120, FITTED_KINDS = PAT_MODEL_TONE };

static pat_training training;
static pat_trials trials;

static int make_data(void **state)
{
    if (enter_folder(state) != 0)
        return -1;
    read_training_data(ROWS, &training, &trials);
    return leave_folder(state);
}

static int release_data(void **state)
{
    (void)state;
    pat_training_release(&training);
    pat_trials_release(&trials);
    return 0;
}

static void put(const pat_model *model, pat_buffer *bytes)
{
    pat_error error = {0};
    if (pat_model_put(model, "{\"r2\": 0.1}", "{\"data\": \"d.csv\"}", bytes, &error) != PAT_OK)
        fail_msg("%s", error.message);
}

static pat_model *get(const pat_buffer *bytes)
{
    pat_model *model;
    pat_error error = {0};
    if (pat_model_read(bytes->data, bytes->size, "m", &model, &error) != PAT_OK)
        fail_msg("%s", error.message);
    return model;
}

static pat_prediction predict(const pat_model *model, const double *features)
{
    pat_prediction prediction;
    pat_error error = {0};
    if (pat_model_predict(model, features, &prediction, &error) != PAT_OK)
        fail_msg("%s", error.message);
    return prediction;
}

static pat_prediction predict_row(const pat_model *model, size_t row)
{
    return predict(model, training.feature + row * (size_t)training.feature_count);
}

static void assert_same(const pat_prediction *a, const pat_prediction *b)
{
    assert_memory_equal(a->raw, b->raw, sizeof a->raw);
    assert_memory_equal(&a->gain, &b->gain, sizeof a->gain);
    assert_int_equal(a->setting.value[PAT_AXIS_COLOR], b->setting.value[PAT_AXIS_COLOR]);
    assert_memory_equal(&a->setting.value[PAT_AXIS_SIGMA], &b->setting.value[PAT_AXIS_SIGMA],
                        sizeof(double));
    assert_memory_equal(&a->setting.value[PAT_AXIS_STRENGTH], &b->setting.value[PAT_AXIS_STRENGTH],
                        sizeof(double));
    assert_int_equal(a->leave_alone, b->leave_alone);
    assert_int_equal(a->unlike_count, b->unlike_count);
}

static void test_loaded_models_predict_the_same_bits(void **state)
{
    (void)state;
    for (int kind = 0; kind < FITTED_KINDS; kind++) {
        pat_buffer bytes = {0};
        char text[PAT_GRID_TEXT_SIZE];
        double importance[2][PAT_MODEL_FEATURES_MAX];
        pat_model *model = fit_all((pat_model_kind)kind, &training, &trials, 1);
        assert_string_equal(pat_model_description(model), "");
        put(model, &bytes);
        pat_model *loaded = get(&bytes);
        for (size_t row = 0; row < ROWS; row++) {
            pat_prediction a = predict_row(model, row), b = predict_row(loaded, row);
            assert_same(&a, &b);
        }
        assert_int_equal(pat_model_get_kind(loaded), kind);
        assert_int_equal(pat_model_feature_count(loaded), training.feature_count);
        for (int i = 0; i < training.feature_count; i++)
            assert_string_equal(pat_model_feature_name(loaded, i), training.feature_name[i]);
        pat_grid_format(pat_model_grid(loaded), text);
        assert_string_equal(text, kind == PAT_MODEL_SURFACE
                                      ? TRIALS_GRID
                                      : "color=white_balance,none;sigma=0.5,1,1.5,2,2.5;"
                                        "strength=0,0.5,1,1.5");
        assert_mentions(pat_model_description(loaded), "\"data\": \"d.csv\"");
        assert_mentions(pat_model_description(loaded), "\"r2\": 0.1");
        assert_int_equal(pat_model_importances(model, importance[0], NULL), PAT_OK);
        assert_int_equal(pat_model_importances(loaded, importance[1], NULL), PAT_OK);
        assert_memory_equal(importance[0], importance[1],
                            (size_t)training.feature_count * sizeof(double));
        pat_model_free(model);
        pat_model_free(loaded);
        pat_buffer_release(&bytes);
    }
}

/* R2 of the raw predictions of a target for the training rows. */
static double fitted_r2(const pat_model *model, int target)
{
    double truth[ROWS], predicted[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        truth[row] = training.target[row * PAT_TARGET_COUNT + (size_t)target];
        predicted[row] = predict_row(model, row).raw[target];
    }
    return pat_metrics_of(truth, predicted, ROWS, 1).r2;
}

static void test_kinds_learn_what_decides(void **state)
{
    (void)state;
    static const double least[] = {0.7, 0.85, 0.95};
    for (int kind = PAT_MODEL_LINEAR; kind <= PAT_MODEL_BOOSTING; kind++) {
        double importance[PAT_MODEL_FEATURES_MAX], total = 0;
        pat_model *model = fit_all((pat_model_kind)kind, &training, NULL, 1);
        for (int target = 0; target < PAT_TARGET_COUNT; target++)
            if (fitted_r2(model, target) < least[kind] - (target == PAT_TARGET_COLOR ? 0.1 : 0))
                fail_msg("%s: R2 of target %d is only %g",
                         pat_model_kind_name((pat_model_kind)kind), target,
                         fitted_r2(model, target));
        assert_int_equal(pat_model_importances(model, importance, NULL), PAT_OK);
        for (int i = 0; i < 14; i++) {
            assert_true(importance[i] >= 0);
            assert_true(i < 3 || importance[i] < importance[i % 3] / 2);
            total += importance[i];
        }
        assert_near(total, 1, 1e-12);
        assert_near(importance[3], 0, 0); /* the constant feature */
        pat_model_free(model);
    }
}

/* apply_color_correction 1 means the color operator that won most often. */
static void test_the_usual_correction_is_predicted(void **state)
{
    (void)state;
    size_t corrected = 0;
    for (size_t row = 0; row < ROWS; row++)
        if (training.setting[row].value[PAT_AXIS_COLOR] == PAT_COLOR_WHITE_BALANCE &&
            ++corrected % 3 != 0)
            training.setting[row].value[PAT_AXIS_COLOR] = LEVELS;
    pat_buffer bytes = {0};
    pat_model *model = fit_all(PAT_MODEL_LINEAR, &training, NULL, 1);
    put(model, &bytes);
    pat_model *loaded = get(&bytes);
    size_t levels = 0;
    for (size_t row = 0; row < ROWS; row++) {
        double color = predict_row(loaded, row).setting.value[PAT_AXIS_COLOR];
        assert_true(color != PAT_COLOR_WHITE_BALANCE);
        levels += color == LEVELS;
        if (training.setting[row].value[PAT_AXIS_COLOR] == LEVELS)
            training.setting[row].value[PAT_AXIS_COLOR] = PAT_COLOR_WHITE_BALANCE;
    }
    assert_in_range(levels, ROWS / 10, ROWS - ROWS / 10);
    pat_model_free(model);
    pat_model_free(loaded);
    pat_buffer_release(&bytes);
}

/* Models with three targets cannot predict the filter. */
static void test_filters_need_a_surface(void **state)
{
    (void)state;
    static const pat_model_kind kinds[] = {PAT_MODEL_LINEAR, PAT_MODEL_FOREST, PAT_MODEL_BOOSTING};
    pat_grid grid;
    size_t row[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        row[i] = i;
    assert_int_equal(pat_training_grid(&training, &grid, NULL), PAT_OK);
    training.setting[3].value[PAT_AXIS_FILTER] = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        pat_lesson lesson = {.kind = kinds[i],
                             .training = &training,
                             .row = row,
                             .rows = ROWS,
                             .grid = &grid,
                             .seed = 1};
        pat_model *model;
        pat_error error = {0};
        assert_int_equal(pat_model_fit(&lesson, &model, &error), PAT_INVALID_ARGUMENT);
        assert_null(model);
        assert_mentions(error.message, "without the filter unsharp");
        assert_mentions(error.message, pat_model_kind_name(kinds[i]));
        assert_mentions(error.message, "train a surface model on the trials");
    }
    training.setting[3].value[PAT_AXIS_FILTER] = UNSHARP;
}

/* White balance alone is best if skewness > 0.5, otherwise sharpening alone. */
static void test_a_surface_chooses_the_filter(void **state)
{
    (void)state;
    static const char *const orders[] = {"unsharp,none", "none,unsharp"};
    for (size_t order = 0; order < sizeof orders / sizeof *orders; order++) {
        double gain[ROWS * 4];
        char text[PAT_GRID_TEXT_SIZE];
        pat_trials filters = {.gain = gain};
        pat_buffer bytes = {0};
        snprintf(text, sizeof text, "filter=%s;sigma=1;strength=1", orders[order]);
        assert_int_equal(pat_grid_parse(&filters.grid, text, NULL), PAT_OK);
        assert_int_equal(pat_grid_count(&filters.grid), 4);
        const pat_setting bare = {{PAT_COLOR_WHITE_BALANCE, 0, 0, 0}};
        const pat_setting sharp = SETTING(PAT_COLOR_NONE, 1, 1);
        for (size_t i = 0; i < ROWS * 4; i++) {
            const pat_setting setting = pat_grid_setting(&filters.grid, i % 4);
            bool skewed = training.feature[i / 4 * (size_t)training.feature_count + 2] > 0.5;
            gain[i] = pat_setting_is_idle(&setting)                          ? 0
                      : pat_setting_equal(&setting, skewed ? &bare : &sharp) ? 0.2
                                                                             : -0.1;
        }
        pat_model *model = fit_all(PAT_MODEL_SURFACE, &training, &filters, 1);
        put(model, &bytes);
        pat_model *loaded = get(&bytes);
        size_t right = 0;
        for (size_t row = 0; row < ROWS; row++) {
            bool skewed = training.feature[row * (size_t)training.feature_count + 2] > 0.5;
            const pat_prediction said = predict_row(model, row), again = predict_row(loaded, row);
            right += pat_setting_equal(&said.setting, skewed ? &bare : &sharp);
            assert_same(&said, &again);
        }
        assert_in_range(right, ROWS * 9 / 10, ROWS);
        pat_model_free(model);
        pat_model_free(loaded);
        pat_buffer_release(&bytes);
    }
}

static void test_constant_targets_are_predicted_exactly(void **state)
{
    (void)state;
    double kept[ROWS * PAT_TARGET_COUNT];
    memcpy(kept, training.target, sizeof kept);
    for (size_t row = 0; row < ROWS; row++) {
        training.target[row * PAT_TARGET_COUNT + PAT_TARGET_SIGMA] = 0.7;
        training.target[row * PAT_TARGET_COUNT + PAT_TARGET_STRENGTH] = 0.3;
    }
    for (int kind = PAT_MODEL_LINEAR; kind <= PAT_MODEL_BOOSTING; kind++) {
        pat_model *model = fit_all((pat_model_kind)kind, &training, NULL, 1);
        for (size_t row = 0; row < ROWS; row++) {
            assert_near(predict_row(model, row).raw[PAT_TARGET_SIGMA], 0.7, 0);
            assert_near(predict_row(model, row).raw[PAT_TARGET_STRENGTH], 0.3, 0);
        }
        pat_model_free(model);
    }
    memcpy(training.target, kept, sizeof kept);
}

static void test_the_surface_finds_the_best_setting(void **state)
{
    (void)state;
    pat_model *model = fit_all(PAT_MODEL_SURFACE, &training, &trials, 1);
    double importance[PAT_MODEL_FEATURES_MAX];
    int right = 0, untouched = 0;
    for (size_t row = 0; row < ROWS; row++) {
        const double *feature = training.feature + row * 14;
        bool balance = feature[2] > 0.5, sharpen = feature[1] > 0.5;
        pat_prediction prediction = predict_row(model, row);
        bool alone = prediction.setting.value[PAT_AXIS_COLOR] == PAT_COLOR_NONE &&
                     prediction.setting.value[PAT_AXIS_STRENGTH] == 0;
        assert_true(prediction.leave_alone == alone);
        assert_true(prediction.leave_alone == (prediction.gain == 0));
        assert_true(prediction.setting.value[PAT_AXIS_SIGMA] >= 0.01);
        untouched += alone;
        right += balance == (prediction.setting.value[PAT_AXIS_COLOR] == PAT_COLOR_WHITE_BALANCE) &&
                 prediction.setting.value[PAT_AXIS_STRENGTH] == sharpen &&
                 (!sharpen || prediction.raw[1] == 1) &&
                 fabs(prediction.gain - (0.1 * balance + 0.05 * sharpen)) < 0.01;
    }
    assert_in_range(right, ROWS * 9 / 10, ROWS);
    assert_in_range(untouched, ROWS / 10, ROWS / 2);
    assert_int_equal(pat_model_importances(model, importance, NULL), PAT_OK);
    assert_true(importance[1] > importance[4] && importance[2] > importance[4]);
    pat_model_free(model);
}

/* A linear model of data in which only feature 0 matters: target = slope * feature 0. */
static pat_model *fit_slope(int target, double slope)
{
    double kept[ROWS * PAT_TARGET_COUNT];
    memcpy(kept, training.target, sizeof kept);
    for (size_t row = 0; row < ROWS; row++) {
        double *targets = training.target + row * PAT_TARGET_COUNT;
        targets[PAT_TARGET_COLOR] = 0;
        targets[PAT_TARGET_SIGMA] = 1;
        targets[PAT_TARGET_STRENGTH] = 0;
        targets[target] = slope * training.feature[row * 14];
    }
    pat_grid grid;
    pat_grid_init_default(&grid);
    size_t row[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        row[i] = i;
    pat_lesson lesson = {
        .kind = PAT_MODEL_LINEAR, .training = &training, .row = row, .rows = ROWS, .grid = &grid};
    pat_model *model;
    assert_int_equal(pat_model_fit(&lesson, &model, NULL), PAT_OK);
    memcpy(training.target, kept, sizeof kept);
    return model;
}

/* The prediction for the first row with another value of feature 0. */
static pat_prediction predict_with(const pat_model *model, double value)
{
    double features[14];
    memcpy(features, training.feature, sizeof features);
    features[0] = value;
    return predict(model, features);
}

static void test_predictions_are_rounded_and_limited(void **state)
{
    (void)state;
    pat_model *color = fit_slope(PAT_TARGET_COLOR, 1);
    assert_int_equal(predict_with(color, 0.51).setting.value[PAT_AXIS_COLOR],
                     PAT_COLOR_WHITE_BALANCE);
    assert_int_equal(predict_with(color, 0.49).setting.value[PAT_AXIS_COLOR], PAT_COLOR_NONE);
    assert_false(predict_with(color, 0.51).leave_alone);
    assert_true(predict_with(color, 0.49).leave_alone);
    assert_int_equal(predict_with(color, 9).setting.value[PAT_AXIS_COLOR], PAT_COLOR_WHITE_BALANCE);
    assert_near(predict_with(color, 9).raw[PAT_TARGET_COLOR], 9, 1e-9);
    assert_true(isnan(predict_with(color, 9).gain));
    pat_model_free(color);

    pat_model *sigma = fit_slope(PAT_TARGET_SIGMA, 4);
    double least = 4, most = 0;
    for (size_t row = 0; row < ROWS; row++) {
        least = fmin(least, 4 * training.feature[row * 14]);
        most = fmax(most, 4 * training.feature[row * 14]);
    }
    assert_near(predict_with(sigma, 0.5).setting.value[PAT_AXIS_SIGMA], 2, 1e-9);
    assert_near(predict_with(sigma, 9).setting.value[PAT_AXIS_SIGMA], most, 0);
    assert_near(predict_with(sigma, 9).raw[PAT_TARGET_SIGMA], 36, 1e-9);
    assert_near(predict_with(sigma, -9).setting.value[PAT_AXIS_SIGMA], fmax(least, 0.01), 0);
    pat_model_free(sigma);

    pat_model *strength = fit_slope(PAT_TARGET_STRENGTH, 1);
    assert_near(predict_with(strength, 0.06).setting.value[PAT_AXIS_STRENGTH], 0.06, 1e-9);
    assert_false(predict_with(strength, 0.06).leave_alone);
    assert_near(predict_with(strength, 0.04).setting.value[PAT_AXIS_STRENGTH], 0, 0);
    assert_true(predict_with(strength, 0.04).leave_alone);
    assert_true(predict_with(strength, -9).leave_alone);
    pat_model_free(strength);
}

static void test_unlike_features_are_flagged(void **state)
{
    (void)state;
    pat_model *model = fit_all(PAT_MODEL_BOOSTING, &training, NULL, 1);
    double low = INFINITY, high = -INFINITY, mean = 0;
    for (size_t row = 0; row < ROWS; row++) {
        low = fmin(low, training.feature[row * 14]);
        high = fmax(high, training.feature[row * 14]);
        mean += training.feature[row * 14] / ROWS;
    }
    double margin = (high - low) / 20;
    assert_int_equal(predict_with(model, low - 0.99 * margin).unlike_count, 0);
    assert_int_equal(predict_with(model, high + 0.99 * margin).unlike_count, 0);
    const double unlike[] = {low - 1.01 * margin, high + 1.01 * margin, 1e300, NAN, INFINITY};
    for (size_t i = 0; i < sizeof unlike / sizeof *unlike; i++) {
        pat_prediction prediction = predict_with(model, unlike[i]);
        assert_int_equal(prediction.unlike_count, 1);
        assert_int_equal(prediction.unlike[0], 0);
        if (!isfinite(unlike[i])) { /* replaced with the mean */
            pat_prediction expected = predict_with(model, mean);
            assert_memory_equal(prediction.raw, expected.raw, sizeof expected.raw);
        }
    }
    double features[14];
    memcpy(features, training.feature, sizeof features);
    features[3] += 1e-9; /* the constant one */
    features[5] = NAN;
    pat_prediction prediction = predict(model, features);
    assert_int_equal(prediction.unlike_count, 2);
    assert_int_equal(prediction.unlike[0], 3);
    assert_int_equal(prediction.unlike[1], 5);
    pat_model_free(model);
}

static void test_rows_are_predicted_by_index(void **state)
{
    (void)state;
    const size_t row[] = {7, 3, 7};
    pat_prediction prediction[3];
    pat_model *model = fit_all(PAT_MODEL_FOREST, &training, NULL, 1);
    assert_int_equal(pat_model_predict_rows(model, training.feature, row, 3, prediction, NULL),
                     PAT_OK);
    for (int i = 0; i < 3; i++) {
        pat_prediction expected = predict_row(model, row[i]);
        assert_same(&prediction[i], &expected);
    }
    pat_model_free(model);
}

/* A model depends only on the rows of its lesson. */
static void test_other_rows_do_not_count(void **state)
{
    (void)state;
    size_t row[ROWS / 2];
    for (size_t i = 0; i < ROWS / 2; i++)
        row[i] = 2 * i;
    for (int kind = 0; kind < FITTED_KINDS; kind++) {
        pat_buffer bytes[2] = {0};
        double kept[14];
        for (int i = 0; i < 2; i++) {
            pat_model *model;
            pat_lesson lesson = {.kind = (pat_model_kind)kind,
                                 .training = &training,
                                 .row = row,
                                 .rows = ROWS / 2,
                                 .trials = &trials,
                                 .grid = &trials.grid};
            assert_int_equal(pat_model_fit(&lesson, &model, NULL), PAT_OK);
            put(model, &bytes[i]);
            pat_model_free(model);
            double *other = training.feature + 14; /* row 1 is not in the lesson */
            if (i == 0)
                memcpy(kept, other, sizeof kept);
            for (int j = 0; j < 14; j++)
                other[j] = i == 0 ? 1000 : kept[j];
        }
        assert_int_equal(bytes[0].size, bytes[1].size);
        assert_memory_equal(bytes[0].data, bytes[1].data, bytes[0].size);
        pat_buffer_release(&bytes[0]);
        pat_buffer_release(&bytes[1]);
    }
}

static void digest_of(const pat_model *model, char digest[PAT_SHA256_TEXT_SIZE])
{
    pat_buffer bytes = {0};
    pat_sha256 hash;
    put(model, &bytes);
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, bytes.data, bytes.size);
    pat_sha256_finish(&hash, digest);
    pat_buffer_release(&bytes);
}

static void test_same_seed_same_bytes(void **state)
{
    (void)state;
    for (int kind = 0; kind < FITTED_KINDS; kind++) {
        char digest[3][PAT_SHA256_TEXT_SIZE];
        for (int i = 0; i < 3; i++) {
            pat_model *model = fit_all((pat_model_kind)kind, &training, &trials, i < 2 ? 1 : 2);
            digest_of(model, digest[i]);
            pat_model_free(model);
        }
        assert_string_equal(digest[0], digest[1]);
        if (kind == PAT_MODEL_FOREST || kind == PAT_MODEL_SURFACE)
            assert_string_not_equal(digest[0], digest[2]);
    }
}

/* `test_model digests`: a separate process, because OpenMP reads its environment variables only
 * once. */
static int print_digests(void)
{
    void *state = NULL;
    if (make_data(&state) != 0)
        return 1;
    for (int kind = 0; kind < FITTED_KINDS; kind++) {
        char digest[PAT_SHA256_TEXT_SIZE];
        pat_model *model = fit_all((pat_model_kind)kind, &training, &trials, 1);
        digest_of(model, digest);
        printf("%s\n", digest);
        pat_model_free(model);
    }
    return release_data(&state);
}

static void run_with_threads(const char *threads, char *output, size_t size)
{
    char command[256], program[128];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    assert_in_range(length, 1, sizeof program - 2);
    program[length] = '\0';
    snprintf(command, sizeof command, "OMP_NUM_THREADS=%s exec '%s' digests", threads, program);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    output[fread(output, 1, size - 1, pipe)] = '\0';
    assert_int_equal(pclose(pipe), 0);
}

static void test_same_bytes_for_any_number_of_threads(void **state)
{
    (void)state;
    char one[1024], four[1024];
    run_with_threads("1", one, sizeof one);
    run_with_threads("4", four, sizeof four);
    assert_int_equal(strlen(one), FITTED_KINDS * 65);
    assert_string_equal(one, four);
}

/* Returns the message. */
static const char *assert_refused(const void *bytes, size_t size, const char *what)
{
    static pat_error error;
    pat_model *model = (pat_model *)&size; /* anything but NULL */
    pat_status status = pat_model_read(bytes, size, "m.model", &model, &error);
    if (status != PAT_CORRUPT && status != PAT_MALFORMED)
        fail_msg("%s: status %s", what, pat_status_name(status));
    assert_null(model);
    assert_mentions(error.message, "m.model: ");
    return error.message;
}

static void test_damaged_files_are_refused(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        pat_buffer bytes = {0};
        pat_model *model = fit_all((pat_model_kind)kind, &training, NULL, 1);
        put(model, &bytes);
        /* every byte at the beginning, then samples: there, bytes are much like their neighbors */
        size_t step = 1, beginning = 400;
        for (size_t i = 0; i < bytes.size; i += i < beginning ? 1 : step) {
            step = kind == PAT_MODEL_LINEAR ? 1 : bytes.size / 500;
            char *cut = malloc(i + 1); /* exact size: sanitizers see reads beyond it */
            assert_non_null(cut);
            memcpy(cut, bytes.data, i);
            const char *message = assert_refused(cut, i, "cut off");
            assert_mentions(message, i < strlen("patina-model ") ? "not a model" : "cut off");
            free(cut);
            char kept = bytes.data[i];
            bytes.data[i] = (char)(kept ^ 1 << random_below(8));
            assert_refused(bytes.data, bytes.size, "a bit changed");
            bytes.data[i] = kept;
        }
        pat_model_free(get(&bytes));
        pat_buffer_append_char(&bytes, '\n');
        assert_mentions(assert_refused(bytes.data, bytes.size, "longer"), "longer");
        pat_buffer_release(&bytes);
        pat_model_free(model);
    }
}

static pat_status read_text(const char *text, const char *mentioned)
{
    pat_model *model;
    pat_error error = {0};
    pat_status status = pat_model_read(text, strlen(text), "m", &model, &error);
    assert_mentions(error.message, mentioned);
    return status;
}

static void test_foreign_and_newer_files_are_refused(void **state)
{
    (void)state;
    assert_int_equal(read_text("", "is not a model"), PAT_MALFORMED);
    assert_int_equal(read_text("\x89PNG\r\n\x1a\n", "is not a model"), PAT_MALFORMED);
    assert_int_equal(read_text("patina-model 3\nwhatever", "form 3"), PAT_MALFORMED);
    assert_int_equal(read_text("patina-model 0\nwhatever", "first line"), PAT_CORRUPT);
    assert_int_equal(read_text("patina-model 2x\nwhatever", "first line"), PAT_CORRUPT);
}

/* A file with a correct checksum and this description and these trees. */
static void seal(pat_buffer *out, const char *description, const void *trees, size_t trees_size)
{
    char sizes[72], digest[PAT_SHA256_TEXT_SIZE];
    pat_sha256 hash;
    pat_buffer compressed = {0};
    if (trees_size > 0)
        assert_int_equal(pat_deflate((pat_bytes){trees, trees_size}, &compressed, NULL), 0);
    snprintf(sizes, sizeof sizes, " %zu %zu %zu\n", strlen(description), compressed.size,
             trees_size);
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, sizes, strlen(sizes));
    pat_sha256_update(&hash, description, strlen(description));
    pat_sha256_update(&hash, compressed.size > 0 ? compressed.data : "", compressed.size);
    pat_sha256_finish(&hash, digest);
    pat_buffer_append_text(out, "patina-model 2\n");
    pat_buffer_append_text(out, digest);
    pat_buffer_append_text(out, sizes);
    pat_buffer_append_text(out, description);
    pat_buffer_append(out, compressed.size > 0 ? compressed.data : "", compressed.size);
    assert_false(out->failed);
    pat_buffer_release(&compressed);
}

/* `text` with the first `old` replaced with `new`; free it. */
static char *replace(const char *text, const char *old, const char *new)
{
    char *changed;
    const char *at = strstr(text, old);
    if (at == NULL)
        fail_msg("the text has no '%s'", old);
    assert_true(asprintf(&changed, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old)) > 0);
    return changed;
}

/* A file with a correct checksum is refused with a message that mentions `mentioned`. */
static void assert_nonsense(const char *description, const void *trees, size_t trees_size,
                            const char *mentioned)
{
    pat_buffer file = {0};
    pat_model *model;
    pat_error error = {0};
    seal(&file, description, trees, trees_size);
    assert_int_equal(pat_model_read(file.data, file.size, "m", &model, &error), PAT_MALFORMED);
    assert_mentions(error.message, mentioned);
    assert_mentions(error.message, "m: ");
    pat_buffer_release(&file);
}

static void test_descriptions_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *old, *new, *mentioned;
    } cases[] = {
        {"{", "[", "not JSON"},
        {"\"linear\"", "\"cubic\"", "'kind'"},
        {"\"linear\"", "7", "'kind'"},
        {"\"definitions\": 1", "\"definitions\": 2", "definitions version 2"},
        {"\"features\"", "\"x\"", "'features'"},
        {"\"std_dev\"", "\"mean\"", "'features'"},
        {"\"std_dev\"", "\"\"", "'features'"},
        {"\"minimum\"", "\"x\"", "'features'"},
        {"\"targets\"", "\"x\"", "'targets'"},
        {"\"sharpen_sigma\",\n      \"minimum\": 0", "\"sharpen_sigma\",\n      \"minimum\": -1",
         "'targets'"},
        {"\"sharpen_sigma\",\n      \"minimum\": 0", "\"sharpen_sigma\",\n      \"minimum\": 99",
         "'targets'"},
        {"\"name\": \"sharpen_sigma\"", "\"name\": \"x\"", "'targets'"},
        {"color=white_balance", "color=blue", "'grid'"},
        {"\"scale\": [\n      0", "\"scale\": [\n      -1", "'outputs'"},
        {"\"center\": [", "\"center\": [1,", "'linear'"},
        {"\"center\": [", "\"center\": [\"x\",", "'linear'"},
        {"\"coefficients\"", "\"x\"", "'linear'"},
        {"\"linear\": {", "\"lines\": {", "'linear'"},
    };
    pat_model *model = fit_all(PAT_MODEL_LINEAR, &training, NULL, 1);
    pat_buffer bytes = {0}, same = {0};
    put(model, &bytes);
    pat_model *loaded = get(&bytes);
    const char *description = pat_model_description(loaded);
    seal(&same, description, "", 0); /* seal() itself is correct */
    assert_int_equal(same.size, bytes.size);
    assert_memory_equal(same.data, bytes.data, same.size);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *changed = replace(description, cases[i].old, cases[i].new);
        assert_nonsense(changed, "", 0, cases[i].mentioned);
        free(changed);
    }
    assert_nonsense(description, "trees", 5, "a linear model must not have trees");
    pat_model_free(model);
    pat_model_free(loaded);
    pat_buffer_release(&bytes);
    pat_buffer_release(&same);
}

static void test_trees_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    pat_model *model = fit_all(PAT_MODEL_BOOSTING, &training, NULL, 1);
    pat_buffer bytes = {0};
    put(model, &bytes);
    pat_model *loaded = get(&bytes);
    const char *description = pat_model_description(loaded);
    const char *compressed = strstr(bytes.data, description) + strlen(description);
    pat_buffer plain = {0};
    size_t size; /* the third number of the second line */
    assert_int_equal(sscanf(strchr(bytes.data, '\n'), "%*s %*u %*u %zu", &size), 1);
    pat_bytes rest = {compressed, (size_t)(bytes.data + bytes.size - compressed)};
    assert_int_equal(pat_inflate(rest, size, &plain, NULL), PAT_OK);
    const char *trees = plain.data;
    char *first = strstr(strdup(description), "    {\n      \"name\": \"mean\"");
    assert_non_null(first);
    char *start = first - (strstr(description, "    {\n      \"name\": \"mean\"") - description);
    char *second = strstr(first, "    {\n      \"name\": \"std_dev\"");
    memmove(first, second, strlen(second) + 1);
    assert_nonsense(start, trees, size, "14 inputs, not 13");
    free(start);
    assert_nonsense(description, "", 0, "no trees");
    char *surface = replace(description, "\"boosting\"", "\"surface\"");
    assert_nonsense(surface, trees, size, "'surface'");
    free(surface);
    pat_booster *booster;
    pat_error error = {0};
    assert_int_equal(pat_booster_get(trees, size, 14, 1, &booster, &error), PAT_MALFORMED);
    assert_null(booster);
    assert_mentions(error.message, "1 outputs");
    pat_model_free(model);
    pat_model_free(loaded);
    pat_buffer_release(&bytes);
    pat_buffer_release(&plain);
}

static void test_files_are_saved_and_loaded(void **state)
{
    (void)state;
    pat_error error = {0};
    pat_model *model = fit_all(PAT_MODEL_FOREST, &training, NULL, 1), *loaded;
    assert_int_equal(pat_model_save(model, NULL, NULL, "a.model", &error), PAT_OK);
    assert_int_equal(count_entries("."), 1);
    assert_int_equal(pat_model_load("a.model", &loaded, &error), PAT_OK);
    pat_prediction a = predict_row(model, 5), b = predict_row(loaded, 5);
    assert_same(&a, &b);
    pat_model_free(loaded);
    assert_int_equal(pat_model_save(model, "[1]", NULL, "b.model", &error), PAT_INVALID_ARGUMENT);
    assert_mentions(error.message, "metrics");
    assert_int_equal(pat_model_save(model, NULL, "{", "b.model", &error), PAT_INVALID_ARGUMENT);
    assert_mentions(error.message, "provenance");
    assert_int_equal(pat_model_save(model, NULL, NULL, "no/b.model", &error), PAT_WRITE_FAILED);
    assert_int_equal(count_entries("."), 1);
    pat_model_free(model);

    write_text("empty", "");
    assert_int_equal(pat_model_load("gone", &loaded, &error), PAT_NOT_FOUND);
    assert_null(loaded);
    assert_int_equal(pat_model_load(".", &loaded, &error), PAT_NOT_A_FILE);
    assert_int_equal(pat_model_load("empty", &loaded, &error), PAT_EMPTY_FILE);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(pat_model_load("fifo", &loaded, &error), PAT_NOT_A_FILE);
    write_text("foreign", "filename,mean\n");
    assert_int_equal(pat_model_load("foreign", &loaded, &error), PAT_MALFORMED);
    assert_mentions(error.message, "foreign: is not a model");
}

/* Fewer rows than features and collinear features still have a solution. */
static void test_linear_models_of_poor_data(void **state)
{
    (void)state;
    const size_t row[] = {0, 2, 4, 6, 8};
    double kept[ROWS * 14];
    memcpy(kept, training.feature, sizeof kept);
    for (size_t i = 0; i < ROWS; i++)
        training.feature[i * 14 + 6] = 2 * training.feature[i * 14 + 5] - 1;
    for (size_t rows = 1; rows <= 5; rows++) {
        pat_model *model;
        pat_lesson lesson = {.kind = PAT_MODEL_LINEAR,
                             .training = &training,
                             .row = row,
                             .rows = rows,
                             .grid = &trials.grid};
        assert_int_equal(pat_model_fit(&lesson, &model, NULL), PAT_OK);
        for (size_t i = 0; i < rows; i++)
            for (int target = 0; target < PAT_TARGET_COUNT; target++)
                assert_near(predict_row(model, row[i]).raw[target],
                            training.target[row[i] * PAT_TARGET_COUNT + (size_t)target], 1e-9);
        pat_model_free(model);
    }
    memcpy(training.feature, kept, sizeof kept);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "digests") == 0)
        return print_digests();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loaded_models_predict_the_same_bits),
        cmocka_unit_test(test_kinds_learn_what_decides),
        cmocka_unit_test(test_the_usual_correction_is_predicted),
        cmocka_unit_test(test_constant_targets_are_predicted_exactly),
        cmocka_unit_test(test_the_surface_finds_the_best_setting),
        cmocka_unit_test(test_filters_need_a_surface),
        cmocka_unit_test(test_a_surface_chooses_the_filter),
        cmocka_unit_test(test_predictions_are_rounded_and_limited),
        cmocka_unit_test(test_unlike_features_are_flagged),
        cmocka_unit_test(test_rows_are_predicted_by_index),
        cmocka_unit_test(test_other_rows_do_not_count),
        cmocka_unit_test(test_same_seed_same_bytes),
        cmocka_unit_test(test_same_bytes_for_any_number_of_threads),
        cmocka_unit_test(test_damaged_files_are_refused),
        cmocka_unit_test(test_foreign_and_newer_files_are_refused),
        cmocka_unit_test(test_descriptions_that_make_no_sense_are_refused),
        cmocka_unit_test(test_trees_that_do_not_fit_are_refused),
        IN_FOLDER(test_files_are_saved_and_loaded),
        cmocka_unit_test(test_linear_models_of_poor_data),
    };
    return cmocka_run_group_tests(tests, make_data, release_data);
}
