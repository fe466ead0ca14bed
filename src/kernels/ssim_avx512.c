/*
 * SSIM of a tile with AVX-512: the sums of ssim.c, kept up to date instead of added up anew.
 *
 * When row y enters and row y - 7 leaves, a column of the image changes by e = new - old in each
 * sum. A window's sum changes by the e of its seven columns; dot products of 16-bit pairs add them
 * up, scaled by N or 2 N on the way. One vector of 32 columns so gives 16 windows that begin at
 * even columns and 16 that begin at odd ones.
 *
 * For e to fit 16 bits, squares and products are taken about the middle of the range,
 *
 *     q = x^2 - 255 x + u^2 - 255 u        -32512 .. 0
 *     p = x u - 127 x - 128 u              -32640 .. 0
 *
 * and the window's sums of x and u put things right again. Both are 0 where x and u are, so all
 * sums start at 0, as if the rows above the tile were black.
 */
#include "kernels/ssim.h"

#include <immintrin.h>
#include <string.h>

#include "kernels/tiers.h"

enum {
    LANES = 32, /* columns in a vector of 16-bit numbers */
    HALF = LANES / 2,
    WIDTH = (PAT_SSIM_TILE_WIDTH + LANES - 1) / LANES * LANES
};

/* What changes in 32 columns as one row replaces another. */
typedef struct changes {
    __m512i x, u, q, p;
} changes;

/* 32 windows, those at even columns first: their sums, and the four integers of the formula. */
typedef struct window_block {
    _Alignas(64) int16_t x[LANES];
    int16_t u[LANES];            /* these two in the order of the columns */
    int32_t q[LANES];            /* times N */
    int32_t p[LANES];            /* times 2 N */
    int32_t mean_product[LANES]; /* 2 Sx Su */
    int32_t covariance[LANES];   /* 2 N Sxu - 2 Sx Su */
    int32_t mean_squares[LANES]; /* Sx^2 + Su^2 */
    int32_t variances[LANES];    /* N (Sxx + Suu) - Sx^2 - Su^2 */
} window_block;

/* Up to 32 samples less `middle`. */
static inline __m512i load_about(const uint8_t *samples, __mmask32 mask, int16_t middle)
{
    __m512i values = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(mask, samples));
    return _mm512_sub_epi16(values, _mm512_set1_epi16(middle));
}

static inline changes find_changes_of(const pat_row_exchange *rows, int i, __mmask32 mask)
{
    const __m512i one = _mm512_set1_epi16(1);
    __m512i x_new = load_about(rows->x_new + i, mask, 128);
    __m512i x_old = load_about(rows->x_old + i, mask, 128);
    __m512i u_new = load_about(rows->u_new + i, mask, 127);
    __m512i u_old = load_about(rows->u_old + i, mask, 127);
    __m512i x = _mm512_sub_epi16(x_new, x_old);
    __m512i u = _mm512_sub_epi16(u_new, u_old);
    /* x_new^2 - 255 x_new - x_old^2 + 255 x_old = x (x_new + x_old - 255) */
    __m512i x_sum = _mm512_add_epi16(_mm512_add_epi16(x_new, x_old), one);
    __m512i u_sum = _mm512_sub_epi16(_mm512_add_epi16(u_new, u_old), one);
    __m512i q = _mm512_add_epi16(_mm512_mullo_epi16(x, x_sum), _mm512_mullo_epi16(u, u_sum));
    __m512i p =
        _mm512_sub_epi16(_mm512_mullo_epi16(x_new, u_new), _mm512_mullo_epi16(x_old, u_old));
    return (changes){x, u, q, p};
}

/* Of the 32 columns from i, which may be partly or wholly beyond the last one. */
static inline changes find_changes(const pat_row_exchange *rows, int width, int i)
{
    int columns = width - i;
    if (columns >= LANES)
        return find_changes_of(rows, i, UINT32_MAX);
    return find_changes_of(rows, i, columns <= 0 ? 0 : (1U << columns) - 1);
}

/* 32 columns from the 2 * pairs-th of two vectors of them. */
#define COLUMNS_FROM(pairs, columns, next) _mm512_alignr_epi32(next, columns, pairs)

/* Sums of 7 columns added to *sums, for 32 windows. */
static inline __m512i add_seven(__m512i columns, __m512i next, int16_t *sums)
{
    __m512i from_2 = COLUMNS_FROM(1, columns, next), from_4 = COLUMNS_FROM(2, columns, next);
    __m512i from_6 = COLUMNS_FROM(3, columns, next);
    __m512i from_2_4 = _mm512_add_epi16(from_2, from_4);
    __m512i from_0_2_4 = _mm512_add_epi16(columns, from_2_4);
    __m512i from_2_4_6 = _mm512_add_epi16(from_6, from_2_4);
    __m512i from_1_3_5 = _mm512_shrdi_epi32(from_0_2_4, from_2_4_6, 16);
    __m512i sum = _mm512_add_epi16(_mm512_load_si512(sums), columns);
    sum = _mm512_add_epi16(sum, _mm512_add_epi16(from_2_4_6, from_1_3_5));
    _mm512_store_si512(sums, sum);
    return sum;
}

/* The same in 32 bits and times `scale`: windows at even columns in sums[0..15], at odd after. */
static inline void add_seven_scaled(__m512i columns, __m512i next, int scale, int32_t *sums)
{
    const __m512i both = _mm512_set1_epi32(scale | scale << 16);
    const __m512i lower = _mm512_set1_epi32(scale), upper = _mm512_set1_epi32(scale << 16);
    __m512i even = _mm512_load_si512(sums), odd = _mm512_load_si512(sums + HALF);
    __m512i second = COLUMNS_FROM(1, columns, next), third = COLUMNS_FROM(2, columns, next);
    __m512i fourth = COLUMNS_FROM(3, columns, next);
    even = _mm512_dpwssd_epi32(even, columns, both);
    odd = _mm512_dpwssd_epi32(odd, columns, upper);
    even = _mm512_dpwssd_epi32(even, second, both);
    odd = _mm512_dpwssd_epi32(odd, second, both);
    even = _mm512_dpwssd_epi32(even, third, both);
    odd = _mm512_dpwssd_epi32(odd, third, both);
    even = _mm512_dpwssd_epi32(even, fourth, lower);
    odd = _mm512_dpwssd_epi32(odd, fourth, both);
    _mm512_store_si512(sums, even);
    _mm512_store_si512(sums + HALF, odd);
}

/* Terms of 16 windows. means: Sx in the lower 16 bits of each lane, Su in the upper. */
static inline void find_terms(__m512i means, window_block *block, int first)
{
    const int n = PAT_SSIM_N;
    const __m512i of_squares = _mm512_set1_epi16(255 * n);
    const __m512i of_product = _mm512_set1_epi32(127 * 2 * n | 128 * 2 * n << 16);
    __m512i squares = _mm512_dpwssd_epi32(_mm512_load_si512(block->q + first), means, of_squares);
    __m512i product = _mm512_dpwssd_epi32(_mm512_load_si512(block->p + first), means, of_product);
    __m512i mean_squares = _mm512_madd_epi16(means, means);
    __m512i mean_product = _mm512_madd_epi16(means, _mm512_rol_epi32(means, 16));
    _mm512_store_si512(block->mean_product + first, mean_product);
    _mm512_store_si512(block->covariance + first, _mm512_sub_epi32(product, mean_product));
    _mm512_store_si512(block->mean_squares + first, mean_squares);
    _mm512_store_si512(block->variances + first, _mm512_sub_epi32(squares, mean_squares));
}

/* Move 32 windows one row down. */
static inline void move_windows(const changes *e, const changes *next, window_block *block)
{
    __m512i x = add_seven(e->x, next->x, block->x);
    __m512i u = add_seven(e->u, next->u, block->u);
    add_seven_scaled(e->q, next->q, PAT_SSIM_N, block->q);
    add_seven_scaled(e->p, next->p, 2 * PAT_SSIM_N, block->p);
    const __mmask32 upper = 0xaaaaaaaa;
    __m512i even = _mm512_mask_blend_epi16(upper, x, _mm512_slli_epi32(u, 16));
    __m512i odd = _mm512_mask_blend_epi16(upper, _mm512_srli_epi32(x, 16), u);
    find_terms(even, block, 0);
    find_terms(odd, block, HALF);
}

static inline __m512d load_8(const int32_t *numbers)
{
    return _mm512_cvtepi32_pd(_mm256_load_si256((const __m256i *)numbers));
}

/* Which of 8 windows, every other one from `first`, are among `count` windows. */
static inline __mmask8 existing(int first, int count)
{
    int missing = first + 16 - count;
    return missing <= 0 ? 0xff : missing >= 16 ? 0 : (__mmask8)(0xff >> missing / 2);
}

/* Add the bits of S + ROUNDER of the first `count` windows. */
static inline __m512i add_ssim(const window_block *block, int count, __m512i total)
{
    const __m512d c1 = _mm512_set1_pd(PAT_SSIM_C1), c2 = _mm512_set1_pd(PAT_SSIM_C2);
    for (int i = 0; i < LANES; i += 8) {
        int first = i < HALF ? 2 * i : 2 * (i - HALF) + 1;
        __m512d numerator = _mm512_mul_pd(_mm512_add_pd(load_8(block->mean_product + i), c1),
                                          _mm512_add_pd(load_8(block->covariance + i), c2));
        __m512d denominator = _mm512_mul_pd(_mm512_add_pd(load_8(block->mean_squares + i), c1),
                                            _mm512_add_pd(load_8(block->variances + i), c2));
        __m512d rounded =
            _mm512_add_pd(_mm512_div_pd(numerator, denominator), _mm512_set1_pd(PAT_SSIM_ROUNDER));
        total = _mm512_mask_add_epi64(total, existing(first, count), total,
                                      _mm512_castpd_si512(rounded));
    }
    return total;
}

static void skip_row(const pat_row_exchange *rows, int width, window_block *block)
{
    int windows = width - PAT_SSIM_SIDE + 1;
    changes e = find_changes(rows, width, 0);
    for (int i = 0; i < windows; i += LANES) {
        changes next = find_changes(rows, width, i + LANES);
        move_windows(&e, &next, block++);
        e = next;
    }
}

/* The SSIM of a block is computed while the sums of the next one are. */
static __m512i row_of_windows(const pat_row_exchange *rows, int width, window_block *block,
                              __m512i total)
{
    int windows = width - PAT_SSIM_SIDE + 1;
    changes e = find_changes(rows, width, 0), next = find_changes(rows, width, LANES);
    move_windows(&e, &next, block++);
    int i = LANES;
    for (; i < windows; i += LANES) {
        e = next;
        next = find_changes(rows, width, i + LANES);
        move_windows(&e, &next, block);
        total = add_ssim(block - 1, LANES, total);
        block++;
    }
    return add_ssim(block - 1, windows - i + LANES, total);
}

int64_t pat_ssim_tile_avx512(const pat_ssim_tile *tile)
{
    window_block blocks[WIDTH / LANES];
    memset(blocks, 0, sizeof blocks);
    __m512i total = _mm512_setzero_si512();
    for (int y = 0; y < tile->height; y++) {
        pat_row_exchange rows = pat_row_exchange_at(tile, y);
        if (y < PAT_SSIM_SIDE - 1)
            skip_row(&rows, tile->width, blocks);
        else
            total = row_of_windows(&rows, tile->width, blocks, total);
    }
    return pat_ssim_from_bits(tile, (uint64_t)_mm512_reduce_add_epi64(total));
}
