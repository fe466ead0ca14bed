/* The sum of samples, and a table applied to them. */
#include "kernels/tiers.h"

uint64_t pat_sum_c(const uint8_t *samples, int n)
{
    uint64_t sum = 0;
    for (int i = 0; i < n; i++)
        sum += samples[i];
    return sum;
}

void pat_map_c(const uint8_t *in, const uint8_t table[256], int n, uint8_t *out)
{
    for (int i = 0; i < n; i++)
        out[i] = table[in[i]];
}
