/* The two passes of the bilinear resize. Source of the arithmetic: image/resize.c. */
#include "kernels/tiers.h"

void pat_resize_across_c(const uint8_t *in, int n, const pat_resize_columns *columns, int from,
                         int to, uint16_t *out)
{
    for (int x = from; x < to; x++) {
        int near = columns->near[x], next = near + 1 < n ? near + 1 : near;
        const int16_t *weight = &columns->weights[2 * x];
        out[x] = (uint16_t)((in[near] * weight[0] + in[next] * weight[1]) >> 4);
    }
}

void pat_resize_down_c(const uint16_t *upper, const uint16_t *lower, int upper_weight,
                       int lower_weight, int n, uint8_t *out)
{
    uint16_t up = (uint16_t)upper_weight, low = (uint16_t)lower_weight;
    for (int x = 0; x < n; x++) {
        uint16_t near = (uint16_t)(((uint32_t)up * upper[x]) >> 16);
        uint16_t next = (uint16_t)(((uint32_t)low * lower[x]) >> 16);
        out[x] = (uint8_t)((near + next + 2) >> 2);
    }
}
