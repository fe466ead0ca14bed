/* Filters that read all channels, their numbers before rounding, and the definitions of all. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ref/naive_restore.h"
#include "ref/planes.h"
#include "restore/apply.h"
#include "restore/filtered.h"
#include "restore/wiener.h"
#include "settings.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const int sizes[][2] = {{1, 1}, {1, 7}, {9, 1}, {3, 5}, {2, 2}, {17, 33}, {67, 9}};

#define BILATERAL_SETTING(sigma, strength, range)                                                  \
    {                                                                                              \
        {                                                                                          \
            0, BILATERAL, (sigma), (strength), (range), [PAT_AXIS_SCALE] = 1                       \
        }                                                                                          \
    }

/* ---- Images of 1 or 3 channels with 8 or 16 bits --------------------------------------------- */

typedef struct canvas {
    int width, height, largest;
    pat_plane plane[PAT_CHANNELS];
    pat_deep_plane deep[PAT_CHANNELS];
    pat_channels channels;
    void *data;
} canvas;

/* In place, because the channels point into it. */
static void canvas_init(canvas *image, int largest, int channels, const int size[2])
{
    const size_t samples = (size_t)size[0] * (size_t)size[1];
    *image = (canvas){.width = size[0], .height = size[1], .largest = largest};
    uint16_t *data = image->data = calloc((size_t)channels * samples, sizeof *data);
    assert_non_null(data);
    image->channels.count = channels;
    for (int c = 0; c < channels; c++, data += samples) {
        image->plane[c] = (pat_plane){(uint8_t *)data, size[0], size[1], size[0]};
        image->deep[c] = (pat_deep_plane){data, size[0], size[1], size[0]};
        image->channels.of[c] = largest == 255 ? (pat_channel){.plane = &image->plane[c]}
                                               : (pat_channel){.deep = &image->deep[c]};
    }
}

static void canvas_like(canvas *image, const canvas *other)
{
    const int size[] = {other->width, other->height};
    canvas_init(image, other->largest, other->channels.count, size);
}

static int get(const canvas *image, int c, int x, int y)
{
    x = naive_reflect101(x, image->width);
    y = naive_reflect101(y, image->height);
    return image->largest == 255 ? image->plane[c].data[y * image->width + x]
                                 : image->deep[c].data[y * image->width + x];
}

static void set(const canvas *image, int c, int x, int y, int value)
{
    if (image->largest == 255)
        image->plane[c].data[y * image->width + x] = (uint8_t)value;
    else
        image->deep[c].data[y * image->width + x] = (uint16_t)value;
}

/* Soft noise, so that many colors are alike, with some samples at the limits. */
static void fill(const canvas *image, uint32_t *seed)
{
    for (int c = 0; c < image->channels.count; c++)
        for (int y = 0; y < image->height; y++)
            for (int x = 0; x < image->width; x++) {
                int value = (int)random_below(seed, (uint32_t)image->largest / 4 + 1);
                int limit = (int)random_below(seed, 2) * image->largest;
                bool is_limit = random_below(seed, 9) == 0;
                set(image, c, x, y, is_limit ? limit : image->largest / 3 + value);
            }
}

static void assert_same(const canvas *got, const canvas *want, const char *what)
{
    for (int c = 0; c < want->channels.count; c++)
        for (int y = 0; y < want->height; y++)
            for (int x = 0; x < want->width; x++)
                if (get(got, c, x, y) != get(want, c, x, y))
                    fail_msg("%s, %dx%d in 0..%d: sample (%d, %d) of channel %d is %d instead of "
                             "%d",
                             what, want->width, want->height, want->largest, x, y, c,
                             get(got, c, x, y), get(want, c, x, y));
}

static int clipped(double value, int largest)
{
    return (int)fmin(fmax(rint(value), 0), largest);
}

/* Apply the steps to a copy. */
static void apply(const pat_steps *steps, const canvas *from, canvas *to)
{
    canvas copy;
    canvas_like(&copy, from);
    canvas_like(to, from);
    for (int c = 0; c < from->channels.count; c++)
        pat_channel_copy_rows(&to->channels.of[c], &from->channels.of[c], 0, from->height);
    pat_channels scratch = copy.channels;
    if (pat_steps_planes(steps) == 1) /* it must do with one plane */
        scratch = (pat_channels){{copy.channels.of[0]}, 1};
    assert_int_equal(pat_steps_apply(steps, &to->channels, &scratch, NULL), PAT_OK);
    free(copy.data);
}

/* The same, of one or of all channels, some rows at a time. */
static void apply_in_bands(const pat_steps *steps, const canvas *from, int only, int band,
                           canvas *to)
{
    canvas_like(to, from);
    void *scratch = malloc(pat_steps_scratch(steps, from->width));
    assert_non_null(scratch);
    for (int y = 0; y < from->height; y += band) {
        canvas rows = *to;
        for (int c = 0; c < from->channels.count; c++) {
            rows.plane[c].height = rows.deep[c].height =
                from->height - y < band ? from->height - y : band;
            rows.plane[c].data += y * from->width;
            rows.deep[c].data += y * from->width;
            rows.channels.of[c] = only >= 0 && c != only ? (pat_channel){.plane = NULL}
                                  : from->largest == 255 ? (pat_channel){.plane = &rows.plane[c]}
                                                         : (pat_channel){.deep = &rows.deep[c]};
        }
        pat_steps_rows(steps, &from->channels, NULL, y, &rows.channels, scratch);
    }
    free(scratch);
}

/* ---- Definitions ----------------------------------------------------------------------------- */

/* The weighted mean in double. */
static double naive_mean(const canvas *image, const pat_setting *setting, const int at[3])
{
    double sigma = setting->value[PAT_AXIS_SIGMA], sum = 0, total = 0;
    double range = setting->value[PAT_AXIS_RANGE] * (image->largest == 255 ? 1 : 257);
    for (int dy = -2; dy <= 2; dy++)
        for (int dx = -2; dx <= 2; dx++) {
            double difference = 0;
            if (dx * dx + dy * dy > 4)
                continue;
            for (int c = 0; c < 3; c++) {
                int channel = image->channels.count == 1 ? 0 : c;
                difference += abs(get(image, channel, at[1], at[2]) -
                                  get(image, channel, at[1] + dx, at[2] + dy));
            }
            double weight = exp(-(dx * dx + dy * dy) / (2 * sigma * sigma) -
                                difference * difference / (2 * range * range));
            total += weight;
            sum += weight * get(image, at[0], at[1] + dx, at[2] + dy);
        }
    return sum / total;
}

static void naive_bilateral(const canvas *image, const pat_setting *setting, canvas *out)
{
    canvas mean;
    canvas_like(&mean, image);
    canvas_like(out, image);
    int weight[PAT_GAUSSIAN_TAPS_MAX], taps = 1, radius;
    double strength = setting->value[PAT_AXIS_STRENGTH];
    if (strength > 0)
        taps = naive_gaussian_taps(setting->value[PAT_AXIS_SIGMA], weight);
    radius = taps / 2;
    for (int i = 0; i < image->channels.count * image->height * image->width; i++) {
        const int at[] = {i / image->width / image->height, i % image->width,
                          i / image->width % image->height};
        set(&mean, at[0], at[1], at[2], (int)rint(naive_mean(image, setting, at)));
    }
    for (int c = 0; c < image->channels.count; c++)
        for (int y = 0; y < image->height; y++)
            for (int x = 0; x < image->width; x++) {
                double blurred = 32768;
                for (int i = 0; i < taps && strength > 0; i++)
                    for (int j = 0; j < taps; j++)
                        blurred += weight[i] * weight[j] *
                                   (double)get(&mean, c, x + j - radius, y + i - radius);
                double v = get(&mean, c, x, y);
                v = strength > 0 ? v + strength * (v - floor(blurred / 65536)) : v;
                set(out, c, x, y, clipped(v, image->largest));
            }
    free(mean.data);
}

/* The order and precision of the sum make a difference of at most 1, which sharpening increases. */
static void assert_near(const canvas *got, const canvas *want, double strength)
{
    for (int c = 0; c < want->channels.count; c++)
        for (int y = 0; y < want->height; y++)
            for (int x = 0; x < want->width; x++)
                if (abs(get(got, c, x, y) - get(want, c, x, y)) > 1 + 2 * strength)
                    fail_msg("%dx%d in 0..%d: sample (%d, %d) of channel %d is %d instead of %d",
                             want->width, want->height, want->largest, x, y, c, get(got, c, x, y),
                             get(want, c, x, y));
}

static const pat_setting bilaterals[] = {
    BILATERAL_SETTING(1.5, 0, 20), BILATERAL_SETTING(0.4, 0, 1), BILATERAL_SETTING(20, 0, 255),
    BILATERAL_SETTING(1.5, 0.7, 20), BILATERAL_SETTING(0.6, 3, 90)};

static void test_bilateral_is_its_definition(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int largest = 255; largest <= 65535; largest *= 257)
        for (int channels = 1; channels <= 3; channels += 2)
            for (size_t s = 0; s < COUNT(bilaterals); s++)
                for (size_t i = 0; i < COUNT(sizes); i++) {
                    canvas image, got, want;
                    const pat_steps steps = pat_steps_of(&bilaterals[s]);
                    canvas_init(&image, largest, channels, sizes[i]);
                    fill(&image, &seed);
                    apply(&steps, &image, &got);
                    naive_bilateral(&image, &bilaterals[s], &want);
                    assert_near(&got, &want, bilaterals[s].value[PAT_AXIS_STRENGTH]);
                    free(image.data), free(got.data), free(want.data);
                }
}

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The median of the 3x3 samples with the edge repeated: the fifth of nine in order. */
static int naive_median(const canvas *image, int c, int x, int y)
{
    int value[9];
    for (int k = 0; k < 9; k++) {
        int near_x = x + k % 3 - 1, near_y = y + k / 3 - 1;
        near_x = near_x < 0 ? 0 : near_x == image->width ? near_x - 1 : near_x;
        near_y = near_y < 0 ? 0 : near_y == image->height ? near_y - 1 : near_y;
        value[k] = get(image, c, near_x, near_y);
    }
    qsort(value, 9, sizeof *value, by_value);
    return value[4];
}

static void test_median_is_its_definition(void **state)
{
    (void)state;
    uint32_t seed = 2;
    const pat_setting setting = {{0, MEDIAN, [PAT_AXIS_SCALE] = 1}};
    const pat_steps steps = pat_steps_of(&setting);
    for (int largest = 255; largest <= 65535; largest *= 257)
        for (size_t i = 0; i < COUNT(sizes); i++) {
            canvas image, got, want;
            canvas_init(&image, largest, 3, sizes[i]);
            fill(&image, &seed);
            apply(&steps, &image, &got);
            canvas_like(&want, &image);
            for (int c = 0; c < 3; c++)
                for (int y = 0; y < image.height; y++)
                    for (int x = 0; x < image.width; x++)
                        set(&want, c, x, y, naive_median(&image, c, x, y));
            assert_same(&got, &want, "median");
            free(image.data), free(got.data), free(want.data);
        }
}

/* At strength 1, v + (v - blurred) shows the blur that unsharp masking uses. */
static void test_gaussian_is_the_blur_of_unsharp_masking(void **state)
{
    (void)state;
    uint32_t seed = 3;
    const double sigmas[] = {0.1, 0.7, 2, 20};
    for (int largest = 255; largest <= 65535; largest *= 257)
        for (size_t s = 0; s < COUNT(sigmas); s++)
            for (size_t i = 0; i < COUNT(sizes); i++) {
                canvas image, got, sharp;
                const pat_setting blurs = {{0, GAUSSIAN, sigmas[s], [PAT_AXIS_SCALE] = 1}};
                const pat_setting sharpens = SETTING(0, sigmas[s], 1);
                const pat_steps steps = pat_steps_of(&blurs), unsharp = pat_steps_of(&sharpens);
                canvas_init(&image, largest, 3, sizes[i]);
                fill(&image, &seed);
                apply(&steps, &image, &got);
                apply(&unsharp, &image, &sharp);
                for (int c = 0; c < 3; c++)
                    for (int y = 0; y < image.height; y++)
                        for (int x = 0; x < image.width; x++)
                            assert_int_equal(
                                get(&sharp, c, x, y),
                                clipped(2 * get(&image, c, x, y) - get(&got, c, x, y), largest));
                free(image.data), free(got.data), free(sharp.data);
            }
}

/* The kernel, from its definition as a sum of cosines over all frequencies. */
static void test_wiener_kernel_is_its_definition(void **state)
{
    (void)state;
    static const double cases[][2] = {{0.05, 10}, {0.5, 0.0001}, {0.8, 0.01}, {1.3, 0.05}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        double sigma = cases[i][0], noise = cases[i][1], total = 0;
        pat_wiener kernel;
        pat_wiener_init(&kernel, sigma, noise);
        int radius = kernel.radius, taps = 2 * radius + 1;
        assert_int_equal(radius, (int)ceil(10 * sigma) + 4);
        for (int y = 0; y <= radius; y++)
            for (int x = 0; x <= radius; x++) {
                double sum = 0, weight = kernel.weight[y * (radius + 1) + x];
                for (int v = -radius; v <= radius; v++)
                    for (int u = -radius; u <= radius; u++) {
                        double squared = (double)(u * u + v * v) / (taps * taps);
                        double blur = exp(-2 * M_PI * M_PI * sigma * sigma * squared);
                        sum += blur / (blur * blur + noise) * (1 + noise) *
                               cos(2 * M_PI * (u * x + v * y) / taps);
                    }
                assert_true(fabs(sum / (taps * taps) - weight) < 1e-10);
                total += weight * (x > 0 ? 2 : 1) * (y > 0 ? 2 : 1);
            }
        assert_true(fabs(total - 1) < 1e-10);
    }
    assert_int_equal(pat_wiener_radius(20), PAT_WIENER_RADIUS_MAX);
}

/* It undoes most of a blur. */
static void test_wiener_reverses_a_blur(void **state)
{
    (void)state;
    const pat_setting blurs = {{0, GAUSSIAN, 1, [PAT_AXIS_SCALE] = 1}},
                      deblurs = {{0, WIENER, 1, 0, 0, 0.001, [PAT_AXIS_SCALE] = 1}};
    const pat_steps blur = pat_steps_of(&blurs), deblur = pat_steps_of(&deblurs);
    canvas image, blurred, restored;
    canvas_init(&image, 65535, 1, (int[]){90, 70});
    for (int y = 0; y < 70; y++)
        for (int x = 0; x < 90; x++)
            set(&image, 0, x, y, (x / 15 + y / 10) % 2 == 0 ? 10000 : 50000);
    apply(&blur, &image, &blurred);
    apply(&deblur, &blurred, &restored);
    double before = 0, after = 0;
    for (int i = 0; i < 90 * 70; i++) {
        before += pow(get(&blurred, 0, i % 90, i / 90) - get(&image, 0, i % 90, i / 90), 2);
        after += pow(get(&restored, 0, i % 90, i / 90) - get(&image, 0, i % 90, i / 90), 2);
    }
    assert_true(after < before / 3);
    free(image.data), free(blurred.data), free(restored.data);
}

/* Images of several tiles, whole and in bands that are not those of tiles, are close to the plain
 * sum. */
static void test_wiener_tiles(void **state)
{
    (void)state;
    uint32_t seed = 8;
    static const double sigmas[] = {0.8, 2.3, 3};
    const pat_operator *color = pat_operator_of(PAT_AXIS_COLOR, PAT_COLOR_NONE);
    pat_operator plain = *pat_operator_of(PAT_AXIS_FILTER, WIENER);
    plain.numbers = NULL;
    plain.scratch_bytes = NULL;
    for (size_t s = 0; s < COUNT(sigmas); s++) {
        const pat_setting setting = {{0, WIENER, sigmas[s], 0, 0, 0.02, [PAT_AXIS_SCALE] = 1}};
        const pat_steps fast = pat_steps_of(&setting);
        const pat_steps slow = pat_steps_of_operators(&setting, color, &plain);
        canvas image, want, whole, got;
        canvas_init(&image, 255, 1, s == 1 ? (int[]){111, 270} : (int[]){443, 131});
        fill(&image, &seed);
        apply(&slow, &image, &want);
        apply(&fast, &image, &whole);
        apply_in_bands(&fast, &image, -1, 41, &got);
        assert_same(&got, &whole, "in bands");
        for (int k = 0; k < image.width * image.height; k++) {
            int x = k % image.width, y = k / image.width;
            assert_true(abs(get(&whole, 0, x, y) - get(&want, 0, x, y)) <= 1);
        }
        free(image.data), free(want.data), free(whole.data), free(got.data);
    }
}

/* ---- All channels at once -------------------------------------------------------------------- */

/* The same samples whole and in bands, all channels and one, with the plain form and the fast. */
static void test_channels_that_are_filtered_together(void **state)
{
    (void)state;
    uint32_t seed = 4;
    const pat_operator *color = pat_operator_of(PAT_AXIS_COLOR, PAT_COLOR_NONE);
    pat_operator plain = *pat_operator_of(PAT_AXIS_FILTER, BILATERAL);
    plain.numbers = NULL;
    plain.scratch_bytes = NULL;
    for (int largest = 255; largest <= 65535; largest *= 257)
        for (size_t s = 0; s < COUNT(bilaterals); s++)
            for (size_t i = 0; i < COUNT(sizes); i++) {
                canvas image, whole, got;
                const pat_steps fast = pat_steps_of(&bilaterals[s]);
                const pat_steps slow = pat_steps_of_operators(&bilaterals[s], color, &plain);
                canvas_init(&image, largest, 3, sizes[i]);
                fill(&image, &seed);
                apply(&fast, &image, &whole);
                apply(&slow, &image, &got);
                assert_same(&got, &whole, "plain");
                free(got.data);
                for (int band = 1; band <= image.height; band = 3 * band + 1) {
                    apply_in_bands(&fast, &image, -1, band, &got);
                    assert_same(&got, &whole, "in bands");
                    free(got.data);
                }
                apply_in_bands(&fast, &image, 1, 5, &got);
                for (int k = 0; k < image.width * image.height; k++)
                    assert_int_equal(get(&got, 1, k % image.width, k / image.width),
                                     get(&whole, 1, k % image.width, k / image.width));
                free(image.data), free(whole.data), free(got.data);
            }
}

/* Turned images are turned when filtered: row y becomes column y. Not so for the Wiener filter,
 * whose tiles lie elsewhere. */
static void test_turned_images(void **state)
{
    (void)state;
    uint32_t seed = 9;
    for (int number = 0; number < WIENER; number++)
        for (size_t i = 0; i < COUNT(sizes); i++) {
            canvas image, turned, got, got_turned;
            const pat_setting setting = {{0, number, 1.2, 0.8, 25, 0.03, [PAT_AXIS_SCALE] = 1}};
            const pat_steps steps = pat_steps_of(&setting);
            canvas_init(&image, 255, 3, sizes[i]);
            canvas_init(&turned, 255, 3, (int[]){image.height, image.width});
            fill(&image, &seed);
            for (int k = 0; k < 3 * image.width * image.height; k++) {
                int x = k / 3 % image.width, y = k / 3 / image.width;
                set(&turned, k % 3, image.height - 1 - y, x, get(&image, k % 3, x, y));
            }
            apply(&steps, &image, &got);
            apply(&steps, &turned, &got_turned);
            for (int k = 0; k < 3 * image.width * image.height; k++) {
                int x = k / 3 % image.width, y = k / 3 / image.width;
                assert_int_equal(get(&got_turned, k % 3, image.height - 1 - y, x),
                                 get(&got, k % 3, x, y));
            }
            free(image.data), free(turned.data), free(got.data), free(got_turned.data);
        }
}

/* A gray image is filtered as the same image with three equal channels. */
static void test_gray_is_three_equal_channels(void **state)
{
    (void)state;
    uint32_t seed = 5;
    for (int number = 1; number <= pat_axis_greatest(PAT_AXIS_FILTER); number++)
        for (size_t i = 0; i < COUNT(sizes); i++) {
            canvas gray, color, filtered_gray, filtered_color;
            const pat_setting setting = {{0, number, 1.2, 0.8, 25, 0.03, [PAT_AXIS_SCALE] = 1}};
            const pat_steps steps = pat_steps_of(&setting);
            canvas_init(&gray, 255, 1, sizes[i]);
            canvas_init(&color, 255, 3, sizes[i]);
            fill(&gray, &seed);
            for (int c = 0; c < 3; c++)
                for (int k = 0; k < gray.width * gray.height; k++)
                    set(&color, c, k % gray.width, k / gray.width,
                        get(&gray, 0, k % gray.width, k / gray.width));
            apply(&steps, &gray, &filtered_gray);
            apply(&steps, &color, &filtered_color);
            for (int c = 0; c < 3; c++)
                for (int k = 0; k < gray.width * gray.height; k++)
                    assert_int_equal(get(&filtered_color, c, k % gray.width, k / gray.width),
                                     get(&filtered_gray, 0, k % gray.width, k / gray.width));
            free(gray.data), free(color.data), free(filtered_gray.data), free(filtered_color.data);
        }
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static const pat_setting rendered[] = {
    {{0, 0}},
    {{LEVELS, 0}}, /* the color operator is ignored */
    SETTING(0, 1, 0),
    SETTING(0, 1, 2.5),
    SETTING(STRETCH, 0.6, 0.7),
    {{0, GAUSSIAN, 0.7, [PAT_AXIS_SCALE] = 1}},
    {{0, MEDIAN, [PAT_AXIS_SCALE] = 1}},
    BILATERAL_SETTING(1.5, 0, 20),
    BILATERAL_SETTING(1.5, 2, 20),
    {{0, WIENER, 0.8, 0, 0, 0.01, [PAT_AXIS_SCALE] = 1}},
};

/* Rounded and clipped, they are the filter's samples; some are beyond the limits. */
static void test_numbers_become_the_samples(void **state)
{
    (void)state;
    uint32_t seed = 6;
    int beyond[COUNT(rendered)] = {0}, fractions[COUNT(rendered)] = {0};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t s = 0; s < COUNT(rendered); s++) {
            canvas image, want;
            pat_setting filter_only = rendered[s];
            filter_only.value[PAT_AXIS_COLOR] = PAT_COLOR_NONE;
            const pat_steps steps = pat_steps_of(&filter_only);
            canvas_init(&image, 255, 3, sizes[i]);
            fill(&image, &seed);
            apply(&steps, &image, &want);
            const pat_image whole = {.width = image.width,
                                     .height = image.height,
                                     .plane = {image.plane[0], image.plane[1], image.plane[2]}};
            const int count = image.width * image.height;
            float *numbers = malloc((size_t)(3 * count) * sizeof *numbers);
            float *const planes[3] = {numbers, numbers + count, numbers + 2 * count};
            assert_int_equal(pat_filter_render(&whole, &rendered[s], planes, NULL), PAT_OK);
            for (int k = 0; k < 3 * count; k++) {
                double number = numbers[k];
                assert_int_equal(
                    clipped(number, 255),
                    get(&want, k / count, k % count % image.width, k % count / image.width));
                beyond[s] += number < -0.01 || number > 255.01;
                fractions[s] += number != rint(number);
            }
            free(numbers), free(image.data), free(want.data);
        }
    for (size_t s = 0; s < COUNT(rendered); s++) {
        double filter = rendered[s].value[PAT_AXIS_FILTER];
        double strength = rendered[s].value[PAT_AXIS_STRENGTH];
        bool is_mean = filter == BILATERAL && strength == 0;
        assert_int_equal(beyond[s] > 0, filter == WIENER || strength > 0);
        assert_int_equal(fractions[s] > 0,
                         filter == WIENER || is_mean || strength != rint(strength));
    }
}

static void test_settings_that_cannot_be_rendered(void **state)
{
    (void)state;
    float number;
    uint8_t sample = 7;
    const pat_plane plane = {&sample, 1, 1, 1};
    const pat_image image = {.width = 1, .height = 1, .plane = {plane, plane, plane}};
    float *const planes[3] = {&number, &number, &number};
    const pat_setting wrong = {{0, WIENER, 1, 0, 0, 0, [PAT_AXIS_SCALE] = 1}};
    pat_error error = {0};
    assert_int_equal(pat_filter_render(&image, &wrong, planes, &error), PAT_INVALID_ARGUMENT);
    assert_string_equal(error.message, "noise: 0 is outside 0.0001..10");
}

static double add_a_third(const pat_tone *tone, double sample)
{
    (void)tone;
    return 0.75 * sample + 1.0 / 3;
}

static void measure_nothing(const pat_channel *channel, const pat_setting *setting, pat_tone *tone)
{
    (void)channel, (void)setting, (void)tone;
}

/* A color operator after any filter reads these numbers, and the result is rounded once. */
static void test_a_color_operator_reads_the_numbers(void **state)
{
    (void)state;
    static const pat_operator after = {.name = "after",
                                       .place = PAT_COLOR_AFTER_FILTER,
                                       .measure = measure_nothing,
                                       .map = add_a_third};
    uint32_t seed = 7;
    int differ = 0;
    for (size_t s = 0; s < COUNT(rendered); s++) {
        canvas image, got, filtered;
        const pat_operator *filter = pat_operator_in(&rendered[s], PAT_AXIS_FILTER);
        const pat_operator *none = pat_operator_of(PAT_AXIS_COLOR, PAT_COLOR_NONE);
        const pat_steps steps = pat_steps_of_operators(&rendered[s], &after, filter);
        const pat_steps alone = pat_steps_of_operators(&rendered[s], none, filter);
        canvas_init(&image, 255, 3, sizes[5]);
        fill(&image, &seed);
        apply(&steps, &image, &got);
        apply(&alone, &image, &filtered);
        const pat_image whole = {.width = image.width,
                                 .height = image.height,
                                 .plane = {image.plane[0], image.plane[1], image.plane[2]}};
        const int count = image.width * image.height;
        float *numbers = malloc((size_t)(3 * count) * sizeof *numbers);
        float *const planes[3] = {numbers, numbers + count, numbers + 2 * count};
        assert_int_equal(pat_filter_render(&whole, &rendered[s], planes, NULL), PAT_OK);
        for (int k = 0; k < 3 * count; k++) {
            int c = k / count, x = k % count % image.width, y = k % count / image.width;
            assert_int_equal(get(&got, c, x, y), clipped(add_a_third(NULL, numbers[k]), 255));
            differ +=
                get(&got, c, x, y) != clipped(add_a_third(NULL, get(&filtered, c, x, y)), 255);
        }
        free(numbers), free(image.data), free(got.data), free(filtered.data);
    }
    assert_true(differ > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bilateral_is_its_definition),
        cmocka_unit_test(test_median_is_its_definition),
        cmocka_unit_test(test_gaussian_is_the_blur_of_unsharp_masking),
        cmocka_unit_test(test_wiener_kernel_is_its_definition),
        cmocka_unit_test(test_wiener_reverses_a_blur),
        cmocka_unit_test(test_wiener_tiles),
        cmocka_unit_test(test_channels_that_are_filtered_together),
        cmocka_unit_test(test_turned_images),
        cmocka_unit_test(test_gray_is_three_equal_channels),
        cmocka_unit_test(test_numbers_become_the_samples),
        cmocka_unit_test(test_settings_that_cannot_be_rendered),
        cmocka_unit_test(test_a_color_operator_reads_the_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
