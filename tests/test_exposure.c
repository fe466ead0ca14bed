/* Gains against flicker, on scenes whose flicker is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "film/exposure.h"
#include "tiers/patterns.h"

enum { FRAMES = 240, RADIUS = 25, PIXELS = 5003 };

static pat_quantiles frames[FRAMES];
static pat_gains gains[FRAMES];
static double flicker[FRAMES][3];

/* -1..1 */
static double noise(uint64_t *random)
{
    return next_random(random, 2001) / 1000.0 - 1;
}

/* A scene of samples from 20 to 200 that grows brighter by `drift` levels to its end. From a third
 * to two thirds of it, an object hides the darkest third of all samples behind bright ones. */
static void make_scene(double strength, double drift, bool has_object, uint64_t *random)
{
    for (int t = 0; t < FRAMES; t++)
        for (int c = 0; c < 3; c++) {
            flicker[t][c] = 1 + strength * noise(random);
            bool hidden = has_object && t >= FRAMES / 3 && t < 2 * FRAMES / 3;
            for (int i = 0; i < PAT_QUANTILES; i++) {
                int shown = hidden && i < PAT_QUANTILES / 3 ? PAT_QUANTILES / 3 : i;
                double level = 20 + 180.0 * shown / (PAT_QUANTILES - 1) + drift * t / FRAMES;
                level = fmin(level * flicker[t][c], 255.9);
                frames[t].channel[c][i] = (uint16_t)(level * PAT_QUANTILE_UNIT);
            }
        }
}

/* How much brightness still differs from frame to frame with the gains, as RMS of the ratios. */
static double left_over(bool with_gains)
{
    double sum = 0;
    for (int t = 1; t < FRAMES; t++)
        for (int c = 0; c < 3; c++) {
            double now = flicker[t][c] * (with_gains ? gains[t].channel[c] : 1);
            double before = flicker[t - 1][c] * (with_gains ? gains[t - 1].channel[c] : 1);
            sum += (now / before - 1) * (now / before - 1);
        }
    return sqrt(sum / (3 * (FRAMES - 1)));
}

static void find_gains(void)
{
    assert_int_equal(pat_exposure_gains(frames, FRAMES, RADIUS, gains, NULL), PAT_OK);
}

static void test_flicker_goes(void **state)
{
    uint64_t random = 1;
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        make_scene(0.1, variant % 2 ? 30 : 0, variant / 2, &random);
        find_gains();
        double before = left_over(false), after = left_over(true);
        assert_true(before > 0.07);
        if (!(after < before / 8))
            fail_msg("variant %d: flicker of %.4f became %.4f", variant, before, after);
    }
}

/* What changes slowly is no flicker: brightness ends as much above the start as it did. */
static void test_drift_stays(void **state)
{
    uint64_t random = 1;
    (void)state;
    make_scene(0.05, 60, false, &random);
    find_gains();
    double first = 0, last = 0;
    for (int t = 0; t < 20; t++) {
        first += gains[RADIUS + t].channel[0] * flicker[RADIUS + t][0] / 20;
        last +=
            gains[FRAMES - 1 - RADIUS - t].channel[0] * flicker[FRAMES - 1 - RADIUS - t][0] / 20;
    }
    assert_true(fabs(first - 1) < 0.03 && fabs(last - 1) < 0.03);
}

/* Light that is switched off stays off, at once; the flicker goes nevertheless. */
static void test_light_stays(void **state)
{
    uint64_t random = 1;
    (void)state;
    make_scene(0.05, 0, false, &random);
    for (int t = FRAMES / 2; t < FRAMES; t++)
        for (int c = 0; c < 3; c++)
            for (int i = 0; i < PAT_QUANTILES; i++)
                frames[t].channel[c][i] = (uint16_t)(frames[t].channel[c][i] * 0.7);
    find_gains();
    assert_true(left_over(true) < left_over(false) / 5);
    for (int t = 0; t < FRAMES; t++)
        assert_true(fabs(gains[t].channel[0] * flicker[t][0] - 1) < 0.04);
}

static void test_steady_scenes(void **state)
{
    uint64_t random = 1;
    (void)state;
    make_scene(0.002, 0, true, &random);
    find_gains();
    for (int t = 0; t < FRAMES; t++)
        for (int c = 0; c < 3; c++)
            assert_true(gains[t].channel[c] == 1);
}

/* Black frames, white ones and scenes of one frame have nothing to go by. */
static void test_nothing_to_go_by(void **state)
{
    (void)state;
    for (int t = 0; t < FRAMES; t++)
        for (int c = 0; c < 3; c++)
            for (int i = 0; i < PAT_QUANTILES; i++)
                frames[t].channel[c][i] = t % 2 ? 0 : PAT_QUANTILE_LEVELS - 1;
    find_gains();
    for (int t = 0; t < FRAMES; t++)
        for (int c = 0; c < 3; c++)
            assert_true(gains[t].channel[c] == 1);
    assert_int_equal(pat_exposure_gains(frames, 1, RADIUS, gains, NULL), PAT_OK);
    assert_true(gains[0].channel[0] == 1);
    assert_int_equal(pat_exposure_gains(NULL, 0, RADIUS, gains, NULL), PAT_OK);
}

/* ---- Quantiles ---- */

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Within a level of the sample at that place. */
static void check_quantiles(int levels, int spread, uint64_t *random)
{
    static int samples[PIXELS];
    uint32_t *histogram = calloc((size_t)levels, sizeof *histogram);
    uint16_t quantile[PAT_QUANTILES];
    assert_non_null(histogram);
    for (int i = 0; i < PIXELS; i++) {
        samples[i] = levels / 3 + (int)next_random(random, (uint32_t)spread);
        histogram[samples[i]]++;
    }
    pat_quantiles_of(histogram, levels, quantile);
    qsort(samples, PIXELS, sizeof *samples, compare);
    for (int i = 0; i < PAT_QUANTILES; i++) {
        double unit = (double)PAT_QUANTILE_LEVELS / levels;
        double wanted = samples[(int)(PIXELS * (i + 0.5) / PAT_QUANTILES)] * unit;
        assert_true(quantile[i] >= wanted - unit - 1 && quantile[i] <= wanted + unit + 1);
    }
    free(histogram);
}

static void test_quantiles(void **state)
{
    uint64_t random = 1;
    static const uint32_t none[256];
    uint16_t quantile[PAT_QUANTILES];
    (void)state;
    for (int spread = 1; spread < 170; spread += 7)
        check_quantiles(256, spread, &random);
    for (int spread = 1; spread < 40000; spread += 999)
        check_quantiles(65536, spread, &random);
    pat_quantiles_of(none, 256, quantile);
    for (int i = 0; i < PAT_QUANTILES; i++)
        assert_int_equal(quantile[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flicker_goes),     cmocka_unit_test(test_drift_stays),
        cmocka_unit_test(test_light_stays),      cmocka_unit_test(test_steady_scenes),
        cmocka_unit_test(test_nothing_to_go_by), cmocka_unit_test(test_quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
