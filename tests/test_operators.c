/* Every operator, compared with its definition in 8 and 16 bits, and combinations of operators. */
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
#include "settings.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const int sizes[][2] = {{1, 1}, {1, 7}, {9, 1}, {2, 3}, {5, 4}, {17, 33}, {64, 9}};

/* ---- Channels with 8 or 16 bits -------------------------------------------------------------- */

enum { PADDING = 3, FILLER = 0x5a };

typedef struct samples {
    int width, height, largest;
    pat_plane plane;
    pat_deep_plane deep;
    void *data;
} samples;

static samples samples_create(int largest, int width, int height)
{
    const int stride = width + PADDING;
    const size_t bytes = (size_t)stride * (size_t)height * sizeof(uint16_t);
    samples all = {.width = width, .height = height, .largest = largest, .data = malloc(bytes)};
    assert_non_null(all.data);
    memset(all.data, FILLER, bytes);
    all.plane = (pat_plane){all.data, width, height, stride};
    all.deep = (pat_deep_plane){all.data, width, height, stride};
    return all;
}

static pat_channel channel_of(const samples *all)
{
    return all->largest == 255 ? (pat_channel){.plane = &all->plane}
                               : (pat_channel){.deep = &all->deep};
}

/* An image with one channel. */
static pat_channels image_of(const samples *all)
{
    return (pat_channels){{channel_of(all)}, 1};
}

static int get(const samples *all, int x, int y)
{
    return all->largest == 255 ? all->plane.data[y * all->plane.stride + x]
                               : all->deep.data[y * all->deep.stride + x];
}

static void set(const samples *all, int x, int y, int value)
{
    if (all->largest == 255)
        all->plane.data[y * all->plane.stride + x] = (uint8_t)value;
    else
        all->deep.data[y * all->deep.stride + x] = (uint16_t)value;
}

/* Noise over all values, often 0 or the largest value. */
static samples noise(int largest, int width, int height, uint32_t *seed)
{
    samples all = samples_create(largest, width, height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            set(&all, x, y,
                random_below(seed, 5) == 0 ? largest * (int)random_below(seed, 2)
                                           : (int)random_below(seed, (uint32_t)largest + 1));
    return all;
}

static samples copy_of(const samples *from)
{
    samples all = samples_create(from->largest, from->width, from->height);
    for (int y = 0; y < all.height; y++)
        for (int x = 0; x < all.width; x++)
            set(&all, x, y, get(from, x, y));
    return all;
}

static void assert_close(const samples *got, const samples *want, int tolerance, const char *what)
{
    for (int y = 0; y < want->height; y++) {
        for (int x = 0; x < want->width; x++)
            if (abs(get(got, x, y) - get(want, x, y)) > tolerance)
                fail_msg("%s, %dx%d in 0..%d: sample (%d, %d) is %d instead of %d", what,
                         want->width, want->height, want->largest, x, y, get(got, x, y),
                         get(want, x, y));
        for (int x = want->width; x < want->width + PADDING; x++) /* padding is unchanged */
            assert_int_equal(get(got, x, y), got->largest == 255 ? FILLER : FILLER << 8 | FILLER);
    }
}

static void assert_same(const samples *got, const samples *want, const char *what)
{
    assert_close(got, want, 0, what);
}

static int clipped(double value, int largest)
{
    return (int)fmin(fmax(rint(value), 0), largest);
}

/* ---- Color operators ------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The ceil(n / share)-th smallest sample, or largest. */
static int tail_of(const samples *all, double share, bool greatest)
{
    int count = all->width * all->height, tail = (int)ceil(count / share);
    int *sorted = malloc((size_t)count * sizeof *sorted);
    assert_non_null(sorted);
    for (int i = 0; i < count; i++)
        sorted[i] = get(all, i % all->width, i / all->width);
    qsort(sorted, (size_t)count, sizeof *sorted, by_value);
    int value = sorted[greatest ? count - tail : tail - 1];
    free(sorted);
    return value;
}

static void naively_stretch(const samples *all, double share, const samples *out)
{
    double low = tail_of(all, share, false), high = tail_of(all, share, true);
    for (int y = 0; y < all->height; y++)
        for (int x = 0; x < all->width; x++) {
            double v = get(all, x, y);
            set(out, x, y,
                clipped(high > low ? (v - low) * all->largest / (high - low) : v, all->largest));
        }
}

static void naive_none(const samples *all, const samples *out)
{
    for (int y = 0; y < all->height; y++)
        for (int x = 0; x < all->width; x++)
            set(out, x, y, get(all, x, y));
}

static void naive_white_balance(const samples *all, const samples *out)
{
    double sum = 0, middle = all->largest == 255 ? 128 : 32896;
    for (int y = 0; y < all->height; y++)
        for (int x = 0; x < all->width; x++)
            sum += get(all, x, y);
    double mean = sum / (all->width * all->height), gain = mean == 0 ? 1 : middle / mean;
    for (int y = 0; y < all->height; y++)
        for (int x = 0; x < all->width; x++)
            set(out, x, y, (int)fmin(get(all, x, y) * gain, all->largest));
}

static void naive_levels(const samples *all, const samples *out)
{
    naively_stretch(all, 200, out);
}

/* Of the red channel. */
static const double red_gain = 1.37, red_offset = -21.3;

static void naive_affine(const samples *all, const samples *out)
{
    for (int y = 0; y < all->height; y++)
        for (int x = 0; x < all->width; x++)
            set(out, x, y,
                clipped(red_gain * get(all, x, y) + red_offset * (all->largest / 255),
                        all->largest));
}

static void naive_slight_stretch(const samples *all, const samples *out)
{
    naively_stretch(all, 2000, out);
}

/* Indexed by operator number. A new operator needs an entry. */
static void (*const naive_colors[])(const samples *all, const samples *out) = {
    naive_none, naive_white_balance, naive_levels, naive_slight_stretch, naive_affine};

/* Noise over part of the range, which can be stretched. */
static samples faded(int largest, int width, int height, uint32_t *seed)
{
    samples all = noise(largest, width, height, seed);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            set(&all, x, y, largest / 5 + (int)random_below(seed, (uint32_t)largest / 3));
    return all;
}

static void check_color(int number, const samples *damaged)
{
    pat_setting setting = SETTING(number, 1, 0);
    setting.value[PAT_AXIS_RED_GAIN] = red_gain;
    setting.value[PAT_AXIS_RED_OFFSET] = red_offset;
    const pat_steps steps = pat_steps_of(&setting);
    samples got = copy_of(damaged), want = copy_of(damaged), copy = copy_of(damaged);
    const pat_channels channel = image_of(&got), other = image_of(&copy);
    naive_colors[number](damaged, &want);
    assert_int_equal(pat_steps_apply(&steps, &channel, &other, NULL), PAT_OK);
    assert_same(&got, &want, pat_operator_name(PAT_AXIS_COLOR, number));
    free(got.data), free(want.data), free(copy.data);
}

static void test_color_operators_are_their_definitions(void **state)
{
    (void)state;
    static const int larger[][2] = {{199, 1}, {20, 10}, {67, 3}, {40, 50}, {69, 29}, {101, 40}};
    uint32_t seed = 1;
    assert_int_equal(COUNT(naive_colors), pat_axis_greatest(PAT_AXIS_COLOR) + 1);
    for (int number = 0; number < (int)COUNT(naive_colors); number++)
        for (int largest = 255; largest <= 65535; largest = 257 * largest)
            for (size_t i = 0; i < COUNT(sizes) + COUNT(larger); i++) {
                const int *size = i < COUNT(sizes) ? sizes[i] : larger[i - COUNT(sizes)];
                samples full = noise(largest, size[0], size[1], &seed);
                samples part = faded(largest, size[0], size[1], &seed);
                check_color(number, &full);
                check_color(number, &part);
                for (int y = 0; y < size[1]; y++) /* a black channel */
                    for (int x = 0; x < size[0]; x++)
                        set(&full, x, y, 0);
                check_color(number, &full);
                free(full.data), free(part.data);
            }
}

/* ---- Filters --------------------------------------------------------------------------------- */

/* Unsharp masking without final rounding and clipping; the blurred sample is rounded. */
static double naive_unsharp(const samples *all, const pat_setting *setting, int x, int y)
{
    int weight[PAT_GAUSSIAN_TAPS_MAX];
    int taps = naive_gaussian_taps(setting->value[PAT_AXIS_SIGMA], weight), radius = taps / 2;
    double strength = setting->value[PAT_AXIS_STRENGTH];
    uint64_t sum = 32768;
    for (int i = 0; i < taps; i++)
        for (int j = 0; j < taps; j++)
            sum += (uint64_t)(weight[i] * weight[j]) *
                   (uint64_t)get(all, naive_reflect101(x + j - radius, all->width),
                                 naive_reflect101(y + i - radius, all->height));
    int sample = get(all, x, y), blurred = (int)(sum >> 16);
    if (all->largest == 255)
        return fmaf((float)sample, (float)(1 + strength), (float)blurred * (float)-strength);
    return sample * (1 + strength) - blurred * strength;
}

/* Filters at most `band` rows at a time. */
static samples filtered(const pat_steps *steps, const pat_tone *tone, const samples *source,
                        int band)
{
    samples out = samples_create(source->largest, source->width, source->height);
    const pat_channels from = image_of(source);
    void *scratch = malloc(pat_steps_scratch(steps, source->width) + 1);
    assert_non_null(scratch);
    for (int y = 0; y < source->height; y += band) {
        samples rows = out;
        rows.plane.height = rows.deep.height = out.height - y < band ? out.height - y : band;
        rows.plane.data += y * rows.plane.stride;
        rows.deep.data += y * rows.deep.stride;
        const pat_channels to = image_of(&rows);
        pat_steps_rows(steps, &from, tone, y, &to, scratch);
    }
    free(scratch);
    return out;
}

/* All filters but this have a fast form that computes the same bits as the plain one. The Wiener
 * filter has single-precision Fourier transforms instead of a sum in double. */
static int tolerance_of(const pat_operator *filter, int largest)
{
    bool is_exact = filter != pat_operator_of(PAT_AXIS_FILTER, WIENER);
    return is_exact ? 0 : largest == 255 ? 1 : 4;
}

/* The plain and the fast implementation must agree, on the whole image and in bands. Bands never
 * make a difference. */
static void check_filter(const pat_operator *filter, const pat_setting *setting,
                         const samples *damaged)
{
    const pat_operator *color = pat_operator_of(PAT_AXIS_COLOR, PAT_COLOR_NONE);
    pat_operator plain = *filter;
    plain.rows = NULL;
    plain.numbers = NULL;
    plain.scratch_bytes = NULL;
    const pat_steps fast_steps = pat_steps_of_operators(setting, color, filter);
    const pat_steps plain_steps = pat_steps_of_operators(setting, color, &plain);
    samples want = filtered(&plain_steps, NULL, damaged, damaged->height);
    samples fast_whole = filtered(&fast_steps, NULL, damaged, damaged->height);
    assert_close(&fast_whole, &want, tolerance_of(filter, damaged->largest), "fast");
    for (int band = 1; band <= damaged->height; band = 3 * band + 1) {
        samples in_bands = filtered(&plain_steps, NULL, damaged, band);
        samples fast = filtered(&fast_steps, NULL, damaged, band);
        assert_same(&in_bands, &want, "in bands");
        assert_same(&fast, &fast_whole, "fast, in bands");
        free(in_bands.data), free(fast.data);
    }
    samples whole = copy_of(damaged), copy = copy_of(damaged);
    const pat_channels channel = image_of(&whole), other = image_of(&copy);
    assert_int_equal(pat_steps_apply(&fast_steps, &channel, &other, NULL), PAT_OK);
    assert_same(&whole, &fast_whole, "whole");
    free(whole.data), free(copy.data), free(want.data), free(fast_whole.data);
}

static const double filter_settings[][2] = {{0.01, 1}, {0.5, 0.7}, {1, 2.5}, {2.7, 100}, {1.3, 0}};

static void test_plain_and_fast_forms_agree(void **state)
{
    (void)state;
    uint32_t seed = 2;
    for (int number = 0; number <= pat_axis_greatest(PAT_AXIS_FILTER); number++)
        for (size_t s = 0; s < COUNT(filter_settings); s++)
            for (int largest = 255; largest <= 65535; largest = 257 * largest)
                for (size_t i = 0; i < COUNT(sizes); i++) {
                    const pat_setting setting = {
                        {0, number, filter_settings[s][0], filter_settings[s][1], 30, 0.02}};
                    samples damaged = noise(largest, sizes[i][0], sizes[i][1], &seed);
                    check_filter(pat_operator_of(PAT_AXIS_FILTER, number), &setting, &damaged);
                    free(damaged.data);
                }
    const pat_setting widest = SETTING(PAT_COLOR_NONE, PAT_SIGMA_MAX, 1);
    for (int largest = 255; largest <= 65535; largest = 257 * largest) {
        samples damaged = noise(largest, 7, 5, &seed);
        check_filter(pat_operator_of(PAT_AXIS_FILTER, UNSHARP), &widest, &damaged);
        free(damaged.data);
    }
}

static void test_unsharp_is_its_definition(void **state)
{
    (void)state;
    uint32_t seed = 3;
    for (size_t s = 0; s < COUNT(filter_settings); s++)
        for (int largest = 255; largest <= 65535; largest = 257 * largest)
            for (size_t i = 0; i < COUNT(sizes); i++) {
                const pat_setting setting =
                    SETTING(PAT_COLOR_NONE, filter_settings[s][0], filter_settings[s][1]);
                const pat_steps steps = pat_steps_of(&setting);
                samples damaged = noise(largest, sizes[i][0], sizes[i][1], &seed);
                samples want = copy_of(&damaged), got = filtered(&steps, NULL, &damaged, 4);
                for (int y = 0; y < want.height; y++)
                    for (int x = 0; x < want.width; x++)
                        set(&want, x, y, clipped(naive_unsharp(&damaged, &setting, x, y), largest));
                assert_same(&got, &want, "unsharp");
                free(damaged.data), free(want.data), free(got.data);
            }
}

/* ---- Order and rounding ---------------------------------------------------------------------- */

/* A made-up operator that must measure the channel: it adds half the smallest sample. */
static void measure_least(const pat_channel *channel, const pat_setting *setting, pat_tone *tone)
{
    (void)setting;
    tone->parameter[0] = pat_channel_value_of_rank(channel, 1) * 0.5;
}

static double halve(const pat_tone *tone, double sample)
{
    return sample * 0.5 + 10 + tone->parameter[0];
}

static const pat_operator before = {
    .name = "before", .place = PAT_COLOR_BEFORE_FILTER, .measure = measure_least, .map = halve};
static const pat_operator after = {
    .name = "after", .place = PAT_COLOR_AFTER_FILTER, .measure = measure_least, .map = halve};

static double naive_halve(const samples *all, double sample)
{
    int least = all->largest;
    for (int y = 0; y < all->height; y++)
        for (int x = 0; x < all->width; x++)
            least = get(all, x, y) < least ? get(all, x, y) : least;
    return sample * 0.5 + 10 + least * 0.5;
}

static samples applied(const pat_operator *color, const pat_setting *setting,
                       const samples *damaged)
{
    const pat_operator *filter = pat_operator_in(setting, PAT_AXIS_FILTER);
    const pat_steps steps = pat_steps_of_operators(setting, color, filter);
    samples got = copy_of(damaged), copy = copy_of(damaged);
    const pat_channels channel = image_of(&got), other = image_of(&copy);
    assert_int_equal(pat_steps_apply(&steps, &channel, &other, NULL), PAT_OK);
    free(copy.data);
    return got;
}

static const pat_setting combined[] = {
    SETTING(0, 1, 2.5), SETTING(0, 0.6, 0.7), SETTING(0, 1, 0), {{0, 0, 0, 0}}};

/* The filter's result is passed on unrounded, even if out of range; it is rounded and clipped only
 * once. */
static void test_a_color_after_a_filter_is_rounded_once(void **state)
{
    (void)state;
    uint32_t seed = 4;
    int differ = 0;
    for (int largest = 255; largest <= 65535; largest = 257 * largest)
        for (size_t i = 0; i < COUNT(sizes); i++)
            for (size_t s = 0; s < COUNT(combined); s++) {
                const pat_setting *setting = &combined[s];
                samples damaged = noise(largest, sizes[i][0], sizes[i][1], &seed);
                samples want = copy_of(&damaged), got = applied(&after, setting, &damaged);
                for (int y = 0; y < want.height; y++)
                    for (int x = 0; x < want.width; x++) {
                        double sharp = pat_setting_uses(setting, PAT_AXIS_FILTER)
                                           ? naive_unsharp(&damaged, setting, x, y)
                                           : get(&damaged, x, y);
                        int once = clipped(naive_halve(&damaged, sharp), largest);
                        int twice =
                            clipped(naive_halve(&damaged, clipped(sharp, largest)), largest);
                        set(&want, x, y, once);
                        differ += once != twice;
                    }
                assert_same(&got, &want, "a color operator after the filter");
                free(damaged.data), free(want.data), free(got.data);
            }
    assert_true(differ > 1000);
}

/* A filter needs samples: the result of the color operator before it is rounded and clipped. */
static void test_a_color_before_a_filter_is_rounded_twice(void **state)
{
    (void)state;
    uint32_t seed = 5;
    for (int largest = 255; largest <= 65535; largest = 257 * largest)
        for (size_t i = 0; i < COUNT(sizes); i++)
            for (size_t s = 0; s < COUNT(combined); s++) {
                const pat_setting *setting = &combined[s];
                samples damaged = noise(largest, sizes[i][0], sizes[i][1], &seed);
                samples got = applied(&before, setting, &damaged);
                samples base = copy_of(&damaged), want = copy_of(&damaged);
                for (int y = 0; y < base.height; y++)
                    for (int x = 0; x < base.width; x++)
                        set(&base, x, y,
                            clipped(naive_halve(&damaged, get(&damaged, x, y)), largest));
                for (int y = 0; y < want.height; y++)
                    for (int x = 0; x < want.width; x++)
                        set(&want, x, y,
                            pat_setting_uses(setting, PAT_AXIS_FILTER)
                                ? clipped(naive_unsharp(&base, setting, x, y), largest)
                                : get(&base, x, y));
                assert_same(&got, &want, "a color operator before the filter");
                free(damaged.data), free(base.data), free(want.data), free(got.data);
            }
}

/* The search applies a color operator before the filter once for all numbers, and one after it once
 * for all numbers of the filter. */
static void test_numbers_that_color_operators_read(void **state)
{
    (void)state;
    unsigned of_filters = 0;
    for (int number = 0; number <= pat_axis_greatest(PAT_AXIS_FILTER); number++)
        of_filters |= pat_operator_of(PAT_AXIS_FILTER, number)->axes;
    for (int number = 0; number <= pat_axis_greatest(PAT_AXIS_COLOR); number++) {
        const pat_operator *color = pat_operator_of(PAT_AXIS_COLOR, number);
        assert_int_equal(color->axes & of_filters, 0);
        assert_true(color->place == PAT_COLOR_AFTER_FILTER || color->axes == 0);
    }
}

/* ---- Affine color ---------------------------------------------------------------------------- */

static const pat_setting affine = {
    {AFFINE, UNSHARP, 1, 2.5, 0, 0, 1, 1.37, -21.3, 0.71, 12.9, 2.2, -140.25}};

/* The sharpened sample is neither rounded nor clipped before the affine map. Returns the number of
 * samples for which that makes a difference. */
static int naively_map(const samples *damaged, int color, const samples *out)
{
    double gain = affine.value[PAT_AXIS_RED_GAIN + 2 * color];
    double offset = affine.value[PAT_AXIS_RED_OFFSET + 2 * color] * (damaged->largest / 255);
    int differ = 0;
    for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++) {
            double sharp = naive_unsharp(damaged, &affine, x, y);
            int once = clipped(gain * sharp + offset, damaged->largest);
            differ +=
                once != clipped(gain * clipped(sharp, damaged->largest) + offset, damaged->largest);
            set(out, x, y, once);
        }
    return differ;
}

/* Each channel has numbers of its own; a gray image has those of green. */
static void test_affine_color_of_channels(void **state)
{
    (void)state;
    static const int colors[2][PAT_CHANNELS] = {{PAT_GREEN}, {PAT_RED, PAT_GREEN, PAT_BLUE}};
    const pat_steps steps = pat_steps_of(&affine);
    uint32_t seed = 6;
    int differ = 0;
    for (int largest = 255; largest <= 65535; largest = 257 * largest)
        for (size_t i = 0; i < COUNT(sizes); i++)
            for (int count = 1; count <= PAT_CHANNELS; count += 2) {
                samples got[PAT_CHANNELS], want[PAT_CHANNELS], copy;
                pat_channels image = {.count = count};
                for (int c = 0; c < count; c++) {
                    got[c] = noise(largest, sizes[i][0], sizes[i][1], &seed);
                    want[c] = copy_of(&got[c]);
                    differ += naively_map(&got[c], colors[count / 2][c], &want[c]);
                    image.of[c] = channel_of(&got[c]);
                    image.of[c].color = colors[count / 2][c];
                }
                copy = copy_of(&got[0]);
                const pat_channels other = image_of(&copy);
                assert_int_equal(pat_steps_apply(&steps, &image, &other, NULL), PAT_OK);
                for (int c = 0; c < count; c++) {
                    assert_same(&got[c], &want[c], "affine");
                    free(got[c].data), free(want[c].data);
                }
                free(copy.data);
            }
    assert_true(differ > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_that_color_operators_read),
        cmocka_unit_test(test_affine_color_of_channels),
        cmocka_unit_test(test_color_operators_are_their_definitions),
        cmocka_unit_test(test_plain_and_fast_forms_agree),
        cmocka_unit_test(test_unsharp_is_its_definition),
        cmocka_unit_test(test_a_color_after_a_filter_is_rounded_once),
        cmocka_unit_test(test_a_color_before_a_filter_is_rounded_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
