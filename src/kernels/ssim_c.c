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
#include "kernels/ssim_shared.h"

#include <string.h>

#include "kernels/tiers.h"

enum { WIDTH = PAT_SSIM_BLOCKS * PAT_SSIM_BLOCK + PAT_SSIM_SIDE - 1 }; /* columns of whole blocks */

/* Sums down 7 rows, one per column: of x, x^2 and x u. */
typedef struct column_sums {
    int16_t x[WIDTH];
    int32_t square[WIDTH], product[WIDTH];
} column_sums;

/* Replace one row by another. The loops are simple, and 16-bit if possible, so that compilers
 * vectorize them. */
static void exchange_rows(column_sums *sums, const pat_row_exchange *rows, int width)
{
    const uint8_t *x_new = rows->x_new, *x_old = rows->x_old;
    const uint8_t *u_new = rows->u_new, *u_old = rows->u_old;
    for (int i = 0; i < width; i++) {
        int16_t x = (int16_t)(x_new[i] - x_old[i]), u = (int16_t)(u_new[i] - u_old[i]);
        int16_t x_sum = (int16_t)(x_new[i] + x_old[i]), old = u_old[i], now = x_new[i];
        sums->x[i] = (int16_t)(sums->x[i] + x);
        sums->square[i] += x * x_sum;
        sums->product[i] += x * old + now * u; /* x_new u_new - x_old u_old */
    }
}

static int32_t add_seven(const int32_t *columns)
{
    return columns[0] + columns[1] + columns[2] + columns[3] + columns[4] + columns[5] + columns[6];
}

static int16_t add_seven_short(const int16_t *columns)
{
    return (int16_t)(columns[0] + columns[1] + columns[2] + columns[3] + columns[4] + columns[5] +
                     columns[6]);
}

/* The position of window i's squares in a block. */
static int place(int i)
{
    return i / 2 + i % 2 * PAT_SSIM_BLOCK / 2;
}

/* S + ROUNDER. squares: N (Sxx + Suu). */
static inline double rounded_ssim(int32_t sx, int32_t su, int32_t squares, int32_t product)
{
    int32_t mean_product = 2 * sx * su;
    int32_t mean_squares = sx * sx + su * su;
    double numerator = ((double)mean_product + PAT_SSIM_C1) *
                       ((double)(2 * PAT_SSIM_N * product - mean_product) + PAT_SSIM_C2);
    double denominator =
        ((double)mean_squares + PAT_SSIM_C1) * ((double)(squares - mean_squares) + PAT_SSIM_C2);
    return numerator / denominator + PAT_SSIM_ROUNDER;
}

/* The bits of S + ROUNDER, added up over a block. */
static uint64_t add_block(const column_sums *columns, int first, int windows,
                          const pat_ssim_prepared *original)
{
    int16_t x[PAT_SSIM_BLOCK];
    int32_t squares[PAT_SSIM_BLOCK], product[PAT_SSIM_BLOCK];
    double rounded[PAT_SSIM_BLOCK];
    uint64_t bits[PAT_SSIM_BLOCK], sum = 0;
    for (int i = 0; i < PAT_SSIM_BLOCK; i++)
        squares[i] = original->squares[place(i)];
    for (int i = 0; i < PAT_SSIM_BLOCK; i++)
        x[i] = add_seven_short(columns->x + first + i);
    for (int i = 0; i < PAT_SSIM_BLOCK; i++)
        squares[i] += PAT_SSIM_N * add_seven(columns->square + first + i);
    for (int i = 0; i < PAT_SSIM_BLOCK; i++)
        product[i] = add_seven(columns->product + first + i);
    for (int i = 0; i < PAT_SSIM_BLOCK; i++)
        rounded[i] = rounded_ssim(x[i], original->sums[i], squares[i], product[i]);
    memcpy(bits, rounded, sizeof bits);
    for (int i = 0; i < windows; i++)
        sum += bits[i];
    return sum;
}

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

int64_t pat_ssim_exact_c(const pat_ssim_tile *tile)
{
    int windows = tile->width - PAT_SSIM_SIDE + 1;
    const pat_ssim_prepared *original = tile->prepared;
    column_sums sums = {0};
    uint64_t total = 0;
    for (int y = 0; y < tile->height; y++) {
        pat_row_exchange rows = pat_row_exchange_at(tile, y);
        exchange_rows(&sums, &rows, tile->width);
        if (y < PAT_SSIM_SIDE - 1)
            continue;
        for (int i = 0; i < windows; i += PAT_SSIM_BLOCK)
            total += add_block(&sums, i, at_most(windows - i, PAT_SSIM_BLOCK), original++);
    }
    return pat_ssim_from_bits(tile, total);
}

int64_t pat_ssim_bound_c(const pat_ssim_tile *tile)
{
    return pat_ssim_exact_c(tile);
}

void pat_ssim_prepare_c(const pat_samples *original, int width, int height,
                        pat_ssim_prepared *prepared)
{
    const pat_ssim_tile itself = {.candidate = *original, .original = *original};
    int windows = width - PAT_SSIM_SIDE + 1;
    column_sums sums = {0};
    for (int y = 0; y < height; y++) {
        pat_row_exchange rows = pat_row_exchange_at(&itself, y);
        exchange_rows(&sums, &rows, width);
        if (y < PAT_SSIM_SIDE - 1)
            continue;
        for (int first = 0; first < windows; first += PAT_SSIM_BLOCK, prepared++) {
            for (int i = 0; i < PAT_SSIM_BLOCK; i++)
                prepared->sums[i] = add_seven_short(sums.x + first + i);
            for (int i = 0; i < PAT_SSIM_BLOCK; i++)
                prepared->squares[place(i)] = PAT_SSIM_N * add_seven(sums.square + first + i);
        }
    }
}
