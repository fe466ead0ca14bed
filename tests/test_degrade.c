/* Damage operators, compared with their formulas, and recipes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "degrade/crop.h"
#include "degrade/marks.h"
#include "degrade/recipe.h"
#include "degrade/tone.h"
#include "image/encode.h"
#include "image/jpeg.h"
#include "patina/restore.h"
#include "ref/planes.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static pat_error error;

static void check(pat_status status)
{
    if (status != PAT_OK)
        fail_msg("%s", error.message);
}

static pat_image make_canvas(int width, int height)
{
    pat_image image = {0};
    check(pat_image_resize_canvas(&image, width, height, &error));
    return image;
}

static pat_image make_noise(int width, int height, uint32_t seed)
{
    pat_image image = make_canvas(width, height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        fill_noise(&image.plane[c], &seed);
    return image;
}

/* An image that compresses well: a different slope in each channel. */
static pat_image make_slopes(int width, int height)
{
    pat_image image = make_canvas(width, height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                set_sample(&image.plane[c], x, y, (x * (c + 1) + 2 * y) % 256);
    return image;
}

static pat_image copy_of(const pat_image *image)
{
    pat_image copy = make_canvas(image->width, image->height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        copy_samples(&image->plane[c], &copy.plane[c]);
    return copy;
}

static void assert_same_image(const pat_image *got, const pat_image *want, const char *what)
{
    assert_int_equal(got->width, want->width);
    assert_int_equal(got->height, want->height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        assert_same_samples(&got->plane[c], &want->plane[c], what);
}

static double mean_square(const pat_image *a, const pat_image *b)
{
    double sum = 0;
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < a->height; y++)
            for (int x = 0; x < a->width; x++) {
                double d = sample_at(&a->plane[c], x, y) - sample_at(&b->plane[c], x, y);
                sum += d * d;
            }
    return sum / (PAT_CHANNELS * (double)a->width * a->height);
}

/* Parameters in the middle of their default ranges; no damage is applied yet. */
static pat_damage middling(uint32_t seed)
{
    pat_damage damage = {.seed = seed};
    for (int p = 0; p < PAT_DAMAGE_PARAMETERS; p++) {
        const pat_parameter_info *info = pat_damage_parameter_info((pat_damage_parameter)p);
        damage.value[p] = (info->low + info->high) / 2;
        if (info->whole)
            damage.value[p] = floor(damage.value[p]);
    }
    return damage;
}

static void apply(const pat_damage *damage, pat_image *image)
{
    pat_damager damager = {0};
    check(pat_damage_apply(&damager, damage, "picture", image, &error));
    pat_damager_release(&damager);
}

static pat_random *make_random(uint32_t seed)
{
    pat_random *random;
    check(pat_random_create(&random, &error));
    pat_random_seed(random, seed);
    return random;
}

/* ---- Random numbers ---- */

/* The first numbers of MT19937 for the seed of the authors' reference implementation. */
static void test_random_is_the_twister(void **state)
{
    (void)state;
    static const uint32_t first[] = {3499211612U, 581869302U, 3890346734U, 3586334585U, 545404204U};
    pat_random *random = make_random(5489);
    for (size_t i = 0; i < COUNT(first); i++)
        assert_int_equal(pat_random_bits(random), first[i]);
    pat_random_seed(random, 5489);
    assert_true(pat_random_uniform(random) == first[0] / 4294967296.0);
    pat_random_free(random);
    assert_int_equal(pat_random_seed_of("a", 1), pat_random_seed_of("a", 1));
    assert_int_not_equal(pat_random_seed_of("a", 1), pat_random_seed_of("b", 1));
}

/* ---- Tones ---- */

static int rounded(double value)
{
    return (int)rint(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* table = clip(gain v + offset), rounded; a half may be rounded either way. */
static void assert_tones(const pat_damage *damage, const double gain[PAT_CHANNELS],
                         const double offset[PAT_CHANNELS])
{
    uint8_t table[PAT_CHANNELS][256];
    pat_tone_tables(damage, table);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int v = 0; v < 256; v++) {
            double want = fmin(v * gain[c] + offset[c], 255);
            if (fabs(table[c][v] - want) > 0.5 + 1e-9)
                fail_msg("channel %d: %d becomes %d instead of %g", c, v, table[c][v], want);
        }
}

static void test_fading(void **state)
{
    (void)state;
    pat_damage damage = middling(1);
    damage.value[PAT_FADE_AMOUNT] = 0.25;
    damage.value[PAT_FADE_LEVEL] = 200;
    damage.applied[PAT_FADE] = true;
    assert_tones(&damage, (double[]){0.75, 0.75, 0.75}, (double[]){50, 50, 50});
    damage.applied[PAT_DARKEN] = true;
    damage.value[PAT_DARKEN_AMOUNT] = 0.5;
    damage.value[PAT_DARKEN_LEVEL] = 30;
    assert_tones(&damage, (double[]){0.375, 0.375, 0.375}, (double[]){40, 40, 40});
}

static void test_cast_and_yellowing(void **state)
{
    (void)state;
    pat_damage damage = middling(1);
    damage.applied[PAT_CAST] = true;
    damage.value[PAT_CAST_AMOUNT] = 0.25;
    damage.value[PAT_CAST_HUE] = 120; /* green: cos 0 = 1, cos 120 = -1/2 */
    assert_tones(&damage, (double[]){0.875, 1.25, 0.875}, (double[]){0, 0, 0});
    damage.applied[PAT_CAST] = false;
    damage.applied[PAT_YELLOWING] = true;
    damage.value[PAT_YELLOWING_AMOUNT] = 1;
    assert_tones(&damage, (double[]){1, 0.92, 0.65}, (double[]){0, 0, 0});
    damage.value[PAT_YELLOWING_AMOUNT] = 0.5;
    assert_tones(&damage, (double[]){1, 0.96, 0.825}, (double[]){0, 0, 0});
}

/* ---- Each operator alone ---- */

static void test_nothing_is_done_at_strength_zero(void **state)
{
    (void)state;
    static const pat_damage_parameter strength[] = {
        PAT_FADE_AMOUNT,     PAT_DARKEN_AMOUNT,   PAT_CAST_AMOUNT,       PAT_YELLOWING_AMOUNT,
        PAT_BLUR_SIGMA,      PAT_STAINS_COUNT,    PAT_STAINS_RADIUS,     PAT_STAINS_DEPTH,
        PAT_SCRATCHES_COUNT, PAT_SCRATCHES_WIDTH, PAT_SCRATCHES_OPACITY, PAT_GRAIN_SIGMA,
        PAT_RESCALE_FACTOR};
    pat_image clean = make_noise(37, 23, 1);
    for (size_t i = 0; i < COUNT(strength); i++) {
        const pat_parameter_info *info = pat_damage_parameter_info(strength[i]);
        pat_image image = copy_of(&clean);
        pat_damage damage = middling(5);
        damage.applied[info->kind] = true;
        apply(&damage, &image);
        assert_true(mean_square(&image, &clean) > 0); /* otherwise it changes the image */
        pat_image_release(&image);
        image = copy_of(&clean);
        damage.value[strength[i]] = strength[i] == PAT_RESCALE_FACTOR ? 1 : 0;
        apply(&damage, &image);
        assert_same_image(&image, &clean, info->column);
        pat_image_release(&image);
    }
    pat_damage none = middling(5);
    pat_image image = copy_of(&clean);
    apply(&none, &image);
    assert_same_image(&image, &clean, "no damage");
    pat_image_release(&image);
    pat_image_release(&clean);
}

static void check_blur(double sigma)
{
    pat_image clean = make_noise(41, 30, 2), image = copy_of(&clean), want = make_canvas(41, 30);
    pat_damage damage = middling(1);
    damage.applied[PAT_BLUR] = true;
    damage.value[PAT_BLUR_SIGMA] = sigma;
    pat_gaussian kernel;
    pat_gaussian_init(&kernel, sigma);
    for (int c = 0; c < PAT_CHANNELS; c++)
        check(pat_gaussian_blur(&kernel, &clean.plane[c], &want.plane[c], &error));
    apply(&damage, &image);
    assert_same_image(&image, &want, "blurred");
    pat_image_release(&clean);
    pat_image_release(&image);
    pat_image_release(&want);
}

static void test_blur_is_that_of_the_restoration(void **state)
{
    (void)state;
    check_blur(0.3);
    check_blur(1.7);
    check_blur(PAT_SIGMA_MAX);
}

static void check_rescale(int width, int height, double factor, int small_width, int small_height)
{
    pat_image clean = make_noise(width, height, 3), image = copy_of(&clean);
    pat_image small = make_canvas(small_width, small_height), want = make_canvas(width, height);
    pat_damage damage = middling(1);
    damage.applied[PAT_RESCALE] = true;
    damage.value[PAT_RESCALE_FACTOR] = factor;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        check(pat_resize_linear(&clean.plane[c], &small.plane[c], &error));
        check(pat_resize_linear(&small.plane[c], &want.plane[c], &error));
    }
    apply(&damage, &image);
    assert_same_image(&image, &want, "rescaled");
    pat_image_release(&clean);
    pat_image_release(&small);
    pat_image_release(&image);
    pat_image_release(&want);
}

static void test_rescale_is_two_resizes(void **state)
{
    (void)state;
    check_rescale(40, 31, 0.5, 20, 16);
    check_rescale(40, 31, 0.73, 29, 23);
    check_rescale(3, 1, 0.01, 1, 1);
}

/* Stains and scratches by their formulas, at every pixel; the operators only visit pixels that can
 * change. */
static void naive_stains(const pat_damage *damage, pat_random *random, pat_image *image)
{
    static const double brown[] = {0.75, 0.55, 0.35};
    double radius = damage->value[PAT_STAINS_RADIUS] *
                    (image->width < image->height ? image->width : image->height);
    for (int i = 0; i < damage->value[PAT_STAINS_COUNT]; i++) {
        double x0 = image->width * pat_random_uniform(random);
        double y0 = image->height * pat_random_uniform(random);
        double a = radius * (1 + pat_random_uniform(random)) / 2;
        double b = radius * (1 + pat_random_uniform(random)) / 2;
        for (int c = 0; c < PAT_CHANNELS; c++)
            for (int y = 0; y < image->height; y++)
                for (int x = 0; x < image->width; x++) {
                    double d = pow((x + 0.5 - x0) / a, 2) + pow((y + 0.5 - y0) / b, 2);
                    double share = d < 1 ? pow(1 - d, 2) * damage->value[PAT_STAINS_DEPTH] : 0;
                    int sample = sample_at(&image->plane[c], x, y);
                    set_sample(&image->plane[c], x, y,
                               rounded(sample * (1 - share * (1 - brown[c]))));
                }
    }
}

static double distance_to_segment(double x, double y, const double a[2], const double b[2])
{
    double dx = b[0] - a[0], dy = b[1] - a[1];
    double at = ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy);
    at = at < 0 ? 0 : at > 1 ? 1 : at;
    return hypot(x - a[0] - at * dx, y - a[1] - at * dy);
}

static void naive_scratches(const pat_damage *damage, pat_random *random, pat_image *image)
{
    const double *value = damage->value;
    double half = value[PAT_SCRATCHES_LENGTH] / 2 *
                  (image->width > image->height ? image->width : image->height);
    for (int i = 0; i < value[PAT_SCRATCHES_COUNT]; i++) {
        double x0 = image->width * pat_random_uniform(random);
        double y0 = image->height * pat_random_uniform(random);
        double angle = acos(-1) * pat_random_uniform(random);
        double a[] = {x0 - half * cos(angle), y0 - half * sin(angle)};
        double b[] = {x0 + half * cos(angle), y0 + half * sin(angle)};
        for (int y = 0; y < image->height; y++)
            for (int x = 0; x < image->width; x++) {
                double share = value[PAT_SCRATCHES_WIDTH] / 2 + 0.5 -
                               distance_to_segment(x + 0.5, y + 0.5, a, b);
                share = fmin(fmin(share, 1), value[PAT_SCRATCHES_WIDTH]);
                for (int c = 0; c < PAT_CHANNELS && share > 0; c++) {
                    int sample = sample_at(&image->plane[c], x, y);
                    set_sample(&image->plane[c], x, y,
                               rounded(sample + share * value[PAT_SCRATCHES_OPACITY] *
                                                    (value[PAT_SCRATCHES_LEVEL] - sample)));
                }
            }
    }
}

typedef void marker(const pat_damage *damage, pat_random *random, pat_image *image);

/* The naive version computes in another order: a sample near a half may be rounded differently. */
static void assert_marked_alike(marker *mark, marker *naive, const pat_damage *damage, int width,
                                int height)
{
    pat_image clean = make_noise(width, height, 4), got = copy_of(&clean), want = copy_of(&clean);
    pat_random *random = make_random(damage->seed);
    mark(damage, random, &got);
    pat_random_seed(random, damage->seed);
    naive(damage, random, &want);
    assert_true(mean_square(&want, &clean) > 1);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                if (abs(sample_at(&got.plane[c], x, y) - sample_at(&want.plane[c], x, y)) > 1)
                    fail_msg("seed %u, %dx%d: sample (%d, %d) is %d instead of %d", damage->seed,
                             width, height, x, y, sample_at(&got.plane[c], x, y),
                             sample_at(&want.plane[c], x, y));
    assert_true(mean_square(&got, &want) < 0.001);
    pat_random_free(random);
    pat_image_release(&clean);
    pat_image_release(&got);
    pat_image_release(&want);
}

static void test_stains(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        pat_damage damage = middling(seed);
        damage.value[PAT_STAINS_COUNT] = 5;
        damage.value[PAT_STAINS_RADIUS] = 0.05 * seed;
        assert_marked_alike(pat_stain, naive_stains, &damage, 64, 33);
        assert_marked_alike(pat_stain, naive_stains, &damage, 30, 71);
    }
}

static void test_scratches(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        pat_damage damage = middling(seed);
        damage.value[PAT_SCRATCHES_WIDTH] = 0.2 * seed;
        damage.value[PAT_SCRATCHES_LENGTH] = 0.05 * seed;
        damage.value[PAT_SCRATCHES_OPACITY] = 1;
        assert_marked_alike(pat_scratch, naive_scratches, &damage, 64, 33);
        assert_marked_alike(pat_scratch, naive_scratches, &damage, 30, 71);
    }
}

static void test_grain_has_its_deviation(void **state)
{
    (void)state;
    enum { SIDE = 400 };
    pat_image image = make_canvas(SIDE, SIDE);
    for (int c = 0; c < PAT_CHANNELS; c++)
        fill_plane(&image.plane[c], 100);
    pat_damage damage = middling(9);
    damage.applied[PAT_GRAIN] = true;
    damage.value[PAT_GRAIN_SIGMA] = 8;
    apply(&damage, &image);
    double sum = 0, squares = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double grain = sample_at(&image.plane[0], x, y) - 100;
            sum += grain;
            squares += grain * grain;
        }
    double count = SIDE * SIDE; /* rounding adds 1/12 to the variance; five standard errors */
    assert_true(fabs(sum / count) < 5 * 8 / sqrt(count));
    assert_true(fabs(squares / count - 64 - 1 / 12.0) < 5 * 64 * sqrt(2 / count));
    assert_same_samples(&image.plane[1], &image.plane[0], "green");
    assert_same_samples(&image.plane[2], &image.plane[0], "blue");
    pat_image_release(&image);
}

static void test_jpeg(void **state)
{
    (void)state;
    static const int quality[] = {95, 60, 20, 1};
    pat_image clean = make_slopes(160, 90);
    double last = 0;
    size_t last_size = SIZE_MAX;
    for (size_t i = 0; i < COUNT(quality); i++) {
        pat_image image = copy_of(&clean);
        pat_buffer file = {0};
        pat_damage damage = middling(1);
        damage.applied[PAT_JPEG] = true;
        damage.value[PAT_JPEG_QUALITY] = quality[i];
        apply(&damage, &image);
        double loss = mean_square(&image, &clean);
        assert_true(loss > last);
        last = loss;
        check(
            pat_jpeg_encode(&clean, quality[i], PAT_JPEG_CHROMA_HALVED, "picture", &file, &error));
        assert_true(file.size < last_size);
        last_size = file.size;
        pat_image decoded = {0};
        check(pat_image_decode(file.data, file.size, "picture", 1 << 20, &decoded, &error));
        assert_same_image(&image, &decoded, "compressed");
        pat_image_release(&decoded);
        pat_buffer_release(&file);
        pat_image_release(&image);
    }
    pat_image_release(&clean);
}

/* Longer than the blocks that libjpeg is given for its output. */
static void test_long_jpeg(void **state)
{
    (void)state;
    pat_image clean = make_noise(500, 400, 8), decoded = {0};
    pat_buffer file = {0};
    check(pat_jpeg_encode(&clean, 100, PAT_JPEG_CHROMA_HALVED, "picture", &file, &error));
    assert_true(file.size > 3 << 16);
    check(pat_image_decode(file.data, file.size, "picture", 1 << 20, &decoded, &error));
    assert_true(mean_square(&decoded, &clean) < 10000); /* chroma noise is lost: chroma is halved */
    pat_buffer_release(&file);
    pat_image_release(&clean);
    pat_image_release(&decoded);
}

static void test_jpeg_takes_no_larger_side(void **state)
{
    (void)state;
    pat_image image = make_noise(65501, 1, 1);
    pat_buffer file = {0};
    pat_buffer_append_text(&file, "before");
    assert_int_equal(pat_jpeg_encode(&image, 50, PAT_JPEG_CHROMA_HALVED, "wide.png", &file, &error),
                     PAT_TOO_LARGE);
    assert_non_null(strstr(error.message, "wide.png: cannot be compressed as JPEG"));
    assert_int_equal(file.size, 6);
    pat_buffer_release(&file);
    pat_image_release(&image);
}

static void test_png_keeps_every_sample(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {7, 5}, {65, 64}, {200, 3}};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        pat_image image = make_noise(sizes[i][0], sizes[i][1], 7), decoded = {0};
        pat_buffer file = {0}, again = {0};
        check(pat_image_encode_png(&image, "picture", &file, &error));
        check(pat_image_encode_png(&image, "picture", &again, &error));
        assert_int_equal(file.size, again.size);
        assert_memory_equal(file.data, again.data, file.size);
        check(pat_image_decode(file.data, file.size, "picture", 1 << 20, &decoded, &error));
        assert_same_image(&decoded, &image, "a PNG file");
        pat_buffer_release(&file);
        pat_buffer_release(&again);
        pat_image_release(&image);
        pat_image_release(&decoded);
    }
}

/* ---- All together ---- */

static void test_order_of_damage(void **state)
{
    (void)state;
    static const pat_damage_kind order[] = {PAT_DARKEN, PAT_BLUR,    PAT_STAINS, PAT_SCRATCHES,
                                            PAT_GRAIN,  PAT_RESCALE, PAT_JPEG};
    pat_image clean = make_slopes(90, 70), all = copy_of(&clean), steps = copy_of(&clean);
    pat_damage whole = middling(77);
    pat_damager damager = {0};
    for (size_t i = 0; i < COUNT(order); i++) {
        pat_damage one = middling(77);
        whole.applied[order[i]] = one.applied[order[i]] = true;
        check(pat_damage_apply(&damager, &one, "picture", &steps, &error));
    }
    check(pat_damage_apply(&damager, &whole, "picture", &all, &error));
    assert_same_image(&all, &steps, "damaged at once");
    pat_image again = copy_of(&clean);
    apply(&whole, &again); /* with new scratch memory */
    assert_same_image(&again, &all, "damaged again");
    whole.seed++;
    pat_image other = copy_of(&clean);
    apply(&whole, &other);
    assert_true(mean_square(&other, &all) > 0);
    pat_damager_release(&damager);
    pat_image_release(&clean);
    pat_image_release(&all);
    pat_image_release(&steps);
    pat_image_release(&again);
    pat_image_release(&other);
}

/* Each damage has its own random sequence, seeded with the image's seed plus its number. */
static void test_series_of_their_own(void **state)
{
    (void)state;
    static const struct {
        pat_damage_kind kind;
        marker *mark;
    } marks[] = {{PAT_STAINS, pat_stain}, {PAT_SCRATCHES, pat_scratch}, {PAT_GRAIN, pat_grain}};
    pat_image clean = make_slopes(60, 50);
    for (size_t i = 0; i < COUNT(marks); i++) {
        pat_image got = copy_of(&clean), want = copy_of(&clean);
        pat_damage damage = middling(21);
        pat_random *random = make_random(21 + (uint32_t)marks[i].kind);
        marks[i].mark(&damage, random, &want);
        damage.applied[marks[i].kind] = true;
        apply(&damage, &got);
        assert_same_image(&got, &want, pat_damage_name(marks[i].kind));
        pat_random_free(random);
        pat_image_release(&got);
        pat_image_release(&want);
    }
    pat_image_release(&clean);
}

static void test_crop(void **state)
{
    (void)state;
    pat_image image = make_noise(20, 10, 6), window = {0};
    static const struct {
        double x, y;
        int left, top;
    } cases[] = {{0, 0, 0, 0}, {0.999999, 0.999999, 13, 6}, {0.5, 0.5, 7, 3}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        pat_crop crop = {7, 4, cases[i].x, cases[i].y};
        check(pat_crop_cut(&crop, &image, "picture", &window, &error));
        assert_int_equal(window.width, 7);
        assert_int_equal(window.height, 4);
        for (int c = 0; c < PAT_CHANNELS; c++)
            for (int y = 0; y < 4; y++)
                for (int x = 0; x < 7; x++)
                    assert_int_equal(
                        sample_at(&window.plane[c], x, y),
                        sample_at(&image.plane[c], cases[i].left + x, cases[i].top + y));
    }
    pat_crop whole = {20, 10, 0.7, 0.7}, wide = {21, 10, 0, 0}, tall = {20, 11, 0, 0};
    check(pat_crop_cut(&whole, &image, "picture", &window, &error));
    assert_same_image(&window, &image, "the whole");
    assert_int_equal(pat_crop_cut(&wide, &image, "a.png", &window, &error), PAT_TOO_SMALL);
    assert_non_null(strstr(error.message, "a.png: the image (20x10) is smaller than"));
    assert_int_equal(pat_crop_cut(&tall, &image, "a.png", &window, &error), PAT_TOO_SMALL);
    pat_image_release(&image);
    pat_image_release(&window);
}

/* ---- Recipes ---- */

static pat_status parse(pat_recipe *recipe, const char *text)
{
    return pat_recipe_parse(recipe, text, strlen(text), "r.json", &error);
}

static void test_recipe_reads_back(void **state)
{
    (void)state;
    pat_recipe recipe, back;
    pat_buffer text = {0}, again = {0};
    pat_recipe_init_default(&recipe);
    recipe.mild = 1 / 3.0;
    recipe.range[PAT_GRAIN_SIGMA].low = 0.1 + 0.2; /* needs all digits */
    pat_recipe_put(&text, &recipe);
    const char begin[] =
        "{\n  \"schema\": {\"name\": \"patina.recipe\", \"version\": 1},\n  \"mild\": ";
    assert_memory_equal(text.data, begin, sizeof begin - 1);
    check(pat_recipe_parse(&back, text.data, text.size, "r.json", &error));
    assert_memory_equal(&back, &recipe, sizeof back);
    pat_recipe_put(&again, &back);
    assert_int_equal(again.size, text.size);
    assert_memory_equal(again.data, text.data, text.size);
    pat_buffer_release(&text);
    pat_buffer_release(&again);
}

static void test_recipe_in_part(void **state)
{
    (void)state;
    pat_recipe recipe, standard;
    pat_recipe_init_default(&standard);
    check(parse(&recipe, "{\"blur\": {\"sigma\": 2}, \"grain\": {\"probability\": 1}}"));
    assert_true(recipe.mild == standard.mild);
    assert_true(recipe.range[PAT_BLUR_SIGMA].low == 2 && recipe.range[PAT_BLUR_SIGMA].high == 2);
    assert_true(recipe.probability[PAT_BLUR] == standard.probability[PAT_BLUR]);
    assert_true(recipe.probability[PAT_GRAIN] == 1);
    assert_true(recipe.range[PAT_GRAIN_SIGMA].high == standard.range[PAT_GRAIN_SIGMA].high);
    assert_true(recipe.probability[PAT_FADE] == 0 && recipe.probability[PAT_JPEG] == 0);
    check(parse(&recipe, "{}"));
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        assert_true(recipe.probability[k] == 0);
}

static void test_recipes_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "r.json:1: invalid JSON"},
        {"{\n\"blur\": }", "r.json:2: invalid JSON"},
        {"{\"mild\": 0, \"mild\": 1}", "duplicate"},
        {"[]", "r.json: not a recipe"},
        {"{\"blurr\": {}}", "unknown damage 'blurr'"},
        {"{\"mild\": 1.5}", "'mild' must be a number from 0 to 1"},
        {"{\"mild\": \"0.5\"}", "'mild' must be a number"},
        {"{\"blur\": 1}", "'blur' must be an object"},
        {"{\"blur\": {\"sigmas\": 1}}", "'blur' has no 'sigmas'; its keys are probability, sigma"},
        {"{\"blur\": {\"probability\": -0.1}}", "'probability' must be a number from 0 to 1"},
        {"{\"blur\": {\"sigma\": true}}", "'sigma' of 'blur' must be [LOW, HIGH]"},
        {"{\"blur\": {\"sigma\": [1]}}", "[LOW, HIGH] or one number, from 0 to 20"},
        {"{\"blur\": {\"sigma\": [1, 2, 3]}}", "'sigma' of 'blur'"},
        {"{\"blur\": {\"sigma\": [1, \"2\"]}}", "'sigma' of 'blur'"},
        {"{\"blur\": {\"sigma\": [2, 1]}}", "'sigma' of 'blur'"},
        {"{\"blur\": {\"sigma\": [1, 21]}}", "from 0 to 20"},
        {"{\"blur\": {\"sigma\": [-1, 1]}}", "from 0 to 20"},
        {"{\"jpeg\": {\"quality\": [0, 50]}}", "whole, from 1 to 100"},
        {"{\"jpeg\": {\"quality\": [30, 50.5]}}", "whole, from 1 to 100"},
        {"{\"blur\": {}} x", "invalid JSON"},
        {"{\"schema\": 1}", "its schema is not patina.recipe, version 1"},
        {"{\"schema\": {\"name\": \"patina.model\", \"version\": 1}}", "its schema is not"},
        {"{\"schema\": {\"name\": \"patina.recipe\", \"version\": 2}}", "its schema is not"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        pat_recipe recipe;
        error.message[0] = '\0';
        assert_int_equal(parse(&recipe, cases[i].text), PAT_MALFORMED);
        if (strstr(error.message, cases[i].message) == NULL)
            fail_msg("%s: '%s' does not mention '%s'", cases[i].text, error.message,
                     cases[i].message);
    }
    pat_recipe recipe;
    assert_int_equal(pat_recipe_read(&recipe, "/missing/r.json", &error), PAT_NOT_FOUND);
    assert_int_equal(pat_recipe_read(&recipe, "/", &error), PAT_MALFORMED);
}

/* ---- Drawing ---- */

enum { DRAWS = 4000 };

static void test_draws_follow_the_recipe(void **state)
{
    (void)state;
    pat_recipe recipe;
    pat_recipe_init_default(&recipe);
    recipe.probability[PAT_FADE] = 0;
    recipe.probability[PAT_BLUR] = 1;
    pat_random *random = make_random(3);
    int applied[PAT_DAMAGE_KINDS] = {0}, mild = 0;
    double least[PAT_DAMAGE_PARAMETERS], greatest[PAT_DAMAGE_PARAMETERS];
    for (int p = 0; p < PAT_DAMAGE_PARAMETERS; p++)
        least[p] = INFINITY, greatest[p] = -INFINITY;
    for (int i = 0; i < DRAWS; i++) {
        pat_damage damage;
        pat_recipe_draw(&recipe, random, &damage);
        mild += damage.mild;
        for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
            applied[k] += damage.applied[k];
        for (int p = 0; p < PAT_DAMAGE_PARAMETERS; p++) {
            least[p] = fmin(least[p], damage.value[p]);
            greatest[p] = fmax(greatest[p], damage.value[p]);
            if (pat_damage_parameter_info((pat_damage_parameter)p)->whole)
                assert_true(damage.value[p] == floor(damage.value[p]));
        }
    }
    assert_true(abs(mild - DRAWS / 10) < 5 * sqrt(DRAWS * 0.09)); /* five standard deviations */
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++) {
        double p = recipe.probability[k];
        assert_true(fabs(applied[k] - DRAWS * p) <= 5 * sqrt(DRAWS * p * (1 - p)));
    }
    for (int p = 0; p < PAT_DAMAGE_PARAMETERS; p++) {
        double low = recipe.range[p].low, high = recipe.range[p].high;
        assert_true(least[p] >= low && least[p] < low + 0.02 * (high - low));
        assert_true(greatest[p] <= high && greatest[p] > high - 0.02 * (high - low));
    }
    pat_random_free(random);
}

static void test_mild_draws_keep_to_the_mild_end(void **state)
{
    (void)state;
    pat_recipe recipe;
    pat_recipe_init_default(&recipe);
    recipe.mild = 1;
    pat_random *random = make_random(4);
    for (int i = 0; i < DRAWS; i++) {
        pat_damage damage;
        pat_recipe_draw(&recipe, random, &damage);
        assert_true(damage.mild);
        assert_true(damage.value[PAT_BLUR_SIGMA] <= 0.4 + 0.1 * 2.1 + 1e-9);
        assert_true(damage.value[PAT_SCRATCHES_COUNT] <= 2);
        assert_true(damage.value[PAT_RESCALE_FACTOR] >= 0.9 - 0.1 * 0.4 - 1e-9);
        assert_true(damage.value[PAT_JPEG_QUALITY] >= 89);
    }
    pat_random_free(random);
}

/* Changing one damage's probability or range does not change the others. */
static void test_draws_do_not_disturb_each_other(void **state)
{
    (void)state;
    pat_recipe recipe, changed;
    pat_recipe_init_default(&recipe);
    changed = recipe;
    changed.probability[PAT_FADE] = 1;
    changed.range[PAT_BLUR_SIGMA].high = 20;
    for (uint32_t seed = 1; seed < 200; seed++) {
        pat_damage damage, other, again;
        pat_random *random = make_random(seed);
        pat_recipe_draw(&recipe, random, &damage);
        pat_random_seed(random, seed);
        pat_recipe_draw(&changed, random, &other);
        pat_random_seed(random, seed);
        pat_recipe_draw(&recipe, random, &again);
        assert_memory_equal(&again, &damage, sizeof damage);
        assert_true(other.applied[PAT_FADE]);
        other.applied[PAT_FADE] = damage.applied[PAT_FADE];
        assert_true(other.value[PAT_BLUR_SIGMA] > damage.value[PAT_BLUR_SIGMA]);
        other.value[PAT_BLUR_SIGMA] = damage.value[PAT_BLUR_SIGMA];
        assert_memory_equal(&other, &damage, sizeof damage);
        pat_random_free(random);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_is_the_twister),
        cmocka_unit_test(test_fading),
        cmocka_unit_test(test_cast_and_yellowing),
        cmocka_unit_test(test_nothing_is_done_at_strength_zero),
        cmocka_unit_test(test_blur_is_that_of_the_restoration),
        cmocka_unit_test(test_rescale_is_two_resizes),
        cmocka_unit_test(test_stains),
        cmocka_unit_test(test_scratches),
        cmocka_unit_test(test_grain_has_its_deviation),
        cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_long_jpeg),
        cmocka_unit_test(test_jpeg_takes_no_larger_side),
        cmocka_unit_test(test_png_keeps_every_sample),
        cmocka_unit_test(test_order_of_damage),
        cmocka_unit_test(test_series_of_their_own),
        cmocka_unit_test(test_crop),
        cmocka_unit_test(test_recipe_reads_back),
        cmocka_unit_test(test_recipe_in_part),
        cmocka_unit_test(test_recipes_refused),
        cmocka_unit_test(test_draws_follow_the_recipe),
        cmocka_unit_test(test_mild_draws_keep_to_the_mild_end),
        cmocka_unit_test(test_draws_do_not_disturb_each_other),
    };
    if (pat_codec_init(&error) != PAT_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
