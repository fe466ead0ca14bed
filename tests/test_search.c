/* Restore and evaluation against the public operators put together by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "patina/restore.h"
#include "patina/search.h"
#include "ref/naive_restore.h"
#include "ref/planes.h"
#include "restore/channel.h"
#include "settings.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Lets AddressSanitizer's allocator fail as malloc does. */
PAT_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static pat_grid parsed(const char *text)
{
    pat_grid grid;
    pat_error error = {0};
    if (pat_grid_parse(&grid, text, &error) != PAT_OK)
        fail_msg("'%s': %s", text, error.message);
    return grid;
}

/* ---- images ---- */

typedef int picture(int channel, int x, int y, uint32_t *state);

static int noise(int channel, int x, int y, uint32_t *state)
{
    (void)channel, (void)x, (void)y;
    return (int)random_below(state, 256);
}

static int soft(int channel, int x, int y, uint32_t *state)
{
    double wave = sin(0.35 * x + channel) + cos(0.27 * y);
    return (int)(110 + 20 * channel + 40 * wave) + (int)random_below(state, 4);
}

static int soft_without_green(int channel, int x, int y, uint32_t *state)
{
    return channel == PAT_GREEN ? 0 : soft(channel, x, y, state);
}

static int grey_100(int channel, int x, int y, uint32_t *state)
{
    (void)channel, (void)x, (void)y, (void)state;
    return 100;
}

static int grey_128(int channel, int x, int y, uint32_t *state)
{
    (void)channel, (void)x, (void)y, (void)state;
    return 128;
}

static int grey_130(int channel, int x, int y, uint32_t *state)
{
    (void)channel, (void)x, (void)y, (void)state;
    return 130;
}

/* The padding gets noise: nothing may depend on it. */
static pat_image painted(int width, int height, picture *value, uint32_t *state)
{
    pat_image image = {0};
    assert_int_equal(pat_image_resize_canvas(&image, width, height, NULL), PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < image.plane[c].stride; x++)
                set_sample(&image.plane[c], x, y,
                           x < width ? value(c, x, y, state) : (int)random_below(state, 256));
    return image;
}

static void assert_same_image(const pat_image *got, const pat_image *want, const char *what)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        assert_same_samples(&got->plane[c], &want->plane[c], what);
}

/* ---- one setting ---- */

static void color_table(const pat_setting *setting, const pat_plane *plane, uint8_t table[256])
{
    if (setting->value[PAT_AXIS_COLOR] == PAT_COLOR_WHITE_BALANCE) {
        double mean = pat_channel_mean(&(pat_channel){.plane = plane});
        for (int v = 0; v < 256; v++)
            table[v] = (uint8_t)(mean == 0 ? v : trunc(fmin(v * (128 / mean), 255)));
        return;
    }
    naive_stretch(plane, setting->value[PAT_AXIS_COLOR] == LEVELS ? 200 : 2000, table);
}

/* Table, map, blur, sharpen, one channel after the other. */
static void restore_by_hand(const pat_image *damaged, const pat_setting *setting, pat_image *result)
{
    int width = damaged->width, height = damaged->height;
    guarded_plane base = guarded_plane_create(width, height, 3);
    guarded_plane blurred = guarded_plane_create(width, height, 8);
    pat_gaussian kernel;
    assert_int_equal(pat_image_resize_canvas(result, width, height, NULL), PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        copy_samples(&damaged->plane[c], &base.plane);
        if (setting->value[PAT_AXIS_COLOR] != PAT_COLOR_NONE) {
            uint8_t table[256];
            color_table(setting, &base.plane, table);
            pat_plane_map(&base.plane, table, &base.plane);
        }
        if (setting->value[PAT_AXIS_FILTER] != UNSHARP) {
            copy_samples(&base.plane, &result->plane[c]);
            continue;
        }
        pat_gaussian_init(&kernel, setting->value[PAT_AXIS_SIGMA]);
        assert_int_equal(pat_gaussian_blur(&kernel, &base.plane, &blurred.plane, NULL), PAT_OK);
        pat_sharpen(&base.plane, &blurred.plane, setting->value[PAT_AXIS_STRENGTH],
                    &result->plane[c]);
    }
    guarded_plane_free(&base);
    guarded_plane_free(&blurred);
}

static void test_restore_is_its_operators(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 9}, {33, 21}};
    uint32_t seed = 3;
    pat_grid grid = parsed("color=white_balance,none,levels,stretch;filter=unsharp,none;"
                           "sigma=0.5,2,3;strength=0,0.7,1.5");
    pat_image got = {0}, want = {0};
    for (size_t s = 0; s < COUNT(sizes); s++) {
        pat_image damaged = painted(sizes[s][0], sizes[s][1], soft_without_green, &seed);
        for (size_t i = 0; i < pat_grid_count(&grid); i++) {
            pat_setting setting = pat_grid_setting(&grid, i);
            assert_int_equal(pat_image_restore(&damaged, &setting, &got, NULL), PAT_OK);
            restore_by_hand(&damaged, &setting, &want);
            assert_same_image(&got, &want, "restored");
        }
        pat_image_release(&damaged);
    }
    pat_image_release(&got);
    pat_image_release(&want);
}

/* ---- evaluation ---- */

static pat_searcher *new_searcher(const pat_grid *grid)
{
    pat_searcher *searcher = pat_searcher_create(grid);
    assert_non_null(searcher);
    return searcher;
}

static pat_evaluation evaluate(pat_searcher *searcher, const pat_image *damaged,
                               const pat_image *undamaged)
{
    pat_evaluation evaluation;
    pat_error error = {0};
    if (pat_searcher_evaluate(searcher, damaged, undamaged, &evaluation, &error) != PAT_OK)
        fail_msg("%s", error.message);
    return evaluation;
}

static pat_scores score_by_hand(const pat_image *restored, const pat_image *undamaged)
{
    uint64_t sum_squared_error = 0;
    double ssim_sum = 0;
    guarded_plane resized = guarded_plane_create(undamaged->width, undamaged->height, 6);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_plane *original = &undamaged->plane[c];
        assert_int_equal(pat_resize_linear(&restored->plane[c], &resized.plane, NULL), PAT_OK);
        double ssim;
        assert_int_equal(pat_ssim_mean(&resized.plane, original, &ssim, NULL), PAT_OK);
        sum_squared_error += pat_sum_squared_error(original, &resized.plane);
        ssim_sum += ssim;
    }
    guarded_plane_free(&resized);
    uint64_t samples = 3 * (uint64_t)undamaged->width * (uint64_t)undamaged->height;
    double psnr = pat_psnr(sum_squared_error, samples);
    return (pat_scores)SCORES(pat_similarity(psnr, ssim_sum / 3), psnr, ssim_sum / 3);
}

static void assert_same_scores(const pat_scores *got, const pat_scores *want, const char *what)
{
    if (memcmp(got, want, sizeof *got) != 0)
        fail_msg("%s: %.17g dB, SSIM %.17g, but by hand %.17g dB, SSIM %.17g", what, got->psnr,
                 got->ssim, want->psnr, want->ssim);
}

/* The first of the best, and how many others are as good. */
static void assert_winner(const pat_evaluation *evaluation, const pat_grid *grid)
{
    const pat_scores *trials = evaluation->trials;
    size_t count = pat_grid_count(grid), best = 0, equal = 0;
    for (size_t i = 0; i < count; i++)
        if (trials[i].similarity > trials[best].similarity)
            best = i;
    for (size_t i = 0; i < count; i++)
        equal += trials[i].similarity == trials[best].similarity;
    pat_setting want = pat_grid_setting(grid, best);
    assert_true(pat_setting_equal(&evaluation->setting, &want));
    assert_same_scores(&evaluation->best, &trials[best], "best");
    assert_int_equal(evaluation->ties, equal - 1);
}

static void check_evaluation(pat_searcher *searcher, const pat_grid *grid, const pat_image *damaged,
                             const pat_image *undamaged)
{
    pat_evaluation evaluation = evaluate(searcher, damaged, undamaged);
    pat_image restored = {0};
    for (size_t i = 0; i < pat_grid_count(grid); i++) {
        pat_setting setting = pat_grid_setting(grid, i);
        char what[128];
        snprintf(what, sizeof what, "%dx%d to %dx%d, setting %zu", damaged->width, damaged->height,
                 undamaged->width, undamaged->height, i);
        assert_int_equal(pat_image_restore(damaged, &setting, &restored, NULL), PAT_OK);
        pat_scores want = score_by_hand(&restored, undamaged);
        assert_same_scores(&evaluation.trials[i], &want, what);
    }
    pat_scores untouched = score_by_hand(damaged, undamaged);
    assert_same_scores(&evaluation.untouched, &untouched, "untouched");
    assert_winner(&evaluation, grid);
    pat_image_release(&restored);
}

/* Equal sizes and every kind of mismatch; damaged width and height, then undamaged. */
static const int pair_sizes[][4] = {
    {20, 15, 20, 15}, {40, 30, 20, 15}, {20, 15, 40, 30}, {33, 29, 20, 15}, {11, 9, 20, 15},
    {20, 15, 20, 16}, {21, 15, 20, 15}, {5, 4, 20, 15},   {1, 1, 7, 7},     {70, 7, 7, 70}};

static void test_evaluation_is_its_operators(void **state)
{
    (void)state;
    static const char *const grids[] = {
        "sigma=0.5:2:0.5", /* the default */
        "color=none,white_balance;sigma=3,0.3;strength=0,0.7,1,12.3",
        "color=none;sigma=1",
        "color=levels,none,white_balance;sigma=0.5,1;strength=0,1.5,0.7",
        "color=levels;sigma=1",
        "color=stretch,none,white_balance,levels;filter=none,unsharp;sigma=0.5,2;strength=0,1.5,0."
        "7",
        "color=none,stretch;filter=unsharp,none;sigma=1;strength=1",
        "color=none,levels;filter=none"};
    static picture *const pictures[] = {noise, soft, soft_without_green};
    uint32_t seed = 4;
    for (size_t g = 0; g < COUNT(grids); g++) {
        pat_grid grid = parsed(grids[g]);
        pat_searcher *searcher = new_searcher(&grid);
        for (size_t s = 0; s < COUNT(pair_sizes); s++) {
            const int *size = pair_sizes[s];
            pat_image damaged = painted(size[0], size[1], pictures[(g + s) % 3], &seed);
            pat_image undamaged = painted(size[2], size[3], pictures[s % 3], &seed);
            check_evaluation(searcher, &grid, &damaged, &undamaged);
            pat_image_release(&damaged);
            pat_image_release(&undamaged);
        }
        pat_searcher_free(searcher);
    }
}

/* ---- Further scores ---- */

/* A score of `image`, resized by hand to the size of `undamaged`. */
static double further_by_hand(int score, const pat_image *image, const pat_image *undamaged)
{
    pat_image resized = {0};
    double value = NAN;
    assert_int_equal(pat_image_resize_canvas(&resized, undamaged->width, undamaged->height, NULL),
                     PAT_OK);
    for (int c = 0; c < PAT_CHANNELS; c++)
        assert_int_equal(pat_resize_linear(&image->plane[c], &resized.plane[c], NULL), PAT_OK);
    assert_int_equal(pat_score_compute(score, &resized, undamaged, &value, NULL), PAT_OK);
    pat_image_release(&resized);
    return value;
}

static void assert_further(const pat_scores *got, const pat_image *image,
                           const pat_image *undamaged)
{
    for (int i = PAT_SCORE_SSIM + 1; i < pat_score_count(); i++)
        assert_true(got->further[i] == further_by_hand(i, image, undamaged));
}

static void check_further(pat_searcher *searcher, const pat_grid *grid, const pat_image *damaged,
                          const pat_image *undamaged)
{
    pat_image restored = {0};
    pat_evaluation every = evaluate(searcher, damaged, undamaged), best;
    for (size_t i = 0; i < pat_grid_count(grid); i++) {
        const pat_setting setting = pat_grid_setting(grid, i);
        assert_int_equal(pat_image_restore(damaged, &setting, &restored, NULL), PAT_OK);
        assert_further(&every.trials[i], &restored, undamaged);
    }
    assert_further(&every.untouched, damaged, undamaged);
    assert_int_equal(pat_searcher_find_best(searcher, damaged, undamaged, &best, NULL), PAT_OK);
    assert_int_equal(pat_image_restore(damaged, &best.setting, &restored, NULL), PAT_OK);
    assert_further(&best.best, &restored, undamaged);
    assert_further(&best.untouched, damaged, undamaged);
    pat_image_release(&restored);
}

static void test_further_scores_are_those_of_whole_images(void **state)
{
    (void)state;
    static const int sizes[][4] = {{30, 25, 30, 25}, {40, 30, 23, 31}};
    uint32_t seed = 21;
    pat_grid grid = parsed("color=stretch,none;filter=none,unsharp;sigma=1;strength=0,0.7");
    pat_searcher *searcher = new_searcher(&grid);
    pat_score_set all = 0;
    assert_int_equal(pat_score_set_parse(&all, "ms_ssim,delta_e", NULL), PAT_OK);
    pat_searcher_set_scores(searcher, all, true);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        pat_image damaged = painted(sizes[i][0], sizes[i][1], soft, &seed);
        pat_image undamaged = painted(sizes[i][2], sizes[i][3], soft, &seed);
        check_further(searcher, &grid, &damaged, &undamaged);
        pat_image_release(&damaged);
        pat_image_release(&undamaged);
    }
    pat_searcher_free(searcher);
}

/* Only the best setting and the untouched image, unless all are asked for; and an image that is too
 * small for one of them is said to be. */
static void test_further_scores_of_few_settings_and_small_images(void **state)
{
    (void)state;
    uint32_t seed = 22;
    pat_grid grid = parsed("color=none;sigma=1;strength=0.5,1,2");
    pat_searcher *searcher = new_searcher(&grid);
    pat_score_set set = 0;
    int ms_ssim = pat_score_find("ms_ssim");
    assert_int_equal(pat_score_set_parse(&set, "ms_ssim", NULL), PAT_OK);
    pat_searcher_set_scores(searcher, set, false);
    pat_image damaged = painted(30, 25, soft, &seed), undamaged = painted(30, 25, soft, &seed);
    pat_evaluation found = evaluate(searcher, &damaged, &undamaged);
    int computed = 0;
    for (size_t i = 0; i < pat_grid_count(&grid); i++)
        computed += found.trials[i].further[ms_ssim] != 0;
    assert_int_equal(computed, 1);
    assert_true(found.best.further[ms_ssim] != 0 && found.untouched.further[ms_ssim] != 0);

    pat_image small = painted(30, 10, soft, &seed);
    pat_error error = {0};
    assert_int_equal(pat_searcher_find_best(searcher, &damaged, &small, &found, &error),
                     PAT_TOO_SMALL);
    assert_non_null(strstr(error.message, "ms_ssim needs at least 11"));
    pat_image_release(&damaged);
    pat_image_release(&undamaged);
    pat_image_release(&small);
    pat_searcher_free(searcher);
}

static void test_images_are_only_read(void **state)
{
    (void)state;
    uint32_t seed = 5, again = 5;
    pat_grid grid;
    pat_grid_init_default(&grid);
    pat_searcher *searcher = new_searcher(&grid);
    pat_image damaged = painted(30, 20, soft, &seed), undamaged = painted(25, 20, soft, &seed);
    evaluate(searcher, &damaged, &undamaged);
    pat_image damaged_copy = painted(30, 20, soft, &again);
    pat_image undamaged_copy = painted(25, 20, soft, &again);
    assert_same_image(&damaged, &damaged_copy, "damaged");
    assert_same_image(&undamaged, &undamaged_copy, "undamaged");
    pat_image_release(&damaged);
    pat_image_release(&undamaged);
    pat_image_release(&damaged_copy);
    pat_image_release(&undamaged_copy);
    pat_searcher_free(searcher);
}

static void test_strength_zero_without_color_is_untouched(void **state)
{
    (void)state;
    uint32_t seed = 6;
    pat_grid grid = parsed("color=none;sigma=0.5,3;strength=0");
    pat_searcher *searcher = new_searcher(&grid);
    pat_image damaged = painted(30, 20, soft, &seed), undamaged = painted(25, 20, soft, &seed);
    pat_evaluation evaluation = evaluate(searcher, &damaged, &undamaged);
    assert_same_scores(&evaluation.best, &evaluation.untouched, "strength 0");
    assert_int_equal(evaluation.ties, 1);
    pat_image_release(&damaged);
    pat_image_release(&undamaged);
    pat_searcher_free(searcher);
}

/* One gray against another, on a grid of 20 settings for each color method. */
static pat_evaluation evaluate_greys(const char *grid_text, picture *damaged_value,
                                     picture *undamaged_value, size_t *best)
{
    uint32_t seed = 7;
    pat_grid grid = parsed(grid_text);
    pat_searcher *searcher = new_searcher(&grid);
    pat_image damaged = painted(12, 9, damaged_value, &seed);
    pat_image undamaged = painted(15, 8, undamaged_value, &seed);
    pat_evaluation evaluation = evaluate(searcher, &damaged, &undamaged);
    assert_winner(&evaluation, &grid);
    for (*best = 0; *best < pat_grid_count(&grid); ++*best) {
        pat_setting setting = pat_grid_setting(&grid, *best);
        if (pat_setting_equal(&setting, &evaluation.setting))
            break;
    }
    pat_image_release(&damaged);
    pat_image_release(&undamaged);
    pat_searcher_free(searcher);
    evaluation.trials = NULL;
    return evaluation;
}

/* Filters whose results are kept between their uses, in one grid, those of another grid and image,
 * which would take too much memory, and filters at a smaller scale, beside strength 0 and the full
 * scale: every score is that of the restored image. */
static void test_filters_are_their_whole_images(void **state)
{
    (void)state;
    static const char *const grids[] = {
        "color=none,levels;filter=none,unsharp,gaussian,median,bilateral,wiener;sigma=0.6,1.5;"
        "strength=0,0.7;range=20;noise=0.05",
        "color=none;filter=gaussian,bilateral,wiener;sigma=0.1:4:0.1;strength=0;range=20",
        "color=none,levels;filter=unsharp,median;sigma=0.8,2;strength=0,1;scale=0.5,1",
        "color=none;filter=unsharp;sigma=1;strength=1,0;scale=0.5,0.3",
        "color=none;filter=gaussian,wiener;sigma=0.5:3.5:0.1;noise=0.02;scale=0.4"};
    static const int widths[] = {61, 290, 61, 61, 290}, steps[] = {1, 9, 1, 1, 9};
    uint32_t seed = 21;
    for (size_t g = 0; g < COUNT(grids); g++) {
        pat_grid grid = parsed(grids[g]);
        pat_image damaged = painted(widths[g], 330, soft_without_green, &seed), restored = {0};
        pat_image undamaged = painted(widths[g], 330, soft_without_green, &seed);
        pat_searcher *searcher = new_searcher(&grid);
        pat_evaluation evaluation = evaluate(searcher, &damaged, &undamaged);
        for (size_t i = 0; i < pat_grid_count(&grid); i += (size_t)steps[g]) {
            const pat_setting setting = pat_grid_setting(&grid, i);
            assert_int_equal(pat_image_restore(&damaged, &setting, &restored, NULL), PAT_OK);
            const pat_scores want = score_by_hand(&restored, &undamaged);
            assert_same_scores(&evaluation.trials[i], &want, "a filter");
        }
        pat_searcher_free(searcher);
        pat_image_release(&restored);
        pat_image_release(&undamaged);
        pat_image_release(&damaged);
    }
}

static void test_first_of_equals_wins(void **state)
{
    (void)state;
    size_t best;
    /* White balance makes 128 of it, 2 off instead of 30. */
    pat_evaluation evaluation =
        evaluate_greys("color=white_balance,none", grey_100, grey_130, &best);
    assert_int_equal(best, 0);
    assert_int_equal(evaluation.ties, 19);
    assert_true(fabs(evaluation.best.psnr - 10 * log10(65025 / 4.0)) < 1e-12);
    assert_true(fabs(evaluation.untouched.psnr - 10 * log10(65025 / 900.0)) < 1e-12);

    evaluation = evaluate_greys("color=none,white_balance", grey_100, grey_130, &best);
    assert_int_equal(best, 20);
    assert_int_equal(evaluation.ties, 19);

    evaluation = evaluate_greys("color=none,white_balance", grey_128, grey_130, &best);
    assert_int_equal(best, 0);
    assert_int_equal(evaluation.ties, 39);

    evaluation = evaluate_greys("color=none;sigma=1;strength=1", grey_128, grey_130, &best);
    assert_int_equal(best, 0);
    assert_int_equal(evaluation.ties, 0);
}

static int full_range(int channel, int x, int y, uint32_t *state)
{
    (void)state;
    return (37 * x + 85 * channel + 11 * y) % 256;
}

/* Another fading for each channel. */
static int faded(int channel, int x, int y, uint32_t *state)
{
    return (int)rint(full_range(channel, x, y, state) * (0.7 - 0.1 * channel) + 20 * (channel + 1));
}

static void test_levels_undo_fading(void **state)
{
    (void)state;
    uint32_t seed = 11;
    pat_grid grid = parsed("color=white_balance,none,levels;sigma=1;strength=0");
    pat_searcher *searcher = new_searcher(&grid);
    pat_image damaged = painted(60, 50, faded, &seed),
              original = painted(60, 50, full_range, &seed);
    pat_evaluation evaluation = evaluate(searcher, &damaged, &original);
    assert_int_equal(evaluation.setting.value[PAT_AXIS_COLOR], LEVELS);
    assert_true(evaluation.best.psnr > 40);
    assert_true(evaluation.trials[0].psnr < 30 && evaluation.untouched.psnr < 20);
    pat_image_release(&damaged);
    pat_image_release(&original);
    pat_searcher_free(searcher);
}

static void test_identical_pair(void **state)
{
    (void)state;
    size_t best;
    pat_evaluation evaluation = evaluate_greys("sigma=1", grey_128, grey_128, &best);
    assert_int_equal(best, 0);
    assert_int_equal(evaluation.ties, 9);
    assert_true(evaluation.best.similarity == INFINITY);
    assert_true(evaluation.untouched.psnr == INFINITY);

    uint32_t seed = 8;
    pat_grid grid;
    pat_grid_init_default(&grid);
    pat_searcher *searcher = new_searcher(&grid);
    pat_image image = painted(40, 30, soft, &seed);
    evaluation = evaluate(searcher, &image, &image);
    assert_true(evaluation.untouched.similarity == INFINITY);
    assert_true(evaluation.untouched.psnr == INFINITY);
    assert_true(evaluation.untouched.ssim == 1);
    assert_true(isfinite(evaluation.best.similarity));
    pat_image_release(&image);
    pat_searcher_free(searcher);
}

static void test_too_small_to_score(void **state)
{
    (void)state;
    static const int sizes[][2] = {{6, 20}, {20, 6}, {1, 1}};
    uint32_t seed = 9;
    pat_grid grid = parsed("sigma=1;strength=1");
    pat_searcher *searcher = new_searcher(&grid);
    pat_image damaged = painted(20, 20, soft, &seed);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        pat_image undamaged = painted(sizes[i][0], sizes[i][1], soft, &seed);
        pat_evaluation evaluation;
        pat_error error = {0};
        char size[32];
        snprintf(size, sizeof size, "%dx%d", sizes[i][0], sizes[i][1]);
        assert_int_equal(pat_searcher_evaluate(searcher, &damaged, &undamaged, &evaluation, &error),
                         PAT_TOO_SMALL);
        assert_int_equal(error.status, PAT_TOO_SMALL);
        assert_non_null(strstr(error.message, size));
        check_evaluation(searcher, &grid, &undamaged, &damaged); /* the other way round is fine */
        pat_image_release(&undamaged);
    }
    pat_image_release(&damaged);
    pat_searcher_free(searcher);
}

static void test_reused_searcher_gives_the_bits_of_a_fresh_one(void **state)
{
    (void)state;
    uint32_t seed = 10;
    pat_grid grid, changed;
    pat_grid_init_default(&grid);
    changed = grid;
    pat_searcher *reused = new_searcher(&changed);
    memset(&changed, 0, sizeof changed); /* the searcher has a copy */
    for (size_t i = 0; i < 3 * COUNT(pair_sizes); i++) {
        const int *size = pair_sizes[i * 7 % COUNT(pair_sizes)];
        pat_image damaged = painted(size[0], size[1], soft, &seed);
        pat_image undamaged = painted(size[2], size[3], soft, &seed);
        pat_searcher *fresh = new_searcher(&grid);
        pat_evaluation a = evaluate(reused, &damaged, &undamaged);
        pat_evaluation b = evaluate(fresh, &damaged, &undamaged);
        assert_memory_equal(a.trials, b.trials, pat_grid_count(&grid) * sizeof *a.trials);
        assert_same_scores(&a.untouched, &b.untouched, "untouched");
        assert_same_scores(&a.best, &b.best, "best");
        assert_int_equal(a.ties, b.ties);
        pat_searcher_free(fresh);
        pat_image_release(&damaged);
        pat_image_release(&undamaged);
    }
    pat_searcher_free(reused);
}

/* 2^48 pixels: no sample is read before the memory for them is found missing. */
static void test_failed_allocation_is_reported_and_survived(void **state)
{
    (void)state;
    uint32_t seed = 11;
    uint8_t sample = 0;
    pat_image huge = {.width = 1 << 24, .height = 1 << 24}, restored = {0};
    for (int c = 0; c < PAT_CHANNELS; c++)
        huge.plane[c] = (pat_plane){&sample, huge.width, huge.height, huge.width};
    pat_grid grid = parsed("sigma=1");
    pat_searcher *searcher = new_searcher(&grid);
    pat_image small = painted(20, 15, soft, &seed);
    pat_evaluation evaluation;
    pat_error error = {0};
    assert_int_equal(pat_searcher_evaluate(searcher, &huge, &small, &evaluation, &error),
                     PAT_OUT_OF_MEMORY);
    assert_int_equal(error.status, PAT_OUT_OF_MEMORY);
    check_evaluation(searcher, &grid, &small, &small);

    pat_setting setting = pat_grid_setting(&grid, 0);
    assert_int_equal(pat_image_restore(&huge, &setting, &restored, &error), PAT_OUT_OF_MEMORY);
    assert_int_equal(pat_image_restore(&small, &setting, &restored, &error), PAT_OK);
    pat_image_release(&small);
    pat_image_release(&restored);
    pat_searcher_free(searcher);
    pat_searcher_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restore_is_its_operators),
        cmocka_unit_test(test_evaluation_is_its_operators),
        cmocka_unit_test(test_further_scores_are_those_of_whole_images),
        cmocka_unit_test(test_further_scores_of_few_settings_and_small_images),
        cmocka_unit_test(test_images_are_only_read),
        cmocka_unit_test(test_strength_zero_without_color_is_untouched),
        cmocka_unit_test(test_filters_are_their_whole_images),
        cmocka_unit_test(test_first_of_equals_wins),
        cmocka_unit_test(test_levels_undo_fading),
        cmocka_unit_test(test_identical_pair),
        cmocka_unit_test(test_too_small_to_score),
        cmocka_unit_test(test_reused_searcher_gives_the_bits_of_a_fresh_one),
        cmocka_unit_test(test_failed_allocation_is_reported_and_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
