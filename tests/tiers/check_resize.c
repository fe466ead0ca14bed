/* Checks of the two passes of the bilinear resize. */
#include "tiers/checks.h"
#include "tiers/patterns.h"

enum { LONGEST = LARGEST_SIZE };

static guarded_memory memory; /* slots: input, output, lower row */

/* Columns as a resize from n samples to `width` has them, with whatever weights. */
static void fill_columns(int32_t *near, int16_t *weights, int n, int width, uint64_t *random)
{
    for (int x = 0; x < width; x++) {
        near[x] = (int32_t)((int64_t)x * n / width);
        int next = (int)next_random(random, 2049);
        weights[2 * x] = (int16_t)(2048 - next + (int)next_random(random, 2) % 2);
        weights[2 * x + 1] = near[x] + 1 < n ? (int16_t)next : 0;
    }
}

static void check_across(const pat_kernels *tested, int n, int width, int from, placement where,
                         uint64_t *random)
{
    static int32_t near[LONGEST];
    static int16_t weights[2 * LONGEST];
    static uint16_t want[LONGEST], plain[LONGEST];
    guarded_span in = guarded_span_at(&memory, 0, (size_t)n, 1, where);
    guarded_span out = guarded_span_at(&memory, 1, (size_t)width, sizeof(uint16_t), where);
    fill_pattern(&(sample_rows){in.data, n, n, 1}, n % PATTERNS, random);
    fill_columns(near, weights, n, width, random);
    span_arm(&out);
    const uint8_t *sample = in.data;
    uint16_t *got = out.data;
    for (int x = 0; x < width; x++) {
        int right = near[x] + 1 < n ? sample[near[x] + 1] : 0;
        int sum = sample[near[x]] * weights[2 * x] + right * weights[2 * x + 1];
        want[x] = (uint16_t)(x < from ? got[x] : sum / 16);
        plain[x] = want[x];
    }
    const pat_resize_columns columns = {near, weights};
    check_case("%d samples to %d, from %d, %s", n, width, from, placement_names[where]);
    plain_kernels()->resize_across(sample, n, &columns, from, width, plain);
    tested->resize_across(sample, n, &columns, from, width, got);
    check_words(TWIN, (const int16_t *)got, (const int16_t *)want, (size_t)width);
    check_words(C_TIER, (const int16_t *)got, (const int16_t *)plain, (size_t)width);
    check_intact(&out);
}

void check_resize_across(const pat_kernels *tested, uint64_t *random)
{
    memory = guarded_create(3, 2 * 2 * LARGEST_SIZE);
    for (int n = 1; n < 100; n++)
        for (int width = 1; width < 100; width++)
            check_across(tested, n, width, width % 7 == 3 ? width / 2 : 0,
                         (placement)((n + width) % PLACEMENTS), random);
    for (int s = 1; s < SIZES; s++) /* but for empty rows */
        for (int t = 1; t < SIZES; t += 13)
            check_across(tested, size_at(s), size_at(t), 0, AT_END, random);
    guarded_free(&memory);
}

static void check_down(const pat_kernels *tested, int n, int weight, placement where,
                       uint64_t *random)
{
    static uint8_t want[LONGEST], plain[LONGEST];
    guarded_span upper = guarded_span_at(&memory, 0, (size_t)n, sizeof(uint16_t), where);
    guarded_span lower = guarded_span_at(&memory, 2, (size_t)n, sizeof(uint16_t), where);
    guarded_span out = guarded_span_at(&memory, 1, (size_t)n, 1, where);
    uint16_t *up = upper.data, *low = lower.data;
    span_arm(&out);
    for (int x = 0; x < n; x++) { /* up to 255 samples of 2048 / 16 */
        up[x] = x % 3 == 0 ? 32640 : (uint16_t)next_random(random, 32641);
        low[x] = x % 5 == 0 ? 32640 : (uint16_t)next_random(random, 32641);
        int near = weight * up[x] / 65536, next = (2048 - weight) * low[x] / 65536;
        want[x] = (uint8_t)((near + next + 2) / 4);
    }
    check_case("%d samples, weight %d, %s", n, weight, placement_names[where]);
    plain_kernels()->resize_down(up, low, weight, 2048 - weight, n, plain);
    tested->resize_down(up, low, weight, 2048 - weight, n, out.data);
    check_bytes(TWIN, out.data, want, (size_t)n);
    check_bytes(C_TIER, out.data, plain, (size_t)n);
    check_intact(&out);
}

void check_resize_down(const pat_kernels *tested, uint64_t *random)
{
    static const int weights[] = {0, 1, 1023, 1024, 2047, 2048};
    memory = guarded_create(3, 2 * 2 * LARGEST_SIZE);
    for (int s = 0; s < SIZES; s++)
        for (int i = 0; i < 12; i++)
            check_down(tested, size_at(s), i < 6 ? weights[i] : (int)next_random(random, 2049),
                       (placement)(i % PLACEMENTS), random);
    guarded_free(&memory);
}
