#include "restore/deep.h"

#include <math.h>
#include <string.h>

#include "restore/gaussian.h"

enum { LARGEST = 65535 };

static uint16_t *row_at(const pat_deep_plane *plane, int y)
{
    return plane->data + y * plane->stride;
}

size_t pat_deep_scratch(int width)
{
    return ((size_t)width + PAT_GAUSSIAN_TAPS_MAX - 1) * sizeof(uint32_t);
}

/* Blur row y. sums: scratch for column sums, each at most 256 * 65535. */
static void blur_row(const pat_gaussian *kernel, const pat_deep_plane *plane, int y, uint32_t *sums,
                     uint16_t *out)
{
    int width = plane->width, radius = kernel->taps / 2;
    uint32_t *middle = sums + radius;
    memset(middle, 0, (size_t)width * sizeof *middle);
    for (int k = 0; k < kernel->taps; k++) {
        const uint16_t *row = row_at(plane, pat_reflect101(y + k - radius, plane->height));
        for (int x = 0; x < width; x++)
            middle[x] += (uint32_t)kernel->weight[k] * row[x];
    }
    for (int k = 1; k <= radius; k++) {
        middle[-k] = middle[pat_reflect101(-k, width)];
        middle[width - 1 + k] = middle[pat_reflect101(width - 1 + k, width)];
    }
    for (int x = 0; x < width; x++) {
        uint32_t sum = 1 << 15;
        for (int k = 0; k < kernel->taps; k++)
            sum += kernel->weight[k] * sums[x + k];
        out[x] = (uint16_t)(sum >> 16);
    }
}

/* out: the blurred row, replaced by the sharpened one. */
static void sharpen_row(const uint16_t *row, double strength, int width, uint16_t *out)
{
    for (int x = 0; x < width; x++) {
        double sharp = rint(row[x] * (1 + strength) - out[x] * strength);
        out[x] = sharp <= 0 ? 0 : sharp >= LARGEST ? LARGEST : (uint16_t)sharp;
    }
}

void pat_deep_blur_rows(const pat_gaussian *kernel, const pat_deep_plane *src, int y,
                        const pat_deep_plane *dst, void *scratch)
{
    for (int i = 0; i < dst->height; i++)
        blur_row(kernel, src, y + i, scratch, row_at(dst, i));
}

void pat_deep_sharpen_rows(const pat_gaussian *kernel, double strength, const pat_deep_plane *src,
                           int y, const pat_deep_plane *dst, void *scratch)
{
    for (int i = 0; i < dst->height; i++) {
        uint16_t *out = row_at(dst, i);
        blur_row(kernel, src, y + i, scratch, out);
        sharpen_row(row_at(src, y + i), strength, src->width, out);
    }
}
