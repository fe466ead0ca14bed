/* PSNR by known values, SSIM against its naive twin, and what the mean SSIM promises. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "patina/score.h"
#include "ref/naive_ssim.h"
#include "ref/planes.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- sum of squared errors and PSNR ---- */

static void test_sse_of_noise(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 9}, {9, 1}, {7, 7}, {64, 3}, {61, 47}};
    uint32_t seed = 1;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        int width = sizes[i][0], height = sizes[i][1];
        guarded_plane a = noise_plane(width, height, 5, &seed);
        guarded_plane b = noise_plane(width, height, 12, &seed);
        uint64_t want = 0;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                want += (uint64_t)pow(sample_at(&a.plane, x, y) - sample_at(&b.plane, x, y), 2);
        assert_true(pat_sum_squared_error(&a.plane, &b.plane) == want);
        assert_true(pat_sum_squared_error(&b.plane, &a.plane) == want);
        assert_true(pat_sum_squared_error(&a.plane, &a.plane) == 0);
        guarded_plane_free(&a);
        guarded_plane_free(&b);
    }
}

/* The largest difference in rows whose sums exceed 32 bits. */
static void test_sse_of_wide_rows(void **state)
{
    (void)state;
    static const int widths[] = {65535, 65536, 65537, 66051, 66052, 131072, 200001, 1 << 24};
    for (size_t i = 0; i < COUNT(widths); i++) {
        guarded_plane white = guarded_plane_create(widths[i], 2, 3);
        guarded_plane black = guarded_plane_create(widths[i], 2, 0);
        fill_plane(&white.plane, 255);
        fill_plane(&black.plane, 0);
        uint64_t want = 2 * (uint64_t)widths[i] * 255 * 255;
        assert_true(pat_sum_squared_error(&white.plane, &black.plane) == want);
        assert_true(pat_sum_squared_error(&black.plane, &white.plane) == want);
        guarded_plane_free(&white);
        guarded_plane_free(&black);
    }
}

static void test_psnr_known_values(void **state)
{
    (void)state;
    static const struct {
        uint64_t sum, samples;
        double psnr;
    } known[] = {{65025, 1, 0},                  /* mse 255^2 */
                 {100, 100, 48.130803608679101}, /* mse 1: 20 log10(255) */
                 {1, 100, 68.130803608679101},
                 {6502500, 1000, 10},
                 {650250, 1000, 20},
                 {(uint64_t)65025 << 40, (uint64_t)1 << 40, 0},
                 {1, (uint64_t)1 << 40, 48.130803608679101 + 400 * 0.30102999566398120}};
    for (size_t i = 0; i < COUNT(known); i++)
        assert_true(fabs(pat_psnr(known[i].sum, known[i].samples) - known[i].psnr) < 1e-12);
    assert_true(pat_psnr(0, 1) == INFINITY);
    assert_true(pat_psnr(0, (uint64_t)1 << 50) == INFINITY);
}

static void test_similarity(void **state)
{
    (void)state;
    assert_true(pat_similarity(50, 1) == 1);
    assert_true(pat_similarity(0, 0) == 0);
    assert_true(pat_similarity(25, 0.5) == 0.5);
    assert_true(pat_similarity(100, 1) == 1.5);
    assert_true(pat_similarity(50, -1) == 0);
    assert_true(pat_similarity(INFINITY, 1) == INFINITY);
}

/* ---- SSIM ---- */

static double mean_ssim(const pat_plane *original, const pat_plane *candidate)
{
    pat_error error = {0};
    double mean = NAN;
    if (pat_ssim_mean(candidate, original, &mean, &error) != PAT_OK)
        fail_msg("%s", error.message);
    return mean;
}

/* Two planes of one size with rows of unlike strides. */
typedef struct plane_pair {
    guarded_plane original, candidate;
} plane_pair;

static plane_pair pair_create(int width, int height)
{
    return (plane_pair){guarded_plane_create(width, height, 5),
                        guarded_plane_create(width, height, 18)};
}

static void pair_free(plane_pair *pair)
{
    assert_true(guards_intact(&pair->original) && guards_intact(&pair->candidate));
    guarded_plane_free(&pair->original);
    guarded_plane_free(&pair->candidate);
}

static double mean_of_pair(const plane_pair *pair)
{
    return mean_ssim(&pair->original.plane, &pair->candidate.plane);
}

/* Sample (x, y) of an original or of a candidate. */
typedef int picture(int x, int y, uint32_t *state);

static int noise(int x, int y, uint32_t *state)
{
    (void)x, (void)y;
    return (int)random_below(state, 256);
}

static int dark_noise(int x, int y, uint32_t *state)
{
    (void)x, (void)y;
    return (int)random_below(state, 3);
}

static int black(int x, int y, uint32_t *state)
{
    (void)x, (void)y, (void)state;
    return 0;
}

static int grey(int x, int y, uint32_t *state)
{
    (void)x, (void)y, (void)state;
    return 100;
}

static int white(int x, int y, uint32_t *state)
{
    (void)x, (void)y, (void)state;
    return 255;
}

static int checkers(int x, int y, uint32_t *state)
{
    (void)state;
    return (x + y) % 2 * 255;
}

static int inverse_checkers(int x, int y, uint32_t *state)
{
    return 255 - checkers(x, y, state);
}

static int ramp(int x, int y, uint32_t *state)
{
    (void)state;
    return (2 * x + 3 * y) % 256;
}

static int noisy_ramp(int x, int y, uint32_t *state)
{
    return (ramp(x, y, state) + (int)random_below(state, 20)) % 256;
}

static picture *const pictures[] = {noise,      dark_noise,       black,   grey, white, ramp,
                                    noisy_ramp, inverse_checkers, checkers};

static void paint(const pat_plane *plane, picture *value, uint32_t *state)
{
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            set_sample(plane, x, y, value(x, y, state));
}

static const int sizes[][2] = {{7, 7},  {7, 8},   {8, 7},   {7, 40},  {40, 7},
                               {9, 13}, {61, 47}, {64, 64}, {100, 31}};

static void check_ssim(const plane_pair *pair)
{
    double got = mean_of_pair(pair);
    double want = naive_ssim(&pair->original.plane, &pair->candidate.plane);
    if (!(fabs(got - want) <= 1e-9))
        fail_msg("%dx%d: SSIM %.12g, but by definition %.12g", pair->original.plane.width,
                 pair->original.plane.height, got, want);
    assert_true(got >= -1 && got <= 1);
}

static void test_ssim_of_every_two_pictures(void **state)
{
    (void)state;
    uint32_t seed = 2;
    for (size_t s = 0; s < COUNT(sizes); s++)
        for (size_t i = 0; i < COUNT(pictures); i++)
            for (size_t j = 0; j < COUNT(pictures); j++) {
                plane_pair pair = pair_create(sizes[s][0], sizes[s][1]);
                paint(&pair.original.plane, pictures[i], &seed);
                paint(&pair.candidate.plane, pictures[j], &seed);
                check_ssim(&pair);
                pair_free(&pair);
            }
}

static void test_ssim_by_hand(void **state)
{
    (void)state;
    uint32_t seed = 3;
    const double c1 = 2.55 * 2.55, c2 = 7.65 * 7.65;
    plane_pair pair = pair_create(20, 10);
    paint(&pair.original.plane, black, &seed);
    paint(&pair.candidate.plane, white, &seed);
    assert_true(fabs(mean_of_pair(&pair) - c1 / (65025 + c1)) < 1e-10);
    pair_free(&pair);

    /* one window; 25 samples of 255 against 24, the variances and minus the covariance equal */
    pair = pair_create(7, 7);
    paint(&pair.original.plane, checkers, &seed);
    paint(&pair.candidate.plane, inverse_checkers, &seed);
    double a = 24 * 255 / 49.0, b = 25 * 255 / 49.0, variance = a * b * 49 / 48;
    double want =
        (2 * a * b + c1) / (a * a + b * b + c1) * (c2 - 2 * variance) / (c2 + 2 * variance);
    assert_true(fabs(mean_of_pair(&pair) - want) < 1e-10);
    pair_free(&pair);
}

static void test_identical_planes_score_exactly_one(void **state)
{
    (void)state;
    uint32_t seed = 4;
    for (size_t s = 0; s < COUNT(sizes); s++)
        for (size_t i = 0; i < COUNT(pictures); i++) {
            plane_pair pair = pair_create(sizes[s][0], sizes[s][1]);
            paint(&pair.original.plane, pictures[i], &seed);
            copy_samples(&pair.original.plane, &pair.candidate.plane);
            assert_true(mean_of_pair(&pair) == 1);
            pair_free(&pair);
        }
}

static void test_too_small_for_a_window(void **state)
{
    (void)state;
    static const int small[][2] = {{6, 7}, {7, 6}, {1, 1}, {6, 1000}, {1000, 6}, {6, 6}};
    for (size_t i = 0; i < COUNT(small); i++) {
        guarded_plane plane = guarded_plane_create(small[i][0], small[i][1], 0);
        fill_plane(&plane.plane, 1);
        pat_error error = {0};
        char size[32];
        snprintf(size, sizeof size, "%dx%d", small[i][0], small[i][1]);
        double mean = 3;
        assert_int_equal(pat_ssim_mean(&plane.plane, &plane.plane, &mean, &error), PAT_TOO_SMALL);
        assert_true(mean == 3);
        assert_int_equal(error.status, PAT_TOO_SMALL);
        assert_non_null(strstr(error.message, size));
        assert_non_null(strstr(error.message, "7 pixels"));
        guarded_plane_free(&plane);
    }
    guarded_plane plane = guarded_plane_create(7, 7, 0);
    fill_plane(&plane.plane, 1);
    assert_true(mean_ssim(&plane.plane, &plane.plane) == 1);
    guarded_plane_free(&plane);
}

/* ---- the mean does not depend on the order of summation ---- */

enum { MIRROR_X = 1, MIRROR_Y = 2, TRANSPOSE = 4, TURNS = 8 };

static guarded_plane turned(const pat_plane *plane, int turn)
{
    int width = plane->width, height = plane->height;
    guarded_plane result = turn & TRANSPOSE ? guarded_plane_create(height, width, 9)
                                            : guarded_plane_create(width, height, 9);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int to_x = turn & MIRROR_X ? width - 1 - x : x;
            int to_y = turn & MIRROR_Y ? height - 1 - y : y;
            if (turn & TRANSPOSE)
                set_sample(&result.plane, to_y, to_x, sample_at(plane, x, y));
            else
                set_sample(&result.plane, to_x, to_y, sample_at(plane, x, y));
        }
    return result;
}

static void check_all_turns(const plane_pair *pair)
{
    double usual = mean_of_pair(pair);
    for (int turn = 1; turn < TURNS; turn++) {
        plane_pair other = {turned(&pair->original.plane, turn),
                            turned(&pair->candidate.plane, turn)};
        double got = mean_of_pair(&other);
        if (memcmp(&got, &usual, sizeof got) != 0)
            fail_msg("%dx%d, turn %d: %.17g, but before turning %.17g", pair->original.plane.width,
                     pair->original.plane.height, turn, got, usual);
        pair_free(&other);
    }
}

static void test_mean_ssim_of_mirrored_and_transposed_planes(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int i = 0; i < 100; i++) {
        int width = 7 + (int)random_below(&seed, 80), height = 7 + (int)random_below(&seed, 80);
        plane_pair pair = pair_create(width, height);
        paint(&pair.original.plane, i % 2 ? ramp : noise, &seed);
        paint(&pair.candidate.plane, i % 2 ? noisy_ramp : noise, &seed);
        check_all_turns(&pair);
        pair_free(&pair);
    }
}

/* More windows in a row than a double adds up without rounding. */
static void test_mean_ssim_of_a_very_wide_plane(void **state)
{
    (void)state;
    uint32_t seed = 8;
    plane_pair pair = pair_create((1 << 20) + 100, 7);
    paint(&pair.original.plane, ramp, &seed);
    paint(&pair.candidate.plane, noisy_ramp, &seed);
    check_ssim(&pair);
    check_all_turns(&pair);
    pair_free(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sse_of_noise),
        cmocka_unit_test(test_sse_of_wide_rows),
        cmocka_unit_test(test_psnr_known_values),
        cmocka_unit_test(test_similarity),
        cmocka_unit_test(test_ssim_of_every_two_pictures),
        cmocka_unit_test(test_ssim_by_hand),
        cmocka_unit_test(test_identical_planes_score_exactly_one),
        cmocka_unit_test(test_too_small_for_a_window),
        cmocka_unit_test(test_mean_ssim_of_mirrored_and_transposed_planes),
        cmocka_unit_test(test_mean_ssim_of_a_very_wide_plane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
