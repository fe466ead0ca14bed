/*
 * SSIM of a tile with AVX2. The sums are those of ssim_avx512.c, which explains them; vectors are
 * half as long, 16-bit pairs are multiplied and added in two steps, and shifted columns are loaded.
 */
#include "kernels/ssim.h"

#include <immintrin.h>
#include <string.h>

#include "kernels/tiers.h"

enum {
    LANES = 16, /* columns in a vector of 16-bit numbers */
    HALF = LANES / 2,
    WIDTH = (PAT_SSIM_TILE_WIDTH + LANES - 1) / LANES * LANES,
    PADDED = WIDTH + LANES /* windows look at columns to their right */
};

/* What changes in each column as one row replaces another. */
typedef struct changes {
    _Alignas(32) int16_t x[PADDED];
    int16_t u[PADDED], q[PADDED], p[PADDED];
} changes;

/* 16 windows, those at even columns first: their sums, and the four integers of the formula. */
typedef struct window_block {
    _Alignas(32) int16_t x[LANES];
    int16_t u[LANES];            /* these two in the order of the columns */
    int32_t q[LANES];            /* times N */
    int32_t p[LANES];            /* times 2 N */
    int32_t mean_product[LANES]; /* 2 Sx Su */
    int32_t covariance[LANES];   /* 2 N Sxu - 2 Sx Su */
    int32_t mean_squares[LANES]; /* Sx^2 + Su^2 */
    int32_t variances[LANES];    /* N (Sxx + Suu) - Sx^2 - Su^2 */
} window_block;

static inline __m256i load(const void *numbers)
{
    return _mm256_loadu_si256(numbers);
}

static inline void store(void *numbers, __m256i values)
{
    _mm256_store_si256(numbers, values);
}

/* 16 samples less `middle`. */
static inline __m256i load_about(const uint8_t *samples, int16_t middle)
{
    __m256i values = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)samples));
    return _mm256_sub_epi16(values, _mm256_set1_epi16(middle));
}

static inline void find_changes_at(const pat_row_exchange *rows, int i, changes *e)
{
    const __m256i one = _mm256_set1_epi16(1);
    __m256i x_new = load_about(rows->x_new + i, 128), x_old = load_about(rows->x_old + i, 128);
    __m256i u_new = load_about(rows->u_new + i, 127), u_old = load_about(rows->u_old + i, 127);
    __m256i x = _mm256_sub_epi16(x_new, x_old);
    __m256i u = _mm256_sub_epi16(u_new, u_old);
    __m256i x_sum = _mm256_add_epi16(_mm256_add_epi16(x_new, x_old), one);
    __m256i u_sum = _mm256_sub_epi16(_mm256_add_epi16(u_new, u_old), one);
    store(e->x + i, x);
    store(e->u + i, u);
    store(e->q + i, _mm256_add_epi16(_mm256_mullo_epi16(x, x_sum), _mm256_mullo_epi16(u, u_sum)));
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
        int x = x_new - x_old, u = u_new - u_old;
        e->x[i] = (int16_t)x;
        e->u[i] = (int16_t)u;
        e->q[i] = (int16_t)(x * (x_new + x_old - 255) + u * (u_new + u_old - 255));
        e->p[i] = (int16_t)((x_new - 128) * (u_new - 127) - (x_old - 128) * (u_old - 127));
    }
}

/* Sums of 7 columns added to *sums, for 16 windows. */
static inline __m256i add_seven(const int16_t *columns, int16_t *sums)
{
    __m256i sum = load(sums);
    for (int i = 0; i < PAT_SSIM_SIDE; i++)
        sum = _mm256_add_epi16(sum, load(columns + i));
    store(sums, sum);
    return sum;
}

/* The same in 32 bits and times `scale`: windows at even columns in sums[0..7], at odd after. */
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

/* Terms of 8 windows. means: Sx in the lower 16 bits of each lane, Su in the upper. */
static inline void find_terms(__m256i means, window_block *block, int first)
{
    const int n = PAT_SSIM_N;
    const __m256i of_squares = _mm256_set1_epi16(255 * n);
    const __m256i of_product = _mm256_set1_epi32(127 * 2 * n | 128 * 2 * n << 16);
    __m256i squares =
        _mm256_add_epi32(load(block->q + first), _mm256_madd_epi16(means, of_squares));
    __m256i product =
        _mm256_add_epi32(load(block->p + first), _mm256_madd_epi16(means, of_product));
    __m256i exchanged = _mm256_shufflehi_epi16(_mm256_shufflelo_epi16(means, 0xb1), 0xb1);
    __m256i mean_squares = _mm256_madd_epi16(means, means);
    __m256i mean_product = _mm256_madd_epi16(means, exchanged);
    store(block->mean_product + first, mean_product);
    store(block->covariance + first, _mm256_sub_epi32(product, mean_product));
    store(block->mean_squares + first, mean_squares);
    store(block->variances + first, _mm256_sub_epi32(squares, mean_squares));
}

/* Move the 16 windows from column i one row down. */
static inline void move_windows(const changes *e, int i, window_block *block)
{
    __m256i x = add_seven(e->x + i, block->x);
    __m256i u = add_seven(e->u + i, block->u);
    add_seven_scaled(e->q + i, PAT_SSIM_N, block->q);
    add_seven_scaled(e->p + i, 2 * PAT_SSIM_N, block->p);
    find_terms(_mm256_blend_epi16(x, _mm256_slli_epi32(u, 16), 0xaa), block, 0);
    find_terms(_mm256_blend_epi16(_mm256_srli_epi32(x, 16), u, 0xaa), block, HALF);
}

static inline __m256d load_4(const int32_t *numbers)
{
    return _mm256_cvtepi32_pd(_mm_load_si128((const __m128i *)numbers));
}

/* The bits of S + ROUNDER of 4 windows, every other one of a row. */
static inline __m256i rounded_ssim(const window_block *block, int i)
{
    const __m256d c1 = _mm256_set1_pd(PAT_SSIM_C1), c2 = _mm256_set1_pd(PAT_SSIM_C2);
    __m256d numerator = _mm256_mul_pd(_mm256_add_pd(load_4(block->mean_product + i), c1),
                                      _mm256_add_pd(load_4(block->covariance + i), c2));
    __m256d denominator = _mm256_mul_pd(_mm256_add_pd(load_4(block->mean_squares + i), c1),
                                        _mm256_add_pd(load_4(block->variances + i), c2));
    __m256d ssim = _mm256_div_pd(numerator, denominator);
    return _mm256_castpd_si256(_mm256_add_pd(ssim, _mm256_set1_pd(PAT_SSIM_ROUNDER)));
}

static inline __m256i add_ssim(const window_block *block, __m256i total)
{
    for (int i = 0; i < LANES; i += 4)
        total = _mm256_add_epi64(total, rounded_ssim(block, i));
    return total;
}

/* Of the first `count` windows of a block alone. */
static int64_t sum_ssim(const window_block *block, int count)
{
    int64_t bits[LANES];
    for (int i = 0; i < LANES; i += 4)
        _mm256_storeu_si256((__m256i *)(bits + i), rounded_ssim(block, i));
    uint64_t sum = 0;
    for (int i = 0; i < count; i++)
        sum += (uint64_t)bits[i / 2 + (i % 2 ? HALF : 0)];
    return (int64_t)sum;
}

/* Adds whole blocks to *total and returns the sum of what is left. The SSIM of a block is computed
 * while the sums of the next one are. */
static int64_t row_of_windows(const changes *e, window_block *block, int windows, __m256i *total)
{
    int i = 0;
    move_windows(e, 0, block);
    for (; i + LANES < windows; i += LANES) {
        move_windows(e, i + LANES, block + 1);
        *total = add_ssim(block++, *total);
    }
    return sum_ssim(block, windows - i);
}

static void skip_row(const changes *e, window_block *block, int windows)
{
    for (int i = 0; i < windows; i += LANES)
        move_windows(e, i, block++);
}

int64_t pat_ssim_tile_avx2(const pat_ssim_tile *tile)
{
    changes e;
    window_block blocks[WIDTH / LANES];
    memset(&e, 0, sizeof e);
    memset(blocks, 0, sizeof blocks);
    int windows = tile->width - PAT_SSIM_SIDE + 1;
    __m256i total = _mm256_setzero_si256();
    uint64_t rest = 0;
    for (int y = 0; y < tile->height; y++) {
        pat_row_exchange rows = pat_row_exchange_at(tile, y);
        find_changes(&rows, tile->width, &e);
        if (y < PAT_SSIM_SIDE - 1)
            skip_row(&e, blocks, windows);
        else
            rest += (uint64_t)row_of_windows(&e, blocks, windows, &total);
    }
    uint64_t lanes[4];
    _mm256_storeu_si256((__m256i *)lanes, total);
    return pat_ssim_from_bits(tile, lanes[0] + lanes[1] + lanes[2] + lanes[3] + rest);
}
