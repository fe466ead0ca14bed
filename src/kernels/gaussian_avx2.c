/* The two passes of the Gaussian blur with AVX2; gaussian_c.c has the arithmetic. */
#include <immintrin.h>

#include "kernels/gaussian_shared.h"
#include "kernels/tiers.h"

/* Blur 32 columns from x, as in gaussian_avx512.c: two rows at a time, samples minus 128. */
INLINE void blur_32_columns(const uint8_t *const *rows, const uint16_t *pairs, int taps, int x,
                            int16_t *sums)
{
    const __m256i middle = _mm256_set1_epi8((char)128);
    __m256i low = _mm256_setzero_si256(), high = _mm256_setzero_si256();
    for (int i = 0; i < taps; i += 2) {
        __m256i pair = _mm256_set1_epi16((short)pairs[i / 2]);
        const uint8_t *next = rows[i + 1 < taps ? i + 1 : i];
        __m256i a = _mm256_loadu_si256((const __m256i *)(rows[i] + x));
        __m256i b = _mm256_loadu_si256((const __m256i *)(next + x));
        a = _mm256_xor_si256(a, middle);
        b = _mm256_xor_si256(b, middle);
        low = _mm256_add_epi16(low, _mm256_maddubs_epi16(pair, _mm256_unpacklo_epi8(a, b)));
        high = _mm256_add_epi16(high, _mm256_maddubs_epi16(pair, _mm256_unpackhi_epi8(a, b)));
    }
    _mm256_storeu_si256((__m256i *)(sums + x), _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256((__m256i *)(sums + x + 16), _mm256_permute2x128_si256(low, high, 0x31));
}

/* width: a multiple of 32. */
INLINE void blur_columns(const uint8_t *const *rows, const uint16_t *pairs, int taps, int width,
                         int16_t *sums)
{
    for (int x = 0; x < width; x += 32)
        blur_32_columns(rows, pairs, taps, x, sums);
}

void pat_blur_columns_avx2(const uint8_t *const *rows, const uint8_t *weights, int taps, int width,
                           int16_t *sums)
{
    uint16_t pairs[(PAT_BLUR_TAPS_MAX + 1) / 2];
    for (int i = 0; i < taps; i += 2)
        pairs[i / 2] = (uint16_t)(weights[i] | (i + 1 < taps ? weights[i + 1] << 8 : 0));
    int whole = width / 32 * 32;
#define BLUR(n) blur_columns(rows, pairs, n, whole, sums)
    WITH_CONSTANT_TAPS(BLUR)
#undef BLUR
    if (whole == width)
        return;
    const uint8_t *rest[PAT_BLUR_TAPS_MAX];
    for (int i = 0; i < taps; i++)
        rest[i] = rows[i] + whole;
    pat_blur_columns_c(rest, weights, taps, width - whole, sums + whole);
}

/* Blur 16 samples, at even and odd positions separately, with dot products of neighboring sums. */
INLINE void blur_16(const int16_t *sums, const int32_t *even_pairs, const int32_t *odd_pairs,
                    int taps, uint8_t *out)
{
    __m256i even = _mm256_set1_epi32(256 * 32768 + 32768), odd = even;
    for (int i = 0; i < taps; i += 2) {
        __m256i words = _mm256_loadu_si256((const __m256i *)(sums + i));
        __m256i even_pair = _mm256_set1_epi32(even_pairs[i / 2]);
        __m256i odd_pair = _mm256_set1_epi32(odd_pairs[i / 2]);
        even = _mm256_add_epi32(even, _mm256_madd_epi16(words, even_pair));
        odd = _mm256_add_epi32(odd, _mm256_madd_epi16(words, odd_pair));
    }
    __m256i words = _mm256_blend_epi16(_mm256_srli_epi32(even, 16), odd, 0xaa);
    __m128i bytes =
        _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128((__m128i *)out, bytes);
}

/* width: a multiple of 16. */
INLINE void blur_row(const int16_t *sums, const int32_t *even_pairs, const int32_t *odd_pairs,
                     int taps, int width, uint8_t *out)
{
    for (int x = 0; x < width; x += 16)
        blur_16(sums + x, even_pairs, odd_pairs, taps, out + x);
}

void pat_blur_row_avx2(const int16_t *sums, const uint8_t *weights, int taps, int width,
                       uint8_t *out)
{
    int32_t even_pairs[(PAT_BLUR_TAPS_MAX + 1) / 2], odd_pairs[(PAT_BLUR_TAPS_MAX + 1) / 2];
    for (int i = 0; i < taps; i += 2) { /* taps is odd */
        int before = i > 0 ? weights[i - 1] : 0, after = i + 1 < taps ? weights[i + 1] : 0;
        even_pairs[i / 2] = weights[i] | after << 16;
        odd_pairs[i / 2] = before | weights[i] << 16;
    }
    int whole = width / 16 * 16;
#define BLUR(n) blur_row(sums, even_pairs, odd_pairs, n, whole, out)
    WITH_CONSTANT_TAPS(BLUR)
#undef BLUR
    pat_blur_row_c(sums + whole, weights, taps, width - whole, out + whole);
}
