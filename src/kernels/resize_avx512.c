/* The two passes of the bilinear resize with AVX-512; resize_c.c has the arithmetic. */
#include <immintrin.h>

#include "kernels/tiers.h"

/* A gather loads a sample, its right neighbor and the next 2 samples, which must not lie outside
 * the row. */
void pat_resize_across_avx512(const uint8_t *in, int n, const pat_resize_columns *columns, int from,
                              int to, uint16_t *out)
{
    const __m512i words = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13, -1));
    int x = from;
    for (; x + 16 <= to && columns->near[x + 15] + 4 <= n; x += 16) {
        __m512i near = _mm512_loadu_si512(columns->near + x);
        __m512i weights = _mm512_loadu_si512(columns->weights + 2 * x);
        __m512i samples = _mm512_shuffle_epi8(_mm512_i32gather_epi32(near, in, 1), words);
        __m512i sums = _mm512_srli_epi32(_mm512_madd_epi16(samples, weights), 4);
        _mm256_storeu_si256((__m256i *)(out + x), _mm512_cvtepi32_epi16(sums));
    }
    pat_resize_across_c(in, n, columns, x, to, out);
}

void pat_resize_down_avx512(const uint16_t *upper, const uint16_t *lower, int upper_weight,
                            int lower_weight, int n, uint8_t *out)
{
    const __m512i up = _mm512_set1_epi16((short)upper_weight);
    const __m512i low = _mm512_set1_epi16((short)lower_weight), two = _mm512_set1_epi16(2);
    for (int x = 0; x < n; x += 32) {
        __mmask32 mask = n - x >= 32 ? UINT32_MAX : (UINT32_C(1) << (n - x)) - 1;
        __m512i near = _mm512_mulhi_epu16(up, _mm512_maskz_loadu_epi16(mask, upper + x));
        __m512i next = _mm512_mulhi_epu16(low, _mm512_maskz_loadu_epi16(mask, lower + x));
        __m512i sum = _mm512_srli_epi16(_mm512_add_epi16(_mm512_add_epi16(near, next), two), 2);
        _mm256_mask_storeu_epi8(out + x, mask, _mm512_cvtepi16_epi8(sum));
    }
}
