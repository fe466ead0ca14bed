/* What is measured of frames, and where cuts are found. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "film/measure.h"
#include "tiers/patterns.h"

enum { WIDTH = 64, HEIGHT = 36 };

static pat_picture picture;
static pat_scratch scratch;

/* A picture with detail, moved by `shift` pixels, times `exposure`. */
static pat_frame_measure measure(uint64_t content, int shift, double exposure, int depth)
{
    static uint8_t detail[HEIGHT][2 * WIDTH];
    pat_frame_measure got;
    uint64_t random = content;
    for (int y = 0; y < HEIGHT; y++) /* blocks that survive shrinking */
        for (int x = 0; x < 2 * WIDTH; x++)
            detail[y][x] = x % 8 == 0 ? (uint8_t)next_random(&random, 200) : detail[y][x - 1];
    pat_picture_release(&picture);
    picture = (pat_picture){.width = WIDTH, .height = HEIGHT, .depth = depth, .channels = 3};
    assert_int_equal(pat_picture_reserve(&picture, NULL), PAT_OK);
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                double value = fmin(detail[y][x + shift] * exposure, 255);
                if (depth == 8)
                    picture.plane[c].data[picture.plane[c].stride * y + x] = (uint8_t)rint(value);
                else
                    picture.deep[c].data[picture.deep[c].stride * y + x] =
                        (uint16_t)rint(value * 257);
            }
    assert_int_equal(pat_frame_measure_of(&picture, &scratch, &got, NULL), PAT_OK);
    return got;
}

static void test_depths_agree(void **state)
{
    (void)state;
    pat_frame_measure shallow = measure(1, 0, 1, 8), deep = measure(1, 0, 1, 16);
    assert_true(fabs(shallow.luma - deep.luma) < 0.01);
    assert_true(fabs(shallow.luma - pat_frame_luma(&picture)) < 0.01);
    for (int i = 0; i < PAT_QUANTILES; i++)
        assert_true(abs(shallow.quantiles.channel[1][i] - deep.quantiles.channel[1][i]) <=
                    PAT_QUANTILE_UNIT);
    for (int i = 0; i < PAT_THUMB_SIZE; i++)
        assert_true(abs(shallow.thumb[i] - deep.thumb[i]) <= 1);
}

static void test_distances(void **state)
{
    (void)state;
    pat_frame_measure a = measure(1, 0, 1, 8), darker = measure(1, 0, 0.6, 8);
    pat_frame_measure moved = measure(1, 1, 1, 8), other = measure(99, 0, 1, 8);
    pat_frame_measure black = measure(1, 0, 0, 8);
    assert_true(pat_frame_distance(&a, &a) < 1e-9);
    assert_true(pat_frame_distance(&a, &darker) < 0.01);
    assert_true(pat_frame_distance(&a, &moved) < 0.35);
    assert_true(pat_frame_distance(&a, &other) > 0.6);
    assert_true(pat_frame_distance(&black, &black) == 0);
    assert_true(pat_frame_distance(&a, &black) == 1);
}

static void test_cuts(void **state)
{
    pat_cut_finder finder = {.known = 0};
    (void)state;
    for (int i = 0; i < 30; i++) /* a quiet scene, then a cut */
        assert_false(pat_cut_is_at(&finder, 0.01));
    assert_true(pat_cut_is_at(&finder, 0.8));
    assert_true(pat_cut_is_at(&finder, 0.8)); /* a scene of one frame */
    for (int i = 0; i < 30; i++)              /* much motion, which begins slowly, is none */
        assert_false(pat_cut_is_at(&finder, 0.02 * i < 0.5 ? 0.02 * i : 0.5));
    assert_false(pat_cut_is_at(&finder, 1));
}

static int release(void **state)
{
    (void)state;
    pat_picture_release(&picture);
    pat_scratch_release(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_depths_agree),
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
