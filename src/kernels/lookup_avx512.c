/* The sum of samples, and a table applied to them, with AVX-512. */
#include <immintrin.h>

#include "kernels/tiers.h"

static inline __mmask64 first_bytes(int count)
{
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

uint64_t pat_sum_avx512(const uint8_t *samples, int n)
{
    __m512i sum = _mm512_setzero_si512();
    for (int i = 0; i < n; i += 64) {
        __m512i bytes = _mm512_maskz_loadu_epi8(first_bytes(n - i), samples + i);
        sum = _mm512_add_epi64(sum, _mm512_sad_epu8(bytes, _mm512_setzero_si512()));
    }
    return (uint64_t)_mm512_reduce_add_epi64(sum);
}

/* Each permutation looks up half of the table; the sample's top bit chooses the half. */
void pat_map_avx512(const uint8_t *in, const uint8_t table[256], int n, uint8_t *out)
{
    __m512i quarter[4];
    for (int i = 0; i < 4; i++)
        quarter[i] = _mm512_loadu_si512(table + 64 * i);
    for (int i = 0; i < n; i += 64) {
        __mmask64 mask = first_bytes(n - i);
        __m512i bytes = _mm512_maskz_loadu_epi8(mask, in + i);
        __m512i low = _mm512_permutex2var_epi8(quarter[0], bytes, quarter[1]);
        __m512i high = _mm512_permutex2var_epi8(quarter[2], bytes, quarter[3]);
        __m512i mapped = _mm512_mask_blend_epi8(_mm512_movepi8_mask(bytes), low, high);
        _mm512_mask_storeu_epi8(out + i, mask, mapped);
    }
}
