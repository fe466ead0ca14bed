/* Matching pairs, damaged in many ways, and mismatched pairs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "features/likeness.h"

static uint32_t noise_state;

static double noise(void)
{
    noise_state = noise_state * 1664525 + 1013904223;
    return (noise_state >> 8) / (double)(1 << 24);
}

static uint8_t to_byte(double value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : lrint(value));
}

enum { PATCHES = 120 };

/* Draws an image of bright and dark rectangles, placed at random by the seed, and cropped at
 * (left, top). */
static void paint(pat_image *image, int width, int height, uint32_t seed, int left, int top)
{
    assert_int_equal(pat_image_resize_canvas(image, width, height, NULL), PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < height; y++)
            memset(image->plane[c].data + y * image->plane[c].stride, 128, (size_t)width);
    noise_state = seed;
    for (int i = 0; i < PATCHES; i++) {
        int x0 = (int)(noise() * 600) - 40 - left, y0 = (int)(noise() * 600) - 40 - top;
        int x1 = x0 + 8 + (int)(noise() * 60), y1 = y0 + 8 + (int)(noise() * 60);
        for (int c = 0; c < PAT_CHANNELS; c++) {
            uint8_t value = to_byte(noise() * 220 + 15);
            for (int y = y0 < 0 ? 0 : y0; y < y1 && y < height; y++)
                for (int x = x0 < 0 ? 0 : x0; x < x1 && x < width; x++)
                    image->plane[c].data[y * image->plane[c].stride + x] = value;
        }
    }
}

/* value -> gain * value + offset + noise with standard deviation `grain`. */
static void fade(pat_image *image, double gain, double offset, double grain)
{
    noise_state = 99;
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < image->height; y++)
            for (int x = 0; x < image->width; x++) {
                uint8_t *value = &image->plane[c].data[y * image->plane[c].stride + x];
                double sum = -6;
                for (int i = 0; i < 12 && grain > 0; i++)
                    sum += noise();
                *value = to_byte(gain * *value + offset + (grain > 0 ? grain * sum : 0));
            }
}

/* Box blur: means over (2 across + 1) by (2 down + 1) pixels. */
static void blur(pat_image *image, int across, int down)
{
    uint8_t *copy = malloc((size_t)image->width * (size_t)image->height);
    assert_non_null(copy);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        pat_plane *plane = &image->plane[c];
        for (int y = 0; y < image->height; y++)
            memcpy(copy + y * image->width, plane->data + y * plane->stride, (size_t)image->width);
        for (int y = 0; y < image->height; y++)
            for (int x = 0; x < image->width; x++) {
                int sum = 0, count = 0;
                for (int v = y - down; v <= y + down; v++)
                    for (int u = x - across; u <= x + across; u++)
                        if (v >= 0 && v < image->height && u >= 0 && u < image->width) {
                            sum += copy[v * image->width + u];
                            count++;
                        }
                plane->data[y * plane->stride + x] = (uint8_t)(sum / count);
            }
    }
    free(copy);
}

static pat_likeness_meter meter;

static pat_likeness measure(const pat_image *damaged, const pat_image *undamaged)
{
    pat_likeness likeness;
    assert_int_equal(pat_likeness_measure(&meter, damaged, undamaged, &likeness, NULL), PAT_OK);
    return likeness;
}

static void assert_verdict(const pat_likeness *likeness, bool misaligned, bool strangers,
                           bool swapped)
{
    bool found[] = {pat_likeness_is_misaligned(likeness), pat_likeness_is_of_strangers(likeness),
                    pat_likeness_may_be_swapped(likeness)};
    if (found[0] != misaligned || found[1] != strangers || found[2] != swapped)
        fail_msg("misaligned %d, strangers %d, swapped %d: shift %d, %d, peak %g, correlations %g, "
                 "%g, %g, detail %g, %g, contrast %g, %g, color %g, %g",
                 found[0], found[1], found[2], likeness->shift_x, likeness->shift_y, likeness->peak,
                 likeness->correlation, likeness->correlation_here, likeness->correlation_there,
                 likeness->detail_kept, likeness->detail_gained, likeness->contrast[0],
                 likeness->contrast[1], likeness->color[0], likeness->color[1]);
}

static const struct damage {
    double gain, offset, grain;
    int across, down;
} damages[] = {
    {1, 0, 30, 0, 0},    {0.3, 150, 0, 0, 0}, {1, 0, 0, 2, 2},     {1, 0, 0, 12, 0},
    {0.5, 40, 15, 3, 3}, {1.4, -50, 0, 0, 0}, {0.6, 90, 40, 0, 0}, {0.8, 10, 5, 6, 6},
};
enum { DAMAGES = sizeof damages / sizeof *damages };

static void damage(pat_image *image, const struct damage *how)
{
    blur(image, how->across, how->down);
    fade(image, how->gain, how->offset, how->grain);
}

static const struct {
    int width, height;
} sizes[] = {{160, 131}, {300, 503}, {700, 600}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void test_damaged_pairs_are_not_suspected(void **state)
{
    (void)state;
    pat_image image[2] = {0};
    for (size_t s = 0; s < SIZES; s++)
        for (size_t i = 0; i < DAMAGES; i++) {
            for (int j = 0; j < 2; j++)
                paint(&image[j], sizes[s].width, sizes[s].height, 7, 0, 0);
            damage(&image[0], &damages[i]);
            pat_likeness likeness = measure(&image[0], &image[1]);
            assert_verdict(&likeness, false, false, false);
            assert_false(likeness.identical || pat_likeness_has_other_shape(&likeness));
        }
    for (int i = 0; i < 2; i++)
        pat_image_release(&image[i]);
}

static void test_shifted_pairs_are_found(void **state)
{
    (void)state;
    static const int shifts[][2] = {{7, 0}, {0, -7}, {2, 1}, {-3, 0}, {-40, 25}};
    pat_image image[2] = {0};
    for (size_t s = 0; s < SIZES; s++)
        for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
            paint(&image[0], sizes[s].width, sizes[s].height, 7, 40, 40);
            paint(&image[1], sizes[s].width, sizes[s].height, 7, 40 + shifts[i][0],
                  40 + shifts[i][1]);
            damage(&image[0], &damages[i]);
            pat_likeness likeness = measure(&image[0], &image[1]);
            if (i != 3) { /* smearing by 25 pixels hides the exact position */
                assert_in_range(likeness.shift_x - shifts[i][0] + 1, 0, 2);
                assert_in_range(likeness.shift_y - shifts[i][1] + 1, 0, 2);
                assert_verdict(&likeness, true, false, false);
            }
        }
    paint(&image[0], 160, 131, 7, 0, 0);
    paint(&image[1], 160, 131, 7, 2, 0); /* may be rounding of a resize */
    pat_likeness likeness = measure(&image[0], &image[1]);
    assert_int_equal(likeness.shift_x, 2);
    assert_verdict(&likeness, false, false, false);
    for (int i = 0; i < 2; i++)
        pat_image_release(&image[i]);
}

/* The part that is transformed first is uniform. */
static void test_shifts_are_found_off_the_centre(void **state)
{
    (void)state;
    pat_image image[2] = {0};
    paint(&image[0], 2400, 2200, 7, 40, 40);
    paint(&image[1], 2400, 2200, 7, 70, 20);
    pat_likeness likeness = measure(&image[0], &image[1]);
    assert_in_range(likeness.shift_x, 25, 35);
    assert_in_range(-likeness.shift_y, 15, 25);
    assert_verdict(&likeness, true, false, false);
    for (int i = 0; i < 2; i++)
        pat_image_release(&image[i]);
}

static void test_strangers_are_found(void **state)
{
    (void)state;
    pat_image image[2] = {0};
    for (size_t s = 0; s < SIZES; s++)
        for (size_t i = 0; i < DAMAGES; i++) {
            paint(&image[0], sizes[s].width, sizes[s].height, 7, 0, 0);
            paint(&image[1], sizes[s].width, sizes[s].height, 8, 0, 0);
            damage(&image[0], &damages[i]);
            pat_likeness likeness = measure(&image[0], &image[1]);
            assert_verdict(&likeness, false, true, false);
        }
    fade(&image[0], 0, 100, 0); /* uniform */
    pat_likeness likeness = measure(&image[0], &image[1]);
    assert_true(likeness.correlation == 0 && likeness.peak == 0);
    assert_verdict(&likeness, false, true, false);
    fade(&image[1], 0, 90, 0); /* both uniform: they may match */
    likeness = measure(&image[0], &image[1]);
    assert_verdict(&likeness, false, false, false);
    paint(&image[0], 127, 160, 7, 0, 0); /* too small to decide */
    paint(&image[1], 127, 160, 8, 0, 0);
    likeness = measure(&image[0], &image[1]);
    assert_verdict(&likeness, false, false, false);
    for (int i = 0; i < 2; i++)
        pat_image_release(&image[i]);
}

/* Damage may destroy the plain correlation; a clear peak without a shift still shows a match. */
static void test_a_clear_peak_in_place_excuses(void **state)
{
    (void)state;
    pat_likeness likeness = {
        .width = {300, 300},
        .height = {300, 300},
        .correlation = 0.2,
        .peak = 20,
        .correlation_here = 0.2,
        .correlation_there = 0.2,
        .contrast = {1, 1},
    };
    assert_verdict(&likeness, false, false, false);
    likeness.shift_x = 30;
    assert_verdict(&likeness, false, true, false);
    likeness.shift_x = 0;
    likeness.peak = 8;
    assert_verdict(&likeness, false, true, false);
}

static void test_swapped_pairs_are_suspected(void **state)
{
    (void)state;
    pat_image image[2] = {0};
    for (size_t s = 0; s < SIZES; s++) {
        for (int j = 0; j < 2; j++)
            paint(&image[j], sizes[s].width, sizes[s].height, 7, 0, 0);
        blur(&image[1], 1, 1);
        fade(&image[1], 0.7, 40, 2);
        pat_likeness likeness = measure(&image[0], &image[1]);
        assert_verdict(&likeness, false, false, true);
        likeness = measure(&image[1], &image[0]);
        assert_verdict(&likeness, false, false, false);
    }
    for (int i = 0; i < 2; i++)
        pat_image_release(&image[i]);
}

static void test_sizes_and_identity(void **state)
{
    (void)state;
    pat_image image[2] = {0};
    for (int j = 0; j < 2; j++)
        paint(&image[j], 200, 150, 7, 0, 0);
    pat_likeness likeness = measure(&image[0], &image[1]);
    assert_true(likeness.identical);
    image[0].plane[PAT_BLUE].data[149 * image[0].plane[PAT_BLUE].stride + 199] ^= 1;
    likeness = measure(&image[0], &image[1]);
    assert_false(likeness.identical);

    static const struct {
        int width, height;
        bool other_shape;
    } shapes[] = {{200, 150, false}, {100, 75, false},  {67, 50, false},
                  {67, 51, false},   {400, 300, false}, {200, 140, true},
                  {150, 150, true},  {150, 200, true},  {20, 14, false}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        paint(&image[0], shapes[i].width, shapes[i].height, 7, 0, 0);
        likeness = measure(&image[0], &image[1]);
        assert_false(likeness.identical && i > 0);
        assert_int_equal(pat_likeness_has_other_shape(&likeness), shapes[i].other_shape);
    }
    static const int tiny[][2] = {{1, 1}, {1, 900}, {900, 1}, {7, 7}, {9, 2000}};
    for (size_t i = 0; i < sizeof tiny / sizeof *tiny; i++) { /* no crash */
        for (int j = 0; j < 2; j++)
            paint(&image[j], tiny[i][0], tiny[i][1], 7 + (uint32_t)j, 0, 0);
        likeness = measure(&image[0], &image[1]);
        assert_false(pat_likeness_is_of_strangers(&likeness));
    }
    for (int i = 0; i < 2; i++)
        pat_image_release(&image[i]);
}

static int release(void **state)
{
    (void)state;
    pat_likeness_meter_release(&meter);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damaged_pairs_are_not_suspected),
        cmocka_unit_test(test_shifted_pairs_are_found),
        cmocka_unit_test(test_shifts_are_found_off_the_centre),
        cmocka_unit_test(test_strangers_are_found),
        cmocka_unit_test(test_a_clear_peak_in_place_excuses),
        cmocka_unit_test(test_swapped_pairs_are_suspected),
        cmocka_unit_test(test_sizes_and_identity),
    };
    return cmocka_run_group_tests_name("likeness", tests, NULL, release);
}
