#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "patina/restore.h"

void pat_gaussian_init(pat_gaussian *kernel, double sigma)
{
    assert(sigma >= PAT_SIGMA_MIN && sigma <= PAT_SIGMA_MAX);
    int taps = (int)lrint(6 * sigma + 1) | 1;
    int centre = taps / 2;
    double value[PAT_GAUSSIAN_TAPS_MAX];
    double sum = 0;
    for (int i = 0; i < centre; i++) {
        double x = 2 * i - (taps - 1);
        value[i] = exp(x * x * (-0.125 / (sigma * sigma)));
        sum += value[i];
    }
    sum = 2 * sum + 1;

    /* To 1/256 from the edge inwards, each tap handing its rounding error to the next; the centre
     * takes what is left, so the weights sum to 256 exactly. */
    double carried = 0;
    int assigned = 0;
    kernel->taps = taps;
    for (int i = 0; i < centre; i++) {
        double wanted = 256 * (value[i] * (1 / sum)) + carried;
        long rounded = lrint(wanted);
        carried = wanted - (double)rounded;
        kernel->weight[i] = kernel->weight[taps - 1 - i] = (uint16_t)rounded;
        assigned += 2 * (int)rounded;
    }
    kernel->weight[centre] = (uint16_t)(256 - assigned);
}

/* reflect101: ... 2 1 | 0 1 2 ... n-1 | n-2 n-3 ..., repeated while outside (tiny images). */
static int reflect101(int i, int n)
{
    if (n == 1)
        return 0;
    while (i < 0 || i >= n)
        i = i < 0 ? -i : 2 * (n - 1) - i;
    return i;
}

/* Vertical pass at row y: column sums of weight * sample, at most 256 * 255. */
static void blur_columns(const pat_gaussian *kernel, const pat_plane *src, int y, uint16_t *sums)
{
    for (int x = 0; x < src->width; x++)
        sums[x] = 0;
    for (int i = 0; i < kernel->taps; i++) {
        uint16_t weight = kernel->weight[i];
        if (weight == 0)
            continue;
        int source_y = reflect101(y + i - kernel->taps / 2, src->height);
        const uint8_t *row = src->data + source_y * src->stride;
        for (int x = 0; x < src->width; x++)
            sums[x] = (uint16_t)(sums[x] + weight * row[x]);
    }
}

/* Horizontal pass over `width` sums; sums[-radius .. width + radius) are valid. */
static void blur_row(const pat_gaussian *kernel, const uint16_t *sums, int width,
                     uint32_t *accumulated, uint8_t *out)
{
    int radius = kernel->taps / 2;
    for (int x = 0; x < width; x++)
        accumulated[x] = 32768;
    for (int i = 0; i < kernel->taps; i++) {
        uint32_t weight = kernel->weight[i];
        if (weight == 0)
            continue;
        const uint16_t *shifted = sums + i - radius;
        for (int x = 0; x < width; x++)
            accumulated[x] += weight * shifted[x];
    }
    for (int x = 0; x < width; x++)
        out[x] = (uint8_t)(accumulated[x] >> 16);
}

pat_status pat_gaussian_blur(const pat_gaussian *kernel, const pat_plane *src, const pat_plane *dst,
                             pat_error *error)
{
    int width = src->width;
    int radius = kernel->taps / 2;
    uint32_t *accumulated = malloc((size_t)width * sizeof *accumulated);
    uint16_t *padded = malloc((size_t)(width + 2 * radius) * sizeof *padded);
    if (accumulated == NULL || padded == NULL) {
        free(accumulated);
        free(padded);
        return pat_fail_memory(error, "a row of the Gaussian blur");
    }
    uint16_t *sums = padded + radius;
    for (int y = 0; y < src->height; y++) {
        blur_columns(kernel, src, y, sums);
        for (int i = 1; i <= radius; i++) {
            sums[-i] = sums[reflect101(-i, width)];
            sums[width - 1 + i] = sums[reflect101(width - 1 + i, width)];
        }
        blur_row(kernel, sums, width, accumulated, dst->data + y * dst->stride);
    }
    free(accumulated);
    free(padded);
    return PAT_OK;
}
