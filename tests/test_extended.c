/* The extended features: what they do not depend on, and what they do at their limits. Their values
 * are compared with NumPy's in parity/check_extended.py. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "features/border.h"
#include "patina/features.h"
#include "ref/planes.h"

enum { OVERVIEW = 22 /* the first of them, which measure the whole image at full size */ };

typedef double features_of[PAT_EXTENDED_COUNT];

/* A sample of a scene with all frequencies and brightnesses, at any size. */
static int scene(int channel, int x, int y)
{
    double value = 110 + 50 * sin(x / 23.0 + channel) + 40 * cos((x + 2 * y) / 9.0) +
                   (x * 37 + y * 101 + x * y * 13) % 31 + (x % 90 > 50 ? 20 : -10);
    return value < 0 ? 0 : value > 255 ? 255 : (int)value;
}

static void paint(pat_image *image, int width, int height)
{
    assert_int_equal(pat_image_resize_canvas(image, width, height, NULL), PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                set_sample(&image->plane[c], x, y, scene(c, x, y));
}

static void fill(pat_image *image, pat_area area, const int color[PAT_CHANNELS])
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = area.y; y < area.y + area.height; y++)
            for (int x = area.x; x < area.x + area.width; x++)
                set_sample(&image->plane[c], x, y, color[c]);
}

static void extract(pat_feature_extractor *extractor, const pat_image *image, features_of features)
{
    pat_error error = {0};
    if (pat_features_extract_extended(extractor, image, features, &error) != PAT_OK)
        fail_msg("%s", error.message);
}

static void measure(const pat_image *image, features_of features)
{
    pat_feature_extractor *extractor = pat_feature_extractor_create();
    assert_non_null(extractor);
    extract(extractor, image, features);
    pat_feature_extractor_free(extractor);
}

static const char *name_of(int index)
{
    return pat_feature_name(PAT_FEATURE_COUNT + index);
}

static double feature(const features_of features, const char *name)
{
    for (int i = 0; i < PAT_EXTENDED_COUNT; i++)
        if (strcmp(name_of(i), name) == 0)
            return features[i];
    fail_msg("no feature is called %s", name);
    return NAN;
}

static void test_every_name_is_used_once(void **state)
{
    (void)state;
    for (int i = 0; i < PAT_FEATURES_MAX; i++) {
        assert_non_null(pat_feature_name(i));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(pat_feature_name(i), pat_feature_name(j));
    }
    assert_string_equal(name_of(0), "red_mean");
    assert_string_equal(name_of(OVERVIEW - 1), "block_contrast");
    assert_string_equal(name_of(OVERVIEW), "p0_1_r");
    assert_string_equal(name_of(PAT_EXTENDED_COUNT - 1), "block_step_y");
}

static void assert_finite(const pat_image *image, pat_feature_extractor *extractor)
{
    features_of features;
    for (int i = 0; i < PAT_EXTENDED_COUNT; i++)
        features[i] = NAN; /* a feature that is not written shows */
    extract(extractor, image, features);
    for (int i = 0; i < PAT_EXTENDED_COUNT; i++)
        if (!isfinite(features[i]))
            fail_msg("%s of %dx%d is %g", name_of(i), image->width, image->height, features[i]);
}

static void test_every_image_has_finite_features(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1},   {1, 2},     {2, 1},     {2, 2},   {3, 3},    {2, 300},
                                   {300, 2}, {17, 9},    {16, 16},   {129, 1}, {1, 700},  {640, 3},
                                   {641, 2}, {127, 503}, {700, 521}, {34, 34}, {128, 128}};
    static const int colors[][PAT_CHANNELS] = {{0, 0, 0},   {255, 255, 255}, {255, 0, 0},
                                               {0, 0, 255}, {0, 255, 0},     {7, 120, 230}};
    pat_feature_extractor *extractor = pat_feature_extractor_create();
    pat_image image = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        paint(&image, sizes[i][0], sizes[i][1]);
        assert_finite(&image, extractor);
        for (size_t c = 0; c < sizeof colors / sizeof *colors; c++) {
            fill(&image, pat_area_of(&image), colors[c]);
            assert_finite(&image, extractor);
            fill(&image, (pat_area){0, 0, (image.width + 1) / 2, image.height},
                 colors[(c + 1) % 6]);
            assert_finite(&image, extractor);
        }
    }
    pat_image_release(&image);
    pat_feature_extractor_free(extractor);
}

static void test_a_reused_extractor_gives_the_bits_of_a_fresh_one(void **state)
{
    (void)state;
    static const int sizes[][2] = {{300, 200}, {20, 30}, {700, 521}, {300, 200}};
    pat_feature_extractor *reused = pat_feature_extractor_create();
    pat_image image = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        features_of got, fresh;
        paint(&image, sizes[i][0], sizes[i][1]);
        extract(reused, &image, got);
        measure(&image, fresh);
        assert_memory_equal(got, fresh, sizeof got);
    }
    pat_image_release(&image);
    pat_feature_extractor_free(reused);
}

static void test_a_gray_image_has_no_cast(void **state)
{
    (void)state;
    features_of features;
    pat_image image = {0};
    paint(&image, 200, 150);
    for (int c = 0; c < PAT_CHANNELS; c++)
        copy_samples(&image.plane[PAT_GREEN], &image.plane[c]);
    measure(&image, features);
    for (int i = OVERVIEW; i < PAT_EXTENDED_COUNT; i++)
        if (strstr(name_of(i), "_ratio_") != NULL || strstr(name_of(i), "_diff_") != NULL ||
            strstr(name_of(i), "chroma_p") != NULL || strstr(name_of(i), "cast_rg_s") != NULL)
            if (!(fabs(features[i]) <= 1e-12))
                fail_msg("%s is %g", name_of(i), features[i]);
    assert_true(feature(features, "noise_correlation_rg") > 0.99);
    pat_image_release(&image);
}

static void assert_same(const features_of got, const features_of wanted)
{
    for (int i = OVERVIEW; i < PAT_EXTENDED_COUNT; i++)
        if (got[i] != wanted[i])
            fail_msg("%s is %.17g, not %.17g", name_of(i), got[i], wanted[i]);
}

/* Of a scan with three times the resolution, whose pixels are those of a 640-pixel image. */
static void test_features_do_not_depend_on_the_resolution(void **state)
{
    (void)state;
    features_of small_features, large_features;
    pat_image small = {0}, large = {0};
    paint(&small, 640, 384);
    assert_int_equal(pat_image_resize_canvas(&large, 1920, 1152, NULL), PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < large.height; y++)
            for (int x = 0; x < large.width; x++)
                set_sample(&large.plane[c], x, y, sample_at(&small.plane[c], x / 3, y / 3));
    measure(&small, small_features);
    measure(&large, large_features);
    assert_same(large_features, small_features);
    pat_image_release(&small);
    pat_image_release(&large);
}

/* ---- Borders --------------------------------------------------------------------------------- */

/* An image in a border of one color, which is so thick at the top, bottom, left and right. */
static void paint_framed(pat_image *image, int width, int height, const int thickness[4], int color)
{
    pat_image inner = {0};
    paint(&inner, width, height);
    int outer_width = width + thickness[2] + thickness[3];
    int outer_height = height + thickness[0] + thickness[1];
    assert_int_equal(pat_image_resize_canvas(image, outer_width, outer_height, NULL), PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        fill_plane(&image->plane[c], color);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                set_sample(&image->plane[c], thickness[2] + x, thickness[0] + y,
                           sample_at(&inner.plane[c], x, y));
    }
    pat_image_release(&inner);
}

static void assert_content(const pat_image *image, int x, int y, int width, int height)
{
    pat_area found = pat_find_content(image);
    if (found.x != x || found.y != y || found.width != width || found.height != height)
        fail_msg("found %dx%d at (%d, %d), not %dx%d at (%d, %d)", found.width, found.height,
                 found.x, found.y, width, height, x, y);
}

/* 8 and 16 pixels, so that the blocks of the scan are those of the image. */
static void test_the_border_of_a_scan_is_ignored(void **state)
{
    (void)state;
    static const int frames[][4] = {{8, 8, 8, 8},  {16, 0, 0, 0}, {0, 16, 0, 0},
                                    {0, 0, 16, 0}, {0, 0, 0, 8},  {8, 16, 16, 8}};
    features_of features, wanted;
    pat_image image = {0};
    paint(&image, 300, 200);
    measure(&image, wanted);
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        for (int color = 0; color <= 255; color += 255) {
            paint_framed(&image, 300, 200, frames[i], color);
            assert_content(&image, frames[i][2], frames[i][0], 300, 200);
            measure(&image, features);
            assert_same(features, wanted);
        }
    pat_image_release(&image);
}

static void test_what_is_no_border_is_kept(void **state)
{
    (void)state;
    static const int thick[4] = {60, 0, 60, 0};
    static const int sky[PAT_CHANNELS] = {140, 170, 220};
    pat_image image = {0};
    paint(&image, 300, 200);
    assert_content(&image, 0, 0, 300, 200);
    fill(&image, pat_area_of(&image), sky);
    assert_content(&image, 0, 0, 300, 200);

    paint_framed(&image, 300, 200, thick, 250); /* more than 12 % */
    assert_content(&image, 0, 0, 360, 260);

    /* A flat sky that becomes a little noisy. */
    paint(&image, 300, 200);
    fill(&image, (pat_area){0, 0, 300, 60}, sky);
    for (int y = 10; y < 60; y++)
        for (int x = 0; x < 300; x++)
            for (int c = 0; c < PAT_CHANNELS; c++)
                set_sample(&image.plane[c], x, y, sky[c] + (x * 7 + y * 3) % 25 - 12);
    assert_content(&image, 0, 0, 300, 200);

    /* A sky that becomes lighter from row to row. */
    paint(&image, 300, 200);
    for (int y = 0; y < 20; y++)
        fill(&image, (pat_area){0, y, 300, 1}, (int[]){100 + 3 * y, 150 + 3 * y, 180 + 3 * y});
    assert_content(&image, 0, 0, 300, 200);
    pat_image_release(&image);
}

/* Makes AddressSanitizer's allocator return NULL on failure, like malloc. */
PAT_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void test_failed_allocation_is_reported_and_survived(void **state)
{
    (void)state;
    uint8_t sample = 9; /* of all pixels, which take no memory */
    features_of features, wanted;
    pat_image image = {0}, huge = {.width = 1 << 24, .height = 1 << 24};
    for (int c = 0; c < PAT_CHANNELS; c++)
        huge.plane[c] = (pat_plane){&sample, huge.width, huge.height, 0};
    pat_feature_extractor *extractor = pat_feature_extractor_create();
    paint(&image, 61, 47);
    extract(extractor, &image, wanted);
    pat_error error = {0};
    assert_int_equal(pat_features_extract_extended(extractor, &huge, features, &error),
                     PAT_OUT_OF_MEMORY);
    assert_non_null(strstr(error.message, "not enough memory"));
    extract(extractor, &image, features);
    assert_memory_equal(features, wanted, sizeof wanted);
    pat_image_release(&image);
    pat_feature_extractor_free(extractor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name_is_used_once),
        cmocka_unit_test(test_every_image_has_finite_features),
        cmocka_unit_test(test_a_reused_extractor_gives_the_bits_of_a_fresh_one),
        cmocka_unit_test(test_a_gray_image_has_no_cast),
        cmocka_unit_test(test_features_do_not_depend_on_the_resolution),
        cmocka_unit_test(test_the_border_of_a_scan_is_ignored),
        cmocka_unit_test(test_what_is_no_border_is_kept),
        cmocka_unit_test(test_failed_allocation_is_reported_and_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
