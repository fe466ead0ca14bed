/* The table of scores, sets of them, the objective, MS-SSIM and CIEDE2000 by known values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "patina/score.h"
#include "ref/planes.h"
#include "score/delta_e.h"
#include "score/objective.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Two images of one size. */
typedef struct image_pair {
    pat_image restored, original;
} image_pair;

static image_pair pair_create(int width, int height)
{
    image_pair pair = {0};
    assert_int_equal(pat_image_resize_canvas(&pair.restored, width, height, NULL), PAT_OK);
    assert_int_equal(pat_image_resize_canvas(&pair.original, width, height, NULL), PAT_OK);
    return pair;
}

static void pair_free(image_pair *pair)
{
    pat_image_release(&pair->restored);
    pat_image_release(&pair->original);
}

static void fill_image(pat_image *image, int red, int green, int blue)
{
    const int values[PAT_CHANNELS] = {red, green, blue};
    for (int c = 0; c < PAT_CHANNELS; c++)
        fill_plane(&image->plane[c], values[c]);
}

static void fill_image_noise(pat_image *image, uint32_t *seed)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        fill_noise(&image->plane[c], seed);
}

static void copy_image(const pat_image *src, pat_image *dst)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        copy_samples(&src->plane[c], &dst->plane[c]);
}

/* Negate every sample: structure with the opposite sign. */
static void negate(const pat_image *src, pat_image *dst)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < src->height; y++)
            for (int x = 0; x < src->width; x++)
                set_sample(&dst->plane[c], x, y, 255 - sample_at(&src->plane[c], x, y));
}

static double score_of(const char *name, const image_pair *pair)
{
    pat_error error = {0};
    double value = NAN;
    int index = pat_score_find(name);
    assert_true(index >= 0);
    if (pat_score_compute(index, &pair->restored, &pair->original, &value, &error) != PAT_OK)
        fail_msg("%s", error.message);
    return value;
}

/* ---- the table ---- */

static void test_rows_are_found_by_their_names(void **state)
{
    (void)state;
    assert_true(pat_score_count() >= 4 && pat_score_count() <= PAT_SCORES_MAX);
    for (int i = 0; i < pat_score_count(); i++) {
        const pat_score *score = pat_score_row(i);
        assert_int_equal(pat_score_find(score->name), i);
        assert_null(strchr(score->name, ','));
        assert_true(score->least < score->greatest && score->smallest_side >= 1);
        assert_true(score->identical == (score->higher_is_better ? score->greatest : score->least));
        assert_true(strlen(score->column) > 0 && strlen(score->help) > 0);
        assert_true(strlen(score->exactness) > 0);
    }
    assert_int_equal(pat_score_find("psnr"), PAT_SCORE_PSNR);
    assert_int_equal(pat_score_find("ssim"), PAT_SCORE_SSIM);
    assert_int_equal(pat_score_find("PSNR"), -1);
    assert_int_equal(pat_score_find("ms_ssi"), -1);
    assert_int_equal(pat_score_find(""), -1);
}

static const int sizes[][2] = {{11, 11},  {11, 90},  {22, 22},   {37, 23},  {44, 61},
                               {87, 175}, {88, 101}, {176, 176}, {353, 177}};

static void test_identical_images_have_the_value_of_the_row(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        image_pair pair = pair_create(sizes[s][0], sizes[s][1]);
        fill_image_noise(&pair.original, &seed);
        copy_image(&pair.original, &pair.restored);
        for (int i = 0; i < pat_score_count(); i++)
            assert_true(score_of(pat_score_row(i)->name, &pair) == pat_score_row(i)->identical);
        pair_free(&pair);
    }
}

static void test_scores_stay_within_the_bounds_of_the_row(void **state)
{
    (void)state;
    uint32_t seed = 2;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        image_pair pair = pair_create(sizes[s][0], sizes[s][1]);
        fill_image_noise(&pair.original, &seed);
        for (int round = 0; round < 2; round++) {
            if (round == 0)
                fill_image_noise(&pair.restored, &seed);
            else
                negate(&pair.original, &pair.restored);
            for (int i = 0; i < pat_score_count(); i++) {
                const pat_score *score = pat_score_row(i);
                double value = score_of(score->name, &pair);
                assert_true(value >= score->least && value <= score->greatest);
                assert_true(value != score->identical);
            }
        }
        pair_free(&pair);
    }
}

static void test_too_small_an_image_is_refused_by_each_score(void **state)
{
    (void)state;
    for (int i = 0; i < pat_score_count(); i++) {
        int side = pat_score_row(i)->smallest_side;
        const int small[][2] = {{side - 1, 40}, {40, side - 1}};
        for (size_t s = 0; s < COUNT(small) && side > 1; s++) {
            image_pair pair = pair_create(small[s][0], small[s][1]);
            fill_image(&pair.restored, 1, 2, 3);
            fill_image(&pair.original, 1, 2, 3);
            pat_error error = {0};
            double value = 3;
            assert_int_equal(pat_score_compute(i, &pair.restored, &pair.original, &value, &error),
                             PAT_TOO_SMALL);
            assert_true(value == 3);
            assert_non_null(strstr(error.message, pat_score_row(i)->name));
            pair_free(&pair);
        }
        image_pair pair = pair_create(side, side);
        fill_image(&pair.restored, 1, 2, 3);
        fill_image(&pair.original, 1, 2, 3);
        assert_true(score_of(pat_score_row(i)->name, &pair) == pat_score_row(i)->identical);
        pair_free(&pair);
    }
}

static void test_images_of_two_sizes_are_refused(void **state)
{
    (void)state;
    static const int others[][2] = {{31, 20}, {30, 21}, {20, 30}};
    for (size_t o = 0; o < COUNT(others); o++) {
        image_pair pair = pair_create(30, 20);
        char size[32];
        snprintf(size, sizeof size, "%dx%d", others[o][0], others[o][1]);
        assert_int_equal(pat_image_resize_canvas(&pair.restored, others[o][0], others[o][1], NULL),
                         PAT_OK);
        for (int i = 0; i < pat_score_count(); i++) {
            pat_error error = {0};
            double value = 3;
            assert_int_equal(pat_score_compute(i, &pair.restored, &pair.original, &value, &error),
                             PAT_INVALID_ARGUMENT);
            assert_true(value == 3);
            assert_non_null(strstr(error.message, size));
            assert_non_null(strstr(error.message, "30x20"));
        }
        pair_free(&pair);
    }
}

/* The rows of PSNR and SSIM give the same bits as the functions that the search uses. */
static void test_psnr_and_ssim_are_those_of_planes(void **state)
{
    (void)state;
    uint32_t seed = 3;
    image_pair pair = pair_create(61, 47);
    fill_image_noise(&pair.original, &seed);
    fill_image_noise(&pair.restored, &seed);
    uint64_t squared_error = 0;
    double ssim_sum = 0;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        double mean;
        const pat_plane *restored = &pair.restored.plane[c], *original = &pair.original.plane[c];
        squared_error += pat_sum_squared_error(restored, original);
        assert_int_equal(pat_ssim_mean(restored, original, &mean, NULL), PAT_OK);
        ssim_sum += mean;
    }
    assert_true(score_of("psnr", &pair) == pat_psnr(squared_error, 61 * 47 * PAT_CHANNELS));
    assert_true(score_of("ssim", &pair) == ssim_sum / PAT_CHANNELS);
    pair_free(&pair);
}

/* ---- sets ---- */

static pat_score_set set_of(const char *text)
{
    pat_error error = {0};
    pat_score_set set = 0;
    if (pat_score_set_parse(&set, text, &error) != PAT_OK)
        fail_msg("%s", error.message);
    return set;
}

static void test_sets_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text, *written;
    } cases[] = {{"psnr,ssim,ms_ssim,delta_e", "psnr,ssim,ms_ssim,delta_e"},
                 {"delta_e,ms_ssim,ssim,psnr", "psnr,ssim,ms_ssim,delta_e"},
                 {"psnr", "psnr,ssim"},
                 {"ssim", "psnr,ssim"},
                 {"delta_e", "psnr,ssim,delta_e"},
                 {"ms_ssim,ms_ssim", "psnr,ssim,ms_ssim"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[PAT_SCORE_SET_TEXT_SIZE];
        pat_score_set_format(set_of(cases[i].text), text);
        assert_string_equal(text, cases[i].written);
        assert_true(set_of(text) == set_of(cases[i].text));
    }
    assert_true(pat_score_set_default() == set_of("psnr,ssim"));
    assert_true(pat_score_set_has(set_of("delta_e"), pat_score_find("delta_e")));
    assert_false(pat_score_set_has(set_of("delta_e"), pat_score_find("ms_ssim")));
}

static void test_every_score_fits_the_text_of_a_set(void **state)
{
    (void)state;
    size_t size = 1;
    for (int i = 0; i < pat_score_count(); i++)
        size += strlen(pat_score_row(i)->name) + 1;
    assert_true(size <= PAT_SCORE_SET_TEXT_SIZE);
}

static void test_unknown_scores_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",           ",",     "psnr,",    ",psnr", "psnr,,ssim",
                                        "psnr, ssim", "psnrs", "psnr,ssi", "PSNR",  "lpips"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        pat_error error = {0};
        pat_score_set set = 77;
        assert_int_equal(pat_score_set_parse(&set, texts[i], &error), PAT_INVALID_ARGUMENT);
        assert_true(set == 77);
        for (int s = 0; s < pat_score_count(); s++)
            assert_non_null(strstr(error.message, pat_score_row(s)->name));
    }
    pat_error error = {0};
    pat_score_set set;
    assert_int_equal(pat_score_set_parse(&set, "psnr,lpips,ssim", &error), PAT_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "'lpips'"));
}

/* ---- the objective ---- */

static void assert_same_bits(double got, double want)
{
    if (memcmp(&got, &want, sizeof got) != 0)
        fail_msg("%a, but expected %a", got, want);
}

/* As docs/definitions.md has it, operation by operation. */
static double similarity_by_definition(double psnr, double ssim)
{
    return 0.5 * (psnr / 50) + 0.5 * ssim;
}

static void test_default_objective_is_the_similarity(void **state)
{
    (void)state;
    static const double special[] = {0, -0.0, 1, -1, 50, 100, 1e-310, 1e300, INFINITY};
    for (size_t i = 0; i < COUNT(special); i++)
        for (size_t j = 0; j < COUNT(special); j++)
            assert_same_bits(pat_similarity(special[i], special[j]),
                             similarity_by_definition(special[i], special[j]));
    uint32_t seed = 4;
    for (int i = 0; i < 1000000; i++) {
        double psnr = random_below(&seed, 1u << 31) * 0x1p-24 / 3;
        double ssim = random_below(&seed, 1u << 31) * 0x1p-30 - 1;
        assert_same_bits(pat_similarity(psnr, ssim), similarity_by_definition(psnr, ssim));
    }
}

static void test_objectives_are_sums_of_terms(void **state)
{
    (void)state;
    int ms_ssim = pat_score_find("ms_ssim"), delta_e = pat_score_find("delta_e");
    const pat_objective objective = {2, {{delta_e, -0.25, 10}, {ms_ssim, 2, 1}}};
    double values[PAT_SCORES_MAX] = {[PAT_SCORE_PSNR] = NAN, [PAT_SCORE_SSIM] = NAN};
    values[delta_e] = 5;
    values[ms_ssim] = 0.75;
    assert_true(pat_objective_value(&objective, values) == 1.375);
    pat_score_set set = pat_objective_scores(&objective);
    assert_true(pat_score_set_has(set, ms_ssim) && pat_score_set_has(set, delta_e));
    assert_false(pat_score_set_has(set, PAT_SCORE_PSNR));
}

/* ---- MS-SSIM ---- */

/*
 * Of flat images only the luminance of the coarsest level differs from 1, so that the score shows
 * how many levels there are and what the last one weighs.
 */
static void test_ms_ssim_of_flat_images(void **state)
{
    (void)state;
    static const double weights[] = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
    static const struct {
        int width, height, levels;
    } cases[] = {{11, 11, 1},   {21, 300, 1},  {300, 21, 1},  {22, 22, 2},   {43, 43, 2},
                 {44, 44, 3},   {87, 500, 3},  {88, 88, 4},   {175, 175, 4}, {175, 400, 4},
                 {176, 176, 5}, {177, 179, 5}, {353, 176, 5}, {800, 801, 5}};
    const double c1 = 2.55 * 2.55, u = 100, v = 140;
    double luminance = (2 * u * v + c1) / (u * u + v * v + c1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        image_pair pair = pair_create(cases[i].width, cases[i].height);
        fill_image(&pair.original, 100, 100, 100);
        fill_image(&pair.restored, 140, 140, 140);
        double sum = 0, weight = weights[cases[i].levels - 1];
        for (int level = 0; level < cases[i].levels; level++)
            sum += weights[level];
        double want = pow(luminance, cases[i].levels == 5 ? weight : weight / sum);
        double got = score_of("ms_ssim", &pair);
        if (!(fabs(got - want) < 1e-12))
            fail_msg("%dx%d: %.17g, but expected %.17g", cases[i].width, cases[i].height, got,
                     want);
        pair_free(&pair);
    }
}

static void test_ms_ssim_is_the_mean_of_channels(void **state)
{
    (void)state;
    uint32_t seed = 5;
    image_pair pair = pair_create(101, 90), single = pair_create(101, 90);
    fill_image_noise(&pair.original, &seed);
    fill_image(&pair.restored, 0, 0, 0);
    copy_samples(&pair.original.plane[PAT_GREEN], &pair.restored.plane[PAT_GREEN]);
    double sum = 0;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        for (int to = 0; to < PAT_CHANNELS; to++) {
            copy_samples(&pair.original.plane[c], &single.original.plane[to]);
            copy_samples(&pair.restored.plane[c], &single.restored.plane[to]);
        }
        sum += score_of("ms_ssim", &single);
    }
    assert_true(fabs(score_of("ms_ssim", &pair) - sum / 3) < 1e-15);
    pair_free(&pair);
    pair_free(&single);
}

static void test_ms_ssim_of_opposite_structure_is_zero(void **state)
{
    (void)state;
    uint32_t seed = 6;
    image_pair pair = pair_create(200, 180);
    fill_image_noise(&pair.original, &seed);
    negate(&pair.original, &pair.restored);
    assert_true(score_of("ssim", &pair) < 0);
    assert_true(score_of("ms_ssim", &pair) == 0);
    pair_free(&pair);
}

static void test_ms_ssim_has_no_preferred_side(void **state)
{
    (void)state;
    uint32_t seed = 7;
    image_pair pair = pair_create(189, 203);
    fill_image_noise(&pair.original, &seed);
    fill_image_noise(&pair.restored, &seed);
    image_pair swapped = {pair.original, pair.restored};
    assert_true(score_of("ms_ssim", &pair) == score_of("ms_ssim", &swapped));
    pair_free(&pair);
}

/* ---- CIEDE2000 ---- */

/* Table 1 of Sharma, Wu and Dalal, 2005. */
static const struct {
    pat_lab x, y;
    double difference;
} published[] = {
    {{50, 2.6772, -79.7751}, {50, 0, -82.7485}, 2.0425},
    {{50, 3.1571, -77.2803}, {50, 0, -82.7485}, 2.8615},
    {{50, 2.8361, -74.0200}, {50, 0, -82.7485}, 3.4412},
    {{50, -1.3802, -84.2814}, {50, 0, -82.7485}, 1.0000},
    {{50, -1.1848, -84.8006}, {50, 0, -82.7485}, 1.0000},
    {{50, -0.9009, -85.5211}, {50, 0, -82.7485}, 1.0000},
    {{50, 0, 0}, {50, -1, 2}, 2.3669},
    {{50, -1, 2}, {50, 0, 0}, 2.3669},
    {{50, 2.4900, -0.0010}, {50, -2.4900, 0.0009}, 7.1792},
    {{50, 2.4900, -0.0010}, {50, -2.4900, 0.0010}, 7.1792},
    {{50, 2.4900, -0.0010}, {50, -2.4900, 0.0011}, 7.2195},
    {{50, 2.4900, -0.0010}, {50, -2.4900, 0.0012}, 7.2195},
    {{50, -0.0010, 2.4900}, {50, 0.0009, -2.4900}, 4.8045},
    {{50, -0.0010, 2.4900}, {50, 0.0010, -2.4900}, 4.8045},
    {{50, -0.0010, 2.4900}, {50, 0.0011, -2.4900}, 4.7461},
    {{50, 2.5, 0}, {50, 0, -2.5}, 4.3065},
    {{50, 2.5, 0}, {73, 25, -18}, 27.1492},
    {{50, 2.5, 0}, {61, -5, 29}, 22.8977},
    {{50, 2.5, 0}, {56, -27, -3}, 31.9030},
    {{50, 2.5, 0}, {58, 24, 15}, 19.4535},
    {{50, 2.5, 0}, {50, 3.1736, 0.5854}, 1.0000},
    {{50, 2.5, 0}, {50, 3.2972, 0}, 1.0000},
    {{50, 2.5, 0}, {50, 1.8634, 0.5757}, 1.0000},
    {{50, 2.5, 0}, {50, 3.2592, 0.3350}, 1.0000},
    {{60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}, 1.2644},
    {{63.0109, -31.0961, -5.8663}, {62.8187, -29.7946, -4.0864}, 1.2630},
    {{61.2901, 3.7196, -5.3901}, {61.4292, 2.2480, -4.9620}, 1.8731},
    {{35.0831, -44.1164, 3.7933}, {35.0232, -40.0716, 1.5901}, 1.8645},
    {{22.7233, 20.0904, -46.6940}, {23.0331, 14.9730, -42.5619}, 2.0373},
    {{36.4612, 47.8580, 18.3852}, {36.2715, 50.5065, 21.2231}, 1.4146},
    {{90.8027, -2.0831, 1.4410}, {91.1528, -1.6435, 0.0447}, 1.4441},
    {{90.9257, -0.5406, -0.9208}, {88.6381, -0.8985, -0.7239}, 1.5381},
    {{6.7747, -0.2908, -2.4247}, {5.8714, -0.0985, -2.2286}, 0.6377},
    {{2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}, 0.9082},
};

static void test_ciede2000_of_the_published_pairs(void **state)
{
    (void)state;
    assert_int_equal(COUNT(published), 34);
    for (size_t i = 0; i < COUNT(published); i++) {
        double forth = pat_ciede2000(&published[i].x, &published[i].y);
        double back = pat_ciede2000(&published[i].y, &published[i].x);
        if (!(fabs(forth - published[i].difference) < 1e-4) || !(fabs(back - forth) < 1e-9))
            fail_msg("pair %zu: %.6f and %.6f, but expected %.4f", i + 1, forth, back,
                     published[i].difference);
        assert_true(pat_ciede2000(&published[i].x, &published[i].x) == 0);
    }
}

static void test_delta_e_of_flat_images(void **state)
{
    (void)state;
    static const struct {
        int restored[3], original[3];
        double difference; /* by scikit-image 0.19 */
    } known[] = {{{0, 0, 0}, {255, 255, 255}, 100.000000176},
                 {{255, 0, 0}, {0, 255, 0}, 86.6084594694},
                 {{0, 0, 255}, {255, 255, 0}, 103.427880862},
                 {{128, 128, 128}, {129, 128, 127}, 0.714526725888},
                 {{3, 2, 1}, {1, 2, 3}, 1.00153574947}};
    for (size_t i = 0; i < COUNT(known); i++) {
        const int *u = known[i].restored, *v = known[i].original;
        image_pair pair = pair_create(5, 3);
        fill_image(&pair.restored, u[0], u[1], u[2]);
        fill_image(&pair.original, v[0], v[1], v[2]);
        double got = score_of("delta_e", &pair);
        if (!(fabs(got - known[i].difference) < 1e-9))
            fail_msg("pair %zu: %.12g, but expected %.12g", i, got, known[i].difference);
        pair_free(&pair);
    }
}

/* Half of the pixels differ. */
static void test_delta_e_is_the_mean_of_pixels(void **state)
{
    (void)state;
    image_pair pair = pair_create(6, 4);
    fill_image(&pair.original, 10, 120, 200);
    fill_image(&pair.restored, 30, 90, 210);
    double all = score_of("delta_e", &pair);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < 4; y++)
            for (int x = 0; x < 3; x++)
                set_sample(&pair.restored.plane[c], x, y, sample_at(&pair.original.plane[c], x, y));
    assert_true(all > 1 && fabs(score_of("delta_e", &pair) - all / 2) < 1e-12);
    pair_free(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_found_by_their_names),
        cmocka_unit_test(test_identical_images_have_the_value_of_the_row),
        cmocka_unit_test(test_scores_stay_within_the_bounds_of_the_row),
        cmocka_unit_test(test_too_small_an_image_is_refused_by_each_score),
        cmocka_unit_test(test_images_of_two_sizes_are_refused),
        cmocka_unit_test(test_psnr_and_ssim_are_those_of_planes),
        cmocka_unit_test(test_sets_are_read_and_written),
        cmocka_unit_test(test_every_score_fits_the_text_of_a_set),
        cmocka_unit_test(test_unknown_scores_are_refused),
        cmocka_unit_test(test_default_objective_is_the_similarity),
        cmocka_unit_test(test_objectives_are_sums_of_terms),
        cmocka_unit_test(test_ms_ssim_of_flat_images),
        cmocka_unit_test(test_ms_ssim_is_the_mean_of_channels),
        cmocka_unit_test(test_ms_ssim_of_opposite_structure_is_zero),
        cmocka_unit_test(test_ms_ssim_has_no_preferred_side),
        cmocka_unit_test(test_ciede2000_of_the_published_pairs),
        cmocka_unit_test(test_delta_e_of_flat_images),
        cmocka_unit_test(test_delta_e_is_the_mean_of_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
