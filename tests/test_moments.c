/* Scores from moments, compared with the exact scores of rendered images. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "patina/restore.h"
#include "patina/score.h"
#include "ref/planes.h"
#include "restore/filtered.h"
#include "score/moments.h"
#include "settings.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void assert_near(double got, double wanted, double tolerance, const char *what)
{
    if (!(fabs(got - wanted) <= tolerance))
        fail_msg("%s: %.9g is not %.9g +- %g", what, got, wanted, tolerance);
}

static pat_image load(const char *folder, const char *name)
{
    char path[512];
    pat_image image = {0};
    pat_error error = {0};
    snprintf(path, sizeof path, "%s/%s/%s", SAMPLE, folder, name);
    if (pat_image_load(path, PAT_MAX_PIXELS_DEFAULT, &image, &error) != PAT_OK)
        fail_msg("%s", error.message);
    return image;
}

static pat_image canvas(int width, int height)
{
    pat_image image = {0};
    assert_int_equal(pat_image_resize_canvas(&image, width, height, NULL), PAT_OK);
    return image;
}

/* The similarity of two images, with PSNR capped at 50 dB. */
static double exact_similarity(const pat_image *restored, const pat_image *original)
{
    uint64_t error = 0, samples = (uint64_t)(original->width * original->height * PAT_CHANNELS);
    double ssim = 0;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double mean;
        error += pat_sum_squared_error(&restored->plane[c], &original->plane[c]);
        assert_int_equal(pat_ssim_mean(&restored->plane[c], &original->plane[c], &mean, NULL),
                         PAT_OK);
        ssim += mean / PAT_CHANNELS;
    }
    return pat_similarity(fmin(pat_psnr(error, samples), 50), ssim);
}

/* The same of a damaged image with a filter and colors, from moments. */
static double estimate(pat_moments *moments, const pat_image *damaged, const pat_setting *setting)
{
    size_t size = (size_t)(damaged->width * damaged->height);
    float *planes = malloc(size * PAT_CHANNELS * sizeof *planes);
    assert_non_null(planes);
    float *const plane[PAT_CHANNELS] = {planes, planes + size, planes + 2 * size};
    assert_int_equal(pat_filter_render(damaged, setting, plane, NULL), PAT_OK);
    pat_moments_take(moments, plane);
    double gain[PAT_CHANNELS] = {1, 1, 1}, offset[PAT_CHANNELS] = {0};
    for (int c = 0; c < PAT_CHANNELS && setting->value[PAT_AXIS_COLOR] == AFFINE; c++) {
        gain[c] = setting->value[PAT_AXIS_RED_GAIN + 2 * c];
        offset[c] = setting->value[PAT_AXIS_RED_OFFSET + 2 * c];
    }
    double similarity = pat_moments_similarity(moments, gain, offset);
    free(planes);
    return similarity;
}

static double exact(const pat_image *damaged, const pat_image *original, const pat_setting *setting)
{
    pat_image restored = {0};
    assert_int_equal(pat_image_restore(damaged, setting, &restored, NULL), PAT_OK);
    double similarity = exact_similarity(&restored, original);
    pat_image_release(&restored);
    return similarity;
}

/* What counts is the gain over the untouched image. Some of the colors clip much. */
static void test_gains_are_near_those_of_rendered_images(void **state)
{
    (void)state;
    static const char *const names[] = {"photographer.png", "grass.bmp", "gravel.jpg"};
    static const double filters[][5] = {
        {0, 0, 0, 0, 0},      {UNSHARP, 1, 1.5, 0, 0},    {GAUSSIAN, 0.7, 0, 0, 0},
        {MEDIAN, 0, 0, 0, 0}, {BILATERAL, 1.5, 1, 20, 0}, {WIENER, 0.8, 0, 0, 0.05}};
    static const double colors[][PAT_CHANNELS * 2] = {
        {1.2, -8, 1.1, 3, 1.3, 12},     {0.8, 10, 0.9, 0, 0.95, -4},   {1.1, 2, 1.15, 0, 1.2, -2},
        {1.5, -60, 1.4, -40, 1.5, -60}, {1.1, -6, 1.15, -5, 1.2, -12}, {2, 30, 2, 20, 2, 10}};
    for (size_t i = 0; i < COUNT(names); i++) {
        pat_image damaged = load("damaged", names[i]), original = load("undamaged", names[i]);
        pat_moments moments = {0};
        const pat_setting idle = {{0}};
        assert_int_equal(pat_moments_begin(&moments, &original, NULL), PAT_OK);
        double estimated = estimate(&moments, &damaged, &idle);
        double untouched = exact(&damaged, &original, &idle);
        for (size_t f = 0; f < COUNT(filters); f++)
            for (size_t k = 0; k <= COUNT(colors); k++) {
                char what[128];
                pat_setting setting = {{k < COUNT(colors) ? AFFINE : 0, [PAT_AXIS_SCALE] = 1}};
                for (int a = 0; a < 5; a++)
                    setting.value[PAT_AXIS_FILTER + a] = filters[f][a];
                for (int a = 0; a < 6 && k < COUNT(colors); a++)
                    setting.value[PAT_AXIS_RED_GAIN + a] = colors[k][a];
                snprintf(what, sizeof what, "%s, filter %zu, colors %zu", names[i], f, k);
                assert_near(estimate(&moments, &damaged, &setting) - estimated,
                            exact(&damaged, &original, &setting) - untouched, 0.004, what);
            }
        pat_moments_release(&moments);
        pat_image_release(&damaged);
        pat_image_release(&original);
    }
}

/* One window, and an error that is the same at all samples: nothing is left out. */
static void test_one_window_is_exact(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int difference = -9; difference <= 9; difference += 3) {
        pat_image damaged = canvas(7, 7), original = canvas(7, 7);
        pat_moments moments = {0};
        pat_setting setting = {{AFFINE, 0, 0, 0, 0, 0, 0, 1, 2, 1, -3, 1, 4}};
        for (int c = 0; c < PAT_CHANNELS; c++)
            for (int i = 0; i < 49; i++) {
                int value = 20 + (int)random_below(&seed, 200);
                set_sample(&original.plane[c], i % 7, i / 7, value);
                set_sample(&damaged.plane[c], i % 7, i / 7, value + difference);
            }
        assert_int_equal(pat_moments_begin(&moments, &original, NULL), PAT_OK);
        assert_near(estimate(&moments, &damaged, &setting), exact(&damaged, &original, &setting),
                    1e-5, "affine");
        setting = (pat_setting){{0}};
        assert_near(estimate(&moments, &damaged, &setting), exact(&damaged, &original, &setting),
                    1e-5, "untouched");
        pat_moments_release(&moments);
        pat_image_release(&damaged);
        pat_image_release(&original);
    }
}

static void test_an_identical_image_has_the_greatest_score(void **state)
{
    (void)state;
    uint32_t seed = 2;
    static const int sizes[][2] = {{7, 7}, {8, 15}, {64, 33}, {150, 21}};
    pat_moments moments = {0};
    const pat_setting idle = {{0}};
    for (size_t i = 0; i < COUNT(sizes); i++) { /* memory is reused */
        pat_image image = canvas(sizes[i][0], sizes[i][1]);
        for (int c = 0; c < PAT_CHANNELS; c++)
            fill_noise(&image.plane[c], &seed);
        assert_int_equal(pat_moments_begin(&moments, &image, NULL), PAT_OK);
        assert_int_equal(moments.windows,
                         ((sizes[i][0] - 7) / 8 + 1) * ((sizes[i][1] - 7) / 8 + 1));
        assert_int_equal(moments.samples, (sizes[i][0] + 3) / 4 * ((sizes[i][1] + 3) / 4));
        assert_near(estimate(&moments, &image, &idle), pat_similarity(50, 1), 1e-6, "identical");
        pat_image_release(&image);
    }
    pat_moments_release(&moments);
}

int main(void)
{
    assert_int_equal(pat_codec_init(NULL), PAT_OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gains_are_near_those_of_rendered_images),
        cmocka_unit_test(test_one_window_is_exact),
        cmocka_unit_test(test_an_identical_image_has_the_greatest_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
