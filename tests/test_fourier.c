/* The transform for awkward lengths, compared with FFTW's transform of the same samples. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <fftw3.h>

#include "features/fourier.h"

/* Awkward in both dimensions, one or none; odd and even; very short; very long; and 642, for which
 * transforms of length 1280 are too short. */
static const struct {
    int width, height;
} sizes[] = {{503, 509}, {509, 502}, {502, 503}, {521, 64}, {64, 521},  {512, 683},
             {683, 512}, {503, 1},   {1, 503},   {2, 509},  {509, 2},   {3, 1009},
             {1013, 3},  {642, 3},   {848, 5},   {64, 64},  {16381, 3}, {16411, 2}};
enum { SIZE_COUNT = sizeof sizes / sizeof sizes[0] };

static uint32_t noise_state = 1;

static double noise(void)
{
    noise_state = noise_state * 1664525 + 1013904223;
    return noise_state >> 24;
}

static size_t count_doubles(int width, int height)
{
    return (size_t)height * 2 * ((size_t)width / 2 + 1);
}

static double *new_samples(pat_scratch *scratch, int width, int height, double *sum)
{
    size_t count = count_doubles(width, height);
    double *samples = pat_scratch_get(scratch, count, sizeof *samples);
    assert_non_null(samples);
    noise_state = (uint32_t)(1000 * width + height);
    *sum = 0;
    for (size_t i = 0; i < count; i++)
        *sum += samples[i] = noise();
    return samples;
}

static void transform(pat_fourier *fourier, int width, int height, double *samples)
{
    assert_int_equal(pat_fourier_transform(fourier, width, height, samples, NULL), PAT_OK);
}

static void transform_directly(int width, int height, double *samples)
{
    fftw_plan plan =
        fftw_plan_dft_r2c_2d(height, width, samples, (fftw_complex *)samples, FFTW_ESTIMATE);
    assert_non_null(plan);
    fftw_execute(plan);
    fftw_destroy_plan(plan);
}

/* Rounding errors are relative to the largest frequency, which is the sum of the samples. */
static void every_size_gives_what_fftw_gives(void **state)
{
    (void)state;
    pat_fourier fourier = {0};
    pat_scratch got_memory = {0}, want_memory = {0};
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        int width = sizes[i].width, height = sizes[i].height;
        double sum;
        double *got = new_samples(&got_memory, width, height, &sum);
        double *want = new_samples(&want_memory, width, height, &sum);
        transform(&fourier, width, height, got);
        transform_directly(width, height, want);
        for (size_t j = 0; j < count_doubles(width, height); j++)
            if (!(fabs(got[j] - want[j]) <= 1e-15 * sum))
                fail_msg("%dx%d, element %zu: %.17g, FFTW: %.17g", width, height, j, got[j],
                         want[j]);
    }
    pat_scratch_release(&got_memory);
    pat_scratch_release(&want_memory);
    pat_fourier_release(&fourier);
}

static void easy_sizes_have_the_bits_of_fftw(void **state)
{
    (void)state;
    static const int easy[][2] = {{512, 512}, {499, 491}, {97, 64}, {517, 611}, {16411, 2}};
    pat_fourier fourier = {0};
    pat_scratch got_memory = {0}, want_memory = {0};
    for (size_t i = 0; i < sizeof easy / sizeof easy[0]; i++) {
        int width = easy[i][0], height = easy[i][1];
        double sum;
        double *got = new_samples(&got_memory, width, height, &sum);
        double *want = new_samples(&want_memory, width, height, &sum);
        transform(&fourier, width, height, got);
        transform_directly(width, height, want);
        assert_memory_equal(got, want, count_doubles(width, height) * sizeof *got);
    }
    pat_scratch_release(&got_memory);
    pat_scratch_release(&want_memory);
    pat_fourier_release(&fourier);
}

/* Changing from one size to another, or repeating it, never uses the tables of another size. */
static void reuse_changes_no_bit(void **state)
{
    (void)state;
    pat_fourier reused = {0};
    pat_scratch first_memory = {0}, second_memory = {0};
    for (size_t i = 0; i < 2 * SIZE_COUNT; i++) {
        int width = sizes[7 * i % SIZE_COUNT].width, height = sizes[7 * i % SIZE_COUNT].height;
        double sum;
        double *first = new_samples(&first_memory, width, height, &sum);
        transform(&reused, width, height, first);
        for (int again = 0; again < 2; again++) {
            pat_fourier fresh = {0};
            double *second = new_samples(&second_memory, width, height, &sum);
            transform(again ? &reused : &fresh, width, height, second);
            assert_memory_equal(first, second, count_doubles(width, height) * sizeof *first);
            pat_fourier_release(&fresh);
        }
    }
    pat_scratch_release(&first_memory);
    pat_scratch_release(&second_memory);
    pat_fourier_release(&reused);
}

static void zeros_stay_zero(void **state)
{
    (void)state;
    pat_fourier fourier = {0};
    pat_scratch memory = {0};
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        double sum;
        size_t count = count_doubles(sizes[i].width, sizes[i].height);
        double *samples = new_samples(&memory, sizes[i].width, sizes[i].height, &sum);
        memset(samples, 0, count * sizeof *samples);
        transform(&fourier, sizes[i].width, sizes[i].height, samples);
        for (size_t j = 0; j < count; j++)
            assert_true(samples[j] == 0);
    }
    pat_scratch_release(&memory);
    pat_fourier_release(&fourier);
}

static void lengths_with_a_prime_factor_above_50_are_awkward(void **state)
{
    (void)state;
    static const int awkward[] = {502, 503, 505, 583, 683, 848, 1009, 16381, 16376};
    static const int easy[] = {1, 2, 53, 499, 500, 517, 512, 611, 1000, 16384, 16411};
    for (size_t i = 0; i < sizeof awkward / sizeof awkward[0]; i++)
        assert_true(pat_fourier_is_awkward(awkward[i]));
    for (size_t i = 0; i < sizeof easy / sizeof easy[0]; i++)
        assert_false(pat_fourier_is_awkward(easy[i]));
}

/* The inverse transform returns the samples times their number, also after other sizes. */
static void the_way_back_gives_the_samples(void **state)
{
    (void)state;
    static const int easy[][2] = {{512, 384}, {7, 11}, {1, 1}, {64, 499}, {512, 512}};
    pat_fourier fourier = {0};
    pat_scratch there_memory = {0}, want_memory = {0};
    for (size_t i = 0; i < sizeof easy / sizeof *easy; i++) {
        int width = easy[i][0], height = easy[i][1];
        size_t stride = 2 * ((size_t)width / 2 + 1);
        double sum, count = (double)width * height;
        double *there = new_samples(&there_memory, width, height, &sum);
        const double *want = new_samples(&want_memory, width, height, &sum);
        for (int times = 0; times < 2; times++) {
            transform(&fourier, width, height, there);
            assert_int_equal(pat_fourier_invert(&fourier, there, NULL), PAT_OK);
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++) {
                    double *got = &there[(size_t)y * stride + (size_t)x];
                    *got /= count;
                    if (!(fabs(*got - want[(size_t)y * stride + (size_t)x]) <= 1e-11))
                        fail_msg("%dx%d: sample (%d, %d) comes back as %g", width, height, x, y,
                                 *got);
                }
        }
    }
    pat_fourier_release(&fourier);
    pat_scratch_release(&there_memory);
    pat_scratch_release(&want_memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_gives_what_fftw_gives),
        cmocka_unit_test(the_way_back_gives_the_samples),
        cmocka_unit_test(easy_sizes_have_the_bits_of_fftw),
        cmocka_unit_test(reuse_changes_no_bit),
        cmocka_unit_test(zeros_stay_zero),
        cmocka_unit_test(lengths_with_a_prime_factor_above_50_are_awkward),
    };
    return cmocka_run_group_tests_name("fourier", tests, NULL, NULL);
}
