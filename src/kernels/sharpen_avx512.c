/* Unsharp masking with AVX-512; sharpen_c.c has the arithmetic. */
#include <immintrin.h>
#include <string.h>

#include "kernels/tiers.h"

static inline __mmask64 first_bytes(int count)
{
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* What every strength needs of 64 samples, computed once: 16-bit numbers. [0] holds the low half of
 * each 128-bit lane, [1] the high half, as the unpack instructions leave them. */
typedef struct contrast {
    __m512i twice_base[2];
    __m512i difference[2]; /* base - blurred */
} contrast;

static inline contrast find_contrast(__m512i base, __m512i blurred)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i base_low = _mm512_unpacklo_epi8(base, zero);
    __m512i base_high = _mm512_unpackhi_epi8(base, zero);
    return (contrast){
        {_mm512_add_epi16(base_low, base_low), _mm512_add_epi16(base_high, base_high)},
        {_mm512_sub_epi16(base_low, _mm512_unpacklo_epi8(blurred, zero)),
         _mm512_sub_epi16(base_high, _mm512_unpackhi_epi8(blurred, zero))}};
}

/* (2 base + doubled * difference) / 2, half to even: floor(v / 2), plus 1 if it and v are odd. */
static inline __m512i halve(__m512i twice_base, __m512i difference, __m512i doubled)
{
    const __m512i one = _mm512_set1_epi16(1);
    __m512i v = _mm512_add_epi16(twice_base, _mm512_mullo_epi16(difference, doubled));
    __m512i half = _mm512_srai_epi16(v, 1);
    __m512i up = _mm512_ternarylogic_epi64(v, half, one, 0x80); /* v & half & 1 */
    return _mm512_add_epi16(half, up);
}

static inline __m512i sharpen_64(const contrast *samples, int doubled)
{
    __m512i times = _mm512_set1_epi16((short)doubled);
    return _mm512_packus_epi16(halve(samples->twice_base[0], samples->difference[0], times),
                               halve(samples->twice_base[1], samples->difference[1], times));
}

void pat_sharpen_any_avx512(const uint8_t *base, const uint8_t *blurred, float base_weight,
                            float blurred_weight, int n, uint8_t *out)
{
    for (int i = 0; i < n; i += 16) {
        __mmask16 mask = (__mmask16)first_bytes(n - i);
        __m512i b = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, base + i));
        __m512i l = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, blurred + i));
        __m512 term = _mm512_mul_ps(_mm512_cvtepi32_ps(l), _mm512_set1_ps(blurred_weight));
        __m512 v = _mm512_fmadd_ps(_mm512_cvtepi32_ps(b), _mm512_set1_ps(base_weight), term);
        __m512i rounded = _mm512_max_epi32(_mm512_cvtps_epi32(v), _mm512_setzero_si512());
        _mm_mask_storeu_epi8(out + i, mask, _mm512_cvtusepi32_epi8(rounded));
    }
}

/*
 * Sharpening in bytes, for several strengths. With p = max(base - blurred, 0) and n = max(blurred -
 * base, 0), add p and subtract n, with saturation, doubled / 2 times. If `doubled` is odd, also add
 * floor(p / 2) and subtract floor(n / 2); if that drops a half, an odd result moves on by 1, to the
 * even one.
 */
typedef struct byte_contrast {
    __m512i p, n, half_p, half_n, odd_p, odd_n;
} byte_contrast;

static inline __m512i halve_bytes(__m512i bytes)
{
    return _mm512_and_si512(_mm512_srli_epi16(bytes, 1), _mm512_set1_epi8(0x7f));
}

static inline byte_contrast find_byte_contrast(__m512i base, __m512i blurred)
{
    const __m512i one = _mm512_set1_epi8(1);
    __m512i p = _mm512_subs_epu8(base, blurred), n = _mm512_subs_epu8(blurred, base);
    return (byte_contrast){
        p, n, halve_bytes(p), halve_bytes(n), _mm512_and_si512(p, one), _mm512_and_si512(n, one)};
}

/* In each byte, p or n is 0. */
static inline __m512i move(__m512i bytes, __m512i p, __m512i n)
{
    return _mm512_subs_epu8(_mm512_adds_epu8(bytes, p), n);
}

static inline __m512i move_half(__m512i bytes, const byte_contrast *by)
{
    __m512i floor = move(bytes, by->half_p, by->half_n);
    return move(floor, _mm512_and_si512(floor, by->odd_p), _mm512_and_si512(floor, by->odd_n));
}

/* With a constant `doubled`, the loop has no branches. */
static inline __attribute__((always_inline)) void
sharpen_in_bytes(const uint8_t *base, const uint8_t *blurred, int doubled, int n, uint8_t *out)
{
    for (int i = 0; i < n; i += 64) {
        __mmask64 mask = first_bytes(n - i);
        __m512i moved = _mm512_maskz_loadu_epi8(mask, base + i);
        const byte_contrast by =
            find_byte_contrast(moved, _mm512_maskz_loadu_epi8(mask, blurred + i));
        for (int even = 0; even + 2 <= doubled; even += 2)
            moved = move(moved, by.p, by.n);
        _mm512_mask_storeu_epi8(out + i, mask, doubled % 2 ? move_half(moved, &by) : moved);
    }
}

static void sharpen_in_words(const uint8_t *base, const uint8_t *blurred, int doubled, int n,
                             uint8_t *out)
{
    for (int i = 0; i < n; i += 64) {
        __mmask64 mask = first_bytes(n - i);
        contrast samples = find_contrast(_mm512_maskz_loadu_epi8(mask, base + i),
                                         _mm512_maskz_loadu_epi8(mask, blurred + i));
        _mm512_mask_storeu_epi8(out + i, mask, sharpen_64(&samples, doubled));
    }
}

void pat_sharpen_avx512(const uint8_t *base, const uint8_t *blurred, int doubled, int n,
                        uint8_t *out)
{
    switch (doubled) {
    case 1:
        sharpen_in_bytes(base, blurred, 1, n, out);
        break;
    case 2:
        sharpen_in_bytes(base, blurred, 2, n, out);
        break;
    case 3:
        sharpen_in_bytes(base, blurred, 3, n, out);
        break;
    case 4:
        sharpen_in_bytes(base, blurred, 4, n, out);
        break;
    case 5:
        sharpen_in_bytes(base, blurred, 5, n, out);
        break;
    default:
        sharpen_in_words(base, blurred, doubled, n, out);
    }
}

/*
 * Sums over samples a and b, from which sum (a - b)^2 follows. Dot products of bytes need one side
 * signed, so 128 is subtracted from it.
 */
typedef struct error_sums {
    __m512i aa; /* a (a - 128) */
    __m512i ab; /* a (b - 128) */
    __m512i a;
} error_sums;

static inline void add_64(error_sums *sums, __m512i a, __m512i b_less_128)
{
    const __m512i middle = _mm512_set1_epi8((char)128);
    sums->aa = _mm512_dpbusd_epi32(sums->aa, a, _mm512_xor_si512(a, middle));
    sums->ab = _mm512_dpbusd_epi32(sums->ab, a, b_less_128);
    sums->a = _mm512_dpbusd_epi32(sums->a, a, _mm512_set1_epi8(1));
}

static inline int64_t add_lanes(__m512i lanes)
{
    __m512i low = _mm512_cvtepi32_epi64(_mm512_castsi512_si256(lanes));
    __m512i high = _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(lanes, 1));
    return _mm512_reduce_add_epi64(_mm512_add_epi64(low, high));
}

/* sum a^2 - 2 sum a b; if all b are 0 (passed as -128), sum a^2. */
static int64_t squares_less_products(const error_sums *sums)
{
    return add_lanes(sums->aa) - 2 * add_lanes(sums->ab) - 128 * add_lanes(sums->a);
}

enum {
    PART = 1 << 17, /* samples whose dot products fit 31 bits per lane */
    STRENGTHS = 5   /* strengths whose sums are kept at a time */
};

/* Each strength starts from the even part of the previous one, unless that is greater. */
static inline __attribute__((always_inline)) void add_strengths(error_sums *sums, __m512i base,
                                                                __m512i blurred, __m512i original,
                                                                const int *doubled, int count)
{
    const byte_contrast by = find_byte_contrast(base, blurred);
    original = _mm512_xor_si512(original, _mm512_set1_epi8((char)128));
    __m512i moved = base;
    int even = 0;
#pragma GCC unroll 5
    for (int k = 0; k < count; k++) {
        if (doubled[k] < even) {
            moved = base;
            even = 0;
        }
        for (; even + 2 <= doubled[k]; even += 2)
            moved = move(moved, by.p, by.n);
        add_64(&sums[k], doubled[k] % 2 ? move_half(moved, &by) : moved, original);
    }
}

static inline const uint8_t *at(const pat_samples *samples, int x, int y)
{
    return samples->data + y * samples->stride + x;
}

/* Add the errors of an area of at most PART samples, for up to STRENGTHS strengths. With a constant
 * `count`, the sums stay in registers. */
static inline __attribute__((always_inline)) void
add_area(const pat_sharpen_area *area, const int *doubled, int count, uint64_t *errors)
{
    const __m512i none_less_128 = _mm512_set1_epi8((char)128);
    error_sums sums[STRENGTHS] = {0}, of_original = {0};
    for (int y = 0; y < area->height; y++) {
        for (int x = 0; x < area->width; x += 64) {
            __mmask64 mask = first_bytes(area->width - x);
            __m512i base = _mm512_maskz_loadu_epi8(mask, at(&area->base, x, y));
            __m512i blurred = _mm512_maskz_loadu_epi8(mask, at(&area->blurred, x, y));
            __m512i original = _mm512_maskz_loadu_epi8(mask, at(&area->original, x, y));
            add_64(&of_original, original, none_less_128);
            add_strengths(sums, base, blurred, original, doubled, count);
        }
    }
    int64_t original_squares = squares_less_products(&of_original);
    for (int k = 0; k < count; k++)
        errors[k] += (uint64_t)(squares_less_products(&sums[k]) + original_squares);
}

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

/* The default grid's strengths: with these constants, the loop has no branches. */
static const int usual[STRENGTHS] = {1, 2, 3, 4, 5};

void pat_sharpen_errors_avx512(const pat_sharpen_area *area, const int *doubled, int count,
                               uint64_t *errors)
{
    if (area->width == 0)
        return;
    int width = at_most(area->width, PART);
    int padded = (width + 63) / 64 * 64; /* the last lanes may be outside the row */
    int height = at_most(area->height, PART / padded);
    for (int y = 0; y < area->height; y += height) {
        for (int x = 0; x < area->width; x += width) {
            const pat_sharpen_area part = {{at(&area->base, x, y), area->base.stride},
                                           {at(&area->blurred, x, y), area->blurred.stride},
                                           {at(&area->original, x, y), area->original.stride},
                                           at_most(area->width - x, width),
                                           at_most(area->height - y, height)};
            int k = 0;
            for (; k + STRENGTHS <= count; k += STRENGTHS)
                if (memcmp(doubled + k, usual, sizeof usual) == 0)
                    add_area(&part, usual, STRENGTHS, errors + k);
                else
                    add_area(&part, doubled + k, STRENGTHS, errors + k);
            if (k < count)
                add_area(&part, doubled + k, count - k, errors + k);
        }
    }
}

/* Squared differences of 64 samples, added to 16 lanes. */
static inline __m512i add_squared_error(__m512i sum, __m512i a, __m512i b)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i distance = _mm512_or_si512(_mm512_subs_epu8(a, b), _mm512_subs_epu8(b, a));
    __m512i low = _mm512_unpacklo_epi8(distance, zero);
    __m512i high = _mm512_unpackhi_epi8(distance, zero);
    return _mm512_dpwssd_epi32(_mm512_dpwssd_epi32(sum, low, low), high, high);
}

uint64_t pat_squared_error_avx512(const uint8_t *a, const uint8_t *b, int n)
{
    int64_t total = 0;
    for (int start = 0; start < n; start += PART) {
        int end = start + at_most(n - start, PART);
        __m512i sum = _mm512_setzero_si512();
        for (int i = start; i < end; i += 64) {
            __mmask64 mask = first_bytes(end - i);
            sum = add_squared_error(sum, _mm512_maskz_loadu_epi8(mask, a + i),
                                    _mm512_maskz_loadu_epi8(mask, b + i));
        }
        total += add_lanes(sum);
    }
    return (uint64_t)total;
}
