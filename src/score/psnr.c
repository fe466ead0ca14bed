#include <math.h>

#include "patina/score.h"

uint64_t pat_sum_squared_error(const pat_plane *a, const pat_plane *b)
{
    uint64_t total = 0;
    for (int y = 0; y < a->height; y++) {
        const uint8_t *row_a = a->data + y * a->stride;
        const uint8_t *row_b = b->data + y * b->stride;
        for (int x = 0; x < a->width;) {
            int end = a->width - x > 65536 ? x + 65536 : a->width; /* 65536 * 255^2 < 2^32 */
            uint32_t sum = 0;
            for (; x < end; x++) {
                int difference = row_a[x] - row_b[x];
                sum += (uint32_t)(difference * difference);
            }
            total += sum;
        }
    }
    return total;
}

double pat_psnr(uint64_t sum_squared_error, uint64_t samples)
{
    double mse = (double)sum_squared_error / (double)samples;
    return mse == 0 ? INFINITY : 10 * log10(255.0 * 255.0 / mse);
}
