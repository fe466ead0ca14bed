/*
 * SSIM of a tile with AVX2. The sums are those of ssim_avx512.c, which explains them; vectors are
 * half as long, 16-bit pairs are multiplied and added in two steps, and shifted columns are loaded
 * from memory.
 */
#include "kernels/ssim_shared.h"

#include <immintrin.h>

#include "kernels/tiers.h"

enum {
    LANES = 16, /* columns in a vector of 16-bit numbers: half a block */
    HALF = LANES / 2,
    WIDTH = PAT_SSIM_BLOCKS * PAT_SSIM_BLOCK,
    PADDED = WIDTH + LANES /* windows read columns to their right */
};

/* The change of each column when one row replaces another. */
typedef struct changes {
    _Alignas(32) int16_t x[PADDED];
    int16_t q[PADDED], p[PADDED];
} changes;

/* Sums of 16 windows; in all but x, those at even columns come first. */
typedef struct window_block {
    _Alignas(32) int16_t x[LANES];
    int32_t q[LANES]; /* times N */
    int32_t p[LANES]; /* times 2 N */
} window_block;

/* The four integers of the formula for 16 windows. */
typedef struct term_block {
    _Alignas(32) int32_t mean_product[LANES]; /* 2 Sx Su */
    int32_t covariance[LANES];                /* 2 N Sxu - 2 Sx Su */
    int32_t mean_squares[LANES];              /* Sx^2 + Su^2 */
    int32_t variances[LANES];                 /* N (Sxx + Suu) - Sx^2 - Su^2 */
} term_block;

static inline __m256i load(const void *numbers)
{
    return _mm256_loadu_si256(numbers);
}

static inline void store(void *numbers, __m256i values)
{
    _mm256_store_si256(numbers, values);
}

/* 16 samples minus `middle`. */
static inline __m256i load_about(const uint8_t *samples, int16_t middle)
{
    __m256i values = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)samples));
    return _mm256_sub_epi16(values, _mm256_set1_epi16(middle));
}

static inline void find_changes_at(const pat_row_exchange *rows, int i, changes *e)
{
    __m256i x_new = load_about(rows->x_new + i, 128), x_old = load_about(rows->x_old + i, 128);
    __m256i u_new = load_about(rows->u_new + i, 127), u_old = load_about(rows->u_old + i, 127);
    __m256i x = _mm256_sub_epi16(x_new, x_old);
    __m256i sum = _mm256_add_epi16(_mm256_add_epi16(x_new, x_old), _mm256_set1_epi16(1));
    store(e->x + i, x);
    store(e->q + i, _mm256_mullo_epi16(x, sum));
    store(e->p + i,
          _mm256_sub_epi16(_mm256_mullo_epi16(x_new, u_new), _mm256_mullo_epi16(x_old, u_old)));
}

static void find_changes(const pat_row_exchange *rows, int width, changes *e)
{
    int i = 0;
    for (; i + LANES <= width; i += LANES)
        find_changes_at(rows, i, e);
    for (; i < width; i++) {
        int x_new = rows->x_new[i], x_old = rows->x_old[i];
        int u_new = rows->u_new[i], u_old = rows->u_old[i];
        e->x[i] = (int16_t)(x_new - x_old);
        e->q[i] = (int16_t)((x_new - x_old) * (x_new + x_old - 255));
        e->p[i] = (int16_t)((x_new - 128) * (u_new - 127) - (x_old - 128) * (u_old - 127));
    }
}

/* Add the sums of 7 columns to those of 16 windows. */
static inline __m256i add_seven(const int16_t *columns, int16_t *sums)
{
    __m256i sum = load(sums);
    for (int i = 0; i < PAT_SSIM_SIDE; i++)
        sum = _mm256_add_epi16(sum, load(columns + i));
    store(sums, sum);
    return sum;
}

/* The same in 32 bits, times `scale`: windows at even columns in sums[0..7], at odd ones after. */
static inline void add_seven_scaled(const int16_t *columns, int scale, int32_t *sums)
{
    const __m256i both = _mm256_set1_epi32(scale | scale << 16);
    const __m256i lower = _mm256_set1_epi32(scale), upper = _mm256_set1_epi32(scale << 16);
    __m256i first = load(columns), last = load(columns + 6);
    __m256i even = _mm256_add_epi32(load(sums), _mm256_madd_epi16(last, lower));
    __m256i odd = _mm256_add_epi32(load(sums + HALF), _mm256_madd_epi16(first, upper));
    __m256i middle = _mm256_add_epi32(_mm256_madd_epi16(load(columns + 2), both),
                                      _mm256_madd_epi16(load(columns + 4), both));
    even = _mm256_add_epi32(even, _mm256_madd_epi16(first, both));
    odd = _mm256_add_epi32(odd, _mm256_madd_epi16(last, both));
    store(sums, _mm256_add_epi32(even, middle));
    store(sums + HALF, _mm256_add_epi32(odd, middle));
}

/* Move the 16 windows from column i one row down. Returns their Sx. */
static inline __m256i move_windows(const changes *e, int i, window_block *block)
{
    add_seven_scaled(e->q + i, PAT_SSIM_N, block->q);
    add_seven_scaled(e->p + i, 2 * PAT_SSIM_N, block->p);
    return add_seven(e->x + i, block->x);
}

/* The four integers of the formula for 8 windows. */
typedef struct terms {
    __m256i mean_product, covariance, mean_squares, variances;
} terms;

/* means: Sx in the lower 16 bits of each lane, Su in the upper. squares: N Suu. */
static inline terms find_terms(__m256i means, const int32_t *q, const int32_t *p,
                               const int32_t *squares)
{
    const int n = PAT_SSIM_N;
    const __m256i of_squares = _mm256_set1_epi32(255 * n); /* of Sx alone */
    const __m256i of_product = _mm256_set1_epi32(127 * 2 * n | 128 * 2 * n << 16);
    __m256i all_squares = _mm256_add_epi32(load(q), load(squares));
    all_squares = _mm256_add_epi32(all_squares, _mm256_madd_epi16(means, of_squares));
    __m256i product = _mm256_add_epi32(load(p), _mm256_madd_epi16(means, of_product));
    __m256i exchanged = _mm256_shufflehi_epi16(_mm256_shufflelo_epi16(means, 0xb1), 0xb1);
    __m256i mean_squares = _mm256_madd_epi16(means, means);
    __m256i mean_product = _mm256_madd_epi16(means, exchanged);
    return (terms){mean_product, _mm256_sub_epi32(product, mean_product), mean_squares,
                   _mm256_sub_epi32(all_squares, mean_squares)};
}

/* Find the terms of the windows at even and odd columns, in the first or second half of a block. */
static inline void find_both_terms(__m256i x, const window_block *sums,
                                   const pat_ssim_prepared *original, int half, terms *even,
                                   terms *odd)
{
    __m256i u = load(original->sums + half * LANES);
    const int32_t *squares = original->squares + half * HALF;
    __m256i even_means = _mm256_blend_epi16(x, _mm256_slli_epi32(u, 16), 0xaa);
    __m256i odd_means = _mm256_blend_epi16(_mm256_srli_epi32(x, 16), u, 0xaa);
    *even = find_terms(even_means, sums->q, sums->p, squares);
    *odd = find_terms(odd_means, sums->q + HALF, sums->p + HALF, squares + LANES);
}

static inline void store_terms(const terms *of, term_block *block, int first)
{
    store(block->mean_product + first, of->mean_product);
    store(block->covariance + first, of->covariance);
    store(block->mean_squares + first, of->mean_squares);
    store(block->variances + first, of->variances);
}

static inline __m256d load_4(const int32_t *numbers)
{
    return _mm256_cvtepi32_pd(_mm_load_si128((const __m128i *)numbers));
}

/* The bits of S + ROUNDER of 4 windows, every other one of a row. */
static inline __m256i rounded_ssim(const term_block *block, int i)
{
    const __m256d c1 = _mm256_set1_pd(PAT_SSIM_C1), c2 = _mm256_set1_pd(PAT_SSIM_C2);
    __m256d numerator = _mm256_mul_pd(_mm256_add_pd(load_4(block->mean_product + i), c1),
                                      _mm256_add_pd(load_4(block->covariance + i), c2));
    __m256d denominator = _mm256_mul_pd(_mm256_add_pd(load_4(block->mean_squares + i), c1),
                                        _mm256_add_pd(load_4(block->variances + i), c2));
    __m256d ssim = _mm256_div_pd(numerator, denominator);
    return _mm256_castpd_si256(_mm256_add_pd(ssim, _mm256_set1_pd(PAT_SSIM_ROUNDER)));
}

static inline __m256i add_exact(const term_block *block, __m256i total)
{
    for (int i = 0; i < LANES; i += 4)
        total = _mm256_add_epi64(total, rounded_ssim(block, i));
    return total;
}

static inline uint64_t add_lanes(__m256i lanes)
{
    uint64_t lane[4];
    _mm256_storeu_si256((__m256i *)lane, lanes);
    return lane[0] + lane[1] + lane[2] + lane[3];
}

/* The same for only the first `count` windows. */
static uint64_t sum_exact(const term_block *block, int count)
{
    uint64_t bits[LANES], sum = 0;
    for (int i = 0; i < LANES; i += 4)
        _mm256_storeu_si256((__m256i *)(bits + i), rounded_ssim(block, i));
    for (int i = 0; i < count; i++)
        sum += bits[i / 2 + i % 2 * HALF];
    return sum;
}

/* Computes the SSIM of 16 windows while computing the sums of the next 16. */
static uint64_t add_row_exactly(const changes *e, int windows, window_block *sums,
                                const pat_ssim_prepared *original)
{
    term_block blocks[2];
    __m256i total = _mm256_setzero_si256();
    for (int i = 0; i < windows; i += LANES) {
        __m256i x = move_windows(e, i, sums);
        terms even, odd;
        int half = i / LANES % 2;
        find_both_terms(x, sums++, &original[i / PAT_SSIM_BLOCK], half, &even, &odd);
        store_terms(&even, &blocks[half], 0);
        store_terms(&odd, &blocks[half], HALF);
        if (i > 0)
            total = add_exact(&blocks[1 - half], total);
    }
    int last = (windows - 1) / LANES;
    return add_lanes(total) + sum_exact(&blocks[last % 2], windows - last * LANES);
}

/* S of 8 windows with a relative error below 2^-11.4: that of the reciprocal is 1.5 * 2^-12. */
static inline __m256 estimated_ssim(const terms *of)
{
    const __m256 c1 = _mm256_set1_ps((float)PAT_SSIM_C1), c2 = _mm256_set1_ps((float)PAT_SSIM_C2);
    __m256 numerator = _mm256_mul_ps(_mm256_add_ps(_mm256_cvtepi32_ps(of->mean_product), c1),
                                     _mm256_add_ps(_mm256_cvtepi32_ps(of->covariance), c2));
    __m256 denominator = _mm256_mul_ps(_mm256_add_ps(_mm256_cvtepi32_ps(of->mean_squares), c1),
                                       _mm256_add_ps(_mm256_cvtepi32_ps(of->variances), c2));
    return _mm256_mul_ps(numerator, _mm256_rcp_ps(denominator));
}

/* Sum a row's estimates: at most 66 numbers per lane, with an error within 2^-17 per number. */
static double estimate_row(const changes *e, int windows, window_block *sums,
                           const pat_ssim_prepared *original)
{
    __m256 sum = _mm256_setzero_ps();
    float lane[LANES];
    double rest = 0;
    for (int i = 0; i < windows; i += LANES) {
        __m256i x = move_windows(e, i, sums);
        terms even, odd;
        find_both_terms(x, sums++, &original[i / PAT_SSIM_BLOCK], i / LANES % 2, &even, &odd);
        __m256 even_ssim = estimated_ssim(&even), odd_ssim = estimated_ssim(&odd);
        if (i + LANES <= windows) {
            sum = _mm256_add_ps(sum, _mm256_add_ps(even_ssim, odd_ssim));
            continue;
        }
        _mm256_storeu_ps(lane, even_ssim);
        _mm256_storeu_ps(lane + HALF, odd_ssim);
        for (int k = 0; k < windows - i; k++)
            rest += (double)lane[k / 2 + k % 2 * HALF];
    }
    _mm256_storeu_ps(lane, sum);
    for (int k = 0; k < HALF; k++)
        rest += (double)lane[k];
    return rest;
}

static void skip_row(const changes *e, int windows, window_block *sums)
{
    for (int i = 0; i < windows; i += LANES)
        move_windows(e, i, sums++);
}

int64_t pat_ssim_exact_avx2(const pat_ssim_tile *tile)
{
    changes e = {0};
    window_block sums[WIDTH / LANES] = {0};
    const pat_ssim_prepared *original = tile->prepared;
    int windows = tile->width - PAT_SSIM_SIDE + 1;
    uint64_t total = 0;
    for (int y = 0; y < tile->height; y++) {
        pat_row_exchange rows = pat_row_exchange_at(tile, y);
        find_changes(&rows, tile->width, &e);
        if (y < PAT_SSIM_SIDE - 1) {
            skip_row(&e, windows, sums);
            continue;
        }
        total += add_row_exactly(&e, windows, sums, original);
        original += pat_ssim_blocks(tile->width);
    }
    return pat_ssim_from_bits(tile, total);
}

int64_t pat_ssim_bound_avx2(const pat_ssim_tile *tile)
{
    changes e = {0};
    window_block sums[WIDTH / LANES] = {0};
    const pat_ssim_prepared *original = tile->prepared;
    int windows = tile->width - PAT_SSIM_SIDE + 1;
    double estimate = 0;
    for (int y = 0; y < tile->height; y++) {
        pat_row_exchange rows = pat_row_exchange_at(tile, y);
        find_changes(&rows, tile->width, &e);
        if (y < PAT_SSIM_SIDE - 1) {
            skip_row(&e, windows, sums);
            continue;
        }
        estimate += estimate_row(&e, windows, sums, original);
        original += pat_ssim_blocks(tile->width);
    }
    return pat_ssim_bound_of(tile, estimate, 0x1p-11);
}

/* Compare the original with itself, so that x equals u. */
static void prepare_row(const changes *e, int windows, window_block *sums,
                        pat_ssim_prepared *prepared)
{
    const __m256i of_squares = _mm256_set1_epi32(255 * PAT_SSIM_N);
    for (int i = 0; i < windows; i += LANES, sums++) {
        pat_ssim_prepared *block = &prepared[i / PAT_SSIM_BLOCK];
        int half = i / LANES % 2;
        __m256i u = move_windows(e, i, sums);
        __m256i even = _mm256_madd_epi16(u, of_squares);
        __m256i odd = _mm256_madd_epi16(_mm256_srli_epi32(u, 16), of_squares);
        store(block->sums + half * LANES, u);
        store(block->squares + half * HALF, _mm256_add_epi32(load(sums->q), even));
        store(block->squares + half * HALF + LANES, _mm256_add_epi32(load(sums->q + HALF), odd));
    }
}

void pat_ssim_prepare_avx2(const pat_samples *original, int width, int height,
                           pat_ssim_prepared *prepared)
{
    const pat_ssim_tile itself = {.candidate = *original, .original = *original};
    changes e = {0};
    window_block sums[WIDTH / LANES] = {0};
    int windows = width - PAT_SSIM_SIDE + 1;
    for (int y = 0; y < height; y++) {
        pat_row_exchange rows = pat_row_exchange_at(&itself, y);
        find_changes(&rows, width, &e);
        if (y < PAT_SSIM_SIDE - 1) {
            skip_row(&e, windows, sums);
            continue;
        }
        prepare_row(&e, windows, sums, prepared);
        prepared += pat_ssim_blocks(width);
    }
}
