#include "naive_restore.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int naive_gaussian_taps(double sigma, int weight[PAT_GAUSSIAN_TAPS_MAX])
{
    int n = (int)rint(6 * sigma + 1) | 1;
    double k[PAT_GAUSSIAN_TAPS_MAX], sum = 0;
    for (int i = 0; i < n; i++) {
        double x = 2 * i - (n - 1);
        k[i] = exp(-0.125 * x * x / (sigma * sigma));
        sum += k[i];
    }
    double err = 0;
    int others = 0;
    for (int i = 0; i < n / 2; i++) {
        double a = 256 * k[i] / sum + err;
        weight[i] = (int)rint(a);
        weight[n - 1 - i] = weight[i];
        err = a - weight[i];
        others += weight[i];
    }
    weight[n / 2] = 256 - 2 * others;
    return n;
}

/* The sequence 0 1 2 ... n-1 n-2 ... 2 1 has a period of 2n - 2. */
int naive_reflect101(int i, int n)
{
    int period = n == 1 ? 1 : 2 * n - 2;
    i = (i % period + period) % period;
    return i < n ? i : period - i;
}

void naive_blur(const int *weight, int taps, const pat_plane *src, const pat_plane *dst)
{
    int radius = taps / 2;
    for (int y = 0; y < src->height; y++)
        for (int x = 0; x < src->width; x++) {
            int sum = 32768;
            for (int i = 0; i < taps; i++) {
                int source_y = naive_reflect101(y + i - radius, src->height);
                const uint8_t *row = src->data + source_y * src->stride;
                for (int j = 0; j < taps; j++)
                    sum +=
                        weight[i] * weight[j] * row[naive_reflect101(x + j - radius, src->width)];
            }
            dst->data[y * dst->stride + x] = (uint8_t)(sum >> 16);
        }
}

static int by_value(const void *left, const void *right)
{
    return *(const uint8_t *)left - *(const uint8_t *)right;
}

void naive_stretch(const pat_plane *plane, int share, uint8_t table[256])
{
    size_t width = (size_t)plane->width, count = width * (size_t)plane->height;
    uint8_t *sorted = malloc(count);
    if (sorted == NULL)
        abort();
    for (int y = 0; y < plane->height; y++)
        memcpy(sorted + (size_t)y * width, plane->data + y * plane->stride, width);
    qsort(sorted, count, 1, by_value);
    size_t tail = (size_t)ceil((double)count / share);
    double lo = sorted[tail - 1], hi = sorted[count - tail];
    free(sorted);
    for (int v = 0; v < 256; v++) {
        double stretched = hi <= lo ? v : (v - lo) * 255 / (hi - lo);
        table[v] = (uint8_t)rint(stretched < 0 ? 0 : stretched > 255 ? 255 : stretched);
    }
}
