#include "naive_kernels.h"

#include <math.h>

uint64_t naive_sum(const uint8_t *samples, int n)
{
    uint64_t sum = 0;
    for (int i = 0; i < n; i++)
        sum += samples[i];
    return sum;
}

void naive_blur_columns(const uint8_t *const *rows, const uint8_t *weights, int taps, int width,
                        int16_t *sums)
{
    for (int x = 0; x < width; x++) {
        int sum = 0;
        for (int i = 0; i < taps; i++)
            sum += weights[i] * rows[i][x];
        sums[x] = (int16_t)(sum - 32768);
    }
}

void naive_blur_row(const int16_t *sums, const uint8_t *weights, int taps, int width, uint8_t *out)
{
    for (int x = 0; x < width; x++) {
        int64_t sum = 32768;
        for (int i = 0; i < taps; i++)
            sum += (int64_t)weights[i] * (sums[x + i] + 32768);
        out[x] = (uint8_t)(sum / 65536);
    }
}

static uint8_t rounded_sample(double value)
{
    double rounded = rint(value);
    return (uint8_t)(rounded < 0 ? 0 : rounded > 255 ? 255 : rounded);
}

void naive_sharpen(const uint8_t *base, const uint8_t *blurred, double strength, int n,
                   uint8_t *out)
{
    for (int i = 0; i < n; i++)
        out[i] = rounded_sample(base[i] * (1 + strength) - blurred[i] * strength);
}

/* Single precision emulated in double, which is exact for the products and far more precise than
 * float for their sum. */
void naive_sharpen_any(const uint8_t *base, const uint8_t *blurred, float base_weight,
                       float blurred_weight, int n, uint8_t *out)
{
    for (int i = 0; i < n; i++) {
        double term = (float)(blurred[i] * (double)blurred_weight);
        out[i] = rounded_sample((float)(base[i] * (double)base_weight + term));
    }
}

uint64_t naive_squared_error(const uint8_t *a, const uint8_t *b, int n)
{
    uint64_t sum = 0;
    for (int i = 0; i < n; i++) {
        int64_t difference = (int64_t)a[i] - b[i];
        sum += (uint64_t)(difference * difference);
    }
    return sum;
}

enum { SIDE = 7, COUNT = SIDE * SIDE };

static int64_t window_units(const uint8_t *x, ptrdiff_t x_stride, const uint8_t *u,
                            ptrdiff_t u_stride)
{
    /* The order of these products matters: the definition includes the constants' last bits. */
    const double c1 = COUNT * COUNT * (0.01 * 255) * (0.01 * 255);
    const double c2 = COUNT * (COUNT - 1) * (0.03 * 255) * (0.03 * 255);
    int sx = 0, su = 0, sxx = 0, suu = 0, sxu = 0; /* 2 * 49^2 * 255^2 fits */
    for (int i = 0; i < SIDE; i++, x += x_stride, u += u_stride)
        for (int j = 0; j < SIDE; j++) {
            sx += x[j];
            su += u[j];
            sxx += x[j] * x[j];
            suu += u[j] * u[j];
            sxu += x[j] * u[j];
        }
    double above = ((double)(2 * sx * su) + c1) * ((double)(2 * COUNT * sxu - 2 * sx * su) + c2);
    double below = ((double)(sx * sx + su * su) + c1) *
                   ((double)(COUNT * (sxx + suu) - sx * sx - su * su) + c2);
    return llrint(above / below * 0x1p34);
}

int64_t naive_ssim_units(const pat_ssim_tile *tile)
{
    int64_t units = 0;
    for (int y = 0; y + SIDE <= tile->height; y++)
        for (int x = 0; x + SIDE <= tile->width; x++)
            units += window_units(
                tile->candidate.data + y * tile->candidate.stride + x, tile->candidate.stride,
                tile->original.data + y * tile->original.stride + x, tile->original.stride);
    return units;
}
