#include "restore/deep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/histogram.h"
#include "restore/gaussian.h"

enum { LARGEST = 65535, MIDDLE = 128 * 257 };

static uint16_t *row_at(const pat_deep_plane *plane, int y)
{
    return plane->data + y * plane->stride;
}

static double mean_of(const pat_deep_plane *plane)
{
    uint64_t sum = 0;
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            sum += row_at(plane, y)[x];
    return (double)sum / ((double)plane->width * (double)plane->height);
}

static void balance(const pat_deep_plane *plane)
{
    double mean = mean_of(plane), gain = mean == 0 ? 1 : MIDDLE / mean;
    for (int y = 0; y < plane->height; y++) {
        uint16_t *row = row_at(plane, y);
        for (int x = 0; x < plane->width; x++) {
            double balanced = row[x] * gain;
            row[x] = balanced >= LARGEST ? LARGEST : (uint16_t)balanced;
        }
    }
}

/* The rank-th least sample, rank 1 ..: its upper byte, then, of those that have it, the lower. */
static int value_of_rank(const pat_deep_plane *plane, uint64_t rank)
{
    pat_histogram upper = {0}, lower = {0};
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            upper.count[row_at(plane, y)[x] >> 8]++;
    int byte = pat_histogram_rank(&upper, rank);
    for (int v = 0; v < byte; v++)
        rank -= upper.count[v];
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            lower.count[row_at(plane, y)[x] & 255] += row_at(plane, y)[x] >> 8 == byte;
    return byte << 8 | pat_histogram_rank(&lower, rank);
}

static void stretch(const pat_deep_plane *plane)
{
    uint64_t count = (uint64_t)plane->width * (uint64_t)plane->height, tail = (count + 199) / 200;
    int low = value_of_rank(plane, tail), high = value_of_rank(plane, count - tail + 1);
    for (int y = 0; y < plane->height && high > low; y++) {
        uint16_t *row = row_at(plane, y);
        for (int x = 0; x < plane->width; x++) {
            double stretched = (row[x] - low) * (double)LARGEST / (high - low);
            row[x] = (uint16_t)rint(fmin(fmax(stretched, 0), LARGEST));
        }
    }
}

void pat_deep_correct(const pat_deep_plane *plane, pat_color_method method)
{
    if (method == PAT_COLOR_WHITE_BALANCE)
        balance(plane);
    else if (method == PAT_COLOR_LEVELS)
        stretch(plane);
}

/* Row y, blurred. sums: width + taps - 1 numbers of scratch, which hold at most 256 * 65535. */
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

static void sharpen_row(const uint16_t *blurred, double strength, int width, uint16_t *row)
{
    for (int x = 0; x < width; x++) {
        double sharp = rint(row[x] * (1 + strength) - blurred[x] * strength);
        row[x] = sharp <= 0 ? 0 : sharp >= LARGEST ? LARGEST : (uint16_t)sharp;
    }
}

pat_status pat_deep_sharpen(const pat_deep_plane *plane, const pat_gaussian *kernel,
                            double strength, pat_error *error)
{
    size_t width = (size_t)plane->width;
    uint32_t *sums = calloc(width + PAT_GAUSSIAN_TAPS_MAX - 1, sizeof *sums);
    uint16_t *blurred = calloc(width * (size_t)plane->height, sizeof *blurred);
    bool enough = sums != NULL && blurred != NULL;
    for (int y = 0; y < plane->height && enough; y++)
        blur_row(kernel, plane, y, sums, blurred + (size_t)y * width);
    for (int y = 0; y < plane->height && enough; y++)
        sharpen_row(blurred + (size_t)y * width, strength, plane->width, row_at(plane, y));
    free(sums);
    free(blurred);
    return enough ? PAT_OK : pat_fail_memory(error, "the blur of a 16-bit plane");
}
