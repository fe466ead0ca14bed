/* Images at standard size, compared with means of areas computed by their definition. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "degrade/shrink.h"
#include "ref/planes.h"

static uint32_t seed = 1;

static void paint(pat_image *image, int width, int height)
{
    assert_int_equal(pat_image_resize_canvas(image, width, height, NULL), PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++)
        fill_noise(&image->plane[c], &seed);
}

static void shrink(const pat_image *image, pat_area area, int longest, pat_raster *raster)
{
    pat_error error = {0};
    if (pat_standard_size(image, area, longest, raster, &error) != PAT_OK)
        fail_msg("%s", error.message);
}

/* How much of source pixel `old` pixel `new` of the result covers, in source pixels. */
static double overlap(int new, int old, double scale)
{
    double from = fmax(new *scale, old), to = fmin((new + 1) * scale, old + 1);
    return to > from ? to - from : 0;
}

static double mean_of_area(const pat_plane *plane, pat_area area, const pat_raster *raster, int x,
                           int y)
{
    double across = (double)area.width / raster->width, down = (double)area.height / raster->height;
    double sum = 0;
    for (int row = (int)(y * down) - 1; row <= (int)((y + 1) * down) + 1; row++)
        for (int column = (int)(x * across) - 1; column <= (int)((x + 1) * across) + 1; column++)
            if (row >= 0 && row < area.height && column >= 0 && column < area.width)
                sum += overlap(y, row, down) * overlap(x, column, across) *
                       sample_at(plane, area.x + column, area.y + row);
    return sum / (across * down);
}

static void assert_means(const pat_image *image, pat_area area, const pat_raster *raster)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < raster->height; y++)
            for (int x = 0; x < raster->width; x++) {
                double wanted = mean_of_area(&image->plane[c], area, raster, x, y);
                double got = (double)raster->plane[c][y * raster->width + x];
                if (!(fabs(got - wanted) <= 2e-5))
                    fail_msg("%dx%d to %dx%d, channel %d, (%d, %d): %.9g is not %.9g", area.width,
                             area.height, raster->width, raster->height, c, x, y, got, wanted);
            }
}

static void test_every_pixel_is_the_mean_of_its_area(void **state)
{
    (void)state;
    /* the last: more rows than fit in a sum of 16 bits */
    static const int cases[][5] = {{1, 1, 128, 1, 1},     {128, 128, 128, 128, 128},
                                   {129, 1, 128, 128, 1}, {256, 128, 128, 128, 64},
                                   {300, 2, 128, 128, 1}, {61, 200, 64, 20, 64},
                                   {1, 700, 640, 1, 640}, {130, 131, 128, 127, 128},
                                   {7, 5, 3, 3, 2},       {2, 40000, 128, 1, 128}};
    pat_image image = {0};
    pat_raster raster = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        paint(&image, cases[i][0], cases[i][1]);
        shrink(&image, pat_area_of(&image), cases[i][2], &raster);
        assert_int_equal(raster.width, cases[i][3]);
        assert_int_equal(raster.height, cases[i][4]);
        assert_means(&image, pat_area_of(&image), &raster);
    }
    pat_raster_release(&raster);
    pat_image_release(&image);
}

static void test_small_images_keep_their_samples(void **state)
{
    (void)state;
    pat_image image = {0};
    pat_raster raster = {0};
    paint(&image, 37, 128);
    shrink(&image, pat_area_of(&image), 128, &raster);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < 128; y++)
            for (int x = 0; x < 37; x++)
                assert_true(raster.plane[c][y * 37 + x] == sample_at(&image.plane[c], x, y));
    pat_raster_release(&raster);
    pat_image_release(&image);
}

/* The tallest image there can be; its rows share their samples, which takes little memory. */
static void test_tall_bright_images_do_not_overflow(void **state)
{
    (void)state;
    uint8_t row[] = {255, 255};
    pat_image image = {.width = 2, .height = 1 << 24};
    pat_raster raster = {0};
    for (int c = 0; c < PAT_CHANNELS; c++)
        image.plane[c] = (pat_plane){row, image.width, image.height, 0};
    shrink(&image, pat_area_of(&image), 1, &raster);
    assert_int_equal(raster.height, 1);
    assert_true(raster.plane[PAT_RED][0] == 255);
    pat_raster_release(&raster);
}

static void test_only_the_area_counts(void **state)
{
    (void)state;
    pat_image image = {0};
    pat_raster raster = {0};
    pat_area area = {5, 11, 170, 90};
    paint(&image, 200, 150);
    shrink(&image, area, 50, &raster);
    assert_int_equal(raster.width, 50);
    assert_int_equal(raster.height, 26);
    assert_means(&image, area, &raster);
    pat_raster_release(&raster);
    pat_image_release(&image);
}

/* For damage: by the shorter side, which gets exactly the length asked for, and rounded. */
static void test_shrinking_rounds_the_means(void **state)
{
    (void)state;
    static const int cases[][5] = {{400, 300, 64, 85, 64},  {300, 400, 64, 64, 85},
                                   {99, 99, 32, 32, 32},    {333, 331, 330, 332, 330},
                                   {1000, 11, 10, 909, 10}, {50, 40, 40, 50, 40},
                                   {50, 40, 320, 50, 40},   {2, 1, 1, 2, 1}};
    pat_image image = {0}, small = {0};
    pat_raster raster = {0};
    pat_error error = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        paint(&image, cases[i][0], cases[i][1]);
        if (pat_shrink(&image, cases[i][2], &raster, &small, &error) != PAT_OK)
            fail_msg("%s", error.message);
        assert_int_equal(small.width, cases[i][3]);
        assert_int_equal(small.height, cases[i][4]);
        assert_means(&image, pat_area_of(&image), &raster);
        for (int c = 0; c < PAT_CHANNELS; c++)
            for (int y = 0; y < small.height; y++)
                for (int x = 0; x < small.width; x++) {
                    double mean = (double)raster.plane[c][y * small.width + x];
                    assert_true(fabs(sample_at(&small.plane[c], x, y) - mean) <= 0.5);
                }
    }
    pat_raster_release(&raster);
    pat_image_release(&image);
    pat_image_release(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_pixel_is_the_mean_of_its_area),
        cmocka_unit_test(test_small_images_keep_their_samples),
        cmocka_unit_test(test_tall_bright_images_do_not_overflow),
        cmocka_unit_test(test_only_the_area_counts),
        cmocka_unit_test(test_shrinking_rounds_the_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
