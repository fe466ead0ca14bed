#include "patina/restore.h"

#include "kernels/kernels.h"

double pat_plane_mean(const pat_plane *plane)
{
    const pat_kernels *kernels = pat_kernels_get();
    uint64_t sum = 0;
    for (int y = 0; y < plane->height; y++)
        sum += kernels->sum(plane->data + y * plane->stride, plane->width);
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
    const pat_kernels *kernels = pat_kernels_get();
    for (int y = 0; y < src->height; y++)
        kernels->map(src->data + y * src->stride, table, src->width, dst->data + y * dst->stride);
}
