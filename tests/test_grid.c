/* The grid of settings: parsing and formatting. */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "patina/grid.h"
#include "patina/restore.h"
#include "ref/planes.h"
#include "settings.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static pat_grid parsed(const char *text)
{
    pat_grid grid;
    pat_error error = {0};
    if (pat_grid_parse(&grid, text, &error) != PAT_OK)
        fail_msg("'%s': %s", text, error.message);
    return grid;
}

static void assert_values(const double *got, int got_count, const double *want, size_t count)
{
    assert_int_equal(got_count, count);
    for (size_t i = 0; i < count; i++)
        if (got[i] != want[i])
            fail_msg("value %zu is %.17g instead of %.17g", i, got[i], want[i]);
}

static void assert_same_grid(const pat_grid *got, const pat_grid *want)
{
    for (int axis = 0; axis < PAT_AXES; axis++)
        assert_values(got->value[axis], got->count[axis], want->value[axis],
                      (size_t)want->count[axis]);
}

/* ---- grid ---- */

static void test_default_grid(void **state)
{
    (void)state;
    static const double sigmas[] = {0.5, 1, 1.5, 2}, strengths[] = {0.5, 1, 1.5, 2, 2.5};
    pat_grid grid;
    pat_grid_init_default(&grid);
    assert_int_equal(pat_grid_count(&grid), 40);
    for (size_t i = 0; i < 40; i++) {
        pat_setting setting = pat_grid_setting(&grid, i);
        assert_int_equal(setting.value[PAT_AXIS_COLOR],
                         i < 20 ? PAT_COLOR_WHITE_BALANCE : PAT_COLOR_NONE);
        assert_true(setting.value[PAT_AXIS_SIGMA] == sigmas[i / 5 % 4]);
        assert_true(setting.value[PAT_AXIS_STRENGTH] == strengths[i % 5]);
    }
    assert_string_equal(color_name(PAT_COLOR_WHITE_BALANCE), "white_balance");
    assert_string_equal(color_name(PAT_COLOR_NONE), "none");
}

/* These numbers are stored in journals and models. */
static void test_color_operators_keep_their_numbers(void **state)
{
    (void)state;
    static const char *const names[] = {"none", "white_balance", "levels", "stretch", "affine"};
    assert_true(pat_axis_greatest(PAT_AXIS_COLOR) == COUNT(names) - 1);
    for (size_t i = 0; i < COUNT(names); i++)
        assert_string_equal(color_name((double)i), names[i]);
}

static void test_settings_are_nested_as_documented(void **state)
{
    (void)state;
    pat_grid grid = parsed("color=none,levels,white_balance;sigma=3,1,2;strength=7,0,5,1");
    size_t index = 0;
    for (int c = 0; c < grid.count[PAT_AXIS_COLOR]; c++)
        for (int i = 0; i < grid.count[PAT_AXIS_SIGMA]; i++)
            for (int j = 0; j < grid.count[PAT_AXIS_STRENGTH]; j++) {
                pat_setting setting = pat_grid_setting(&grid, index++);
                assert_int_equal(setting.value[PAT_AXIS_COLOR], grid.value[PAT_AXIS_COLOR][c]);
                assert_true(setting.value[PAT_AXIS_SIGMA] == grid.value[PAT_AXIS_SIGMA][i]);
                assert_true(setting.value[PAT_AXIS_STRENGTH] == grid.value[PAT_AXIS_STRENGTH][j]);
            }
    assert_int_equal(pat_grid_count(&grid), index);
    assert_int_equal(index, 36);
}

static void test_axes_not_named_keep_their_defaults(void **state)
{
    (void)state;
    static const double three[] = {3}, one_two[] = {1, 2};
    pat_grid usual, grid;
    pat_grid_init_default(&usual);

    grid = parsed("sigma=3");
    assert_values(grid.value[PAT_AXIS_SIGMA], grid.count[PAT_AXIS_SIGMA], three, 1);
    memcpy(grid.value[PAT_AXIS_SIGMA], usual.value[PAT_AXIS_SIGMA],
           sizeof usual.value[PAT_AXIS_SIGMA]);
    grid.count[PAT_AXIS_SIGMA] = usual.count[PAT_AXIS_SIGMA];
    assert_same_grid(&grid, &usual);

    grid = parsed("strength=1,2;color=none");
    assert_values(grid.value[PAT_AXIS_STRENGTH], grid.count[PAT_AXIS_STRENGTH], one_two, 2);
    assert_values(grid.value[PAT_AXIS_SIGMA], grid.count[PAT_AXIS_SIGMA],
                  usual.value[PAT_AXIS_SIGMA], 4);
    assert_int_equal(grid.count[PAT_AXIS_COLOR], 1);
    assert_int_equal(grid.value[PAT_AXIS_COLOR][0], PAT_COLOR_NONE);
}

static void test_numbers_and_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int count;
        double value[8];
    } good[] = {{"strength=0.1:0.5:0.1", 5, {0.1, 0.2, 0.3, 0.4, 0.5}},
                {"strength=0:0.3:0.1", 4, {0, 0.1, 0.2, 0.3}},
                {"strength=0.7:0.9:0.1", 3, {0.7, 0.8, 0.9}},
                {"strength=0:1:0.3", 4, {0, 0.3, 0.6, 0.9}},
                {"strength=1:1:1", 1, {1}},
                {"strength=2:3:100", 1, {2}},
                {"strength=99.5:100:0.5", 2, {99.5, 100}},
                {"strength=5,1,3", 3, {5, 1, 3}},
                {"strength=0,0.5:1.5:0.5,7", 5, {0, 0.5, 1, 1.5, 7}},
                {"strength=2:3:1,0:1:1", 4, {2, 3, 0, 1}},
                {"strength=1e-3,1E1,+2,.5,5.,007", 6, {0.001, 10, 2, 0.5, 5, 7}},
                {"sigma=20;strength=0", 1, {0}},
                {"strength=100;sigma=0.01", 1, {100}}};
    for (size_t i = 0; i < COUNT(good); i++) {
        pat_grid grid = parsed(good[i].text);
        assert_values(grid.value[PAT_AXIS_STRENGTH], grid.count[PAT_AXIS_STRENGTH], good[i].value,
                      (size_t)good[i].count);
    }
    pat_grid grid = parsed("sigma=0.01,20;strength=0:63:1");
    assert_int_equal(grid.count[PAT_AXIS_SIGMA], 2);
    assert_int_equal(grid.count[PAT_AXIS_STRENGTH], PAT_AXIS_MAX);
    assert_true(grid.value[PAT_AXIS_STRENGTH][63] == 63);
}

/* Parsing fails with a message that contains `part`. */
static void assert_refused(const char *text, const char *part)
{
    pat_grid grid;
    pat_error error = {0};
    if (pat_grid_parse(&grid, text, &error) != PAT_INVALID_ARGUMENT)
        fail_msg("'%.60s' was accepted as a grid", text);
    assert_int_equal(error.status, PAT_INVALID_ARGUMENT);
    if (strstr(error.message, part) == NULL)
        fail_msg("'%.60s': '%s' does not mention '%s'", text, error.message, part);
    assert_int_equal(pat_grid_parse(&grid, text, NULL), PAT_INVALID_ARGUMENT);
}

static void test_malformed_axes(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"", "empty"},
        {"sharpness=1", "'sharpness'"},
        {"Sigma=1", "'Sigma'"},
        {"sigma1=1", "'sigma1'"},
        {" sigma=1", "' sigma'"},
        {"sigma =1", "'sigma '"},
        {"=1", "''"},
        {"sigma", "'sigma'"},
        {"0.5", "'0.5'"},
        {"sigma=", "sigma"},
        {"sigma=1;strength", "'strength'"},
        {"sigma=1;strength=", "strength"},
        {"sigma=1;sigma=2", "axis sigma "},
        {"sigma=1;strength=1;sigma=1", "axis sigma "},
        {"strength=1;strength=2", "axis strength "},
        {"color=none;color=none", "axis color "},
        {"color=none,none", "color none "},
        {"color=none,white_balance,none", "color none "},
        {"color=levels,none,levels", "color levels "},
        {"color=levels,none,white_balance,levels", "color levels "},
        {"color=level", "none, white_balance, levels, stretch"},
        {"color=levels2", "'levels2'"},
        {"color=white_balance,white_balance", "color white_balance "},
        {"color=grey", "'grey'"},
        {"color=None", "'None'"},
        {"color=none ", "'none '"},
        {"color=0", "'0'"},
        {"color=stretch,stretch", "color stretch "},
        {"color=unsharp", "none, white_balance, levels, stretch"},
        {"filter=", "filter"},
        {"filter=sharp", "filter 'sharp' is not one of none, unsharp"},
        {"filter=levels", "none, unsharp"},
        {"filter=1", "'1'"},
        {"filter=unsharp,unsharp", "filter unsharp "},
        {"filter=none;filter=unsharp", "axis filter "},
        {"sharpness=2", "color, filter, sigma, strength"},
        {"filter=none;sigma=1,2", "sigma has no effect"},
        {"sigma=1;filter=none", "sigma has no effect"},
        {"color=levels;filter=none;strength=0,1", "strength has no effect"},
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_refused(bad[i][0], bad[i][1]);
}

static void test_malformed_values(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"sigma=a", "'a'"},
        {"sigma=1x", "'1x'"},
        {"sigma=1e", "'1e'"},
        {"sigma= 1", "' 1'"},
        {"sigma=1 ", "'1 '"},
        {"sigma=1=2", "'1=2'"},
        {"sigma=1&strength=1", "'1&strength=1'"},
        {"sigma=1\n", "'1?'"},
        {"sigma=0", "sigma 0 "},
        {"sigma=0.009", "0.009"},
        {"sigma=-1", "-1"},
        {"sigma=20.5", "20.5"},
        {"sigma=20.00000001", "20.00000001"},
        {"strength=-0.5", "-0.5"},
        {"strength=100.5", "100.5"},
        {"sigma=nan", "nan"},
        {"strength=nan", "nan"},
        {"strength=inf", "inf"},
        {"strength=-inf", "-inf"},
        {"strength=1e999", "inf"},
        {"sigma=1,1", "sigma 1 "},
        {"sigma=1,1.0", "sigma 1 "},
        {"sigma=0.5:2:0.5,1", "sigma 1 "},
        {"sigma=1,0.5:2:0.5", "sigma 1 "},
        {"strength=0,-0", "strength -0 "},
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_refused(bad[i][0], bad[i][1]);
}

static void test_malformed_ranges(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"strength=0:1", "first:last:step"},
        {"strength=:", "first:last:step"},
        {"strength=0:1:0.5:2", "0:1:0.5"},
        {"strength=0:1:0", "0:1:0"},
        {"strength=0:1:-0.5", "0:1:-0.5"},
        {"strength=1:0:0.5", "1:0:0.5"},
        {"strength=1:0:-0.5", "1:0:-0.5"},
        {"strength=0:1:x", "0:1:x"},
        {"strength=x:1:1", "x:1:1"},
        {"strength=0: 1:1", "0: 1:1"},
        {"strength=0:1:nan", "0:1:nan"},
        {"strength=0:nan:1", "0:nan:1"},
        {"strength=nan:1:1", "nan:1:1"},
        {"strength=0:inf:1", "0:inf:1"},
        {"strength=0:1:inf", "0:1:inf"},
        {"strength=-inf:1:1", "-inf:1:1"},
        {"strength=99:101:0.5", "100.5"},
        {"sigma=0:2:0.5", "sigma 0 "},
        {"strength=0:64:1", "64 values of strength"},
        {"sigma=0.01:20:0.01", "64 values of sigma"},
        {"strength=0:1:1e-300", "64 values of strength"},
        {"strength=0:1e308:1e-308", "64 values of strength"},
        {"strength=100,0:63:1", "64 values of strength"},
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_refused(bad[i][0], bad[i][1]);
}

/* A separator with nothing on one side is a typo, not an empty list. */
static void test_stray_separators(void **state)
{
    (void)state;
    static const char *const bad[][2] = {{";", "''"},
                                         {"sigma=1;", "''"},
                                         {";sigma=1", "''"},
                                         {"sigma=1;;strength=1", "''"},
                                         {"sigma=1;;strength=", "''"},
                                         {"sigma=,", "''"},
                                         {"sigma=1,", "''"},
                                         {"sigma=,1", "''"},
                                         {"sigma=1,,2", "''"},
                                         {"color=,", "''"},
                                         {"color=none,", "''"},
                                         {"color=,none", "''"},
                                         {"strength=::", "::"},
                                         {"strength=:::", "first:last:step"},
                                         {"strength=0::1:1", "first:last:step"},
                                         {"strength=:0:1:1", "first:last:step"},
                                         {"strength=0:1:1:", "first:last:step"},
                                         {"strength=0:1:", "first:last:step"},
                                         {"strength=:1:1", "first:last:step"}};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_refused(bad[i][0], bad[i][1]);
}

/* "sigma=000...01" with `length` bytes */
static void write_long_text(char *text, size_t length)
{
    memset(text, '0', length);
    memcpy(text, "sigma=", 6);
    text[length - 1] = '1';
    text[length] = '\0';
}

static void test_longest_text(void **state)
{
    (void)state;
    char text[2 * PAT_GRID_TEXT_SIZE];
    write_long_text(text, PAT_GRID_TEXT_SIZE - 1);
    pat_grid grid = parsed(text);
    assert_int_equal(grid.count[PAT_AXIS_SIGMA], 1);
    assert_true(grid.value[PAT_AXIS_SIGMA][0] == 1);
    write_long_text(text, PAT_GRID_TEXT_SIZE);
    assert_refused(text, "32767");
    write_long_text(text, sizeof text - 1);
    assert_refused(text, "32767");
    text[20] = 'x';
    text[4000] = '\0';
    assert_refused(text, "'00000000000000x0");
}

static void test_most_values(void **state)
{
    (void)state;
    char text[1024] = "strength=0";
    for (int i = 1; i < PAT_AXIS_MAX; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ",%d", i);
    assert_int_equal(parsed(text).count[PAT_AXIS_STRENGTH], PAT_AXIS_MAX);
    strcat(text, ",99");
    assert_refused(text, "64 values of strength");
}

/* ---- grids with filters ---- */

static void assert_same_settings(const pat_grid *got, const pat_grid *want)
{
    size_t count = pat_grid_count(want);
    assert_int_equal(pat_grid_count(got), count);
    for (size_t i = 0; i < count; i++) {
        pat_setting one = pat_grid_setting(got, i), other = pat_grid_setting(want, i);
        assert_true(pat_setting_same_effect(&one, &other));
    }
}

static void assert_format_reads_back(const pat_grid *grid)
{
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid_format(grid, text);
    pat_grid back = parsed(text);
    assert_same_settings(&back, grid);
}

/* Filter none ignores sigma and strength: they are 0, and all their values make one setting. */
static void test_axes_that_are_not_read_collapse(void **state)
{
    (void)state;
    static const pat_setting want[] = {{{LEVELS, 0, 0, 0}},
                                       {{LEVELS, UNSHARP, 1, 0.5, [PAT_AXIS_SCALE] = 1}},
                                       {{LEVELS, UNSHARP, 1, 2, [PAT_AXIS_SCALE] = 1}},
                                       {{LEVELS, UNSHARP, 2, 0.5, [PAT_AXIS_SCALE] = 1}},
                                       {{LEVELS, UNSHARP, 2, 2, [PAT_AXIS_SCALE] = 1}},
                                       {{0, 0, 0, 0}},
                                       {{0, UNSHARP, 1, 0.5, [PAT_AXIS_SCALE] = 1}},
                                       {{0, UNSHARP, 1, 2, [PAT_AXIS_SCALE] = 1}},
                                       {{0, UNSHARP, 2, 0.5, [PAT_AXIS_SCALE] = 1}},
                                       {{0, UNSHARP, 2, 2, [PAT_AXIS_SCALE] = 1}}};
    static const int places[][PAT_AXES] = {{0, 0, 0, 0}, {0, 1, 0, 0}, {0, 1, 0, 1}, {0, 1, 1, 0},
                                           {0, 1, 1, 1}, {1, 0, 0, 0}, {1, 1, 0, 0}, {1, 1, 0, 1},
                                           {1, 1, 1, 0}, {1, 1, 1, 1}};
    pat_grid grid = parsed("filter=none,unsharp;color=levels,none;sigma=1,2;strength=0.5,2");
    assert_int_equal(pat_grid_count(&grid), COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        int place[PAT_AXES];
        pat_setting got = pat_grid_setting(&grid, i);
        pat_grid_place(&grid, i, place);
        assert_true(pat_setting_equal(&got, &want[i]));
        assert_memory_equal(place, places[i], sizeof place);
        assert_int_equal(pat_grid_find(&grid, &want[i]), i);
    }
    const pat_setting others[] = {
        {{STRETCH, 0, 0, 0}}, {{0, 0, 1, 0}}, {{0, UNSHARP, 1, 1, [PAT_AXIS_SCALE] = 1}}};
    for (size_t i = 0; i < COUNT(others); i++)
        assert_int_equal(pat_grid_find(&grid, &others[i]), COUNT(want));
}

static void test_settings_are_found_where_they_are(void **state)
{
    (void)state;
    static const char *const grids[] = {"sigma=0.5:2:0.5", "filter=none", "filter=unsharp,none",
                                        "color=stretch,none,levels;filter=none,unsharp;sigma=3,1",
                                        "filter=none,gaussian,median,bilateral,wiener;sigma=1,2;"
                                        "strength=0,1;range=20,40;noise=0.01,0.05"};
    for (size_t g = 0; g < COUNT(grids); g++) {
        pat_grid grid = parsed(grids[g]);
        for (size_t i = 0; i < pat_grid_count(&grid); i++) {
            pat_setting setting = pat_grid_setting(&grid, i);
            assert_true(pat_setting_is_valid(&setting));
            assert_int_equal(pat_grid_find(&grid, &setting), i);
        }
    }
}

/* A filter has a setting for each combination of the numbers that it reads, and no other. Values
 * that are the default alone are not written. */
static void test_filters_read_their_own_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t settings;
        const char *written;
    } cases[] = {
        {"color=none;filter=none,gaussian,median,bilateral,wiener;sigma=1,2;strength=0,1;"
         "range=20,40;noise=0.01,0.05,0.1",
         1 + 2 + 1 + 2 * 2 * 2 + 2 * 3, NULL},
        {"color=none;filter=bilateral;sigma=1.5;strength=0", 1, NULL},
        {"color=none;filter=bilateral;sigma=1.5;strength=0;range=20", 1,
         "color=none;filter=bilateral;sigma=1.5;strength=0"},
        {"color=none;filter=wiener;sigma=0.8;noise=0.01", 1, "color=none;filter=wiener;sigma=0.8"},
        {"color=none;filter=wiener;sigma=0.8;noise=0.05", 1, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[PAT_GRID_TEXT_SIZE];
        pat_grid grid = parsed(cases[i].text);
        assert_int_equal(pat_grid_count(&grid), cases[i].settings);
        pat_grid_format(&grid, text);
        assert_string_equal(text, cases[i].written != NULL ? cases[i].written : cases[i].text);
        pat_grid again = parsed(text);
        for (size_t k = 0; k < pat_grid_count(&grid); k++) {
            const pat_setting a = pat_grid_setting(&grid, k), b = pat_grid_setting(&again, k);
            assert_true(pat_setting_equal(&a, &b));
        }
    }
    assert_refused("filter=gaussian;range=20", "range has no effect");
    assert_refused("filter=bilateral;noise=0.1", "noise has no effect");
}

static void test_grids_of_a_single_setting(void **state)
{
    (void)state;
    static const pat_setting settings[] = {
        {{LEVELS, UNSHARP, 1.5, 2, [PAT_AXIS_SCALE] = 1}},
        {{PAT_COLOR_WHITE_BALANCE, UNSHARP, 3, 0, [PAT_AXIS_SCALE] = 1}},
        {{STRETCH, 0, 0, 0}},
        {{0, 0, 0, 0}}};
    for (size_t i = 0; i < COUNT(settings); i++) {
        pat_grid grid;
        pat_grid_init_single(&grid, &settings[i]);
        assert_int_equal(pat_grid_count(&grid), 1);
        pat_setting only = pat_grid_setting(&grid, 0);
        assert_true(pat_setting_same_effect(&only, &settings[i]));
        assert_true(pat_setting_is_valid(&only));
        assert_format_reads_back(&grid);
    }
}

static void test_filters_as_text(void **state)
{
    (void)state;
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid grid = parsed("filter=none,unsharp;color=stretch;sigma=1;strength=2");
    pat_grid_format(&grid, text);
    assert_string_equal(text, "color=stretch;filter=none,unsharp;sigma=1;strength=2");
    assert_true(pat_grid_shows(&grid, PAT_AXIS_FILTER));
    assert_format_reads_back(&grid);
    grid = parsed("filter=unsharp;color=stretch;sigma=1;strength=2"); /* the default filter */
    pat_grid_format(&grid, text);
    assert_string_equal(text, "color=stretch;sigma=1;strength=2");
    assert_false(pat_grid_shows(&grid, PAT_AXIS_FILTER));
    assert_true(pat_grid_shows(&grid, PAT_AXIS_COLOR) && pat_grid_shows(&grid, PAT_AXIS_SIGMA));
    grid = parsed("filter=none;color=stretch,none"); /* the default sigma and strength are unread */
    pat_grid_format(&grid, text);
    assert_string_equal(text, "color=stretch,none;filter=none");
    assert_int_equal(pat_grid_count(&grid), 2);
    assert_format_reads_back(&grid);
}

/* ---- grid as text ---- */

static void test_format(void **state)
{
    (void)state;
    pat_grid grid;
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid_init_default(&grid);
    pat_grid_format(&grid, text);
    assert_string_equal(text, "color=white_balance,none;sigma=0.5,1,1.5,2;"
                              "strength=0.5,1,1.5,2,2.5");
    grid = parsed("strength=0:0.3:0.1;color=none;sigma=0.01");
    pat_grid_format(&grid, text);
    assert_string_equal(text, "color=none;sigma=0.01;strength=0,0.1,0.2,0.3");
    grid = parsed("color=levels,white_balance,none;sigma=1;strength=2");
    pat_grid_format(&grid, text);
    assert_string_equal(text, "color=levels,white_balance,none;sigma=1;strength=2");
}

/* `count` distinct values with many digits */
static void random_values(double *value, int count, double low, double high, uint32_t *state)
{
    double step = (high - low) / count;
    for (int i = 0; i < count; i++)
        value[i] = low + step * (count - 1 - i + random_below(state, 1 << 30) * 0x1p-31);
}

/* Some of the operators, all distinct. */
static void random_choice(pat_grid *grid, pat_axis axis, int first, uint32_t *state)
{
    int operators = (int)pat_axis_greatest(axis) + 1;
    grid->count[axis] = 1 + (int)random_below(state, (uint32_t)operators);
    for (int i = 0; i < operators; i++)
        grid->value[axis][i] = (first + i) % operators;
}

static void test_any_grid_reads_back_from_its_text(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int i = 0; i < 500; i++) {
        pat_grid grid;
        pat_grid_init_default(&grid);
        random_choice(&grid, PAT_AXIS_COLOR, i, &seed);
        random_choice(&grid, PAT_AXIS_FILTER, i, &seed);
        grid.count[PAT_AXIS_SIGMA] =
            i == 0 ? PAT_AXIS_MAX : 1 + (int)random_below(&seed, PAT_AXIS_MAX);
        grid.count[PAT_AXIS_STRENGTH] =
            i == 0 ? PAT_AXIS_MAX : 1 + (int)random_below(&seed, PAT_AXIS_MAX);
        random_values(grid.value[PAT_AXIS_SIGMA], grid.count[PAT_AXIS_SIGMA], PAT_SIGMA_MIN,
                      PAT_SIGMA_MAX, &seed);
        random_values(grid.value[PAT_AXIS_STRENGTH], grid.count[PAT_AXIS_STRENGTH], 0,
                      i % 3 ? PAT_STRENGTH_MAX : 1e-300, &seed);
        assert_format_reads_back(&grid);
    }
}

/* ---- random texts ---- */

#define NUMBER "[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?"
#define VALUE NUMBER "(:" NUMBER ":" NUMBER ")?"
#define VALUES VALUE "(," VALUE ")*"
#define COLOR "(white_balance|none|levels|stretch)"
#define FILTER "(unsharp|none)"
#define CHOICES "color=" COLOR "(," COLOR ")*|filter=" FILTER "(," FILTER ")*"
#define AXIS "(" CHOICES "|(sigma|strength)=" VALUES ")"

static const char *pick(const char *const *list, size_t count, uint32_t *state)
{
    return list[random_below(state, (uint32_t)count)];
}

static const char *random_token(uint32_t *state)
{
    static const char *const tokens[] = {
        "color",   "sigma",  "strength",  "none",   "white_balance",
        "=",       ";",      ",",         ":",      "0",
        "0.1",     "0.5",    "1",         "2",      "2.5",
        "20",      "64",     "100",       "-1",     "+1",
        "nan",     "inf",    "1e",        ".",      "1e-3",
        "1e308",   "1e-300", "0.01",      " ",      "\n",
        "junk",    "sigma=", "strength=", "color=", "levels",
        "stretch", "filter", "filter=",   "unsharp"};
    return pick(tokens, COUNT(tokens), state);
}

/* Append a well-formed axis; with `spoil`, random tokens may be added. */
static void add_random_axis(char *text, bool spoil, uint32_t *state)
{
    static const char *const names[] = {"color=", "filter=", "sigma=", "strength="};
    static const char *const colors[] = {"white_balance", "none", "levels", "stretch"};
    static const char *const filters[] = {"none", "unsharp"};
    static const char *const numbers[] = {"0", "0.5", "1", "2", "0.1", "20", "3e1", "0:1:0.5"};
    const char *name = pick(names, COUNT(names), state);
    strcat(text, name);
    uint32_t count = 1 + random_below(state, 3);
    for (uint32_t i = 0; i < count; i++) {
        strcat(text, i == 0 ? "" : ",");
        strcat(text, name == names[0]   ? pick(colors, COUNT(colors), state)
                     : name == names[1] ? pick(filters, COUNT(filters), state)
                                        : pick(numbers, COUNT(numbers), state));
        if (spoil && random_below(state, 6) == 0)
            strcat(text, random_token(state));
    }
}

/* Random tokens, or one to three axes, half of which may be spoiled. */
static void random_text(char *text, uint32_t *state)
{
    text[0] = '\0';
    uint32_t kind = random_below(state, 3);
    if (kind == 0) {
        for (uint32_t i = random_below(state, 12); i > 0; i--)
            strcat(text, random_token(state));
        return;
    }
    uint32_t axes = 1 + random_below(state, 3);
    for (uint32_t i = 0; i < axes; i++) {
        strcat(text, i == 0 ? "" : ";");
        add_random_axis(text, kind == 1, state);
    }
}

static void assert_axis_valid(const pat_grid *grid, pat_axis axis, double low, double high)
{
    const double *value = grid->value[axis];
    assert_true(grid->count[axis] >= 1 && grid->count[axis] <= PAT_AXIS_MAX);
    for (int i = 0; i < grid->count[axis]; i++) {
        assert_true(value[i] >= low && value[i] <= high);
        assert_true(pat_axis_allows(axis, value[i]));
        for (int j = 0; j < i; j++)
            assert_true(value[i] != value[j]);
    }
}

static void assert_grid_valid(const pat_grid *grid)
{
    assert_axis_valid(grid, PAT_AXIS_COLOR, 0, STRETCH);
    assert_axis_valid(grid, PAT_AXIS_FILTER, 0, UNSHARP);
    assert_axis_valid(grid, PAT_AXIS_SIGMA, PAT_SIGMA_MIN, PAT_SIGMA_MAX);
    assert_axis_valid(grid, PAT_AXIS_STRENGTH, 0, PAT_STRENGTH_MAX);
    assert_format_reads_back(grid);
}

/* Accepted texts match the grammar and give a valid grid; others are refused with a message. */
static void test_random_texts(void **state)
{
    (void)state;
    static regex_t grammar; /* static: no leak report if the test fails */
    assert_int_equal(regcomp(&grammar, "^" AXIS "(;" AXIS ")*$", REG_EXTENDED | REG_NOSUB), 0);
    uint32_t seed = 2;
    int accepted = 0, refused = 0;
    for (int i = 0; i < 100000; i++) {
        char text[512];
        pat_grid grid;
        pat_error error = {0};
        random_text(text, &seed);
        pat_status status = pat_grid_parse(&grid, text, &error);
        if (status == PAT_OK) {
            if (regexec(&grammar, text, 0, NULL, 0) != 0)
                fail_msg("'%s' was accepted as a grid", text);
            assert_grid_valid(&grid);
            accepted++;
        } else {
            assert_int_equal(status, PAT_INVALID_ARGUMENT);
            assert_int_equal(error.status, PAT_INVALID_ARGUMENT);
            assert_true(strlen(error.message) > 10);
            refused++;
        }
    }
    regfree(&grammar);
    assert_true(accepted > 1000 && refused > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_grid),
        cmocka_unit_test(test_color_operators_keep_their_numbers),
        cmocka_unit_test(test_settings_are_nested_as_documented),
        cmocka_unit_test(test_axes_not_named_keep_their_defaults),
        cmocka_unit_test(test_numbers_and_ranges),
        cmocka_unit_test(test_malformed_axes),
        cmocka_unit_test(test_malformed_values),
        cmocka_unit_test(test_malformed_ranges),
        cmocka_unit_test(test_stray_separators),
        cmocka_unit_test(test_longest_text),
        cmocka_unit_test(test_most_values),
        cmocka_unit_test(test_axes_that_are_not_read_collapse),
        cmocka_unit_test(test_settings_are_found_where_they_are),
        cmocka_unit_test(test_filters_read_their_own_numbers),
        cmocka_unit_test(test_grids_of_a_single_setting),
        cmocka_unit_test(test_filters_as_text),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_any_grid_reads_back_from_its_text),
        cmocka_unit_test(test_random_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
