/* The grid and its text, and the evaluator against the public operators put together by hand. */
#include <math.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "patina/restore.h"
#include "patina/search.h"
#include "ref/planes.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Lets AddressSanitizer's allocator fail as malloc does. */
PAT_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

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
            fail_msg("value %zu is %.17g, not %.17g", i, got[i], want[i]);
}

static void assert_same_grid(const pat_grid *got, const pat_grid *want)
{
    assert_int_equal(got->colors, want->colors);
    for (int i = 0; i < want->colors; i++)
        assert_int_equal(got->color[i], want->color[i]);
    assert_values(got->sigma, got->sigmas, want->sigma, (size_t)want->sigmas);
    assert_values(got->strength, got->strengths, want->strength, (size_t)want->strengths);
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
        assert_int_equal(setting.color, i < 20 ? PAT_COLOR_WHITE_BALANCE : PAT_COLOR_NONE);
        assert_true(setting.sigma == sigmas[i / 5 % 4]);
        assert_true(setting.strength == strengths[i % 5]);
    }
    assert_string_equal(pat_color_method_name(PAT_COLOR_WHITE_BALANCE), "white_balance");
    assert_string_equal(pat_color_method_name(PAT_COLOR_NONE), "none");
}

static void test_settings_are_nested_as_documented(void **state)
{
    (void)state;
    pat_grid grid = parsed("color=none,white_balance;sigma=3,1,2;strength=7,0,5,1");
    size_t index = 0;
    for (int c = 0; c < grid.colors; c++)
        for (int i = 0; i < grid.sigmas; i++)
            for (int j = 0; j < grid.strengths; j++) {
                pat_setting setting = pat_grid_setting(&grid, index++);
                assert_int_equal(setting.color, grid.color[c]);
                assert_true(setting.sigma == grid.sigma[i]);
                assert_true(setting.strength == grid.strength[j]);
            }
    assert_int_equal(pat_grid_count(&grid), index);
    assert_int_equal(index, 24);
}

static void test_axes_not_named_keep_their_defaults(void **state)
{
    (void)state;
    static const double three[] = {3}, one_two[] = {1, 2};
    pat_grid usual, grid;
    pat_grid_init_default(&usual);

    grid = parsed("sigma=3");
    assert_values(grid.sigma, grid.sigmas, three, 1);
    memcpy(grid.sigma, usual.sigma, sizeof usual.sigma);
    grid.sigmas = usual.sigmas;
    assert_same_grid(&grid, &usual);

    grid = parsed("strength=1,2;color=none");
    assert_values(grid.strength, grid.strengths, one_two, 2);
    assert_values(grid.sigma, grid.sigmas, usual.sigma, 4);
    assert_int_equal(grid.colors, 1);
    assert_int_equal(grid.color[0], PAT_COLOR_NONE);
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
        assert_values(grid.strength, grid.strengths, good[i].value, (size_t)good[i].count);
    }
    pat_grid grid = parsed("sigma=0.01,20;strength=0:63:1");
    assert_int_equal(grid.sigmas, 2);
    assert_int_equal(grid.strengths, PAT_AXIS_MAX);
    assert_true(grid.strength[63] == 63);
}

/* Refused with a message that holds `part`. */
static void assert_refused(const char *text, const char *part)
{
    pat_grid grid;
    pat_error error = {0};
    if (pat_grid_parse(&grid, text, &error) != PAT_INVALID_ARGUMENT)
        fail_msg("'%.60s' was taken for a grid", text);
    assert_int_equal(error.status, PAT_INVALID_ARGUMENT);
    if (strstr(error.message, part) == NULL)
        fail_msg("'%.60s': '%s' does not name '%s'", text, error.message, part);
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
        {"color=white_balance,white_balance", "color white_balance "},
        {"color=grey", "'grey'"},
        {"color=None", "'None'"},
        {"color=none ", "'none '"},
        {"color=0", "'0'"},
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

/* A separator with nothing on one side is a slip of the pen, not an empty list. */
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

/* "sigma=000...01" of `length` bytes */
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
    assert_int_equal(grid.sigmas, 1);
    assert_true(grid.sigma[0] == 1);
    write_long_text(text, PAT_GRID_TEXT_SIZE);
    assert_refused(text, "4095");
    write_long_text(text, sizeof text - 1);
    assert_refused(text, "4095");
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
    assert_int_equal(parsed(text).strengths, PAT_AXIS_MAX);
    strcat(text, ",99");
    assert_refused(text, "64 values of strength");
}

/* ---- grid as text ---- */

static void assert_format_reads_back(const pat_grid *grid)
{
    char text[PAT_GRID_TEXT_SIZE];
    pat_grid_format(grid, text);
    pat_grid back = parsed(text);
    assert_same_grid(&back, grid);
}

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
}

/* `count` distinct values of many digits */
static void random_values(double *value, int count, double low, double high, uint32_t *state)
{
    double step = (high - low) / count;
    for (int i = 0; i < count; i++)
        value[i] = low + step * (count - 1 - i + random_below(state, 1 << 30) * 0x1p-31);
}

static void test_any_grid_reads_back_from_its_text(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int i = 0; i < 500; i++) {
        pat_grid grid;
        pat_grid_init_default(&grid);
        grid.color[0] = i % 2 ? PAT_COLOR_NONE : PAT_COLOR_WHITE_BALANCE;
        grid.color[1] = i % 2 ? PAT_COLOR_WHITE_BALANCE : PAT_COLOR_NONE;
        grid.colors = 1 + (int)random_below(&seed, 2);
        grid.sigmas = i == 0 ? PAT_AXIS_MAX : 1 + (int)random_below(&seed, PAT_AXIS_MAX);
        grid.strengths = i == 0 ? PAT_AXIS_MAX : 1 + (int)random_below(&seed, PAT_AXIS_MAX);
        random_values(grid.sigma, grid.sigmas, PAT_SIGMA_MIN, PAT_SIGMA_MAX, &seed);
        random_values(grid.strength, grid.strengths, 0, i % 3 ? PAT_STRENGTH_MAX : 1e-300, &seed);
        assert_format_reads_back(&grid);
    }
}

/* ---- random texts ---- */

#define NUMBER "[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?"
#define VALUE NUMBER "(:" NUMBER ":" NUMBER ")?"
#define VALUES VALUE "(," VALUE ")*"
#define METHOD "(white_balance|none)"
#define AXIS "(color=" METHOD "(," METHOD ")*|(sigma|strength)=" VALUES ")"

static const char *pick(const char *const *list, size_t count, uint32_t *state)
{
    return list[random_below(state, (uint32_t)count)];
}

static const char *random_token(uint32_t *state)
{
    static const char *const tokens[] = {"color", "sigma",  "strength",  "none",  "white_balance",
                                         "=",     ";",      ",",         ":",     "0",
                                         "0.1",   "0.5",    "1",         "2",     "2.5",
                                         "20",    "64",     "100",       "-1",    "+1",
                                         "nan",   "inf",    "1e",        ".",     "1e-3",
                                         "1e308", "1e-300", "0.01",      " ",     "\n",
                                         "junk",  "sigma=", "strength=", "color="};
    return pick(tokens, COUNT(tokens), state);
}

/* One axis of the right shape; with `spoil` a token may be added. */
static void add_random_axis(char *text, bool spoil, uint32_t *state)
{
    static const char *const names[] = {"color=", "sigma=", "strength="};
    static const char *const methods[] = {"white_balance", "none"};
    static const char *const numbers[] = {"0", "0.5", "1", "2", "0.1", "20", "3e1", "0:1:0.5"};
    const char *name = pick(names, COUNT(names), state);
    strcat(text, name);
    uint32_t count = 1 + random_below(state, 3);
    for (uint32_t i = 0; i < count; i++) {
        strcat(text, i == 0 ? "" : ",");
        strcat(text, name == names[0] ? pick(methods, COUNT(methods), state)
                                      : pick(numbers, COUNT(numbers), state));
        if (spoil && random_below(state, 6) == 0)
            strcat(text, random_token(state));
    }
}

/* Any tokens, or one to three axes, half of them spoilt. */
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

static void assert_axis_valid(const double *value, int count, double low, double high)
{
    assert_true(count >= 1 && count <= PAT_AXIS_MAX);
    for (int i = 0; i < count; i++) {
        assert_true(value[i] >= low && value[i] <= high);
        for (int j = 0; j < i; j++)
            assert_true(value[i] != value[j]);
    }
}

static void assert_grid_valid(const pat_grid *grid)
{
    assert_true(grid->colors == 1 || (grid->colors == 2 && grid->color[0] != grid->color[1]));
    for (int i = 0; i < grid->colors; i++)
        assert_true(grid->color[i] == PAT_COLOR_NONE || grid->color[i] == PAT_COLOR_WHITE_BALANCE);
    assert_axis_valid(grid->sigma, grid->sigmas, PAT_SIGMA_MIN, PAT_SIGMA_MAX);
    assert_axis_valid(grid->strength, grid->strengths, 0, PAT_STRENGTH_MAX);
    assert_format_reads_back(grid);
}

/* What is accepted has the grammar's form and is a valid grid; the rest is refused with a reason.
 */
static void test_random_texts(void **state)
{
    (void)state;
    static regex_t grammar; /* static: no leak to report when the test fails */
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
                fail_msg("'%s' was taken for a grid", text);
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

/* ---- images ---- */

typedef int picture(int channel, int x, int y, uint32_t *state);

static int noise(int channel, int x, int y, uint32_t *state)
{
    (void)channel, (void)x, (void)y;
    return (int)random_below(state, 256);
}

static int soft(int channel, int x, int y, uint32_t *state)
{
    double wave = sin(0.35 * x + channel) + cos(0.27 * y);
    return (int)(110 + 20 * channel + 40 * wave) + (int)random_below(state, 4);
}

static int soft_without_green(int channel, int x, int y, uint32_t *state)
{
    return channel == PAT_GREEN ? 0 : soft(channel, x, y, state);
}

static int grey_100(int channel, int x, int y, uint32_t *state)
{
    (void)channel, (void)x, (void)y, (void)state;
    return 100;
}

static int grey_128(int channel, int x, int y, uint32_t *state)
{
    (void)channel, (void)x, (void)y, (void)state;
    return 128;
}

static int grey_130(int channel, int x, int y, uint32_t *state)
{
    (void)channel, (void)x, (void)y, (void)state;
    return 130;
}

/* The padding gets noise: nothing may depend on it. */
static pat_image painted(int width, int height, picture *value, uint32_t *state)
{
    pat_image image = {0};
    assert_int_equal(pat_image_resize_canvas(&image, width, height, NULL), PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < image.plane[c].stride; x++)
                set_sample(&image.plane[c], x, y,
                           x < width ? value(c, x, y, state) : (int)random_below(state, 256));
    return image;
}

static void assert_same_image(const pat_image *got, const pat_image *want, const char *what)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        assert_same_samples(&got->plane[c], &want->plane[c], what);
}

/* ---- one setting ---- */

/* Table, map, blur, sharpen, one channel after the other. */
static void restore_by_hand(const pat_image *damaged, const pat_setting *setting, pat_image *result)
{
    int width = damaged->width, height = damaged->height;
    guarded_plane base = guarded_plane_create(width, height, 3);
    guarded_plane blurred = guarded_plane_create(width, height, 8);
    pat_gaussian kernel;
    pat_gaussian_init(&kernel, setting->sigma);
    assert_int_equal(pat_image_resize_canvas(result, width, height, NULL), PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        copy_samples(&damaged->plane[c], &base.plane);
        if (setting->color == PAT_COLOR_WHITE_BALANCE) {
            uint8_t table[256];
            pat_white_balance_table(pat_plane_mean(&base.plane), table);
            pat_plane_map(&base.plane, table, &base.plane);
        }
        assert_int_equal(pat_gaussian_blur(&kernel, &base.plane, &blurred.plane, NULL), PAT_OK);
        pat_sharpen(&base.plane, &blurred.plane, setting->strength, &result->plane[c]);
    }
    guarded_plane_free(&base);
    guarded_plane_free(&blurred);
}

static void test_restore_is_its_operators(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 9}, {33, 21}};
    uint32_t seed = 3;
    pat_grid grid = parsed("sigma=0.5,2,3;strength=0,0.7,1.5");
    pat_image got = {0}, want = {0};
    for (size_t s = 0; s < COUNT(sizes); s++) {
        pat_image damaged = painted(sizes[s][0], sizes[s][1], soft_without_green, &seed);
        for (size_t i = 0; i < pat_grid_count(&grid); i++) {
            pat_setting setting = pat_grid_setting(&grid, i);
            assert_int_equal(pat_image_restore(&damaged, &setting, &got, NULL), PAT_OK);
            restore_by_hand(&damaged, &setting, &want);
            assert_same_image(&got, &want, "restored");
        }
        pat_image_release(&damaged);
    }
    pat_image_release(&got);
    pat_image_release(&want);
}

/* ---- evaluation ---- */

static pat_searcher *new_searcher(const pat_grid *grid)
{
    pat_searcher *searcher = pat_searcher_create(grid);
    assert_non_null(searcher);
    return searcher;
}

static pat_evaluation evaluate(pat_searcher *searcher, const pat_image *damaged,
                               const pat_image *undamaged)
{
    pat_evaluation evaluation;
    pat_error error = {0};
    if (pat_searcher_evaluate(searcher, damaged, undamaged, &evaluation, &error) != PAT_OK)
        fail_msg("%s", error.message);
    return evaluation;
}

static pat_scores score_by_hand(const pat_image *restored, const pat_image *undamaged)
{
    uint64_t sum_squared_error = 0;
    double ssim_sum = 0;
    pat_ssim *ssim = pat_ssim_create();
    assert_non_null(ssim);
    guarded_plane resized = guarded_plane_create(undamaged->width, undamaged->height, 6);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_plane *original = &undamaged->plane[c];
        assert_int_equal(pat_resize_linear(&restored->plane[c], &resized.plane, NULL), PAT_OK);
        assert_int_equal(pat_ssim_set_original(ssim, original, NULL), PAT_OK);
        sum_squared_error += pat_sum_squared_error(original, &resized.plane);
        ssim_sum += pat_ssim_mean(ssim, &resized.plane);
    }
    guarded_plane_free(&resized);
    pat_ssim_free(ssim);
    uint64_t samples = 3 * (uint64_t)undamaged->width * (uint64_t)undamaged->height;
    double psnr = pat_psnr(sum_squared_error, samples);
    return (pat_scores){pat_similarity(psnr, ssim_sum / 3), psnr, ssim_sum / 3};
}

static void assert_same_scores(const pat_scores *got, const pat_scores *want, const char *what)
{
    if (memcmp(got, want, sizeof *got) != 0)
        fail_msg("%s: %.17g dB, SSIM %.17g, but by hand %.17g dB, SSIM %.17g", what, got->psnr,
                 got->ssim, want->psnr, want->ssim);
}

/* The first of the best, and how many others are as good. */
static void assert_winner(const pat_evaluation *evaluation, const pat_grid *grid)
{
    const pat_scores *trials = evaluation->trials;
    size_t count = pat_grid_count(grid), best = 0, equal = 0;
    for (size_t i = 0; i < count; i++)
        if (trials[i].similarity > trials[best].similarity)
            best = i;
    for (size_t i = 0; i < count; i++)
        equal += trials[i].similarity == trials[best].similarity;
    pat_setting want = pat_grid_setting(grid, best);
    assert_int_equal(evaluation->setting.color, want.color);
    assert_true(evaluation->setting.sigma == want.sigma);
    assert_true(evaluation->setting.strength == want.strength);
    assert_same_scores(&evaluation->best, &trials[best], "best");
    assert_int_equal(evaluation->ties, equal - 1);
}

static void check_evaluation(pat_searcher *searcher, const pat_grid *grid, const pat_image *damaged,
                             const pat_image *undamaged)
{
    pat_evaluation evaluation = evaluate(searcher, damaged, undamaged);
    pat_image restored = {0};
    for (size_t i = 0; i < pat_grid_count(grid); i++) {
        pat_setting setting = pat_grid_setting(grid, i);
        char what[128];
        snprintf(what, sizeof what, "%dx%d to %dx%d, setting %zu", damaged->width, damaged->height,
                 undamaged->width, undamaged->height, i);
        assert_int_equal(pat_image_restore(damaged, &setting, &restored, NULL), PAT_OK);
        pat_scores want = score_by_hand(&restored, undamaged);
        assert_same_scores(&evaluation.trials[i], &want, what);
    }
    pat_scores untouched = score_by_hand(damaged, undamaged);
    assert_same_scores(&evaluation.untouched, &untouched, "untouched");
    assert_winner(&evaluation, grid);
    pat_image_release(&restored);
}

/* Equal sizes and every kind of mismatch; damaged width and height, then undamaged. */
static const int pair_sizes[][4] = {
    {20, 15, 20, 15}, {40, 30, 20, 15}, {20, 15, 40, 30}, {33, 29, 20, 15}, {11, 9, 20, 15},
    {20, 15, 20, 16}, {21, 15, 20, 15}, {5, 4, 20, 15},   {1, 1, 7, 7},     {70, 7, 7, 70}};

static void test_evaluation_is_its_operators(void **state)
{
    (void)state;
    static const char *const grids[] = {
        "sigma=0.5:2:0.5", /* the default */
        "color=none,white_balance;sigma=3,0.3;strength=0,0.7,1,12.3", "color=none;sigma=1"};
    static picture *const pictures[] = {noise, soft, soft_without_green};
    uint32_t seed = 4;
    for (size_t g = 0; g < COUNT(grids); g++) {
        pat_grid grid = parsed(grids[g]);
        pat_searcher *searcher = new_searcher(&grid);
        for (size_t s = 0; s < COUNT(pair_sizes); s++) {
            const int *size = pair_sizes[s];
            pat_image damaged = painted(size[0], size[1], pictures[(g + s) % 3], &seed);
            pat_image undamaged = painted(size[2], size[3], pictures[s % 3], &seed);
            check_evaluation(searcher, &grid, &damaged, &undamaged);
            pat_image_release(&damaged);
            pat_image_release(&undamaged);
        }
        pat_searcher_free(searcher);
    }
}

static void test_images_are_only_read(void **state)
{
    (void)state;
    uint32_t seed = 5, again = 5;
    pat_grid grid;
    pat_grid_init_default(&grid);
    pat_searcher *searcher = new_searcher(&grid);
    pat_image damaged = painted(30, 20, soft, &seed), undamaged = painted(25, 20, soft, &seed);
    evaluate(searcher, &damaged, &undamaged);
    pat_image damaged_copy = painted(30, 20, soft, &again);
    pat_image undamaged_copy = painted(25, 20, soft, &again);
    assert_same_image(&damaged, &damaged_copy, "damaged");
    assert_same_image(&undamaged, &undamaged_copy, "undamaged");
    pat_image_release(&damaged);
    pat_image_release(&undamaged);
    pat_image_release(&damaged_copy);
    pat_image_release(&undamaged_copy);
    pat_searcher_free(searcher);
}

static void test_strength_zero_without_color_is_untouched(void **state)
{
    (void)state;
    uint32_t seed = 6;
    pat_grid grid = parsed("color=none;sigma=0.5,3;strength=0");
    pat_searcher *searcher = new_searcher(&grid);
    pat_image damaged = painted(30, 20, soft, &seed), undamaged = painted(25, 20, soft, &seed);
    pat_evaluation evaluation = evaluate(searcher, &damaged, &undamaged);
    assert_same_scores(&evaluation.best, &evaluation.untouched, "strength 0");
    assert_int_equal(evaluation.ties, 1);
    pat_image_release(&damaged);
    pat_image_release(&undamaged);
    pat_searcher_free(searcher);
}

/* One grey against another, on a grid of 20 settings for each color method. */
static pat_evaluation evaluate_greys(const char *grid_text, picture *damaged_value,
                                     picture *undamaged_value, size_t *best)
{
    uint32_t seed = 7;
    pat_grid grid = parsed(grid_text);
    pat_searcher *searcher = new_searcher(&grid);
    pat_image damaged = painted(12, 9, damaged_value, &seed);
    pat_image undamaged = painted(15, 8, undamaged_value, &seed);
    pat_evaluation evaluation = evaluate(searcher, &damaged, &undamaged);
    assert_winner(&evaluation, &grid);
    for (*best = 0; *best < pat_grid_count(&grid); ++*best) {
        pat_setting setting = pat_grid_setting(&grid, *best);
        if (setting.color == evaluation.setting.color &&
            setting.sigma == evaluation.setting.sigma &&
            setting.strength == evaluation.setting.strength)
            break;
    }
    pat_image_release(&damaged);
    pat_image_release(&undamaged);
    pat_searcher_free(searcher);
    evaluation.trials = NULL;
    return evaluation;
}

static void test_first_of_equals_wins(void **state)
{
    (void)state;
    size_t best;
    /* White balance makes 128 of it, 2 off instead of 30. */
    pat_evaluation evaluation =
        evaluate_greys("color=white_balance,none", grey_100, grey_130, &best);
    assert_int_equal(best, 0);
    assert_int_equal(evaluation.ties, 19);
    assert_true(fabs(evaluation.best.psnr - 10 * log10(65025 / 4.0)) < 1e-12);
    assert_true(fabs(evaluation.untouched.psnr - 10 * log10(65025 / 900.0)) < 1e-12);

    evaluation = evaluate_greys("color=none,white_balance", grey_100, grey_130, &best);
    assert_int_equal(best, 20);
    assert_int_equal(evaluation.ties, 19);

    evaluation = evaluate_greys("color=none,white_balance", grey_128, grey_130, &best);
    assert_int_equal(best, 0);
    assert_int_equal(evaluation.ties, 39);

    evaluation = evaluate_greys("color=none;sigma=1;strength=1", grey_128, grey_130, &best);
    assert_int_equal(best, 0);
    assert_int_equal(evaluation.ties, 0);
}

static void test_identical_pair(void **state)
{
    (void)state;
    size_t best;
    pat_evaluation evaluation = evaluate_greys("sigma=1", grey_128, grey_128, &best);
    assert_int_equal(best, 0);
    assert_int_equal(evaluation.ties, 9);
    assert_true(evaluation.best.similarity == INFINITY);
    assert_true(evaluation.untouched.psnr == INFINITY);

    uint32_t seed = 8;
    pat_grid grid;
    pat_grid_init_default(&grid);
    pat_searcher *searcher = new_searcher(&grid);
    pat_image image = painted(40, 30, soft, &seed);
    evaluation = evaluate(searcher, &image, &image);
    assert_true(evaluation.untouched.similarity == INFINITY);
    assert_true(evaluation.untouched.psnr == INFINITY);
    assert_true(evaluation.untouched.ssim == 1);
    assert_true(isfinite(evaluation.best.similarity));
    pat_image_release(&image);
    pat_searcher_free(searcher);
}

static void test_too_small_to_score(void **state)
{
    (void)state;
    static const int sizes[][2] = {{6, 20}, {20, 6}, {1, 1}};
    uint32_t seed = 9;
    pat_grid grid = parsed("sigma=1;strength=1");
    pat_searcher *searcher = new_searcher(&grid);
    pat_image damaged = painted(20, 20, soft, &seed);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        pat_image undamaged = painted(sizes[i][0], sizes[i][1], soft, &seed);
        pat_evaluation evaluation;
        pat_error error = {0};
        char size[32];
        snprintf(size, sizeof size, "%dx%d", sizes[i][0], sizes[i][1]);
        assert_int_equal(pat_searcher_evaluate(searcher, &damaged, &undamaged, &evaluation, &error),
                         PAT_TOO_SMALL);
        assert_int_equal(error.status, PAT_TOO_SMALL);
        assert_non_null(strstr(error.message, size));
        check_evaluation(searcher, &grid, &undamaged, &damaged); /* the other way round is fine */
        pat_image_release(&undamaged);
    }
    pat_image_release(&damaged);
    pat_searcher_free(searcher);
}

static void test_reused_searcher_gives_the_bits_of_a_fresh_one(void **state)
{
    (void)state;
    uint32_t seed = 10;
    pat_grid grid, changed;
    pat_grid_init_default(&grid);
    changed = grid;
    pat_searcher *reused = new_searcher(&changed);
    memset(&changed, 0, sizeof changed); /* the searcher has a copy */
    for (size_t i = 0; i < 3 * COUNT(pair_sizes); i++) {
        const int *size = pair_sizes[i * 7 % COUNT(pair_sizes)];
        pat_image damaged = painted(size[0], size[1], soft, &seed);
        pat_image undamaged = painted(size[2], size[3], soft, &seed);
        pat_searcher *fresh = new_searcher(&grid);
        pat_evaluation a = evaluate(reused, &damaged, &undamaged);
        pat_evaluation b = evaluate(fresh, &damaged, &undamaged);
        assert_memory_equal(a.trials, b.trials, pat_grid_count(&grid) * sizeof *a.trials);
        assert_same_scores(&a.untouched, &b.untouched, "untouched");
        assert_same_scores(&a.best, &b.best, "best");
        assert_int_equal(a.ties, b.ties);
        pat_searcher_free(fresh);
        pat_image_release(&damaged);
        pat_image_release(&undamaged);
    }
    pat_searcher_free(reused);
}

/* 2^48 pixels: no sample is read before the memory for them is found missing. */
static void test_failed_allocation_is_reported_and_survived(void **state)
{
    (void)state;
    uint32_t seed = 11;
    uint8_t sample = 0;
    pat_image huge = {.width = 1 << 24, .height = 1 << 24}, restored = {0};
    for (int c = 0; c < PAT_CHANNELS; c++)
        huge.plane[c] = (pat_plane){&sample, huge.width, huge.height, huge.width};
    pat_grid grid = parsed("sigma=1");
    pat_searcher *searcher = new_searcher(&grid);
    pat_image small = painted(20, 15, soft, &seed);
    pat_evaluation evaluation;
    pat_error error = {0};
    assert_int_equal(pat_searcher_evaluate(searcher, &small, &huge, &evaluation, &error),
                     PAT_OUT_OF_MEMORY);
    assert_int_equal(error.status, PAT_OUT_OF_MEMORY);
    check_evaluation(searcher, &grid, &small, &small);

    pat_setting setting = pat_grid_setting(&grid, 0);
    assert_int_equal(pat_image_restore(&huge, &setting, &restored, &error), PAT_OUT_OF_MEMORY);
    assert_int_equal(pat_image_restore(&small, &setting, &restored, &error), PAT_OK);
    pat_image_release(&small);
    pat_image_release(&restored);
    pat_searcher_free(searcher);
    pat_searcher_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_grid),
        cmocka_unit_test(test_settings_are_nested_as_documented),
        cmocka_unit_test(test_axes_not_named_keep_their_defaults),
        cmocka_unit_test(test_numbers_and_ranges),
        cmocka_unit_test(test_malformed_axes),
        cmocka_unit_test(test_malformed_values),
        cmocka_unit_test(test_malformed_ranges),
        cmocka_unit_test(test_stray_separators),
        cmocka_unit_test(test_longest_text),
        cmocka_unit_test(test_most_values),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_any_grid_reads_back_from_its_text),
        cmocka_unit_test(test_random_texts),
        cmocka_unit_test(test_restore_is_its_operators),
        cmocka_unit_test(test_evaluation_is_its_operators),
        cmocka_unit_test(test_images_are_only_read),
        cmocka_unit_test(test_strength_zero_without_color_is_untouched),
        cmocka_unit_test(test_first_of_equals_wins),
        cmocka_unit_test(test_identical_pair),
        cmocka_unit_test(test_too_small_to_score),
        cmocka_unit_test(test_reused_searcher_gives_the_bits_of_a_fresh_one),
        cmocka_unit_test(test_failed_allocation_is_reported_and_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
