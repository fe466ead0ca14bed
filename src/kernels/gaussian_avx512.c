/* The two passes of the Gaussian blur with AVX-512; gaussian_c.c has the arithmetic. */
#include <immintrin.h>

#include "kernels/gaussian_shared.h"
#include "kernels/tiers.h"

static inline __m512i load_bytes(const uint8_t *bytes, int count)
{
    return count >= 64 ? _mm512_loadu_si512(bytes)
                       : _mm512_maskz_loadu_epi8((UINT64_C(1) << count) - 1, bytes);
}

static inline void store_words(int16_t *words, __m512i values, int count)
{
    if (count >= 32)
        _mm512_storeu_si512(words, values);
    else if (count > 0)
        _mm512_mask_storeu_epi16(words, (UINT32_C(1) << count) - 1, values);
}

/*
 * Blur up to 64 columns from x. Takes two rows at a time, with samples interleaved and 128
 * subtracted: weights are then unsigned and may exceed 127, and because they add up to 256, no pair
 * of products saturates.
 */
INLINE void blur_64_columns(const uint8_t *const *rows, const uint16_t *pairs, int taps, int x,
                            int count, int16_t *sums)
{
    const __m512i middle = _mm512_set1_epi8((char)128);
    __m512i low = _mm512_setzero_si512(), high = _mm512_setzero_si512();
    for (int i = 0; i < taps; i += 2) {
        __m512i pair = _mm512_set1_epi16((short)pairs[i / 2]);
        const uint8_t *next = rows[i + 1 < taps ? i + 1 : i];
        __m512i a = _mm512_xor_si512(load_bytes(rows[i] + x, count), middle);
        __m512i b = _mm512_xor_si512(load_bytes(next + x, count), middle);
        low = _mm512_add_epi16(low, _mm512_maddubs_epi16(pair, _mm512_unpacklo_epi8(a, b)));
        high = _mm512_add_epi16(high, _mm512_maddubs_epi16(pair, _mm512_unpackhi_epi8(a, b)));
    }
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    const __m512i last = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    store_words(sums + x, _mm512_permutex2var_epi64(low, first, high), count);
    store_words(sums + x + 32, _mm512_permutex2var_epi64(low, last, high), count - 32);
}

INLINE void blur_columns(const uint8_t *const *rows, const uint16_t *pairs, int taps, int width,
                         int16_t *sums)
{
    int x = 0;
    for (; x + 64 <= width; x += 64)
        blur_64_columns(rows, pairs, taps, x, 64, sums);
    if (x < width)
        blur_64_columns(rows, pairs, taps, x, width - x, sums);
}

void pat_blur_columns_avx512(const uint8_t *const *rows, const uint8_t *weights, int taps,
                             int width, int16_t *sums)
{
    uint16_t pairs[(PAT_BLUR_TAPS_MAX + 1) / 2];
    for (int i = 0; i < taps; i += 2)
        pairs[i / 2] = (uint16_t)(weights[i] | (i + 1 < taps ? weights[i + 1] << 8 : 0));
#define BLUR(n) blur_columns(rows, pairs, n, width, sums)
    WITH_CONSTANT_TAPS(BLUR)
#undef BLUR
}

static inline __m512i load_words(const int16_t *words, int count)
{
    return count >= 32 ? _mm512_loadu_si512(words)
                       : _mm512_maskz_loadu_epi16((UINT32_C(1) << count) - 1, words);
}

/* Weights of two neighboring sums, for the samples at even and at odd positions. */
typedef struct weight_pairs {
    int32_t even[(PAT_BLUR_TAPS_MAX + 1) / 2], odd[(PAT_BLUR_TAPS_MAX + 1) / 2];
} weight_pairs;

/* Blur up to 32 samples. */
INLINE void blur_32(const int16_t *sums, const weight_pairs *pairs, int taps, int count,
                    uint8_t *out)
{
    __m512i even = _mm512_set1_epi32(256 * 32768 + 32768), odd = even;
    for (int i = 0; i < taps; i += 2) {
        __m512i words = load_words(sums + i, count == 32 ? 32 : count + taps - 1 - i);
        even = _mm512_dpwssd_epi32(even, words, _mm512_set1_epi32(pairs->even[i / 2]));
        odd = _mm512_dpwssd_epi32(odd, words, _mm512_set1_epi32(pairs->odd[i / 2]));
    }
    __m512i words = _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(even, 16), odd);
    __m256i bytes = _mm512_cvtepi16_epi8(words);
    if (count == 32)
        _mm256_storeu_si256((__m256i *)out, bytes);
    else
        _mm256_mask_storeu_epi8(out, (UINT32_C(1) << count) - 1, bytes);
}

INLINE void blur_row(const int16_t *sums, const weight_pairs *pairs, int taps, int width,
                     uint8_t *out)
{
    int x = 0;
    for (; x + 32 <= width; x += 32)
        blur_32(sums + x, pairs, taps, 32, out + x);
    if (x < width)
        blur_32(sums + x, pairs, taps, width - x, out + x);
}

void pat_blur_row_avx512(const int16_t *sums, const uint8_t *weights, int taps, int width,
                         uint8_t *out)
{
    weight_pairs pairs;
    for (int i = 0; i < taps; i += 2) { /* taps is odd */
        int before = i > 0 ? weights[i - 1] : 0, after = i + 1 < taps ? weights[i + 1] : 0;
        pairs.even[i / 2] = weights[i] | after << 16;
        pairs.odd[i / 2] = before | weights[i] << 16;
    }
#define BLUR(n) blur_row(sums, &pairs, n, width, out)
    WITH_CONSTANT_TAPS(BLUR)
#undef BLUR
}
