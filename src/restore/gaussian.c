#include "restore/gaussian.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kernels/kernels.h"

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

    /* Round to 1/256 from the edge inward, each tap passing its rounding error to the next; the
     * center takes the rest, so the weights sum to exactly 256. */
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
int pat_reflect101(int i, int n)
{
    if (n == 1)
        return 0;
    while (i < 0 || i >= n)
        i = i < 0 ? -i : 2 * (n - 1) - i;
    return i;
}

int pat_replicate(int i, int n)
{
    return i < 0 ? 0 : i < n ? i : n - 1;
}

_Static_assert((int)PAT_BLUR_TAPS_MAX == (int)PAT_GAUSSIAN_TAPS_MAX, "the kernels' limit");

/* The kernel without the zeros at its ends. */
typedef struct weights {
    int taps;
    uint8_t weight[PAT_GAUSSIAN_TAPS_MAX];
} weights;

/* False if the kernel is a single weight of 256, which changes nothing. */
static bool trim(const pat_gaussian *kernel, weights *trimmed)
{
    int zeros = 0;
    while (kernel->weight[zeros] == 0)
        zeros++;
    trimmed->taps = kernel->taps - 2 * zeros;
    if (trimmed->taps == 1)
        return false;
    for (int i = 0; i < trimmed->taps; i++)
        trimmed->weight[i] = (uint8_t)kernel->weight[zeros + i];
    return true;
}

static const uint8_t *row_at(const pat_plane *plane, int y)
{
    return plane->data + y * plane->stride;
}

size_t pat_gaussian_scratch(int width)
{
    return (size_t)width + PAT_GAUSSIAN_TAPS_MAX - 1;
}

void pat_gaussian_blur_rows(const pat_gaussian *kernel, const pat_plane *src, int y,
                            const pat_plane *dst, int16_t *scratch)
{
    const pat_kernels *kernels = pat_kernels_get();
    weights w;
    bool blurs = trim(kernel, &w);
    int width = src->width, radius = w.taps / 2;
    int16_t *sums = scratch + radius;
    const uint8_t *rows[PAT_GAUSSIAN_TAPS_MAX]; /* the source rows for the next output row */
    for (int k = 1; k < w.taps; k++)
        rows[k] = row_at(src, pat_reflect101(y + k - 1 - radius, src->height));
    for (int i = 0; i < dst->height; i++) {
        uint8_t *out = dst->data + i * dst->stride;
        if (!blurs) {
            memcpy(out, row_at(src, y + i), (size_t)width);
            continue;
        }
        memmove(rows, rows + 1, sizeof *rows * (size_t)(w.taps - 1));
        rows[w.taps - 1] = row_at(src, pat_reflect101(y + i + radius, src->height));
        kernels->blur_columns(rows, w.weight, w.taps, width, sums);
        for (int k = 1; k <= radius; k++) {
            sums[-k] = sums[pat_reflect101(-k, width)];
            sums[width - 1 + k] = sums[pat_reflect101(width - 1 + k, width)];
        }
        kernels->blur_row(scratch, w.weight, w.taps, width, out);
    }
}

pat_status pat_gaussian_blur(const pat_gaussian *kernel, const pat_plane *src, const pat_plane *dst,
                             pat_error *error)
{
    int16_t *scratch = malloc(pat_gaussian_scratch(src->width) * sizeof *scratch);
    if (scratch == NULL)
        return pat_fail_memory(error, "a row of a Gaussian blur");
    pat_gaussian_blur_rows(kernel, src, 0, dst, scratch);
    free(scratch);
    return PAT_OK;
}
