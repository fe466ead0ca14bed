/* Unsharp masking with AVX2; sharpen_c.c has the arithmetic. */
#include <immintrin.h>

#include "kernels/tiers.h"

static inline __m256i load(const uint8_t *samples)
{
    return _mm256_loadu_si256((const __m256i *)samples);
}

/* What every strength needs of 32 samples, computed once: 16-bit numbers. [0] holds the low half of
 * each 128-bit lane, [1] the high half, as the unpack instructions leave them. */
typedef struct contrast {
    __m256i twice_base[2];
    __m256i difference[2]; /* base - blurred */
} contrast;

static inline contrast find_contrast(__m256i base, __m256i blurred)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i base_low = _mm256_unpacklo_epi8(base, zero);
    __m256i base_high = _mm256_unpackhi_epi8(base, zero);
    return (contrast){
        {_mm256_add_epi16(base_low, base_low), _mm256_add_epi16(base_high, base_high)},
        {_mm256_sub_epi16(base_low, _mm256_unpacklo_epi8(blurred, zero)),
         _mm256_sub_epi16(base_high, _mm256_unpackhi_epi8(blurred, zero))}};
}

/* (2 base + doubled * difference) / 2, half to even: floor(v / 2), plus 1 if it and v are odd. */
static inline __m256i halve(__m256i twice_base, __m256i difference, __m256i doubled)
{
    const __m256i one = _mm256_set1_epi16(1);
    __m256i v = _mm256_add_epi16(twice_base, _mm256_mullo_epi16(difference, doubled));
    __m256i half = _mm256_srai_epi16(v, 1);
    __m256i up = _mm256_and_si256(_mm256_and_si256(v, half), one);
    return _mm256_add_epi16(half, up);
}

static inline __m256i sharpen_32(const contrast *samples, int doubled)
{
    __m256i times = _mm256_set1_epi16((short)doubled);
    return _mm256_packus_epi16(halve(samples->twice_base[0], samples->difference[0], times),
                               halve(samples->twice_base[1], samples->difference[1], times));
}

void pat_sharpen_avx2(const uint8_t *base, const uint8_t *blurred, int doubled, int n, uint8_t *out)
{
    int i = 0;
    for (; i + 32 <= n; i += 32) {
        contrast samples = find_contrast(load(base + i), load(blurred + i));
        _mm256_storeu_si256((__m256i *)(out + i), sharpen_32(&samples, doubled));
    }
    pat_sharpen_c(base + i, blurred + i, doubled, n - i, out + i);
}

void pat_sharpen_any_avx2(const uint8_t *base, const uint8_t *blurred, float base_weight,
                          float blurred_weight, int n, uint8_t *out)
{
    int i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256i b = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(base + i)));
        __m256i l = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(blurred + i)));
        __m256 term = _mm256_mul_ps(_mm256_cvtepi32_ps(l), _mm256_set1_ps(blurred_weight));
        __m256 v = _mm256_fmadd_ps(_mm256_cvtepi32_ps(b), _mm256_set1_ps(base_weight), term);
        __m256i rounded = _mm256_cvtps_epi32(v);
        __m128i words =
            _mm_packs_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));
        _mm_storel_epi64((__m128i *)(out + i), _mm_packus_epi16(words, words));
    }
    pat_sharpen_any_c(base + i, blurred + i, base_weight, blurred_weight, n - i, out + i);
}

/* Sums of squared differences of 32 samples, 4 per lane. */
static inline __m256i squared_error_32(__m256i a, __m256i b)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i distance = _mm256_or_si256(_mm256_subs_epu8(a, b), _mm256_subs_epu8(b, a));
    __m256i low = _mm256_unpacklo_epi8(distance, zero);
    __m256i high = _mm256_unpackhi_epi8(distance, zero);
    return _mm256_add_epi32(_mm256_madd_epi16(low, low), _mm256_madd_epi16(high, high));
}

static inline uint64_t add_lanes(__m256i lanes)
{
    uint32_t lane[8];
    uint64_t sum = 0;
    _mm256_storeu_si256((__m256i *)lane, lanes);
    for (int i = 0; i < 8; i++)
        sum += lane[i];
    return sum;
}

enum {
    ROW_PART = 1 << 16, /* samples whose squared differences fit 32 bits per lane */
    STRENGTHS = 8       /* strengths whose sums are kept at a time */
};

uint64_t pat_squared_error_avx2(const uint8_t *a, const uint8_t *b, int n)
{
    uint64_t total = 0;
    int i = 0;
    while (i + 32 <= n) {
        int end = n - i < ROW_PART ? n : i + ROW_PART;
        __m256i sum = _mm256_setzero_si256();
        for (; i + 32 <= end; i += 32)
            sum = _mm256_add_epi32(sum, squared_error_32(load(a + i), load(b + i)));
        total += add_lanes(sum);
    }
    return total + pat_squared_error_c(a + i, b + i, n - i);
}

/* Add the errors of n <= ROW_PART samples, a multiple of 32, for up to STRENGTHS strengths. */
static void add_part(const uint8_t *base, const uint8_t *blurred, const uint8_t *original, int n,
                     const int *doubled, int count, uint64_t *errors)
{
    __m256i sums[STRENGTHS] = {0};
    for (int i = 0; i < n; i += 32) {
        contrast samples = find_contrast(load(base + i), load(blurred + i));
        __m256i wanted = load(original + i);
        for (int k = 0; k < count; k++) {
            __m256i error = squared_error_32(sharpen_32(&samples, doubled[k]), wanted);
            sums[k] = _mm256_add_epi32(sums[k], error);
        }
    }
    for (int k = 0; k < count; k++)
        errors[k] += add_lanes(sums[k]);
}

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

void pat_sharpen_errors_avx2(const pat_sharpen_area *area, const int *doubled, int count,
                             uint64_t *errors)
{
    int whole = area->width / 32 * 32;
    for (int y = 0; y < area->height; y++) {
        const uint8_t *base = area->base.data + y * area->base.stride;
        const uint8_t *blurred = area->blurred.data + y * area->blurred.stride;
        const uint8_t *original = area->original.data + y * area->original.stride;
        for (int x = 0; x < whole; x += ROW_PART)
            for (int k = 0; k < count; k += STRENGTHS)
                add_part(base + x, blurred + x, original + x, at_most(whole - x, ROW_PART),
                         doubled + k, at_most(count - k, STRENGTHS), errors + k);
    }
    pat_sharpen_area rest = *area;
    rest.base.data += whole;
    rest.blurred.data += whole;
    rest.original.data += whole;
    rest.width -= whole;
    pat_sharpen_errors_c(&rest, doubled, count, errors);
}
