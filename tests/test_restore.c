/* The restoration operators, compared with their definitions, exhaustively where possible. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "patina/restore.h"
#include "ref/naive_restore.h"
#include "ref/planes.h"
#include "restore/apply.h"
#include "settings.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- Gaussian kernel ---- */

/* OpenCV 4.6's taps for the study's sigmas. */
static void test_gaussian_taps_of_the_study(void **state)
{
    (void)state;
    static const struct {
        double sigma;
        int taps, weight[13];
    } kernels[] = {{0.5, 5, {0, 27, 202, 27, 0}},
                   {1.0, 7, {1, 14, 62, 102, 62, 14, 1}},
                   {1.5, 11, {0, 2, 9, 28, 55, 68, 55, 28, 9, 2, 0}},
                   {2.0, 13, {1, 2, 7, 16, 31, 45, 52, 45, 31, 16, 7, 2, 1}}};
    for (size_t i = 0; i < COUNT(kernels); i++) {
        pat_gaussian kernel;
        pat_gaussian_init(&kernel, kernels[i].sigma);
        assert_int_equal(kernel.taps, kernels[i].taps);
        for (int j = 0; j < kernel.taps; j++)
            assert_int_equal(kernel.weight[j], kernels[i].weight[j]);
    }
}

static void check_kernel(double sigma)
{
    pat_gaussian kernel;
    int weight[PAT_GAUSSIAN_TAPS_MAX], sum = 0;
    pat_gaussian_init(&kernel, sigma);
    int taps = naive_gaussian_taps(sigma, weight);
    if (kernel.taps != taps)
        fail_msg("sigma %g: %d taps instead of %d", sigma, kernel.taps, taps);
    for (int i = 0; i < taps; i++) {
        if (kernel.weight[i] != weight[i])
            fail_msg("sigma %g: tap %d is %d instead of %d", sigma, i, kernel.weight[i], weight[i]);
        assert_int_equal(kernel.weight[i], kernel.weight[taps - 1 - i]);
        sum += kernel.weight[i];
    }
    assert_int_equal(sum, 256);
}

static void test_gaussian_taps_of_every_sigma(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int i = 1; i <= 2000; i++)
        check_kernel(i / 100.0);
    for (int i = 0; i < 20000; i++)
        check_kernel(PAT_SIGMA_MIN +
                     (PAT_SIGMA_MAX - PAT_SIGMA_MIN) * random_below(&seed, 1 << 30) / (1 << 30));
    check_kernel(PAT_SIGMA_MIN);
    check_kernel(PAT_SIGMA_MAX);
}

static void test_gaussian_taps_count(void **state)
{
    (void)state;
    static const struct {
        double sigma;
        int taps;
    } counts[] = {{PAT_SIGMA_MIN, 1},
                  {0.08, 1},
                  {0.25, 3},
                  {0.3, 3},
                  {0.42, 5},
                  {2.5, 17},
                  {PAT_SIGMA_MAX, PAT_GAUSSIAN_TAPS_MAX}};
    for (size_t i = 0; i < COUNT(counts); i++) {
        pat_gaussian kernel;
        pat_gaussian_init(&kernel, counts[i].sigma);
        assert_int_equal(kernel.taps, counts[i].taps);
    }
}

/* ---- blur ---- */

static void blur(const pat_gaussian *kernel, const pat_plane *src, const pat_plane *dst)
{
    pat_error error = {0};
    if (pat_gaussian_blur(kernel, src, dst, &error) != PAT_OK)
        fail_msg("%s", error.message);
}

static void check_blur(const guarded_plane *src, double sigma, uint32_t *state)
{
    int width = src->plane.width, height = src->plane.height;
    guarded_plane got = noise_plane(width, height, (int)random_below(state, 20), state);
    guarded_plane want = guarded_plane_create(width, height, 0);
    guarded_plane copy = guarded_plane_create(width, height, 0);
    int weight[PAT_GAUSSIAN_TAPS_MAX];
    pat_gaussian kernel;
    char what[64];
    snprintf(what, sizeof what, "blurred with sigma %g", sigma);
    copy_samples(&src->plane, &copy.plane);
    pat_gaussian_init(&kernel, sigma);

    blur(&kernel, &src->plane, &got.plane);
    naive_blur(weight, naive_gaussian_taps(sigma, weight), &src->plane, &want.plane);
    assert_same_samples(&got.plane, &want.plane, what);
    assert_same_samples(&src->plane, &copy.plane, "the source");
    assert_true(guards_intact(src) && guards_intact(&got));
    guarded_plane_free(&got);
    guarded_plane_free(&want);
    guarded_plane_free(&copy);
}

static void check_blur_of_noise(int width, int height, double sigma, uint32_t *state)
{
    guarded_plane src = noise_plane(width, height, (int)random_below(state, 20), state);
    check_blur(&src, sigma, state);
    guarded_plane_free(&src);
}

static void test_blur_of_special_sizes(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 2}, {2, 1}, {2, 2},  {1, 9},
                                   {9, 1}, {3, 5}, {7, 7}, {61, 47}};
    static const double sigmas[] = {PAT_SIGMA_MIN, 0.3, 0.5, 1, 1.5, 2, 3.7, 7.5, PAT_SIGMA_MAX};
    uint32_t seed = 2;
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t j = 0; j < COUNT(sigmas); j++)
            check_blur_of_noise(sizes[i][0], sizes[i][1], sigmas[j], &seed);
}

static void test_blur_of_random_sizes(void **state)
{
    (void)state;
    uint32_t seed = 3;
    for (int i = 0; i < 300; i++) {
        int width = 1 + (int)random_below(&seed, 40), height = 1 + (int)random_below(&seed, 40);
        check_blur_of_noise(width, height, 0.05 * (1 + random_below(&seed, 80)), &seed);
    }
}

/* The largest sums, and steps between the extremes. */
static void test_blur_of_extremes(void **state)
{
    (void)state;
    static const double sigmas[] = {PAT_SIGMA_MIN, 0.5, 1, 1.5, 2, PAT_SIGMA_MAX};
    uint32_t seed = 4;
    for (size_t i = 0; i < COUNT(sigmas); i++)
        for (int pattern = 0; pattern < 4; pattern++) {
            guarded_plane src = guarded_plane_create(20, 15, 3);
            for (int y = 0; y < 15; y++)
                for (int x = 0; x < 20; x++) {
                    const int value[] = {255, 0, (x + y) % 2 * 255, x < 10 ? 0 : 255};
                    set_sample(&src.plane, x, y, value[pattern]);
                }
            check_blur(&src, sigmas[i], &seed);
            guarded_plane_free(&src);
        }
}

/* For any sigma, the weights sum to one. */
static void test_blurred_constant_stays_constant(void **state)
{
    (void)state;
    guarded_plane src = guarded_plane_create(5, 4, 0), dst = guarded_plane_create(5, 4, 0);
    for (int value = 0; value < 256; value++) {
        pat_gaussian kernel;
        pat_gaussian_init(&kernel, 0.04 * (value + 1));
        fill_plane(&src.plane, value);
        blur(&kernel, &src.plane, &dst.plane);
        assert_same_samples(&dst.plane, &src.plane, "one value");
    }
    guarded_plane_free(&src);
    guarded_plane_free(&dst);
}

/* ---- sharpen ---- */

/* Every base along x, every blurred value along y. */
typedef struct all_inputs {
    guarded_plane base, blurred, got;
} all_inputs;

static all_inputs every_input(void)
{
    all_inputs all = {guarded_plane_create(256, 256, 7), guarded_plane_create(256, 256, 13),
                      guarded_plane_create(256, 256, 1)};
    for (int y = 0; y < 256; y++)
        for (int x = 0; x < 256; x++) {
            set_sample(&all.base.plane, x, y, x);
            set_sample(&all.blurred.plane, x, y, y);
        }
    return all;
}

static void free_inputs(all_inputs *all)
{
    assert_true(guards_intact(&all->base) && guards_intact(&all->blurred) &&
                guards_intact(&all->got));
    guarded_plane_free(&all->base);
    guarded_plane_free(&all->blurred);
    guarded_plane_free(&all->got);
}

typedef double sharpened(int base, int blurred, double strength);

/* rint(base (1 + s) - blurred s) */
static double in_double(int base, int blurred, double strength)
{
    return rint(base * (1 + strength) - blurred * strength);
}

/* fma(base, 1 + s, blurred (-s)), every operand and the product in float */
static double in_float(int base, int blurred, double strength)
{
    float base_weight = (float)(1 + strength), blurred_weight = (float)-strength;
    float blurred_term = (float)blurred * blurred_weight;
    return rintf(fmaf((float)base, base_weight, blurred_term));
}

static void assert_sharpened(const pat_plane *got, double strength, sharpened *definition)
{
    for (int blurred = 0; blurred < 256; blurred++)
        for (int base = 0; base < 256; base++) {
            int want = (int)fmin(fmax(definition(base, blurred, strength), 0), 255);
            if (sample_at(got, base, blurred) != want)
                fail_msg("strength %g, base %d, blurred %d: %d instead of %d", strength, base,
                         blurred, sample_at(got, base, blurred), want);
        }
}

static void test_sharpen_with_halves(void **state)
{
    (void)state;
    static const double strengths[] = {0.5, 1, 1.5, 2, 2.5, 3, 7.5, 99.5, PAT_STRENGTH_MAX};
    all_inputs all = every_input();
    for (size_t i = 0; i < COUNT(strengths); i++) {
        pat_sharpen(&all.base.plane, &all.blurred.plane, strengths[i], &all.got.plane);
        assert_sharpened(&all.got.plane, strengths[i], in_double);
    }
    free_inputs(&all);
}

static void test_sharpen_with_any_strength(void **state)
{
    (void)state;
    static const double strengths[] = {1e-9, 0.01, 0.1,    0.18,  0.25, 0.3, 0.57, 0.7,  0.75, 1.1,
                                       1.14, 1.3,  1.2345, 1.999, 3.03, 3.7, 7.06, 12.1, 99.9};
    all_inputs all = every_input();
    for (size_t i = 0; i < COUNT(strengths); i++) {
        pat_sharpen(&all.base.plane, &all.blurred.plane, strengths[i], &all.got.plane);
        assert_sharpened(&all.got.plane, strengths[i], in_float);
    }
    free_inputs(&all);
}

static void test_strength_zero_is_the_identity(void **state)
{
    (void)state;
    all_inputs all = every_input();
    pat_sharpen(&all.base.plane, &all.blurred.plane, 0, &all.got.plane);
    assert_same_samples(&all.got.plane, &all.base.plane, "strength 0");
    pat_sharpen(&all.base.plane, &all.blurred.plane, -0.0, &all.got.plane);
    assert_same_samples(&all.got.plane, &all.base.plane, "strength -0");
    free_inputs(&all);
}

static void test_sharpen_in_place(void **state)
{
    (void)state;
    static const double strengths[] = {0, 1.5, 0.7};
    for (size_t i = 0; i < COUNT(strengths); i++) {
        all_inputs all = every_input();
        guarded_plane copy = guarded_plane_create(256, 256, 0);
        copy_samples(&all.base.plane, &copy.plane);
        pat_sharpen(&all.base.plane, &all.blurred.plane, strengths[i], &all.got.plane);
        pat_sharpen(&copy.plane, &all.blurred.plane, strengths[i], &copy.plane);
        assert_same_samples(&copy.plane, &all.got.plane, "over the base");
        copy_samples(&all.blurred.plane, &copy.plane);
        pat_sharpen(&all.base.plane, &copy.plane, strengths[i], &copy.plane);
        assert_same_samples(&copy.plane, &all.got.plane, "over the blurred");
        guarded_plane_free(&copy);
        free_inputs(&all);
    }
}

/* ---- white balance ---- */

/* The lookup table of a color operator, given by its number, for a plane. */
static void color_table(int number, const pat_plane *plane, uint8_t table[256])
{
    const pat_setting setting = SETTING(number, 1, 0);
    const pat_operator *color = pat_operator_in(&setting, PAT_AXIS_COLOR);
    const pat_tone tone = pat_tone_of(color, &setting, &(pat_channel){.plane = plane});
    pat_tone_table(color, &tone, table);
}

/* The white balance lookup table for a channel with this mean. */
static void white_balance_table(double mean, uint8_t table[256])
{
    const pat_operator *color = pat_operator_of(PAT_AXIS_COLOR, PAT_COLOR_WHITE_BALANCE);
    const pat_tone tone = {.parameter = {128 / mean}, .largest = 255};
    pat_tone_table(color, &tone, table);
}

static void test_white_balance_table(void **state)
{
    (void)state;
    static const double means[] = {0x1p-48, 1e-6, 0.5,   1,   17.3,  49,     63.999, 64,
                                   85.125,  103,  127.9, 128, 128.1, 200.07, 254.5,  255};
    for (size_t i = 0; i < COUNT(means); i++) {
        uint8_t table[256];
        white_balance_table(means[i], table);
        for (int v = 0; v < 256; v++) {
            double balanced = trunc(fmin(fmax(v * (128 / means[i]), 0), 255));
            if (table[v] != balanced)
                fail_msg("mean %g, value %d: %d instead of %g", means[i], v, table[v], balanced);
        }
    }
}

/* For noise, the gain is 128 divided by the exact mean. */
static void test_white_balance_of_noise(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 9}, {9, 1}, {64, 3}, {61, 47}, {1030, 5}};
    uint32_t seed = 21;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        guarded_plane noise = noise_plane(sizes[i][0], sizes[i][1], 5, &seed);
        uint8_t got[256], want[256];
        uint64_t sum = 0;
        for (int y = 0; y < sizes[i][1]; y++)
            for (int x = 0; x < sizes[i][0]; x++)
                sum += sample_at(&noise.plane, x, y);
        double mean = (double)sum / (sizes[i][0] * sizes[i][1]);
        white_balance_table(mean, want);
        color_table(PAT_COLOR_WHITE_BALANCE, &noise.plane, got);
        assert_memory_equal(got, want, sizeof got);
        guarded_plane_free(&noise);
    }
}

static void test_white_balance_by_hand(void **state)
{
    (void)state;
    uint8_t table[256];
    guarded_plane plane = guarded_plane_create(9, 5, 3);
    fill_plane(&plane.plane, 0);
    color_table(PAT_COLOR_WHITE_BALANCE, &plane.plane, table);
    for (int v = 0; v < 256; v++) /* a black channel stays as it is */
        assert_int_equal(table[v], v);
    fill_plane(&plane.plane, 128);
    color_table(PAT_COLOR_WHITE_BALANCE, &plane.plane, table);
    for (int v = 0; v < 256; v++)
        assert_int_equal(table[v], v);
    fill_plane(&plane.plane, 64);
    color_table(PAT_COLOR_WHITE_BALANCE, &plane.plane, table);
    for (int v = 0; v < 256; v++)
        assert_int_equal(table[v], v < 128 ? 2 * v : 255);
    white_balance_table(0x1p-48, table);
    for (int v = 0; v < 256; v++)
        assert_int_equal(table[v], v == 0 ? 0 : 255);
    fill_plane(&plane.plane, 255);
    color_table(PAT_COLOR_WHITE_BALANCE, &plane.plane, table);
    assert_int_equal(table[1], 0);
    assert_int_equal(table[2], 1);
    assert_int_equal(table[255], 128);
    guarded_plane_free(&plane);
}

/* ---- levels ---- */

/* Noise with `range` values starting at `least`. */
static void fill_range(const pat_plane *plane, int least, int range, uint32_t *seed)
{
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            set_sample(plane, x, y, least + (int)random_below(seed, (uint32_t)range));
}

/* Includes sizes at which the tail grows: around `share` and twice that. */
static void check_stretch(int number, int share)
{
    const int sizes[][2] = {{1, 1},         {1, 9},         {2, 1},   {share - 1, 1}, {1, share},
                            {share + 1, 1}, {2 * share, 1}, {20, 20}, {401, 1},       {33, 91},
                            {61, 47},       {57, 7},        {67, 3}};
    uint32_t seed = 7;
    for (int i = 0; i < 600; i++) {
        const int *size = sizes[(size_t)i % COUNT(sizes)];
        int range = 1 + (int)random_below(&seed, i % 3 ? 256 : 4);
        int least = (int)random_below(&seed, (uint32_t)(257 - range));
        guarded_plane plane = guarded_plane_create(size[0], size[1], 5);
        uint8_t got[256], want[256];
        fill_range(&plane.plane, least, range, &seed);
        color_table(number, &plane.plane, got);
        naive_stretch(&plane.plane, share, want);
        for (int v = 0; v < 256; v++)
            if (got[v] != want[v])
                fail_msg("%dx%d, %d..., %d values: %d becomes %d instead of %d", size[0], size[1],
                         least, range, v, got[v], want[v]);
        guarded_plane_free(&plane);
    }
}

static void test_levels_table(void **state)
{
    (void)state;
    check_stretch(LEVELS, 200);
}

static void test_stretch_table(void **state)
{
    (void)state;
    check_stretch(STRETCH, 2000);
}

/* 1000 samples: the 5th from each end counts, here 50 and 60. */
static void test_levels_by_hand(void **state)
{
    (void)state;
    uint8_t table[256];
    guarded_plane plane = guarded_plane_create(100, 10, 3);
    fill_plane(&plane.plane, 55);
    static const int ends[] = {0, 0, 0, 0, 50, 60, 255, 255, 255, 255};
    for (int x = 0; x < 10; x++)
        set_sample(&plane.plane, 10 * x, x, ends[x]);
    color_table(LEVELS, &plane.plane, table);
    static const int halves[] = {0, 26, 51, 76, 102, 128, 153, 178, 204, 230, 255}; /* to even */
    for (int v = 0; v < 256; v++)
        assert_int_equal(table[v], v < 50 ? 0 : v > 60 ? 255 : halves[v - 50]);

    set_sample(&plane.plane, 40, 4, 0); /* a longer tail is not clipped */
    color_table(LEVELS, &plane.plane, table);
    assert_int_equal(table[1], rint(255 / 60.0));
    guarded_plane_free(&plane);
}

/* At most 5 of 1000 samples differ from the others. */
static void test_levels_of_one_value(void **state)
{
    (void)state;
    uint8_t table[256];
    guarded_plane plane = guarded_plane_create(100, 10, 3);
    for (int value = 0; value < 256; value += 51) {
        fill_plane(&plane.plane, value);
        for (int x = 0; x < 4; x++)
            set_sample(&plane.plane, x, x, 255 - value);
        color_table(LEVELS, &plane.plane, table);
        for (int v = 0; v < 256; v++)
            assert_int_equal(table[v], v);
    }
    guarded_plane_free(&plane);
}

/* 4000 samples: the 2nd from each end counts, here 50 and 60. */
static void test_stretch_by_hand(void **state)
{
    (void)state;
    uint8_t table[256];
    guarded_plane plane = guarded_plane_create(100, 40, 3);
    fill_plane(&plane.plane, 55);
    static const int ends[] = {0, 50, 60, 255};
    for (int i = 0; i < 4; i++)
        set_sample(&plane.plane, 10 * i, i, ends[i]);
    color_table(STRETCH, &plane.plane, table);
    static const int halves[] = {0, 26, 51, 76, 102, 128, 153, 178, 204, 230, 255}; /* to even */
    for (int v = 0; v < 256; v++)
        assert_int_equal(table[v], v < 50 ? 0 : v > 60 ? 255 : halves[v - 50]);

    set_sample(&plane.plane, 40, 4, 0); /* a longer tail is not clipped */
    color_table(STRETCH, &plane.plane, table);
    assert_int_equal(table[1], rint(255 / 60.0));
    guarded_plane_free(&plane);
}

static void test_plane_map(void **state)
{
    (void)state;
    uint8_t table[256];
    uint32_t seed = 5;
    for (int v = 0; v < 256; v++)
        table[v] = (uint8_t)(v * 7 + 3);
    static const int sizes[][2] = {{1, 1}, {1, 9}, {9, 1}, {64, 3}, {61, 47}};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        guarded_plane src = noise_plane(sizes[i][0], sizes[i][1], 5, &seed);
        guarded_plane dst = guarded_plane_create(sizes[i][0], sizes[i][1], 11);
        pat_plane_map(&src.plane, table, &dst.plane);
        for (int y = 0; y < sizes[i][1]; y++)
            for (int x = 0; x < sizes[i][0]; x++)
                assert_int_equal(sample_at(&dst.plane, x, y), table[sample_at(&src.plane, x, y)]);
        pat_plane_map(&src.plane, table, &src.plane);
        assert_same_samples(&src.plane, &dst.plane, "in place");
        assert_true(guards_intact(&src) && guards_intact(&dst));
        guarded_plane_free(&src);
        guarded_plane_free(&dst);
    }
}

/* ---- mean ---- */

static double mean_of(const pat_plane *plane)
{
    return pat_channel_mean(&(pat_channel){.plane = plane});
}

static void test_plane_mean(void **state)
{
    (void)state;
    uint32_t seed = 6;
    static const int sizes[][2] = {{1, 1}, {1, 9}, {9, 1}, {7, 7}, {61, 47}};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        int width = sizes[i][0], height = sizes[i][1], sum = 0;
        guarded_plane noise = noise_plane(width, height, 9, &seed);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                sum += sample_at(&noise.plane, x, y);
        assert_true(mean_of(&noise.plane) == (double)sum / (width * height));
        guarded_plane_free(&noise);
    }
}

static void test_mean_of_one_value(void **state)
{
    (void)state;
    guarded_plane plane = guarded_plane_create(10, 3, 2);
    for (int value = 0; value < 256; value++) {
        fill_plane(&plane.plane, value);
        assert_true(mean_of(&plane.plane) == value);
    }
    guarded_plane_free(&plane);
}

/* The sum of the widest row just fits into 32 bits, but not the sum of two. */
static void test_mean_of_the_brightest_large_plane(void **state)
{
    (void)state;
    guarded_plane plane = guarded_plane_create(1 << 24, 2, 0);
    memset(plane.plane.data, 255, (size_t)2 << 24);
    assert_true(mean_of(&plane.plane) == 255);
    guarded_plane_free(&plane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gaussian_taps_of_the_study),
        cmocka_unit_test(test_gaussian_taps_of_every_sigma),
        cmocka_unit_test(test_gaussian_taps_count),
        cmocka_unit_test(test_blur_of_special_sizes),
        cmocka_unit_test(test_blur_of_random_sizes),
        cmocka_unit_test(test_blur_of_extremes),
        cmocka_unit_test(test_blurred_constant_stays_constant),
        cmocka_unit_test(test_sharpen_with_halves),
        cmocka_unit_test(test_sharpen_with_any_strength),
        cmocka_unit_test(test_strength_zero_is_the_identity),
        cmocka_unit_test(test_sharpen_in_place),
        cmocka_unit_test(test_white_balance_table),
        cmocka_unit_test(test_white_balance_by_hand),
        cmocka_unit_test(test_levels_table),
        cmocka_unit_test(test_stretch_table),
        cmocka_unit_test(test_white_balance_of_noise),
        cmocka_unit_test(test_levels_by_hand),
        cmocka_unit_test(test_levels_of_one_value),
        cmocka_unit_test(test_stretch_by_hand),
        cmocka_unit_test(test_plane_map),
        cmocka_unit_test(test_plane_mean),
        cmocka_unit_test(test_mean_of_one_value),
        cmocka_unit_test(test_mean_of_the_brightest_large_plane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
