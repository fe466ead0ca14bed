/*
 * pat_searcher_find_best() returns the same bytes as pat_searcher_evaluate(), and all kernel tiers
 * return the same bytes, on real pairs and on pairs made to be difficult.
 *
 * The tier is chosen once per process, so each runs in a separate process, which returns a digest
 * of all its evaluations.
 */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <nettle/sha2.h>

#include "kernels/kernels.h"
#include "patina/search.h"
#include "tiers/patterns.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- both searches ---- */

/* The default; one setting; strengths of both kinds; and grids with ties: blurs or strengths that
 * change nothing, and strengths that round to the same samples. */
static const char *const grid_texts[] = {
    "sigma=0.5:2:0.5",
    "sigma=0.01,0.1,0.2;strength=0.5,1,2.5",
    "color=none;sigma=1;strength=1",
    "color=none,white_balance;sigma=3,0.3;strength=0.3,3.7,64,100",
    "sigma=0.5,1,7;strength=0",
    "color=none;sigma=1.2;strength=1.5,1.50000001,1,1.00000001,0",
    "color=none,white_balance;sigma=0.2,1;strength=0,0.1,0.2,0.5",
    "color=levels,white_balance,none;sigma=0.5,2;strength=0,0.5,1.3,2",
    "color=stretch,none,levels;filter=none,unsharp;sigma=0.5,2;strength=0,0.5,1.3",
    "color=none,stretch;filter=unsharp,none;sigma=1;strength=1",
};

static struct {
    pat_grid grid;
    pat_searcher *searcher; /* reused: no state may leak from one pair to the next */
} grids[COUNT(grid_texts)];

static struct sha256_ctx digest;

/* How often the important cases occurred. */
static struct {
    int pairs, ties, identical, resized, untouched_is_best;
} seen;

static pat_searcher *new_searcher(const char *text, pat_grid *grid)
{
    pat_error error = {0};
    if (pat_grid_parse(grid, text, &error) != PAT_OK)
        fail_msg("'%s': %s", text, error.message);
    pat_searcher *searcher = pat_searcher_create(grid);
    assert_non_null(searcher);
    return searcher;
}

static pat_evaluation evaluated(pat_searcher *searcher, const pat_image *damaged,
                                const pat_image *undamaged, size_t settings)
{
    pat_evaluation evaluation;
    pat_error error = {0};
    if (pat_searcher_evaluate(searcher, damaged, undamaged, &evaluation, &error) != PAT_OK)
        fail_msg("%s", error.message);
    sha256_update(&digest, settings * sizeof *evaluation.trials, (const void *)evaluation.trials);
    sha256_update(&digest, sizeof evaluation.untouched, (const void *)&evaluation.untouched);
    sha256_update(&digest, sizeof evaluation.ties, (const void *)&evaluation.ties);
    return evaluation;
}

static pat_evaluation found_best(pat_searcher *searcher, const pat_image *damaged,
                                 const pat_image *undamaged)
{
    pat_evaluation evaluation;
    pat_error error = {0};
    if (pat_searcher_find_best(searcher, damaged, undamaged, &evaluation, &error) != PAT_OK)
        fail_msg("%s", error.message);
    assert_null(evaluation.trials);
    return evaluation;
}

static void assert_same_scores(const pat_scores *got, const pat_scores *want, const char *which,
                               const char *pair)
{
    if (memcmp(got, want, sizeof *got) != 0)
        fail_msg("%s: %s score is %.17g (%.17g dB, SSIM %.17g), but with all settings scored "
                 "%.17g (%.17g dB, SSIM %.17g)",
                 pair, which, got->similarity, got->psnr, got->ssim, want->similarity, want->psnr,
                 want->ssim);
}

static void assert_same_evaluation(const pat_evaluation *got, const pat_evaluation *want,
                                   const char *pair)
{
    const pat_setting *a = &got->setting, *b = &want->setting;
    assert_same_scores(&got->best, &want->best, "the best", pair);
    assert_same_scores(&got->untouched, &want->untouched, "the untouched", pair);
    if (memcmp(a, b, sizeof *a) != 0) {
        char text[2][PAT_SETTING_TEXT_SIZE];
        fail_msg("%s: '%s', but with all settings scored '%s'", pair,
                 pat_setting_describe(a, text[0]), pat_setting_describe(b, text[1]));
    }
    if (got->ties != want->ties)
        fail_msg("%s: %zu ties, but with all settings scored %zu", pair, got->ties, want->ties);
}

static void note(const pat_evaluation *evaluation, const pat_image *damaged,
                 const pat_image *undamaged)
{
    seen.pairs++;
    seen.ties += evaluation->ties > 0;
    seen.identical += evaluation->best.psnr == INFINITY;
    seen.untouched_is_best += evaluation->untouched.similarity >= evaluation->best.similarity;
    seen.resized += damaged->width != undamaged->width || damaged->height != undamaged->height;
}

static void compare_with(pat_searcher *searcher, const pat_grid *grid, const pat_image *damaged,
                         const pat_image *undamaged, const char *name)
{
    char text[PAT_GRID_TEXT_SIZE], pair[PAT_GRID_TEXT_SIZE + 256];
    pat_grid_format(grid, text);
    snprintf(pair, sizeof pair, "%s, %dx%d to %dx%d, %.200s", name, damaged->width, damaged->height,
             undamaged->width, undamaged->height, text);
    pat_evaluation got, want;
    if (seen.pairs % 2 == 0) /* alternate the order: either may disturb the other */
        got = found_best(searcher, damaged, undamaged);
    want = evaluated(searcher, damaged, undamaged, pat_grid_count(grid));
    if (seen.pairs % 2 != 0)
        got = found_best(searcher, damaged, undamaged);
    assert_same_evaluation(&got, &want, pair);
    note(&want, damaged, undamaged);
}

/* grid: any number, reduced to an index. */
static void compare(int grid, const pat_image *damaged, const pat_image *undamaged,
                    const char *name)
{
    size_t i = (size_t)grid % COUNT(grid_texts);
    compare_with(grids[i].searcher, &grids[i].grid, damaged, undamaged, name);
}

/* ---- pairs of patterns ---- */

static pat_image canvas(int width, int height)
{
    pat_image image = {0};
    assert_int_equal(pat_image_resize_canvas(&image, width, height, NULL), PAT_OK);
    return image;
}

static sample_rows rows_of(const pat_image *image, int channel)
{
    const pat_plane *plane = &image->plane[channel];
    return (sample_rows){plane->data, plane->stride, plane->width, plane->height};
}

/* The channels share the pattern, but not the samples. */
static pat_image patterned(int width, int height, int pattern, uint64_t *random)
{
    pat_image image = canvas(width, height);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        sample_rows rows = rows_of(&image, c);
        fill_pattern(&rows, pattern, random);
    }
    return image;
}

static pat_image partner_of(const pat_image *of, int relation, uint64_t *random)
{
    pat_image image = canvas(of->width, of->height);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        sample_rows rows = rows_of(&image, c), from = rows_of(of, c);
        fill_partner(&rows, &from, relation, random);
    }
    return image;
}

static const int sizes[][2] = {{7, 7},    {7, 8},   {8, 7},   {20, 15},  {7, 61},
                               {64, 7},   {39, 38}, {45, 99}, {2000, 7}, {7, 300},
                               {131, 70}, {33, 34}, {23, 200}};

static void test_patterns(void **state)
{
    (void)state;
    uint64_t random = 1;
    int turn = 0;
    for (int pattern = 0; pattern < PATTERNS; pattern++)
        for (int relation = 0; relation < RELATIONS; relation++)
            for (int i = 0; i < 3; i++, turn++) {
                const int *size = sizes[(size_t)turn % COUNT(sizes)];
                pat_image damaged = patterned(size[0], size[1], pattern, &random);
                pat_image undamaged = partner_of(&damaged, relation, &random);
                char name[64];
                snprintf(name, sizeof name, "%s and %s", pattern_names[pattern],
                         relation_names[relation]);
                compare(turn, &damaged, &undamaged, name);
                pat_image_release(&damaged);
                pat_image_release(&undamaged);
            }
}

/* Identical rows have no errors: settings that tie remain at their bounds until completed. */
static void make_rows_identical(const pat_image *from, const pat_image *to, int first, int count)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = first; y < first + count; y++)
            memcpy(to->plane[c].data + y * to->plane[c].stride,
                   from->plane[c].data + y * from->plane[c].stride, (size_t)from->width);
}

static void test_partly_identical(void **state)
{
    (void)state;
    static const int parts[][2] = {{0, 60}, {60, 60}, {0, 119}, {1, 119}, {40, 20}};
    uint64_t random = 2;
    for (int turn = 0; turn < 7 * 5 * 2; turn++) {
        const int *part = parts[turn / 7 % 5];
        pat_image damaged = patterned(40, 120, turn % PATTERNS, &random);
        pat_image undamaged = partner_of(&damaged, turn % 2 ? 4 : 2, &random);
        make_rows_identical(&damaged, &undamaged, part[0], part[1]);
        compare(turn, &damaged, &undamaged, "partly identical");
        compare(turn, &undamaged, &damaged, "partly identical, exchanged");
        pat_image_release(&damaged);
        pat_image_release(&undamaged);
    }
}

/* Width and height of the damaged, then of the undamaged image: halved, doubled, arbitrary. */
static const int unlike_sizes[][4] = {
    {40, 30, 20, 15}, {20, 15, 40, 30},    {14, 14, 7, 7},   {33, 29, 20, 15}, {11, 9, 20, 15},
    {20, 15, 20, 16}, {21, 15, 20, 15},    {5, 4, 20, 15},   {1, 1, 7, 7},     {1, 40, 40, 7},
    {70, 7, 7, 70},   {128, 200, 64, 100}, {99, 45, 60, 97}, {7, 7, 90, 90},   {1200, 8, 600, 7}};

static void test_unlike_sizes(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int turn = 0; turn < (int)COUNT(unlike_sizes) * 8; turn++) {
        const int *size = unlike_sizes[(size_t)turn % COUNT(unlike_sizes)];
        pat_image damaged = patterned(size[0], size[1], turn % PATTERNS, &random);
        pat_image undamaged = patterned(size[2], size[3], turn * 7 % PATTERNS, &random);
        compare(turn, &damaged, &undamaged, "unlike sizes");
        pat_image_release(&damaged);
        pat_image_release(&undamaged);
    }
}

/* ---- pairs of real images ---- */

enum { IMAGES_MAX = 64 };

static struct {
    char name[256];
    pat_image damaged, undamaged;
} sample[IMAGES_MAX];
static int images;

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void load(const char *folder, const char *name, pat_image *image)
{
    char path[1024];
    pat_error error = {0};
    snprintf(path, sizeof path, "%s/%s/%s", SAMPLE, folder, name);
    if (pat_image_load(path, PAT_MAX_PIXELS_DEFAULT, image, &error) != PAT_OK)
        fail_msg("%s", error.message);
}

static void load_sample(void)
{
    struct dirent **entries;
    int found = scandir(SAMPLE "/damaged", &entries, not_hidden, alphasort);
    assert_true(found > 0 && found <= IMAGES_MAX);
    for (int i = 0; i < found; i++, images++) {
        snprintf(sample[i].name, sizeof sample[i].name, "%s", entries[i]->d_name);
        load("damaged", sample[i].name, &sample[i].damaged);
        load("undamaged", sample[i].name, &sample[i].undamaged);
        free(entries[i]);
    }
    free(entries);
}

/* Beyond its edges the image is repeated. */
static pat_image cropped(const pat_image *image, int left, int top, int width, int height)
{
    pat_image crop = canvas(width, height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                crop.plane[c].data[y * crop.plane[c].stride + x] =
                    image->plane[c].data[(top + y) % image->height * image->plane[c].stride +
                                         (left + x) % image->width];
    return crop;
}

static void test_sample(void **state)
{
    (void)state;
    for (int i = 0; i < images; i += 3)
        compare(0, &sample[i].damaged, &sample[i].undamaged, sample[i].name);
    for (int i = 0; i < images; i += 6) /* another image's original, maybe of another size */
        compare(0, &sample[i].damaged, &sample[(i + 1) % images].undamaged, sample[i].name);
}

static void test_crops(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (int turn = 0; turn < 180; turn++) {
        int a = (int)next_random(&random, (uint32_t)images);
        int b = turn % 4 == 3 ? (int)next_random(&random, (uint32_t)images) : a;
        int width = 7 + (int)next_random(&random, turn % 5 ? 60 : 120);
        int height = 7 + (int)next_random(&random, turn % 5 ? 130 : 160);
        int left = (int)next_random(&random, 300), top = (int)next_random(&random, 300);
        pat_image damaged = cropped(&sample[a].damaged, left, top, width, height);
        if (turn % 7 == 6) { /* a close match of another size */
            width = width * 2 / 3 + 7;
            height = height * 2 / 3 + 7;
        }
        pat_image undamaged = cropped(&sample[b].undamaged, left, top, width, height);
        if (turn % 6 == 5) /* a black channel */
            memset(damaged.plane[turn % 3].data, 0,
                   (size_t)damaged.plane[0].stride * (size_t)damaged.height);
        compare(turn, &damaged, &undamaged, sample[a].name);
        if (turn % 8 == 0)
            compare(turn, &undamaged, &undamaged, sample[a].name);
        pat_image_release(&damaged);
        pat_image_release(&undamaged);
    }
}

/* ---- large grids ---- */

static void test_large_grids(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int width, height; /* the last is too large to keep its blurred planes */
    } large[] = {
        {"sigma=1;strength=0:6.3:0.1", 60, 75},
        {"color=none;sigma=0.7;strength=0:31.5:0.5", 75, 60},
        {"sigma=0.1:6.4:0.1;strength=1", 40, 41},
        {"color=none;sigma=0.1:1.6:0.1;strength=0:1.5:0.1", 50, 50},
        {"color=stretch,none;filter=none,unsharp;sigma=0.1:6.4:0.1;strength=0.5", 300, 296}};
    for (int i = 0; i < (int)COUNT(large); i++) {
        pat_grid grid;
        pat_searcher *searcher = new_searcher(large[i].text, &grid);
        const int each = i == (int)COUNT(large) - 1 ? 1 : 2;
        for (int j = 0; j < each; j++) {
            int image = (i * 4 + j) % images;
            pat_image damaged =
                cropped(&sample[image].damaged, 17 * j, 29 * i, large[i].width, large[i].height);
            pat_image undamaged =
                cropped(&sample[image].undamaged, 17 * j, 29 * i, large[i].width, large[i].height);
            compare_with(searcher, &grid, &damaged, &undamaged, sample[image].name);
            pat_image_release(&damaged);
            pat_image_release(&undamaged);
        }
        pat_searcher_free(searcher);
    }
}

/* Runs last: checks that the pairs were difficult enough. */
static void test_nothing_was_missed(void **state)
{
    (void)state;
    print_message("%d pairs: %d with ties, %d identical, %d resized, %d best left alone\n",
                  seen.pairs, seen.ties, seen.identical, seen.resized, seen.untouched_is_best);
    assert_true(seen.pairs >= 600);
    assert_true(seen.ties >= 200);
    assert_true(seen.identical >= 30);
    assert_true(seen.resized >= 100);
    assert_true(seen.untouched_is_best >= 50);
}

/* ---- a process for each tier ---- */

static int set_up(void **state)
{
    (void)state;
    sha256_init(&digest);
    assert_int_equal(pat_codec_init(NULL), PAT_OK);
    load_sample();
    for (size_t i = 0; i < COUNT(grid_texts); i++)
        grids[i].searcher = new_searcher(grid_texts[i], &grids[i].grid);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(grid_texts); i++)
        pat_searcher_free(grids[i].searcher);
    for (int i = 0; i < images; i++) {
        pat_image_release(&sample[i].damaged);
        pat_image_release(&sample[i].undamaged);
    }
    return 0;
}

/* Runs all tests in one tier. Returns the number of failures. */
static int run_in_tier(const char *tier, uint8_t result[SHA256_DIGEST_SIZE])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_partly_identical),
        cmocka_unit_test(test_unlike_sizes),
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_crops),
        cmocka_unit_test(test_large_grids),
        cmocka_unit_test(test_nothing_was_missed),
    };
    setenv("PAT_CPU", tier, 1);
    if (strcmp(pat_kernels_get()->name, tier) != 0) {
        fprintf(stderr, "PAT_CPU=%s selected the tier %s\n", tier, pat_kernels_get()->name);
        return 1;
    }
    int failed = cmocka_run_group_tests_name(tier, tests, set_up, tear_down);
    sha256_digest(&digest, SHA256_DIGEST_SIZE, result);
    return failed;
}

static bool run_in_child(const char *tier, uint8_t result[SHA256_DIGEST_SIZE])
{
    int ends[2], status = -1;
    fflush(NULL);
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        uint8_t own[SHA256_DIGEST_SIZE];
        close(ends[0]);
        int failed = run_in_tier(tier, own);
        ssize_t written = write(ends[1], own, sizeof own);
        exit(failed == 0 && written == (ssize_t)sizeof own ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    close(ends[1]);
    ssize_t got = read(ends[0], result, SHA256_DIGEST_SIZE);
    close(ends[0]);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 &&
           got == SHA256_DIGEST_SIZE;
}

int main(void)
{
    static const char *const tiers[] = {"c", "avx2", "avx512"};
    uint8_t first[SHA256_DIGEST_SIZE], result[SHA256_DIGEST_SIZE];
    int failures = 0;
    for (size_t i = 0; i < COUNT(tiers); i++) {
        if (pat_kernels_find(tiers[i]) == NULL) {
            printf("%s: this processor cannot run it\n", tiers[i]);
        } else if (!run_in_child(tiers[i], i == 0 ? first : result)) {
            printf("%s: FAILED\n", tiers[i]);
            failures++;
        } else if (i > 0 && memcmp(result, first, sizeof first) != 0) {
            printf("%s: FAILED: its evaluations differ from the C tier's\n", tiers[i]);
            failures++;
        }
    }
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
