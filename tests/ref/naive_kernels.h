/* The kernels written naively from their definitions in kernels.h. */
#ifndef NAIVE_KERNELS_H
#define NAIVE_KERNELS_H

#include <stdint.h>

#include "kernels/kernels.h"

uint64_t naive_sum(const uint8_t *samples, int n);
void naive_blur_columns(const uint8_t *const *rows, const uint8_t *weights, int taps, int width,
                        int16_t *sums);
void naive_blur_row(const int16_t *sums, const uint8_t *weights, int taps, int width, uint8_t *out);
void naive_sharpen(const uint8_t *base, const uint8_t *blurred, double strength, int n,
                   uint8_t *out);
void naive_sharpen_any(const uint8_t *base, const uint8_t *blurred, float base_weight,
                       float blurred_weight, int n, uint8_t *out);
uint64_t naive_squared_error(const uint8_t *a, const uint8_t *b, int n);

/* Computes each window from its 49 samples. */
int64_t naive_ssim_units(const pat_ssim_tile *tile);

#endif
