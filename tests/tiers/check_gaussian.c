/* Checks of the two passes of the Gaussian blur. */
#include <stdio.h>
#include <string.h>

#include "patina/restore.h"
#include "ref/naive_kernels.h"
#include "tiers/checks.h"
#include "tiers/patterns.h"

/* The weights of a kernel, and how messages call them. */
typedef struct weights {
    int taps;
    uint8_t weight[PAT_BLUR_TAPS_MAX];
    char name[64];
} weights;

/* As the blur uses them: without the zeros at the ends. False where one weight has it all. */
static bool gaussian_weights(double sigma, weights *w)
{
    pat_gaussian kernel;
    pat_gaussian_init(&kernel, sigma);
    int zeros = 0;
    while (kernel.weight[zeros] == 0)
        zeros++;
    w->taps = kernel.taps - 2 * zeros;
    for (int i = 0; i < w->taps; i++)
        w->weight[i] = (uint8_t)kernel.weight[zeros + i];
    snprintf(w->name, sizeof w->name, "sigma %.2f", sigma);
    return w->taps > 1;
}

/* All 256 in at most three places, of which pairs of neighbors may have all. */
static void few_weights(int kind, int taps, uint64_t *random, weights *w)
{
    static const uint8_t shares[][3] = {{255, 1, 0},   {1, 255, 0}, {0, 255, 1},   {128, 128, 0},
                                        {0, 128, 128}, {1, 254, 1}, {127, 127, 2}, {255, 0, 1}};
    *w = (weights){.taps = taps};
    int first = (int)next_random(random, (uint32_t)taps - 2);
    first = kind % 3 == 0 ? 0 : kind % 3 == 1 ? taps - 3 : first;
    memcpy(w->weight + first, shares[kind % 8], 3);
    snprintf(w->name, sizeof w->name, "%d taps, %d %d %d from tap %d", taps, shares[kind % 8][0],
             shares[kind % 8][1], shares[kind % 8][2], first);
}

/* Every unit of the 256 to a random tap among the first `among`; none gets all. */
static void random_weights(int taps, int among, uint64_t *random, weights *w)
{
    *w = (weights){.taps = taps};
    w->weight[0] = w->weight[among - 1] = 1;
    for (int i = 0; i < 254; i++)
        w->weight[next_random(random, (uint32_t)among)]++;
    snprintf(w->name, sizeof w->name, "%d taps, random weights in %d", taps, among);
}

typedef void weights_check(const pat_kernels *tested, const weights *w, int index,
                           uint64_t *random);

/* Call `check` with all Gaussian kernels and with many sets of weights that are none. */
static void with_all_weights(const pat_kernels *tested, weights_check *check, uint64_t *random)
{
    weights w;
    int index = 0;
    for (int hundredths = 1; hundredths <= 2000; hundredths++)
        if (gaussian_weights(hundredths / 100.0, &w))
            check(tested, &w, index++, random);
    for (int i = 0; i < 400; i++) {
        int taps = 3 + 2 * (int)next_random(random, i % 2 ? 8 : (PAT_BLUR_TAPS_MAX - 1) / 2);
        few_weights(i, i < 40 ? 3 : taps, random, &w);
        check(tested, &w, index++, random);
        random_weights(taps, i % 3 ? taps : 2, random, &w);
        check(tested, &w, index++, random);
    }
    for (int s = 1; s < SIZES; s++) { /* those of the study, at every size */
        gaussian_weights(0.5 + s % 4 * 0.5, &w);
        for (int i = 0; i < 3 * PATTERNS; i++)
            check(tested, &w, s + i * SIZES, random);
    }
}

/* ---- vertical pass ---- */

static guarded_memory row_memory, pointer_memory, weight_memory, out_memory;

static const uint8_t *guarded_weights(const weights *w, placement where)
{
    guarded_span span = guarded_span_at(&weight_memory, 0, (size_t)w->taps, 1, where);
    return memcpy(span.data, w->weight, span.size);
}

/* One forbidden page from row to row; rows at unlike places. */
static const uint8_t *const *guarded_rows(int taps, int width, int pattern, placement where,
                                          uint64_t *random)
{
    guarded_span span = guarded_span_at(&pointer_memory, 0, (size_t)taps, sizeof(uint8_t *), where);
    const uint8_t **rows = span.data;
    for (int i = 0; i < taps; i++) {
        guarded_span row = guarded_span_at(&row_memory, i, (size_t)width, 1,
                                           (placement)(((int)where + i) % PLACEMENTS));
        fill_pattern(&(sample_rows){row.data, width, width, 1}, pattern, random);
        rows[i] = row.data;
    }
    return rows;
}

static void check_columns(const pat_kernels *tested, const weights *w, int index, uint64_t *random)
{
    static int16_t want[LARGEST_SIZE], plain[LARGEST_SIZE];
    int width = index < 2800 ? 1 + index % (SMALL_SIZES - 1) : size_at(1 + (index - 1) % SIZES);
    width = width < 1 ? 1 : width;
    int pattern = index % PATTERNS;
    placement where = (placement)(index / PATTERNS % PLACEMENTS);
    const uint8_t *weight = guarded_weights(w, where);
    const uint8_t *const *rows = guarded_rows(w->taps, width, pattern, where, random);
    guarded_span out = guarded_span_at(&out_memory, 0, (size_t)width, sizeof(int16_t), where);
    span_arm(&out);
    check_case("%d columns, %s, %s, %s", width, w->name, pattern_names[pattern],
               placement_names[where]);
    naive_blur_columns(rows, weight, w->taps, width, want);
    plain_kernels()->blur_columns(rows, weight, w->taps, width, plain);
    tested->blur_columns(rows, weight, w->taps, width, out.data);
    check_words(TWIN, out.data, want, (size_t)width);
    check_words(C_TIER, out.data, plain, (size_t)width);
    check_intact(&out);
}

static void with_memory(const pat_kernels *tested, weights_check *check, uint64_t *random)
{
    row_memory = guarded_create(PAT_BLUR_TAPS_MAX, 3 * LARGEST_SIZE);
    pointer_memory = guarded_create(1, 4096);
    weight_memory = guarded_create(1, 4096);
    out_memory = guarded_create(1, 3 * LARGEST_SIZE);
    with_all_weights(tested, check, random);
    guarded_free(&row_memory);
    guarded_free(&pointer_memory);
    guarded_free(&weight_memory);
    guarded_free(&out_memory);
}

void check_blur_columns(const pat_kernels *tested, uint64_t *random)
{
    with_memory(tested, check_columns, random);
}

/* ---- horizontal pass ---- */

/* Sums that the vertical pass can give: 256 samples' worth less 32768. */
static void fill_sums(int16_t *sums, int count, int pattern, uint64_t *random)
{
    static uint8_t samples[2 * LARGEST_SIZE];
    fill_pattern(&(sample_rows){samples, count, count, 1}, pattern, random);
    for (int i = 0; i < count; i++) {
        int low = samples[i] == 255 ? 0 : (int)next_random(random, 256);
        int sum = samples[i] * 256 + (samples[i] == 0 ? 0 : low);
        sums[i] = (int16_t)((sum > 65280 ? 65280 : sum) - 32768);
    }
}

static void check_row(const pat_kernels *tested, const weights *w, int index, uint64_t *random)
{
    static uint8_t want[LARGEST_SIZE], plain[LARGEST_SIZE];
    int width = index < 2800 ? 1 + index % (SMALL_SIZES - 1) : size_at(1 + (index - 1) % SIZES);
    width = width < 1 ? 1 : width;
    int pattern = index % PATTERNS, count = width + w->taps - 1;
    placement where = (placement)(index / PATTERNS % PLACEMENTS);
    const uint8_t *weight = guarded_weights(w, where);
    guarded_span in = guarded_span_at(&row_memory, 0, (size_t)count, sizeof(int16_t), where);
    guarded_span out = guarded_span_at(&out_memory, 0, (size_t)width, 1, where);
    span_arm(&in);
    span_arm(&out);
    fill_sums(in.data, count, pattern, random);
    check_case("%d samples, %s, %s, %s", width, w->name, pattern_names[pattern],
               placement_names[where]);
    naive_blur_row(in.data, weight, w->taps, width, want);
    plain_kernels()->blur_row(in.data, weight, w->taps, width, plain);
    tested->blur_row(in.data, weight, w->taps, width, out.data);
    check_bytes(TWIN, out.data, want, (size_t)width);
    check_bytes(C_TIER, out.data, plain, (size_t)width);
    check_intact(&out);
}

void check_blur_row(const pat_kernels *tested, uint64_t *random)
{
    with_memory(tested, check_row, random);
}
