/* The tone model: its parts by made-up numbers, and a small model that is written and read back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "learn/model.h"
#include "learn/model_header.h"
#include "settings.h"

enum { CHROMA = PAT_TONE_ANCHORS + 2, FEATURES, ROWS = 60 };

static const char *const names[FEATURES] = {"x",     "p5_r",  "p5_g", "p5_b",      "p95_r",
                                            "p95_g", "p95_b", "y",    "chroma_p99"};

static void assert_near(double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance))
        fail_msg("%.17g is not %.17g +- %g", got, wanted, tolerance);
}

/* 0..1, reproducible. */
static double random_share(void)
{
    static uint32_t seed = 1;
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) / (double)(1 << 24);
}

/* ---- Colors ---------------------------------------------------------------------------------- */

static void test_the_anchors_must_be_there(void **state)
{
    (void)state;
    static const int needed[] = {1, 2, 3, 4, 5, 6, CHROMA};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        int missing = needed[i];
        const char *some[FEATURES];
        pat_tone tone;
        pat_error error = {0};
        memcpy(some, names, sizeof some);
        some[missing] = "z";
        assert_int_equal(pat_tone_init(&tone, some, FEATURES, &error), PAT_INVALID_ARGUMENT);
        assert_non_null(strstr(error.message, names[missing]));
        assert_non_null(strstr(error.message, "--extended"));
        pat_tone_release(&tone);
    }
}

static void test_colors_are_decoded_as_they_were_encoded(void **state)
{
    (void)state;
    pat_tone tone;
    assert_int_equal(pat_tone_init(&tone, names, FEATURES, NULL), PAT_OK);
    for (int round = 0; round < 200; round++) {
        double features[FEATURES] = {9, [CHROMA] = 50};
        pat_tone_colors colors, got;
        for (int c = 0; c < 3; c++) {
            features[1 + c] = 120 * random_share();
            features[4 + c] = features[1 + c] + (round % 2 == 0 ? 0 : 130 * random_share());
            colors.affine[2 * c] = 0.31 + 5.6 * random_share();
            colors.affine[2 * c + 1] = 200 * random_share() - 100;
        }
        pat_tone_encode(&tone, features, &colors);
        memcpy(got.change, colors.change, sizeof got.change);
        pat_tone_decode(&tone, features, &got);
        for (int i = 0; i < PAT_AFFINE_NUMBERS; i++)
            assert_near(got.affine[i], colors.affine[i], 1e-9);
    }
    pat_tone_release(&tone);
}

/* Changes are of green, and of red and blue relative to green; first at the 5th percentile. */
static void test_changes_by_their_definition(void **state)
{
    (void)state;
    static const double features[FEATURES] = {0, 10, 20, 30, 110, 220, 130, 0, 50};
    static const double changes[PAT_TONE_CHANGES] = {10, -8, -25, -190, 292, 75};
    pat_tone tone;
    pat_tone_colors colors = {.affine = {2, -8, 0, 30, 0, 15}};
    assert_int_equal(pat_tone_init(&tone, names, FEATURES, NULL), PAT_OK);
    pat_tone_encode(&tone, features, &colors);
    for (int i = 0; i < PAT_TONE_CHANGES; i++)
        assert_near(colors.change[i], changes[i], 1e-12);
    pat_tone_release(&tone);
}

/* Beyond the limits of the gain, the change at the 5th percentile stays. */
static void test_predicted_gains_are_limited(void **state)
{
    (void)state;
    static const double features[FEATURES] = {0, 50, 50, 50, 150, 150, 150, 0, 50};
    static const double gains[][2] = {{0.1, 0.3}, {-2, 0.3}, {9, 6}, {1.25, 1.25}};
    pat_tone tone;
    assert_int_equal(pat_tone_init(&tone, names, FEATURES, NULL), PAT_OK);
    for (size_t i = 0; i < sizeof gains / sizeof *gains; i++) {
        const double gain = gains[i][0];
        pat_tone_colors colors = {.affine = {gain, 7, gain, 0, gain, -3}};
        pat_tone_encode(&tone, features, &colors);
        pat_tone_decode(&tone, features, &colors);
        for (int c = 0; c < 3; c++) {
            const double offset = c == 0 ? 7 : c == 1 ? 0 : -3;
            assert_near(colors.affine[2 * c], gains[i][1], 1e-12);
            assert_near(50 * colors.affine[2 * c] + colors.affine[2 * c + 1], 50 * gain + offset,
                        1e-9);
        }
    }
    pat_tone_release(&tone);
}

/* All channels of an image without color change as green does. */
static void test_monochrome_images_are_not_tinted(void **state)
{
    (void)state;
    double features[FEATURES] = {0, 48, 50, 51, 149, 150, 152, 0, PAT_TONE_MONOCHROME};
    pat_tone tone;
    assert_int_equal(pat_tone_init(&tone, names, FEATURES, NULL), PAT_OK);
    for (int color = 0; color < 2; color++) {
        pat_tone_colors colors = {.change = {-20, 5, 6, 30, -7, 9}};
        features[CHROMA] += color;
        pat_tone_decode(&tone, features, &colors);
        assert_near(50 * colors.affine[2] + colors.affine[3], 30, 1e-9);
        assert_near(150 * colors.affine[2] + colors.affine[3], 180, 1e-9);
        for (int i = 0; i < PAT_AFFINE_NUMBERS; i++)
            assert_int_equal(colors.affine[i] == colors.affine[2 + i % 2],
                             color == 0 || i / 2 == 1);
        assert_true((colors.change[1] == 0) == (color == 0));
    }
    pat_tone_release(&tone);
}

/* ---- Choice ---------------------------------------------------------------------------------- */

static void test_the_best_candidate(void **state)
{
    (void)state;
    static const pat_tone_candidate list[] = {{7, 0.010, 0.02}, {8, 0.030, 0.40}, {9, 0.020, 0.10}};
    static const struct {
        double penalty;
        int best; /* its index; -1: none */
    } cases[] = {{0, 1}, {0.03, 1}, {0.04, 2}, {0.12, 2}, {0.13, 0}, {0.49, 0}, {0.5, -1}, {9, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pat_tone_candidate *best = pat_tone_best(list, 3, cases[i].penalty);
        if (best != (cases[i].best < 0 ? NULL : &list[cases[i].best]))
            fail_msg("penalty %g: another candidate", cases[i].penalty);
    }
    const pat_tone_candidate none[] = {{5, 0, 0}, {6, -0.1, 0}};
    assert_null(pat_tone_best(none, 2, 0));
    assert_null(pat_tone_best(list, 0, 0));
}

/* One candidate each: the gain is 0.01, and case i is worse if i is odd. With a greater penalty,
 * fewer cases with a great harm are chosen. */
static void make_cases(pat_tone_case *cases, int count)
{
    for (int i = 0; i < count; i++) {
        double share = (double)i / count;
        cases[i] = (pat_tone_case){.count = 1, .candidate[0] = {1, 0.01, share}};
        cases[i].truth[0] = i % 2 == 0 ? 0.02 : -0.02;
    }
}

static double share_worse(const pat_tone_case *cases, int count, double penalty)
{
    int worse = 0;
    for (int i = 0; i < count; i++)
        worse += cases[i].candidate[0].gain > penalty * cases[i].candidate[0].harm &&
                 cases[i].truth[0] < 0;
    return (double)worse / count;
}

static void test_penalties_keep_their_limits(void **state)
{
    (void)state;
    enum { CASES = 1000 };
    pat_tone tone = {0};
    pat_tone_case *cases = calloc(CASES, sizeof *cases);
    assert_non_null(cases);
    make_cases(cases, CASES);
    pat_tone_calibrate(&tone, cases, CASES);
    for (int i = 0; i < PAT_TONE_LIMITS; i++) {
        const double limit = pat_tone_limits[i], penalty = pat_tone_penalty(&tone, limit);
        for (double more = penalty; more < 100; more *= 1.01)
            assert_true(share_worse(cases, CASES, more) <= limit);
        assert_true(share_worse(cases, CASES, 0.9 * penalty) > limit); /* it is the least */
        assert_true(i == 0 || penalty < pat_tone_penalty(&tone, pat_tone_limits[i - 1]));
    }
    assert_true(pat_tone_penalty(&tone, 0.029) == pat_tone_penalty(&tone, 0.02));
    assert_true(pat_tone_penalty(&tone, 0.5) == pat_tone_penalty(&tone, 0.1));
    assert_true(pat_tone_penalty(&tone, 0) == INFINITY); /* no limit of the model's is as strict */
    assert_null(pat_tone_best(cases[0].candidate, cases[0].count, INFINITY));
    assert_true(pat_tone_penalty(&tone, 1) == 0);

    for (int i = 0; i < CASES; i++)
        cases[i].truth[0] = 0.02; /* no harm at all */
    pat_tone_calibrate(&tone, cases, CASES);
    assert_true(pat_tone_penalty(&tone, pat_tone_limits[0]) < 0.01);
    free(cases);
}

/* ---- A small model --------------------------------------------------------------------------- */

static double feature[ROWS * FEATURES], target[ROWS * PAT_TARGET_COUNT];
static pat_setting setting[ROWS];
static pat_training training = {.rows = ROWS,
                                .feature_count = FEATURES,
                                .feature = feature,
                                .target = target,
                                .setting = setting};

/* Where the feature x is above 0.5, images are dark, and their colors help; else they harm. Filters
 * never help. */
static int make_data(void **state)
{
    (void)state;
    memcpy(training.feature_name, names, sizeof names);
    for (int row = 0; row < ROWS; row++) {
        double *at = feature + row * FEATURES;
        at[0] = random_share();
        at[7] = random_share();
        at[CHROMA] = 50;
        for (int c = 0; c < 3; c++) {
            at[1 + c] = 5 + 10 * random_share();
            at[4 + c] = at[0] > 0.5 ? 100 : 230 + 10 * random_share();
        }
        setting[row] = pat_setting_default();
    }
    return 0;
}

static void make_rows(const pat_tone *tone, pat_tone_colors *truth, double *gain)
{
    const int actions = pat_actions_count(&tone->actions);
    for (int row = 0; row < ROWS; row++) {
        const double *at = feature + row * FEATURES;
        const bool dark = at[0] > 0.5;
        for (int c = 0; c < 3; c++) {
            truth[row].affine[2 * c] = dark ? 2 : 1;
            truth[row].affine[2 * c + 1] = dark ? -5 : 0;
        }
        pat_tone_encode(tone, at, &truth[row]);
        for (int action = 0; action < actions; action++)
            gain[row * actions + action] =
                (dark ? 0.1 : -0.1) * pat_action_share(action) -
                (action >= PAT_ACTION_SHARES ? 0.05 + 0.01 * (action % 7) : 0);
    }
}

/* Find the cases of all rows, and set the penalties. */
static void calibrate(pat_tone *tone, const pat_tone_rows *rows)
{
    pat_tone_case *cases = calloc(ROWS, sizeof *cases);
    size_t actions = (size_t)pat_actions_count(&tone->actions);
    assert_non_null(cases);
    for (size_t row = 0; row < ROWS; row++) {
        pat_tone_case *one = &cases[row];
        assert_int_equal(pat_tone_find_candidates(tone, &rows->colors[row],
                                                  rows->expected + row * actions, one->candidate,
                                                  &one->count, NULL),
                         PAT_OK);
        for (int c = 0; c < one->count; c++)
            one->truth[c] = rows->gain[row * actions + (size_t)one->candidate[c].action];
    }
    pat_tone_calibrate(tone, cases, ROWS);
    free(cases);
}

static pat_model *make_model(void)
{
    pat_model *model;
    size_t row[ROWS];
    pat_grid grid;
    pat_grid_init_default(&grid);
    for (size_t i = 0; i < ROWS; i++)
        row[i] = i;
    const pat_lesson lesson = {.kind = PAT_MODEL_TONE,
                               .training = &training,
                               .row = row,
                               .rows = ROWS,
                               .grid = &grid,
                               .seed = 1};
    assert_int_equal(pat_model_begin_tone(&lesson, &model, NULL), PAT_OK);
    pat_tone *tone = pat_model_tone(model);
    size_t actions = (size_t)pat_actions_count(&tone->actions);
    pat_tone_colors truth[ROWS], colors[ROWS];
    double *gain = calloc(ROWS * actions, sizeof *gain);
    double *expected = calloc(ROWS * actions, sizeof *expected);
    assert_true(gain != NULL && expected != NULL);
    make_rows(tone, truth, gain);
    const pat_tone_rows rows = {ROWS, feature, colors, gain, expected, 1};
    assert_int_equal(pat_tone_fit_colors(tone, &rows, truth, NULL), PAT_OK);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(pat_tone_predict_colors(tone, feature + i * FEATURES, &colors[i], NULL),
                         PAT_OK);
    assert_int_equal(pat_tone_fit_gains(tone, &rows, NULL), PAT_OK);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(pat_tone_predict_gains(tone, feature + i * FEATURES, &colors[i],
                                                expected + i * actions, NULL),
                         PAT_OK);
    assert_int_equal(pat_tone_fit_harm(tone, &rows, NULL), PAT_OK);
    calibrate(tone, &rows);
    free(gain), free(expected);
    return model;
}

static pat_model *read_back(const pat_buffer *bytes)
{
    pat_model *model;
    pat_error error = {0};
    if (pat_model_read(bytes->data, bytes->size, "m", &model, &error) != PAT_OK)
        fail_msg("%s", error.message);
    return model;
}

static pat_prediction predict(const pat_model *model, size_t row)
{
    pat_prediction prediction;
    assert_int_equal(pat_model_predict(model, feature + row * FEATURES, &prediction, NULL), PAT_OK);
    return prediction;
}

static void test_a_model_comes_back_from_its_file(void **state)
{
    (void)state;
    pat_model *model = make_model(), *same = make_model();
    pat_buffer bytes = {0}, again = {0};
    assert_int_equal(pat_model_put(model, NULL, NULL, &bytes, NULL), PAT_OK);
    assert_int_equal(pat_model_put(same, NULL, NULL, &again, NULL), PAT_OK);
    assert_int_equal(again.size, bytes.size);
    assert_memory_equal(again.data, bytes.data, bytes.size);
    pat_model *loaded = read_back(&bytes);
    assert_int_equal(pat_model_get_kind(loaded), PAT_MODEL_TONE);
    for (size_t row = 0; row < ROWS; row++) {
        const pat_prediction a = predict(model, row), b = predict(loaded, row);
        assert_true(pat_setting_equal(&a.setting, &b.setting));
        assert_true(a.gain == b.gain && a.harm == b.harm && a.leave_alone == b.leave_alone);
        assert_true(a.harm >= 0 && a.harm <= 1 && a.gain >= 0);
        assert_int_equal(a.leave_alone, pat_setting_is_idle(&a.setting));
    }
    pat_model_free(model), pat_model_free(same), pat_model_free(loaded);
    pat_buffer_release(&bytes), pat_buffer_release(&again);
}

static void test_what_helps_is_chosen(void **state)
{
    (void)state;
    pat_model *model = make_model();
    int right = 0;
    for (size_t row = 0; row < ROWS; row++) {
        const pat_prediction said = predict(model, row);
        const double *value = said.setting.value;
        if (feature[row * FEATURES] > 0.5)
            right += value[PAT_AXIS_COLOR] == AFFINE && value[PAT_AXIS_FILTER] == 0 &&
                     fabs(value[PAT_AXIS_GREEN_GAIN] - 2) < 0.3;
        else
            right += said.leave_alone;
    }
    assert_in_range(right, ROWS * 9 / 10, ROWS);
    pat_model_free(model);
}

/* The penalties of a model that harmed whatever it did leave all images alone; without a limit
 * there is no penalty. */
static void test_the_limit_on_harm(void **state)
{
    (void)state;
    static const double limits[] = {0, 0.02, 0.1, 0.99, 1};
    static const pat_tone_case harmed = {
        .count = 1, .candidate = {{.action = 1, .gain = 0.01}}, .truth = {-1}};
    pat_model *model = make_model();
    pat_tone_calibrate(pat_model_tone(model), &harmed, 1);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        int acted = 0;
        pat_model_set_max_harm(model, limits[i]);
        for (size_t row = 0; row < ROWS; row++)
            acted += !predict(model, row).leave_alone;
        assert_in_range(acted, limits[i] < 1 ? 0 : ROWS / 4, limits[i] < 1 ? 0 : ROWS);
    }
    pat_model_free(model);
}

static void test_damaged_files_are_refused(void **state)
{
    (void)state;
    pat_model *model = make_model(), *none;
    pat_buffer bytes = {0};
    assert_int_equal(pat_model_put(model, NULL, NULL, &bytes, NULL), PAT_OK);
    for (size_t i = 0; i < bytes.size; i += 1 + bytes.size / 97) {
        bytes.data[i] ^= 4;
        none = model;
        pat_status status = pat_model_read(bytes.data, bytes.size, "m", &none, NULL);
        assert_true(status == PAT_CORRUPT || status == PAT_MALFORMED);
        assert_null(none);
        bytes.data[i] ^= 4;
        assert_true(pat_model_read(bytes.data, i, "m", &none, NULL) != PAT_OK);
    }
    pat_model_free(read_back(&bytes));
    pat_model_free(model);
    pat_buffer_release(&bytes);
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

/* Only the description is read, which has no checksum. */
static void assert_nonsense(const char *text, const char *old, const char *new)
{
    pat_error error = {0};
    pat_model *model = calloc(1, sizeof *model);
    char *changed = replace(text, old, new);
    assert_non_null(model);
    if (pat_header_get(model, changed, strlen(changed), "m", &error) != PAT_MALFORMED)
        fail_msg("'%s' was accepted instead of '%s'", new, old);
    assert_non_null(strstr(error.message, "m: 'tone'"));
    pat_model_free(model);
    free(changed);
}

static void test_descriptions_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"filter=none", "filter=nine"},
        {"filter=none", "filter=median"}, /* the first must do nothing */
        {"filter=median", "filter=median,none"},
        {"\"name\": \"p95_b\"", "\"name\": \"p95_x\""},
        {"\"max_harm\": 0.02", "\"max_harm\": -0.02"},
        {"\"max_harm\": 0.02", "\"longest\": 4294968320, \"max_harm\": 0.02"}, /* not an int */
        {"\"max_harm\"", "\"max_ham\""},
        {"\"learners\"", "\"scholars\""},
        {"\"harm\": {", "\"ham\": {"},
        {"\"basis\"", "\"base\""},
        {"\"tone\": {", "\"tune\": {"},
    };
    pat_model *model = make_model();
    pat_buffer text = {0};
    assert_int_equal(pat_header_put(model, NULL, NULL, &text, NULL), PAT_OK);
    pat_buffer_append_char(&text, '\0');
    pat_model *same = calloc(1, sizeof *same);
    assert_non_null(same);
    assert_int_equal(pat_header_get(same, text.data, text.size - 1, "m", NULL), PAT_OK);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        assert_nonsense(text.data, changes[i][0], changes[i][1]);
    pat_model_free(model), pat_model_free(same);
    pat_buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_anchors_must_be_there),
        cmocka_unit_test(test_colors_are_decoded_as_they_were_encoded),
        cmocka_unit_test(test_changes_by_their_definition),
        cmocka_unit_test(test_predicted_gains_are_limited),
        cmocka_unit_test(test_monochrome_images_are_not_tinted),
        cmocka_unit_test(test_the_best_candidate),
        cmocka_unit_test(test_penalties_keep_their_limits),
        cmocka_unit_test(test_a_model_comes_back_from_its_file),
        cmocka_unit_test(test_what_helps_is_chosen),
        cmocka_unit_test(test_the_limit_on_harm),
        cmocka_unit_test(test_damaged_files_are_refused),
        cmocka_unit_test(test_descriptions_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, make_data, NULL);
}
