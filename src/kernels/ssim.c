/*
 * SSIM from exact integer window sums. With N = 49 samples a window, sums Sx, Su, Sxx + Suu, Sxu
 * and the sample covariance (N / (N - 1)), multiplying numerator and denominator by N^2 and by
 * N (N - 1) gives
 *
 *     S = (2 Sx Su + N^2 C1) (2 N Sxu - 2 Sx Su + N (N-1) C2)
 *         / ((Sx^2 + Su^2 + N^2 C1) (N (Sxx + Suu) - Sx^2 - Su^2 + N (N-1) C2))
 *
 * where every sum and product of sums fits 32 bits. Source: Wang, Bovik, Sheikh, Simoncelli,
 * "Image quality assessment: from error visibility to structural similarity", IEEE TIP 2004, with
 * the uniform window and the sample covariance of scikit-image.
 *
 * S is computed in double, with one rounding an operation and nothing fused, then rounded to a
 * multiple of 2^-34 (an error of at most 2.9e-11). Such multiples add up exactly in any order.
 */
#include "kernels/ssim.h"

#include <string.h>

#include "kernels/tiers.h"

enum { WIDTH = PAT_SSIM_TILE_WIDTH };

/* Sums down 7 rows, one per column: of x, u, x^2 + u^2 and x u. */
typedef struct column_sums {
    int32_t x[WIDTH], u[WIDTH], squares[WIDTH], product[WIDTH];
} column_sums;

/* Add (sign 1) or take away (sign -1) a row of both images. */
static void add_row(column_sums *sums, const uint8_t *x, const uint8_t *u, int width, int sign)
{
    for (int i = 0; i < width; i++) {
        int16_t xi = x[i], ui = u[i];
        sums->x[i] += sign * xi;
        sums->u[i] += sign * ui;
        sums->squares[i] += sign * (xi * xi + ui * ui);
        sums->product[i] += sign * (xi * ui);
    }
}

/* sums[i] of 7 neighbours each, for `windows` windows. */
static void add_across(const int32_t *columns, int windows, int32_t *sums)
{
    for (int i = 0; i < windows; i++)
        sums[i] = columns[i] + columns[i + 1] + columns[i + 2] + columns[i + 3] + columns[i + 4] +
                  columns[i + 5] + columns[i + 6];
}

/* The bits of S + ROUNDER: S in units of 2^-34 above the bits of ROUNDER. */
static int64_t rounded_ssim(int32_t sx, int32_t su, int32_t squares, int32_t product)
{
    int32_t mean_product = 2 * sx * su;
    int32_t mean_squares = sx * sx + su * su;
    double numerator = ((double)mean_product + PAT_SSIM_C1) *
                       ((double)(2 * PAT_SSIM_N * product - mean_product) + PAT_SSIM_C2);
    double denominator = ((double)mean_squares + PAT_SSIM_C1) *
                         ((double)(PAT_SSIM_N * squares - mean_squares) + PAT_SSIM_C2);
    double rounded = numerator / denominator + PAT_SSIM_ROUNDER;
    int64_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    return bits;
}

static int64_t row_of_windows(const column_sums *columns, int windows)
{
    int32_t x[WIDTH], u[WIDTH], squares[WIDTH], product[WIDTH];
    add_across(columns->x, windows, x);
    add_across(columns->u, windows, u);
    add_across(columns->squares, windows, squares);
    add_across(columns->product, windows, product);
    int64_t sum = 0;
    for (int i = 0; i < windows; i++)
        sum += rounded_ssim(x[i], u[i], squares[i], product[i]) - PAT_SSIM_ROUNDER_BITS;
    return sum;
}

int64_t pat_ssim_tile_c(const pat_ssim_tile *tile)
{
    int windows = tile->width - PAT_SSIM_SIDE + 1;
    column_sums sums = {0};
    int64_t total = 0;
    for (int y = 0; y < tile->height; y++) {
        const uint8_t *x = tile->candidate.data + y * tile->candidate.stride;
        const uint8_t *u = tile->original.data + y * tile->original.stride;
        add_row(&sums, x, u, tile->width, 1);
        if (y < PAT_SSIM_SIDE - 1)
            continue;
        total += row_of_windows(&sums, windows);
        add_row(&sums, x - (PAT_SSIM_SIDE - 1) * tile->candidate.stride,
                u - (PAT_SSIM_SIDE - 1) * tile->original.stride, tile->width, -1);
    }
    return total;
}
