/* The two passes of the bilinear resize with AVX2; resize_c.c has the arithmetic. */
#include <immintrin.h>

#include "kernels/tiers.h"

/* A gather loads a sample, its right neighbor and the next 2 samples, which must not lie outside
 * the row. */
void pat_resize_across_avx2(const uint8_t *in, int n, const pat_resize_columns *columns, int from,
                            int to, uint16_t *out)
{
    const __m256i words =
        _mm256_setr_epi8(0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13, -1, 0, -1, 1, -1, 4,
                         -1, 5, -1, 8, -1, 9, -1, 12, -1, 13, -1);
    int x = from;
    for (; x + 8 <= to && columns->near[x + 7] + 4 <= n; x += 8) {
        __m256i near = _mm256_loadu_si256((const __m256i *)(columns->near + x));
        __m256i weights = _mm256_loadu_si256((const __m256i *)(columns->weights + 2 * x));
        __m256i samples = _mm256_i32gather_epi32((const int *)(const void *)in, near, 1);
        samples = _mm256_shuffle_epi8(samples, words);
        __m256i sums = _mm256_srli_epi32(_mm256_madd_epi16(samples, weights), 4);
        __m128i packed =
            _mm_packus_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
        _mm_storeu_si128((__m128i *)(out + x), packed);
    }
    pat_resize_across_c(in, n, columns, x, to, out);
}

void pat_resize_down_avx2(const uint16_t *upper, const uint16_t *lower, int upper_weight,
                          int lower_weight, int n, uint8_t *out)
{
    const __m256i up = _mm256_set1_epi16((short)upper_weight);
    const __m256i low = _mm256_set1_epi16((short)lower_weight), two = _mm256_set1_epi16(2);
    int x = 0;
    for (; x + 16 <= n; x += 16) {
        __m256i near = _mm256_mulhi_epu16(up, _mm256_loadu_si256((const __m256i *)(upper + x)));
        __m256i next = _mm256_mulhi_epu16(low, _mm256_loadu_si256((const __m256i *)(lower + x)));
        __m256i sum = _mm256_add_epi16(_mm256_add_epi16(near, next), two);
        sum = _mm256_srli_epi16(sum, 2);
        __m128i bytes =
            _mm_packus_epi16(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
        _mm_storeu_si128((__m128i *)(out + x), bytes);
    }
    pat_resize_down_c(upper + x, lower + x, upper_weight, lower_weight, n - x, out + x);
}
