#include "patina/restore.h"

double pat_plane_mean(const pat_plane *plane)
{
    uint64_t sum = 0;
    for (int y = 0; y < plane->height; y++) {
        const uint8_t *row = plane->data + y * plane->stride;
        uint32_t row_sum = 0; /* 2^24 samples of 255 fit */
        for (int x = 0; x < plane->width; x++)
            row_sum += row[x];
        sum += row_sum;
    }
    return (double)sum / ((double)plane->width * (double)plane->height);
}

void pat_white_balance_table(double mean, uint8_t table[256])
{
    double gain = mean == 0 ? 1 : 128 / mean;
    for (int v = 0; v < 256; v++) {
        double balanced = v * gain;
        table[v] = balanced >= 255 ? 255 : (uint8_t)balanced;
    }
}

void pat_plane_map(const pat_plane *src, const uint8_t table[256], const pat_plane *dst)
{
    for (int y = 0; y < src->height; y++) {
        const uint8_t *in = src->data + y * src->stride;
        uint8_t *out = dst->data + y * dst->stride;
        for (int x = 0; x < src->width; x++)
            out[x] = table[in[x]];
    }
}
