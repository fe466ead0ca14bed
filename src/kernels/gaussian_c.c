/* The two passes of the Gaussian blur. Source of the fixed-point arithmetic: restore/gaussian.c. */
#include "kernels/tiers.h"

enum { CHUNK = 256 };

void pat_blur_columns_c(const uint8_t *const *rows, const uint8_t *weights, int taps, int width,
                        int16_t *sums)
{
    for (int x = 0; x < width; x++)
        sums[x] = INT16_MIN;
    for (int i = 0; i < taps; i++) {
        const uint8_t *row = rows[i];
        int weight = weights[i];
        for (int x = 0; x < width; x++)
            sums[x] = (int16_t)(sums[x] + weight * row[x]);
    }
}

/* The 32768 subtracted from each sum add up to 256 * 32768. */
static void blur_chunk(const int16_t *sums, const uint8_t *weights, int taps, int width,
                       uint8_t *out)
{
    int32_t total[CHUNK];
    for (int x = 0; x < width; x++)
        total[x] = 256 * 32768 + 32768;
    for (int i = 0; i < taps; i++) {
        int weight = weights[i];
        for (int x = 0; x < width; x++)
            total[x] += weight * sums[x + i];
    }
    for (int x = 0; x < width; x++)
        out[x] = (uint8_t)(total[x] >> 16);
}

void pat_blur_row_c(const int16_t *sums, const uint8_t *weights, int taps, int width, uint8_t *out)
{
    for (int x = 0; x < width; x += CHUNK)
        blur_chunk(sums + x, weights, taps, width - x < CHUNK ? width - x : CHUNK, out + x);
}
