/* The feature extractor, compared with a naive version, and its other guarantees. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "patina/features.h"
#include "ref/naive_features.h"

/* Makes AddressSanitizer's allocator return NULL on failure, like malloc. */
PAT_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static const struct {
    int width, height;
} sizes[] = {{1, 1},   {1, 2},    {2, 1},    {2, 2},    {1, 9},   {9, 1},   {1, 121}, {121, 1},
             {3, 2},   {7, 7},    {8, 8},    {9, 9},    {10, 10}, {11, 11}, {61, 47}, {47, 61},
             {59, 61}, {60, 60},  {61, 61},  {62, 62},  {62, 63}, {63, 62}, {58, 64}, {64, 58},
             {64, 64}, {64, 121}, {121, 64}, {503, 11}, {12, 521}};
enum { SIZE_COUNT = sizeof sizes / sizeof sizes[0] };

/* A channel's sample at (x, y). */
typedef int picture(int channel, int x, int y);

static uint32_t noise_state;

static int noise(int channel, int x, int y)
{
    (void)channel, (void)x, (void)y;
    noise_state = noise_state * 1664525 + 1013904223;
    return (int)(noise_state >> 24);
}

static int no_red(int channel, int x, int y)
{
    return channel == PAT_RED ? 0 : noise(channel, x, y);
}

static int no_green(int channel, int x, int y)
{
    return channel == PAT_GREEN ? 0 : noise(channel, x, y);
}

static int no_blue(int channel, int x, int y)
{
    return channel == PAT_BLUE ? 0 : noise(channel, x, y);
}

static int black(int channel, int x, int y)
{
    (void)channel, (void)x, (void)y;
    return 0;
}

static int white(int channel, int x, int y)
{
    (void)channel, (void)x, (void)y;
    return 255;
}

static int orange(int channel, int x, int y)
{
    (void)x, (void)y;
    static const int color[PAT_CHANNELS] = {[PAT_RED] = 230, [PAT_GREEN] = 120, [PAT_BLUE] = 7};
    return color[channel];
}

static int across(int channel, int x, int y)
{
    (void)channel, (void)y;
    return 2 * x;
}

static int down(int channel, int x, int y)
{
    (void)channel, (void)x;
    return 2 * y;
}

static int diagonal(int channel, int x, int y)
{
    return (channel + 1) * (x + y) / 3;
}

static int checkers(int channel, int x, int y)
{
    (void)channel;
    return (x + y) % 2 * 255;
}

static int grey_noise(int channel, int x, int y)
{
    (void)channel;
    return (x * 37 + y * 101 + x * y * 13) % 251;
}

static int one_bright_pixel(int channel, int x, int y)
{
    (void)channel;
    return x == 3 && y == 5 ? 255 : 0;
}

/* Fills the padding with noise: no feature may depend on it. */
static void paint(pat_image *image, int width, int height, picture *value)
{
    assert_int_equal(pat_image_resize_canvas(image, width, height, NULL), PAT_OK);
    noise_state = (uint32_t)(width * 1000 + height);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_plane *plane = &image->plane[c];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < plane->stride; x++)
                plane->data[y * plane->stride + x] =
                    (uint8_t)(x < width ? value(c, x, y) : noise(c, x, y));
    }
}

static pat_feature_extractor *new_extractor(void)
{
    pat_feature_extractor *extractor = pat_feature_extractor_create();
    assert_non_null(extractor);
    return extractor;
}

static void extract(pat_feature_extractor *extractor, const pat_image *image,
                    double features[PAT_FEATURE_COUNT])
{
    pat_error error = {0};
    if (pat_features_extract(extractor, image, features, &error) != PAT_OK)
        fail_msg("%s", error.message);
}

static double feature(const double features[PAT_FEATURE_COUNT], const char *name)
{
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        if (strcmp(pat_feature_name(i), name) == 0)
            return features[i];
    fail_msg("no feature is called %s", name);
    return NAN;
}

static void test_names_are_the_csv_columns(void **state)
{
    (void)state;
    static const char *const names[PAT_FEATURE_COUNT] = {"mean",
                                                         "std_dev",
                                                         "skewness",
                                                         "kurtosis",
                                                         "low_freq_energy",
                                                         "high_freq_energy",
                                                         "energy_ratio",
                                                         "radial_center",
                                                         "radial_25",
                                                         "radial_50",
                                                         "radial_75",
                                                         "radial_edge",
                                                         "color_balance_need",
                                                         "sharpening_need"};
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        assert_string_equal(pat_feature_name(i), names[i]);
}

/*
 * A relative tolerance of 1e-9 plus an absolute one: skewness and kurtosis may be near zero, and
 * rounding turns a frequency of zero into about 1e-16 of the sum of all pixels.
 */
static void assert_close(const double got[PAT_FEATURE_COUNT], const double want[PAT_FEATURE_COUNT],
                         const char *what, const pat_image *image)
{
    for (int i = 0; i < PAT_FEATURE_COUNT; i++) {
        double absolute = i == 2 || i == 3 ? 1e-7 : 1e-9;
        if (!(fabs(got[i] - want[i]) <= 1e-9 * fabs(want[i]) + absolute))
            fail_msg("%s, %s %dx%d: %.17g instead of %.17g", pat_feature_name(i), what,
                     image->width, image->height, got[i], want[i]);
    }
}

static void test_every_size_and_picture_matches_the_definition(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        picture *value;
    } pictures[] = {{"noise", noise},       {"no red", no_red},     {"no green", no_green},
                    {"no blue", no_blue},   {"black", black},       {"white", white},
                    {"orange", orange},     {"across", across},     {"down", down},
                    {"diagonal", diagonal}, {"checkers", checkers}, {"grey", grey_noise}};
    pat_feature_extractor *extractor = new_extractor();
    pat_image image = {0};
    for (size_t p = 0; p < sizeof pictures / sizeof pictures[0]; p++)
        for (size_t i = 0; i < SIZE_COUNT; i++) {
            double got[PAT_FEATURE_COUNT], want[PAT_FEATURE_COUNT];
            paint(&image, sizes[i].width, sizes[i].height, pictures[p].value);
            extract(extractor, &image, got);
            naive_features(&image, want);
            assert_close(got, want, pictures[p].name, &image);
        }
    pat_image_release(&image);
    pat_feature_extractor_free(extractor);
}

static void test_reused_extractor_gives_the_bits_of_a_fresh_one(void **state)
{
    (void)state;
    pat_feature_extractor *reused = new_extractor();
    pat_image image = {0};
    for (size_t i = 0; i < 2 * SIZE_COUNT; i++) {
        double first[PAT_FEATURE_COUNT], again[PAT_FEATURE_COUNT], fresh[PAT_FEATURE_COUNT];
        paint(&image, sizes[i % SIZE_COUNT].width, sizes[i % SIZE_COUNT].height, noise);
        extract(reused, &image, first);
        extract(reused, &image, again);
        pat_feature_extractor *extractor = new_extractor();
        extract(extractor, &image, fresh);
        pat_feature_extractor_free(extractor);
        assert_memory_equal(first, again, sizeof first);
        assert_memory_equal(first, fresh, sizeof first);
    }
    pat_image_release(&image);
    pat_feature_extractor_free(reused);
}

static void measure_picture(int width, int height, picture *value,
                            double features[PAT_FEATURE_COUNT])
{
    pat_feature_extractor *extractor = new_extractor();
    pat_image image = {0};
    paint(&image, width, height, value);
    extract(extractor, &image, features);
    pat_image_release(&image);
    pat_feature_extractor_free(extractor);
}

static void test_black_image(void **state)
{
    (void)state;
    double features[PAT_FEATURE_COUNT];
    measure_picture(100, 70, black, features);
    for (int i = 0; i < PAT_FEATURE_COUNT - 1; i++)
        assert_true(features[i] == 0);
    assert_true(feature(features, "sharpening_need") == 1);
}

static void assert_one_frequency(int width, int height)
{
    double features[PAT_FEATURE_COUNT];
    measure_picture(width, height, white, features);
    double center = 20 * log(255.0 * width * height + 1);
    assert_true(fabs(feature(features, "mean") - center / (width * height)) < 1e-12);
    assert_true(fabs(feature(features, "radial_center") - center) < 1e-12);
    assert_true(feature(features, "high_freq_energy") == 0);
    assert_true(feature(features, "energy_ratio") == 0);
    assert_true(feature(features, "radial_edge") == 0);
    assert_true(feature(features, "color_balance_need") == 0);
    assert_true(feature(features, "sharpening_need") == 1);
}

/* All frequencies except 0 are exactly zero, without rounding errors. */
static void test_image_of_one_color_has_one_frequency(void **state)
{
    (void)state;
    assert_one_frequency(101, 67);
    assert_one_frequency(503, 509);
}

static void test_flat_spectrum_has_no_skew(void **state)
{
    (void)state;
    double features[PAT_FEATURE_COUNT];
    measure_picture(101, 103, one_bright_pixel, features);
    assert_true(fabs(feature(features, "mean") - 20 * log(256)) < 1e-9);
    assert_true(feature(features, "std_dev") < 1e-9);
    assert_true(feature(features, "skewness") == 0);
    assert_true(feature(features, "kurtosis") == 0);
}

static void test_grey_image_needs_no_color_balance(void **state)
{
    (void)state;
    double features[PAT_FEATURE_COUNT];
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        measure_picture(sizes[i].width, sizes[i].height, grey_noise, features);
        assert_true(feature(features, "color_balance_need") == 0);
    }
}

/* 2^48 pixels: the allocation fails before any sample is read. */
static void test_failed_allocation_is_reported_and_survived(void **state)
{
    (void)state;
    double features[PAT_FEATURE_COUNT], want[PAT_FEATURE_COUNT];
    pat_feature_extractor *extractor = new_extractor();
    pat_image image = {0}, huge = {.width = 1 << 24, .height = 1 << 24};
    paint(&image, 61, 47, noise);
    extract(extractor, &image, want);

    pat_error error = {0};
    assert_int_equal(pat_features_extract(extractor, &huge, features, &error), PAT_OUT_OF_MEMORY);
    assert_int_equal(error.status, PAT_OUT_OF_MEMORY);
    assert_non_null(strstr(error.message, "not enough memory"));

    extract(extractor, &image, features);
    assert_memory_equal(features, want, sizeof want);
    pat_image_release(&image);
    pat_feature_extractor_free(extractor);
}

static void test_free_accepts_null(void **state)
{
    (void)state;
    pat_feature_extractor_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_the_csv_columns),
        cmocka_unit_test(test_every_size_and_picture_matches_the_definition),
        cmocka_unit_test(test_reused_extractor_gives_the_bits_of_a_fresh_one),
        cmocka_unit_test(test_black_image),
        cmocka_unit_test(test_image_of_one_color_has_one_frequency),
        cmocka_unit_test(test_flat_spectrum_has_no_skew),
        cmocka_unit_test(test_grey_image_needs_no_color_balance),
        cmocka_unit_test(test_failed_allocation_is_reported_and_survived),
        cmocka_unit_test(test_free_accepts_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
