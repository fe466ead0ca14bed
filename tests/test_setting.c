/* Settings: the tables of axes and of operators, values as text, what is the same as what. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "patina/setting.h"
#include "restore/operator.h"
#include "settings.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const pat_axis choices[] = {PAT_AXIS_COLOR, PAT_AXIS_FILTER};

/* ---- The tables ------------------------------------------------------------------------------ */

/* Names and numbers stand in data sets, journals and models. */
static void test_operators_keep_their_numbers(void **state)
{
    (void)state;
    static const char *const colors[] = {"none", "white_balance", "levels", "stretch", "affine"};
    static const char *const filters[] = {"none",   "unsharp",   "gaussian",
                                          "median", "bilateral", "wiener"};
    for (int i = 0; i < (int)COUNT(colors); i++)
        assert_string_equal(pat_operator_name(PAT_AXIS_COLOR, i), colors[i]);
    for (int i = 0; i < (int)COUNT(filters); i++)
        assert_string_equal(pat_operator_name(PAT_AXIS_FILTER, i), filters[i]);
    assert_true(pat_axis_greatest(PAT_AXIS_COLOR) == AFFINE);
    assert_true(pat_axis_greatest(PAT_AXIS_FILTER) == WIENER);
    assert_int_equal(PAT_COLOR_NONE, 0);
    assert_int_equal(PAT_COLOR_WHITE_BALANCE, 1);
    assert_int_equal(LEVELS, 2);
    char text[PAT_NAMES_TEXT_SIZE];
    assert_string_equal(pat_operator_names(PAT_AXIS_COLOR, text),
                        "none, white_balance, levels, stretch, affine");
    assert_string_equal(pat_operator_names(PAT_AXIS_FILTER, text),
                        "none, unsharp, gaussian, median, bilateral, wiener");
}

/* The columns and headers that files and programs of others know. */
static void test_axes_keep_their_names(void **state)
{
    (void)state;
    static const struct {
        const char *key, *column, *header, *target;
        bool is_choice, is_optional;
    } rows[PAT_AXES] = {
        {"color", "color_method", "Patina-Color", "apply_color_correction", true, false},
        {"filter", "filter", "Patina-Filter", NULL, true, true},
        {"sigma", "sharpen_sigma", "Patina-Sigma", "sharpen_sigma", false, false},
        {"strength", "sharpen_strength", "Patina-Strength", "sharpen_strength", false, false},
        {"range", "filter_range", "Patina-Range", NULL, false, true},
        {"noise", "filter_noise", "Patina-Noise", NULL, false, true},
        {"scale", "filter_scale", "Patina-Scale", NULL, false, true},
        {"red-gain", "red_gain", "Patina-Red-Gain", NULL, false, true},
        {"red-offset", "red_offset", "Patina-Red-Offset", NULL, false, true},
        {"green-gain", "green_gain", "Patina-Green-Gain", NULL, false, true},
        {"green-offset", "green_offset", "Patina-Green-Offset", NULL, false, true},
        {"blue-gain", "blue_gain", "Patina-Blue-Gain", NULL, false, true},
        {"blue-offset", "blue_offset", "Patina-Blue-Offset", NULL, false, true},
    };
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        const pat_axis_row *row = pat_axis_of(axis);
        assert_string_equal(row->key, rows[axis].key);
        assert_string_equal(row->column, rows[axis].column);
        assert_string_equal(row->header, rows[axis].header);
        assert_int_equal(row->target == NULL, rows[axis].target == NULL);
        if (row->target != NULL)
            assert_string_equal(row->target, rows[axis].target);
        assert_int_equal(row->is_choice, rows[axis].is_choice);
        assert_int_equal(row->is_optional, rows[axis].is_optional);
        assert_true(strlen(row->help) > 5);
    }
    assert_true(pat_axis_of(PAT_AXIS_SIGMA)->least == 0.01 &&
                pat_axis_greatest(PAT_AXIS_SIGMA) == 20);
    assert_true(pat_axis_of(PAT_AXIS_STRENGTH)->least == 0 &&
                pat_axis_greatest(PAT_AXIS_STRENGTH) == 100);
}

/* What each operator must say of itself, and that a filter has what it takes. */
static void test_every_operator_is_complete(void **state)
{
    (void)state;
    for (size_t c = 0; c < COUNT(choices); c++) {
        const pat_axis axis = choices[c];
        for (int i = 0; i <= pat_axis_greatest(axis); i++) {
            const pat_operator *operator= pat_operator_of(axis, i);
            assert_string_equal(pat_operator_name(axis, i), operator->name);
            assert_string_equal(pat_operator_words(axis, i), operator->words);
            assert_string_equal(pat_operator_help(axis, i), operator->help);
            assert_true(strlen(operator->name) < PAT_VALUE_TEXT_SIZE);
            assert_true(strcspn(operator->name, ",;=: \"") == strlen(operator->name));
            assert_int_equal(operator->place == PAT_FILTER, axis == PAT_AXIS_FILTER);
            assert_int_equal(operator->measure == NULL, operator->map == NULL);
            assert_int_equal(operator->filter == NULL, operator->halo == NULL);
            assert_int_equal(operator->rows == NULL && operator->numbers == NULL,
                             operator->scratch_bytes == NULL);
            assert_true(operator->numbers == NULL || !operator->gives_samples);
            assert_true(operator->rows == NULL || !operator->all_channels);
            assert_true(i == 0 || (axis == PAT_AXIS_FILTER ? operator->filter != NULL
                                                           : operator->map != NULL));
            for (int other = 0; other < i; other++)
                assert_string_not_equal(operator->name, pat_operator_name(axis, other));
        }
        static const double no_numbers[] = {-1, 0.5, 1e300, -0.25, NAN, INFINITY, -INFINITY};
        for (size_t i = 0; i < COUNT(no_numbers); i++) {
            assert_null(pat_operator_of(axis, no_numbers[i]));
            assert_false(pat_axis_allows(axis, no_numbers[i]));
        }
        const int beyond = (int)pat_axis_greatest(axis) + 1;
        assert_null(pat_operator_of(axis, beyond));
        assert_null(pat_operator_name(axis, beyond));
        assert_null(pat_operator_words(axis, beyond));
        assert_null(pat_operator_help(axis, beyond));
        assert_false(pat_axis_allows(axis, beyond));
        assert_true(pat_axis_allows(axis, beyond - 1));
    }
}

static void test_limits_of_numbers(void **state)
{
    (void)state;
    static const struct {
        pat_axis axis;
        double value;
        bool allowed;
    } cases[] = {
        {PAT_AXIS_SIGMA, 0.01, true},
        {PAT_AXIS_SIGMA, 20, true},
        {PAT_AXIS_SIGMA, 0.0099, false},
        {PAT_AXIS_SIGMA, 20.0001, false},
        {PAT_AXIS_SIGMA, NAN, false},
        {PAT_AXIS_STRENGTH, 0, true},
        {PAT_AXIS_STRENGTH, 100, true},
        {PAT_AXIS_STRENGTH, -1e-9, false},
        {PAT_AXIS_STRENGTH, 101, false},
        {PAT_AXIS_STRENGTH, NAN, false},
        {PAT_AXIS_STRENGTH, -INFINITY, false},
        {PAT_AXIS_RANGE, 1, true},
        {PAT_AXIS_RANGE, 255, true},
        {PAT_AXIS_RANGE, 0.99, false},
        {PAT_AXIS_RANGE, 255.01, false},
        {PAT_AXIS_NOISE, 0.0001, true},
        {PAT_AXIS_NOISE, 10, true},
        {PAT_AXIS_NOISE, 0.00009, false},
        {PAT_AXIS_NOISE, 10.01, false},
        {PAT_AXIS_NOISE, NAN, false},
        {PAT_AXIS_RED_GAIN, 0, true},
        {PAT_AXIS_GREEN_GAIN, 10, true},
        {PAT_AXIS_BLUE_GAIN, -0.01, false},
        {PAT_AXIS_RED_GAIN, 10.01, false},
        {PAT_AXIS_RED_OFFSET, -2550, true},
        {PAT_AXIS_GREEN_OFFSET, 2550, true},
        {PAT_AXIS_BLUE_OFFSET, -2551, false},
        {PAT_AXIS_BLUE_OFFSET, 2551, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(pat_axis_allows(cases[i].axis, cases[i].value), cases[i].allowed);
}

/* ---- Values as text -------------------------------------------------------------------------- */

static void test_values_read_back_from_their_text(void **state)
{
    (void)state;
    static const double numbers[] = {0, 0.1, 1.0 / 3, 1e-300, 20, 99.99999999999999, 100};
    char text[PAT_VALUE_TEXT_SIZE];
    double value;
    for (size_t c = 0; c < COUNT(choices); c++)
        for (int i = 0; i <= pat_axis_greatest(choices[c]); i++) {
            pat_value_format(choices[c], i, text);
            assert_string_equal(text, pat_operator_name(choices[c], i));
            value = -7;
            assert_true(pat_value_parse(choices[c], text, &value));
            assert_true(value == i);
        }
    for (size_t i = 0; i < COUNT(numbers); i++) {
        value = -7;
        assert_true(pat_value_parse(PAT_AXIS_SIGMA,
                                    pat_value_format(PAT_AXIS_SIGMA, numbers[i], text), &value));
        assert_true(value == numbers[i]);
    }
    assert_string_equal(pat_value_format(PAT_AXIS_STRENGTH, 0.1, text), "0.1");
    assert_string_equal(pat_value_format(PAT_AXIS_COLOR, 99, text), "99"); /* no operator */
    assert_string_equal(pat_value_format(PAT_AXIS_COLOR, 0.5, text), "0.5");
}

static void test_texts_that_are_no_value(void **state)
{
    (void)state;
    static const struct {
        pat_axis axis;
        const char *text;
    } bad[] = {
        {PAT_AXIS_COLOR, ""},        {PAT_AXIS_COLOR, "level"},  {PAT_AXIS_COLOR, "levels "},
        {PAT_AXIS_COLOR, "Levels"},  {PAT_AXIS_COLOR, "1"},      {PAT_AXIS_COLOR, "unsharp"},
        {PAT_AXIS_FILTER, "levels"}, {PAT_AXIS_FILTER, "sharp"}, {PAT_AXIS_SIGMA, "none"},
        {PAT_AXIS_STRENGTH, "1 "},   {PAT_AXIS_STRENGTH, ""},    {PAT_AXIS_SIGMA, "1px"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        double value = -7;
        if (pat_value_parse(bad[i].axis, bad[i].text, &value))
            fail_msg("'%s' was taken for a value", bad[i].text);
        assert_true(value == -7);
    }
}

/* ---- Settings -------------------------------------------------------------------------------- */

static void test_default_setting(void **state)
{
    (void)state;
    const pat_setting usual = pat_setting_default(),
                      want = {{0, UNSHARP, 0, 0, [PAT_AXIS_SCALE] = 1}};
    assert_true(pat_setting_equal(&usual, &want));
    const pat_setting some = pat_setting_of(LEVELS, 1.5, 2), same = SETTING(LEVELS, 1.5, 2);
    assert_true(pat_setting_equal(&some, &same));
}

static void test_settings_that_cannot_be_applied(void **state)
{
    (void)state;
    static const struct {
        pat_setting setting;
        const char *message; /* NULL: it can */
    } cases[] = {
        {SETTING(PAT_COLOR_NONE, 1, 1), NULL},
        {SETTING(STRETCH, 0.01, 100), NULL},
        {SETTING(PAT_COLOR_NONE, 0, 0), NULL}, /* sigma means nothing without strength */
        {{{LEVELS, 0, 0, 0}}, NULL},
        {{{LEVELS, 0, -5, 1000}}, NULL}, /* nor does either without a filter */
        {SETTING(PAT_COLOR_NONE, NAN, 0), "sigma: nan is outside 0.01..20"}, /* but is a number */
        {{{LEVELS, 0, 0, INFINITY}}, "strength: inf is outside 0..100"},
        {SETTING(AFFINE + 1, 1, 1), "color: 5 is not an operator number"},
        {SETTING(-1, 1, 1), "color: -1 is not an operator number"},
        {SETTING(0.5, 1, 1), "color: 0.5 is not an operator number"},
        {SETTING(NAN, 1, 1), "color: nan is not an operator number"},
        {{{0, WIENER + 1, 1, 1, [PAT_AXIS_SCALE] = 1}}, "filter: 6 is not an operator number"},
        {{{0, GAUSSIAN, 1, -1, -1, -1, [PAT_AXIS_SCALE] = 1}}, NULL},
        {{{0, GAUSSIAN, 0, 0, 0, 0, [PAT_AXIS_SCALE] = 1}}, "sigma: 0 is outside 0.01..20"},
        {{{0, MEDIAN, 0, 0, 0, 0, [PAT_AXIS_SCALE] = 1}}, NULL},
        {{{0, BILATERAL, 1, 0, 20, 0, [PAT_AXIS_SCALE] = 1}}, NULL},
        {{{0, BILATERAL, 1, 0, 0, 0, [PAT_AXIS_SCALE] = 1}}, "range: 0 is outside 1..255"},
        {{{0, BILATERAL, 1, 101, 20, 0, [PAT_AXIS_SCALE] = 1}}, "strength: 101 is outside 0..100"},
        {{{0, WIENER, 1, 0, 0, 0.01, [PAT_AXIS_SCALE] = 1}}, NULL},
        {{{0, WIENER, 1, 0, 0, 0, [PAT_AXIS_SCALE] = 1}}, "noise: 0 is outside 0.0001..10"},
        {{{AFFINE, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0}}, NULL},
        {{{AFFINE, 0, 0, 0, 0, 0, 0, 1, 0, 11, 0, 1, 0}}, "green-gain: 11 is outside 0..10"},
        {{{AFFINE, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, NAN}},
         "blue-offset: nan is outside -2550..2550"},
        {SETTING(PAT_COLOR_NONE, 0, 1), "sigma: 0 is outside 0.01..20"},
        {SETTING(PAT_COLOR_NONE, 20.5, 1), "sigma: 20.5 is outside 0.01..20"},
        {SETTING(PAT_COLOR_NONE, NAN, 1), "sigma: nan is outside 0.01..20"},
        {SETTING(PAT_COLOR_NONE, 1, -1), "strength: -1 is outside 0..100"},
        {SETTING(PAT_COLOR_NONE, 1, 101), "strength: 101 is outside 0..100"},
        {SETTING(PAT_COLOR_NONE, 1, NAN), "strength: nan is outside 0..100"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        pat_error error = {0};
        const pat_status status = pat_setting_check(&cases[i].setting, &error);
        assert_int_equal(status, cases[i].message == NULL ? PAT_OK : PAT_INVALID_ARGUMENT);
        assert_int_equal(pat_setting_is_valid(&cases[i].setting), status == PAT_OK);
        if (cases[i].message != NULL)
            assert_string_equal(error.message, cases[i].message);
    }
}

/* What a setting reads, uses and depends on, axis by axis: color, filter, sigma, strength, range,
 * noise, gain and offset of each channel. */
static void test_what_a_setting_uses(void **state)
{
    (void)state;
    static const struct {
        pat_setting setting;
        bool reads[PAT_AXES], uses[PAT_AXES], depends_on[PAT_AXES];
        bool is_idle;
    } cases[] = {
        {SETTING(LEVELS, 1, 2), {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, false},
        {SETTING(0, 1, 2), {1, 1, 1, 1}, {0, 1, 1, 1}, {1, 1, 1, 1}, false},
        {SETTING(LEVELS, 1, 0), {1, 1, 1, 1}, {1, 0, 0, 0}, {1, 1, 0, 1}, false},
        {SETTING(0, 1, 0), {1, 1, 1, 1}, {0, 0, 0, 0}, {1, 1, 0, 1}, true},
        {{{LEVELS, 0, 1, 2}}, {1, 1, 0, 0}, {1, 0, 0, 0}, {1, 1, 0, 0}, false},
        {{{0, 0, 0, 0}}, {1, 1, 0, 0}, {0, 0, 0, 0}, {1, 1, 0, 0}, true},
        {{{0, GAUSSIAN, 1, 0, [PAT_AXIS_SCALE] = 1}}, {1, 1, 1}, {0, 1, 1}, {1, 1, 1}, false},
        {{{0, MEDIAN, 0, 0, [PAT_AXIS_SCALE] = 1}}, {1, 1}, {0, 1}, {1, 1}, false},
        {{{0, BILATERAL, 1, 0, 20, [PAT_AXIS_SCALE] = 1}},
         {1, 1, 1, 1, 1},
         {0, 1, 1, 1, 1},
         {1, 1, 1, 1, 1},
         false},
        {{{0, WIENER, 1, 0, 0, 0.1, [PAT_AXIS_SCALE] = 1}},
         {1, 1, 1, 0, 0, 1},
         {0, 1, 1, 0, 0, 1},
         {1, 1, 1, 0, 0, 1},
         false},
        {{{AFFINE, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 5}},
         {1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1},
         {1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1},
         {1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1},
         false},
        {{{AFFINE, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0}},
         {1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1},
         {0},
         {1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1},
         true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const pat_setting *setting = &cases[i].setting;
        /* Every filter but none reads the scale. */
        assert_int_equal(pat_setting_reads(setting, PAT_AXIS_SCALE),
                         setting->value[PAT_AXIS_FILTER] != 0);
        assert_int_equal(pat_setting_uses(setting, PAT_AXIS_SCALE), cases[i].uses[PAT_AXIS_FILTER]);
        assert_int_equal(pat_setting_depends_on(setting, PAT_AXIS_SCALE),
                         cases[i].uses[PAT_AXIS_FILTER]);
        for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
            const char *key = pat_axis_of(axis)->key;
            if (axis == PAT_AXIS_SCALE)
                continue;
            if (pat_setting_reads(setting, axis) != cases[i].reads[axis])
                fail_msg("setting %zu, %s: whether it is read", i, key);
            if (pat_setting_uses(setting, axis) != cases[i].uses[axis])
                fail_msg("setting %zu, %s: whether it is used", i, key);
            if (pat_setting_depends_on(setting, axis) != cases[i].depends_on[axis])
                fail_msg("setting %zu, %s: whether it makes a difference", i, key);
        }
        assert_int_equal(pat_setting_is_idle(setting), cases[i].is_idle);
    }
}

static void test_settings_with_the_same_effect(void **state)
{
    (void)state;
    static const struct {
        pat_setting a, b;
        bool same;
    } cases[] = {
        {SETTING(LEVELS, 1, 2), SETTING(LEVELS, 1, 2), true},
        {SETTING(LEVELS, 1, 2), SETTING(LEVELS, 1.5, 2), false},
        {SETTING(LEVELS, 1, 2), SETTING(LEVELS, 1, 1), false},
        {SETTING(LEVELS, 1, 2), SETTING(STRETCH, 1, 2), false},
        {SETTING(LEVELS, 1, 2), SETTING(LEVELS, 1, 0), false},
        {SETTING(LEVELS, 1, 0), SETTING(LEVELS, 7, 0), true},
        {SETTING(LEVELS, 1, 0), {{LEVELS, 0, 0, 0}}, true},
        {SETTING(LEVELS, 1, 2), {{LEVELS, 0, 1, 2}}, false},
        {{{STRETCH, 0, 1, 2}}, {{STRETCH, 0, 3, 4}}, true},
        {SETTING(0, 1, 0), {{0, 0, 0, 0}}, true},
        {{{0, BILATERAL, 1, 0, 20, [PAT_AXIS_SCALE] = 1}},
         {{0, BILATERAL, 1, 0, 30, [PAT_AXIS_SCALE] = 1}},
         false},
        {{{0, MEDIAN, 1, 0, 20, [PAT_AXIS_SCALE] = 1}},
         {{0, MEDIAN, 2, 0, 30, [PAT_AXIS_SCALE] = 1}},
         true},
        {{{0, WIENER, 1, 0, 20, 1, [PAT_AXIS_SCALE] = 1}},
         {{0, WIENER, 1, 3, 30, 1, [PAT_AXIS_SCALE] = 1}},
         true},
        {SETTING(0, 1, 0), SETTING(LEVELS, 1, 0), false},
        {{{AFFINE, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0}}, SETTING(0, 1, 0), true},
        {{{AFFINE, 0, 1, 2, 0, 0, 0, 2, 0, 1, 0, 1, 0}},
         {{AFFINE, 0, 3, 4, 0, 0, 0, 2, 0, 1, 0, 1, 0}},
         true},
        {{{AFFINE, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 1, 0}},
         {{AFFINE, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 1, 1}},
         false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const pat_setting *a = &cases[i].a, *b = &cases[i].b;
        if (pat_setting_same_effect(a, b) != cases[i].same ||
            pat_setting_same_effect(b, a) != cases[i].same)
            fail_msg("pair %zu", i);
        assert_int_equal(pat_setting_equal(a, b), memcmp(a, b, sizeof *a) == 0);
    }
}

static void test_what_is_told_of_a_setting(void **state)
{
    (void)state;
    const pat_setting usual = SETTING(LEVELS, 1, 2), bare = {{LEVELS, 0, 0, 0}};
    const pat_setting smooth = {{0, BILATERAL, 1, 2, 20, [PAT_AXIS_SCALE] = 1}},
                      smoother = {{0, BILATERAL, 1, 2, 30, [PAT_AXIS_SCALE] = 1}};
    const pat_setting gray = {{AFFINE, UNSHARP, 1, 2, 0, 0, 1, 2, 9, 1, 0, 2, 0}};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        bool is_optional = pat_axis_of(axis)->is_optional;
        assert_int_equal(pat_setting_shows(&usual, axis), !is_optional);
        assert_int_equal(pat_setting_shows(&bare, axis), !is_optional || axis == PAT_AXIS_FILTER);
        assert_int_equal(pat_setting_shows(&smooth, axis), !is_optional || axis == PAT_AXIS_FILTER);
        assert_int_equal(pat_setting_shows(&smoother, axis), axis < PAT_AXIS_NOISE);
        assert_int_equal(pat_setting_shows(&gray, axis),
                         !is_optional || gray.value[axis] == 2 || gray.value[axis] == 9);
    }
}

/* A number that is left out has a default if the setting reads it, else the value 0. */
static void test_values_that_are_left_out(void **state)
{
    (void)state;
    static const struct {
        int filter;
        double sigma, range, noise;
    } cases[] = {{0, 0, 0, 0},      {UNSHARP, 0, 0, 0},    {GAUSSIAN, 0, 0, 0},
                 {MEDIAN, 0, 0, 0}, {BILATERAL, 0, 20, 0}, {WIENER, 0, 0, 0.01}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const pat_setting setting = {{0, cases[i].filter}};
        assert_true(pat_setting_left_out(&setting, PAT_AXIS_COLOR) == 0);
        assert_true(pat_setting_left_out(&setting, PAT_AXIS_FILTER) == UNSHARP);
        assert_true(pat_setting_left_out(&setting, PAT_AXIS_SIGMA) == cases[i].sigma);
        assert_true(pat_setting_left_out(&setting, PAT_AXIS_RANGE) == cases[i].range);
        assert_true(pat_setting_left_out(&setting, PAT_AXIS_NOISE) == cases[i].noise);
        assert_true(pat_setting_left_out(&setting, PAT_AXIS_RED_GAIN) == 0);
    }
    const pat_setting affine = {{AFFINE}};
    for (pat_axis axis = PAT_AXIS_RED_GAIN; axis < PAT_AXES; axis++)
        assert_true(pat_setting_left_out(&affine, axis) == (axis % 2 == PAT_AXIS_RED_GAIN % 2));
}

/* Operators that are tried by default come first, white balance before none. */
static void test_order_of_settings(void **state)
{
    (void)state;
    static const pat_setting sorted[] = {
        SETTING(PAT_COLOR_WHITE_BALANCE, 0.5, 1),
        SETTING(PAT_COLOR_WHITE_BALANCE, 0.5, 2),
        SETTING(PAT_COLOR_WHITE_BALANCE, 10, 0.5),
        {{PAT_COLOR_WHITE_BALANCE, 0, 0, 0}},
        SETTING(PAT_COLOR_NONE, 1, 1),
        {{PAT_COLOR_NONE, 0, 0, 0}},
        SETTING(LEVELS, 1, 1),
        SETTING(STRETCH, 0.1, 0),
        {{AFFINE, 0, 0, 0, 0, 0, 0, 0.5, 9}},
        {{AFFINE, 0, 0, 0, 0, 0, 0, 2, 0}},
    };
    for (int i = 0; i < (int)COUNT(sorted); i++)
        for (int j = 0; j < (int)COUNT(sorted); j++) {
            int order = pat_setting_compare(&sorted[i], &sorted[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

static void test_settings_in_words(void **state)
{
    (void)state;
    static const struct {
        pat_setting setting;
        const char *words;
    } cases[] = {
        {SETTING(PAT_COLOR_WHITE_BALANCE, 1, 1.5),
         "white balance, sharpened (sigma 1, strength 1.5)"},
        {SETTING(PAT_COLOR_NONE, 0.25, 100), "sharpened (sigma 0.25, strength 100)"},
        {SETTING(PAT_COLOR_NONE, 1.0 / 3, 1), "sharpened (sigma 0.3333, strength 1)"},
        {SETTING(LEVELS, 1, 0), "levels"},
        {{{STRETCH, 0, 0, 0}}, "stretch"},
        {{{0, MEDIAN, 0, 0, [PAT_AXIS_SCALE] = 1}}, "median filter"},
        {{{LEVELS, GAUSSIAN, 0.7, 0, [PAT_AXIS_SCALE] = 1}}, "levels, blurred (sigma 0.7)"},
        {{{0, BILATERAL, 1.5, 0.5, 20, [PAT_AXIS_SCALE] = 1}},
         "smoothed (sigma 1.5, strength 0.5, range 20)"},
        {{{0, WIENER, 0.8, 0, 0, 0.05, [PAT_AXIS_SCALE] = 1}}, "deblurred (sigma 0.8, noise 0.05)"},
        {SETTING(PAT_COLOR_NONE, 1, 0), ""},
        {{{0, 0, 0, 0}}, ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[PAT_SETTING_TEXT_SIZE];
        assert_ptr_equal(pat_setting_describe(&cases[i].setting, text), text);
        assert_string_equal(text, cases[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operators_keep_their_numbers),
        cmocka_unit_test(test_axes_keep_their_names),
        cmocka_unit_test(test_every_operator_is_complete),
        cmocka_unit_test(test_limits_of_numbers),
        cmocka_unit_test(test_values_read_back_from_their_text),
        cmocka_unit_test(test_texts_that_are_no_value),
        cmocka_unit_test(test_default_setting),
        cmocka_unit_test(test_settings_that_cannot_be_applied),
        cmocka_unit_test(test_what_a_setting_uses),
        cmocka_unit_test(test_settings_with_the_same_effect),
        cmocka_unit_test(test_what_is_told_of_a_setting),
        cmocka_unit_test(test_values_that_are_left_out),
        cmocka_unit_test(test_order_of_settings),
        cmocka_unit_test(test_settings_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
