/* The affine map that brings a damaged image closest to its original. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ref/planes.h"
#include "score/affine_fit.h"

enum { WIDTH = 150, HEIGHT = 96 };

typedef struct pair {
    pat_image damaged, original;
    pat_affine_work work;
} pair;

static int set_up(void **state)
{
    static pair images;
    assert_int_equal(pat_image_resize_canvas(&images.damaged, WIDTH, HEIGHT, NULL), PAT_OK);
    assert_int_equal(pat_image_resize_canvas(&images.original, WIDTH, HEIGHT, NULL), PAT_OK);
    *state = &images;
    return 0;
}

static int tear_down(void **state)
{
    pair *images = *state;
    pat_image_release(&images->damaged);
    pat_image_release(&images->original);
    pat_affine_work_release(&images->work);
    return 0;
}

/* Broad stripes, which survive shrinking, and their image under scale and offset. */
static void paint(pair *images, int channel, double scale, double offset)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            int value = 20 + (x + channel * 7) / 15 * 10;
            set_sample(&images->damaged.plane[channel], x, y, value);
            set_sample(&images->original.plane[channel], x, y, (int)(scale * value + offset));
        }
}

static pat_affine_fit find(pair *images)
{
    pat_affine_fit fit;
    pat_error error = {0};
    if (pat_affine_fit_find(&fit, &images->damaged, &images->original, &images->work, &error) !=
        PAT_OK)
        fail_msg("%s", error.message);
    return fit;
}

static void assert_near(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-4))
        fail_msg("%.9g is not %.9g", got, wanted);
}

static void test_the_map_of_each_channel_is_found(void **state)
{
    static const double maps[PAT_CHANNELS][2] = {{1.5, 12}, {1, 0}, {0.5, 80}};
    pair *images = *state;
    for (int c = 0; c < PAT_CHANNELS; c++)
        paint(images, c, maps[c][0], maps[c][1]);
    pat_affine_fit fit = find(images);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        assert_near(fit.scale[c], maps[c][0]);
        assert_near(fit.offset[c], maps[c][1]);
    }
}

/* The offset then still makes the means equal. The mean of 20, 30, .. 110 is 65. */
static void test_scales_are_limited(void **state)
{
    pair *images = *state;
    paint(images, PAT_RED, 0, 77);
    paint(images, PAT_GREEN, -1, 200);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            set_sample(&images->damaged.plane[PAT_BLUE], x, y, 100 + (x >= WIDTH / 2));
            set_sample(&images->original.plane[PAT_BLUE], x, y, x >= WIDTH / 2 ? 250 : 50);
        }
    pat_affine_fit fit = find(images);
    assert_near(fit.scale[PAT_RED], 0.3);
    assert_near(fit.offset[PAT_RED], 77 - 0.3 * 65);
    assert_near(fit.scale[PAT_GREEN], 0.3);
    assert_near(fit.scale[PAT_BLUE], 6);
    assert_near(fit.offset[PAT_BLUE], 150 - 6 * 100.5);
}

/* A variance of 0.25 counts as 0.5. */
static void test_flat_images_are_not_stretched(void **state)
{
    pair *images = *state;
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                set_sample(&images->damaged.plane[c], x, y, 100 + (x >= WIDTH / 2));
                set_sample(&images->original.plane[c], x, y, 100 + 2 * (x >= WIDTH / 2));
            }
    pat_affine_fit fit = find(images);
    assert_near(fit.scale[PAT_RED], 1);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        fill_plane(&images->damaged.plane[c], 31);
        fill_plane(&images->original.plane[c], 40);
    }
    fit = find(images);
    assert_near(fit.scale[PAT_GREEN], 0.3);
    assert_near(0.3 * 31 + fit.offset[PAT_GREEN], 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_map_of_each_channel_is_found),
        cmocka_unit_test(test_scales_are_limited),
        cmocka_unit_test(test_flat_images_are_not_stretched),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
