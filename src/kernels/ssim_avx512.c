/*
 * SSIM of a tile with AVX-512: the sums of ssim_c.c, updated instead of recomputed.
 *
 * When row y enters and row y - 7 leaves, each sum of a column changes by e = new - old. A window's
 * sum changes by the e of its seven columns; dot products of 16-bit pairs add them up and scale
 * them by N or 2 N. One vector of 32 columns thus gives 16 windows that start at even columns and
 * 16 that start at odd ones.
 *
 * So that e fits 16 bits, squares and products are taken relative to the middle of the range,
 *
 *     q = x^2 - 255 x                      -16256 .. 0
 *     p = x u - 127 x - 128 u              -32640 .. 0
 *
 * and corrected later by the window's sums of x and u. Both are 0 if x and u are, so all sums start
 * at 0, as if the rows above the tile were black.
 */
#include "kernels/ssim_shared.h"

#include <immintrin.h>

#include "kernels/tiers.h"

#define INLINE static inline __attribute__((always_inline))

enum {
    LANES = PAT_SSIM_BLOCK, /* columns in a vector of 16-bit numbers */
    BLOCKS = 2 /* vectors of windows that move down together, their sums in registers */
};

/* The change of 32 columns when one row replaces another. */
typedef struct changes {
    __m512i x, q, p;
} changes;

/* Up to 32 samples minus `middle`. */
static inline __m512i load_about(const uint8_t *samples, __mmask32 mask, int16_t middle)
{
    __m512i values = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(mask, samples));
    return _mm512_sub_epi16(values, _mm512_set1_epi16(middle));
}

static inline changes find_changes(const pat_row_exchange *rows, int i, __mmask32 mask)
{
    __m512i x_new = load_about(rows->x_new + i, mask, 128);
    __m512i x_old = load_about(rows->x_old + i, mask, 128);
    __m512i u_new = load_about(rows->u_new + i, mask, 127);
    __m512i u_old = load_about(rows->u_old + i, mask, 127);
    __m512i x = _mm512_sub_epi16(x_new, x_old);
    /* x_new^2 - 255 x_new - x_old^2 + 255 x_old = x (x_new + x_old - 255) */
    __m512i sum = _mm512_add_epi16(_mm512_add_epi16(x_new, x_old), _mm512_set1_epi16(1));
    __m512i p =
        _mm512_sub_epi16(_mm512_mullo_epi16(x_new, u_new), _mm512_mullo_epi16(x_old, u_old));
    return (changes){x, _mm512_mullo_epi16(x, sum), p};
}

/* Sums of 32 windows: x in column order; q times N and p times 2 N with windows at even and odd
 * columns separate. */
typedef struct window_sums {
    __m512i x, q_even, q_odd, p_even, p_odd;
} window_sums;

/* 32 columns, starting at column 2 * pairs, of two consecutive vectors. */
#define COLUMNS_FROM(pairs, columns, next) _mm512_alignr_epi32(next, columns, pairs)

/* Add the sums of 7 columns to those of 32 windows. */
static inline __m512i add_seven(__m512i sums, __m512i columns, __m512i next)
{
    __m512i from_2 = COLUMNS_FROM(1, columns, next), from_4 = COLUMNS_FROM(2, columns, next);
    __m512i from_6 = COLUMNS_FROM(3, columns, next);
    __m512i from_2_4 = _mm512_add_epi16(from_2, from_4);
    __m512i from_0_2_4 = _mm512_add_epi16(columns, from_2_4);
    __m512i from_2_4_6 = _mm512_add_epi16(from_6, from_2_4);
    __m512i from_1_3_5 = _mm512_shrdi_epi32(from_0_2_4, from_2_4_6, 16);
    sums = _mm512_add_epi16(sums, columns);
    return _mm512_add_epi16(sums, _mm512_add_epi16(from_2_4_6, from_1_3_5));
}

/* The same in 32 bits and times `scale`, with windows at even and odd columns separate. */
static inline void add_seven_scaled(__m512i *even, __m512i *odd, __m512i columns, __m512i next,
                                    int scale)
{
    const __m512i both = _mm512_set1_epi32(scale | scale << 16);
    const __m512i lower = _mm512_set1_epi32(scale), upper = _mm512_set1_epi32(scale << 16);
    __m512i second = COLUMNS_FROM(1, columns, next), third = COLUMNS_FROM(2, columns, next);
    __m512i fourth = COLUMNS_FROM(3, columns, next);
    *even = _mm512_dpwssd_epi32(*even, columns, both);
    *odd = _mm512_dpwssd_epi32(*odd, columns, upper);
    *even = _mm512_dpwssd_epi32(*even, second, both);
    *odd = _mm512_dpwssd_epi32(*odd, second, both);
    *even = _mm512_dpwssd_epi32(*even, third, both);
    *odd = _mm512_dpwssd_epi32(*odd, third, both);
    *even = _mm512_dpwssd_epi32(*even, fourth, lower);
    *odd = _mm512_dpwssd_epi32(*odd, fourth, both);
}

static inline void move_windows(window_sums *sums, const changes *e, const changes *next)
{
    add_seven_scaled(&sums->q_even, &sums->q_odd, e->q, next->q, PAT_SSIM_N);
    add_seven_scaled(&sums->p_even, &sums->p_odd, e->p, next->p, 2 * PAT_SSIM_N);
    sums->x = add_seven(sums->x, e->x, next->x);
}

/* Factors of Sx and Su, in the lower and the upper 16 bits, that lead from q to N Sxx and from p to
 * 2 N Sxu. */
static inline __m512i of_squares(void)
{
    return _mm512_set1_epi32(255 * PAT_SSIM_N);
}

static inline __m512i of_product(void)
{
    return _mm512_set1_epi32(127 * 2 * PAT_SSIM_N | 128 * 2 * PAT_SSIM_N << 16);
}

/* The four integers of the formula for 16 windows. */
typedef struct terms {
    __m512i mean_product, covariance, mean_squares, variances;
} terms;

/* means: Sx in the lower 16 bits of each lane, Su in the upper. squares: N Suu. */
static inline terms find_terms(__m512i means, __m512i q, __m512i p, const int32_t *squares)
{
    __m512i all_squares = _mm512_add_epi32(q, _mm512_load_si512(squares));
    all_squares = _mm512_dpwssd_epi32(all_squares, means, of_squares());
    __m512i product = _mm512_dpwssd_epi32(p, means, of_product());
    __m512i mean_squares = _mm512_madd_epi16(means, means);
    __m512i mean_product = _mm512_madd_epi16(means, _mm512_rol_epi32(means, 16));
    return (terms){mean_product, _mm512_sub_epi32(product, mean_product), mean_squares,
                   _mm512_sub_epi32(all_squares, mean_squares)};
}

/* Pair Sx (lower 16 bits) and Su (upper 16 bits) of the windows at even and at odd columns. */
static inline void pair_means(__m512i x, const pat_ssim_prepared *original, __m512i *even,
                              __m512i *odd)
{
    const __mmask32 upper = 0xaaaaaaaa;
    __m512i u = _mm512_load_si512(original->sums);
    *even = _mm512_mask_blend_epi16(upper, x, _mm512_slli_epi32(u, 16));
    *odd = _mm512_mask_blend_epi16(upper, _mm512_srli_epi32(x, 16), u);
}

/* The lower and the upper half of each 64 bits. */
static inline __m512d lower_unsigned(__m512i numbers)
{
    return _mm512_cvtepi64_pd(_mm512_and_si512(numbers, _mm512_set1_epi64(UINT32_MAX)));
}

static inline __m512d upper_unsigned(__m512i numbers)
{
    return _mm512_cvtepi64_pd(_mm512_srli_epi64(numbers, 32));
}

static inline __m512d lower_signed(__m512i numbers)
{
    return _mm512_cvtepi64_pd(_mm512_srai_epi64(_mm512_slli_epi64(numbers, 32), 32));
}

static inline __m512d upper_signed(__m512i numbers)
{
    return _mm512_cvtepi64_pd(_mm512_srai_epi64(numbers, 32));
}

/* The bits of S + ROUNDER of 8 windows. */
static inline __m512i rounded_ssim(__m512d mean_product, __m512d covariance, __m512d mean_squares,
                                   __m512d variances)
{
    const __m512d c1 = _mm512_set1_pd(PAT_SSIM_C1), c2 = _mm512_set1_pd(PAT_SSIM_C2);
    __m512d numerator =
        _mm512_mul_pd(_mm512_add_pd(mean_product, c1), _mm512_add_pd(covariance, c2));
    __m512d denominator =
        _mm512_mul_pd(_mm512_add_pd(mean_squares, c1), _mm512_add_pd(variances, c2));
    __m512d ssim = _mm512_div_pd(numerator, denominator);
    return _mm512_castpd_si512(_mm512_add_pd(ssim, _mm512_set1_pd(PAT_SSIM_ROUNDER)));
}

/* Add rounded_ssim() of those of 16 windows that are in the mask. */
static inline __m512i add_exact(__m512i total, const terms *of, __mmask16 mask)
{
    __m512i lower = rounded_ssim(lower_unsigned(of->mean_product), lower_signed(of->covariance),
                                 lower_unsigned(of->mean_squares), lower_unsigned(of->variances));
    __m512i upper = rounded_ssim(upper_unsigned(of->mean_product), upper_signed(of->covariance),
                                 upper_unsigned(of->mean_squares), upper_unsigned(of->variances));
    __mmask8 lower_mask = (__mmask8)_pext_u32(mask, 0x5555);
    __mmask8 upper_mask = (__mmask8)_pext_u32(mask, 0xaaaa);
    total = _mm512_mask_add_epi64(total, lower_mask, total, lower);
    return _mm512_mask_add_epi64(total, upper_mask, total, upper);
}

/* C1 and C2 as whole numbers, which changes S by at most 2^-14.9. */
enum { WHOLE_C1 = 15613, WHOLE_C2 = 137645 };

/*
 * Add S of 16 windows with an error of 2^-13.2, including 2^-14 from the reciprocal. Instead of
 * adding C1 and C2, the dot products start at C1, and q and p at C1 + C2.
 */
static inline __m512 add_estimate(__m512 sum, __m512i means, __m512i q, __m512i p,
                                  const int32_t *squares, __mmask16 mask)
{
    const __m512i c1 = _mm512_set1_epi32(WHOLE_C1);
    __m512i all_squares = _mm512_add_epi32(q, _mm512_load_si512(squares));
    all_squares = _mm512_dpwssd_epi32(all_squares, means, of_squares());
    __m512i product = _mm512_dpwssd_epi32(p, means, of_product());
    __m512i mean_squares = _mm512_dpwssd_epi32(c1, means, means);
    __m512i mean_product = _mm512_dpwssd_epi32(c1, means, _mm512_rol_epi32(means, 16));
    __m512i covariance = _mm512_sub_epi32(product, mean_product);
    __m512i variances = _mm512_sub_epi32(all_squares, mean_squares);
    __m512 numerator =
        _mm512_mul_ps(_mm512_cvtepi32_ps(mean_product), _mm512_cvtepi32_ps(covariance));
    __m512 denominator =
        _mm512_mul_ps(_mm512_cvtepi32_ps(mean_squares), _mm512_cvtepi32_ps(variances));
    return _mm512_mask3_fmadd_ps(numerator, _mm512_rcp14_ps(denominator), sum, mask);
}

/* Masks of the columns and windows, from column i on, that lie in the tile. Functions that take a
 * strip are inlined, so that for whole strips the masks are constants and vanish. */
typedef struct strip {
    int i;
    __mmask32 columns[BLOCKS + 1];
    __mmask16 even[BLOCKS], odd[BLOCKS]; /* windows */
} strip;

static inline __mmask32 first_lanes(int count)
{
    return count >= LANES ? UINT32_MAX : count <= 0 ? 0 : (UINT32_C(1) << count) - 1;
}

INLINE strip strip_of(int i, int columns)
{
    strip at = {.i = i};
    for (int k = 0; k <= BLOCKS; k++)
        at.columns[k] = first_lanes(columns - LANES * k);
    for (int k = 0; k < BLOCKS; k++) {
        __mmask32 windows = first_lanes(columns - PAT_SSIM_SIDE + 1 - LANES * k);
        at.even[k] = (__mmask16)_pext_u32(windows, 0x55555555);
        at.odd[k] = (__mmask16)_pext_u32(windows, 0xaaaaaaaa);
    }
    return at;
}

enum { STRIP = BLOCKS * LANES, STRIP_COLUMNS = STRIP + LANES };

/* Move the windows of a strip one row down. */
INLINE void move_strip(window_sums *sums, const pat_row_exchange *rows, const strip *at)
{
    changes next = find_changes(rows, at->i, at->columns[0]);
    for (int k = 0; k < BLOCKS; k++) {
        changes e = next;
        next = find_changes(rows, at->i + LANES * (k + 1), at->columns[k + 1]);
        move_windows(&sums[k], &e, &next);
    }
}

/* Start with windows of black rows above the tile, and move them down to just above its first
 * windows. start: initial value of q and p. */
INLINE void start_strip(window_sums *sums, int start, const pat_ssim_tile *tile, const strip *at)
{
    const __m512i zero = _mm512_setzero_si512(), qp = _mm512_set1_epi32(start);
    for (int k = 0; k < BLOCKS; k++)
        sums[k] = (window_sums){zero, qp, qp, qp, qp};
    for (int y = 0; y < PAT_SSIM_SIDE - 1; y++) {
        pat_row_exchange rows = pat_row_exchange_at(tile, y);
        move_strip(sums, &rows, at);
    }
}

INLINE __m512i add_strip_exactly(__m512i total, const pat_ssim_tile *tile, const strip *at)
{
    window_sums sums[BLOCKS];
    start_strip(sums, 0, tile, at);
    const pat_ssim_prepared *original = tile->prepared + at->i / LANES;
    for (int y = PAT_SSIM_SIDE - 1; y < tile->height; y++) {
        pat_row_exchange rows = pat_row_exchange_at(tile, y);
        move_strip(sums, &rows, at);
        for (int k = 0; k < BLOCKS && at->even[k] != 0; k++) {
            __m512i even, odd;
            pair_means(sums[k].x, original + k, &even, &odd);
            const int32_t *squares = original[k].squares;
            terms of = find_terms(even, sums[k].q_even, sums[k].p_even, squares);
            total = add_exact(total, &of, at->even[k]);
            of = find_terms(odd, sums[k].q_odd, sums[k].p_odd, squares + LANES / 2);
            total = add_exact(total, &of, at->odd[k]);
        }
        original += pat_ssim_blocks(tile->width);
    }
    return total;
}

/* Single-precision sums are kept short: their error is within 2^-18 per number. */
enum { ROWS_AT_ONCE = 16 };

INLINE double estimate_strip(const pat_ssim_tile *tile, const strip *at)
{
    window_sums sums[BLOCKS];
    start_strip(sums, WHOLE_C1 + WHOLE_C2, tile, at);
    const pat_ssim_prepared *original = tile->prepared + at->i / LANES;
    double total = 0;
    for (int start = PAT_SSIM_SIDE - 1; start < tile->height; start += ROWS_AT_ONCE) {
        __m512 sum = _mm512_setzero_ps();
        for (int y = start; y < tile->height && y < start + ROWS_AT_ONCE; y++) {
            pat_row_exchange rows = pat_row_exchange_at(tile, y);
            move_strip(sums, &rows, at);
            for (int k = 0; k < BLOCKS && at->even[k] != 0; k++) {
                __m512i even, odd;
                pair_means(sums[k].x, original + k, &even, &odd);
                const int32_t *squares = original[k].squares;
                sum = add_estimate(sum, even, sums[k].q_even, sums[k].p_even, squares, at->even[k]);
                sum = add_estimate(sum, odd, sums[k].q_odd, sums[k].p_odd, squares + LANES / 2,
                                   at->odd[k]);
            }
            original += pat_ssim_blocks(tile->width);
        }
        total += (double)_mm512_reduce_add_ps(sum);
    }
    return total;
}

int64_t pat_ssim_exact_avx512(const pat_ssim_tile *tile)
{
    __m512i total = _mm512_setzero_si512();
    for (int i = 0; i < tile->width - PAT_SSIM_SIDE + 1; i += BLOCKS * LANES) {
        const strip whole = strip_of(i, STRIP_COLUMNS), part = strip_of(i, tile->width - i);
        total = tile->width - i >= STRIP_COLUMNS ? add_strip_exactly(total, tile, &whole)
                                                 : add_strip_exactly(total, tile, &part);
    }
    uint64_t lanes[8], bits = 0; /* modulo 2^64: signed numbers would overflow */
    _mm512_storeu_si512(lanes, total);
    for (int i = 0; i < 8; i++)
        bits += lanes[i];
    return pat_ssim_from_bits(tile, bits);
}

int64_t pat_ssim_bound_avx512(const pat_ssim_tile *tile)
{
    double estimate = 0;
    for (int i = 0; i < tile->width - PAT_SSIM_SIDE + 1; i += BLOCKS * LANES) {
        const strip whole = strip_of(i, STRIP_COLUMNS), part = strip_of(i, tile->width - i);
        estimate += tile->width - i >= STRIP_COLUMNS ? estimate_strip(tile, &whole)
                                                     : estimate_strip(tile, &part);
    }
    return pat_ssim_bound_of(tile, estimate, 0x1p-13);
}

/* Compare the original with itself, so that x equals u. */
INLINE void prepare_strip(const pat_ssim_tile *itself, const strip *at, pat_ssim_prepared *prepared)
{
    window_sums sums[BLOCKS];
    start_strip(sums, 0, itself, at);
    for (int y = PAT_SSIM_SIDE - 1; y < itself->height; y++) {
        pat_row_exchange rows = pat_row_exchange_at(itself, y);
        move_strip(sums, &rows, at);
        for (int k = 0; k < BLOCKS && at->even[k] != 0; k++) {
            __m512i odd_sums = _mm512_srli_epi32(sums[k].x, 16);
            _mm512_store_si512(prepared[k].sums, sums[k].x);
            _mm512_store_si512(prepared[k].squares,
                               _mm512_dpwssd_epi32(sums[k].q_even, sums[k].x, of_squares()));
            _mm512_store_si512(prepared[k].squares + LANES / 2,
                               _mm512_dpwssd_epi32(sums[k].q_odd, odd_sums, of_squares()));
        }
        prepared += pat_ssim_blocks(itself->width);
    }
}

void pat_ssim_prepare_avx512(const pat_samples *original, int width, int height,
                             pat_ssim_prepared *prepared)
{
    const pat_ssim_tile itself = {
        .candidate = *original, .original = *original, .width = width, .height = height};
    for (int i = 0; i < width - PAT_SSIM_SIDE + 1; i += BLOCKS * LANES) {
        const strip whole = strip_of(i, STRIP_COLUMNS), part = strip_of(i, width - i);
        if (width - i >= STRIP_COLUMNS)
            prepare_strip(&itself, &whole, prepared + i / LANES);
        else
            prepare_strip(&itself, &part, prepared + i / LANES);
    }
}
