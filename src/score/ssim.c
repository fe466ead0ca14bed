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
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "patina/score.h"

enum { WINDOW = PAT_SSIM_WINDOW, N = WINDOW * WINDOW };

/*
 * Adding and subtracting ROUNDER rounds a number of [-1, 1] to a multiple of 2^-34 (an error of at
 * most 2.9e-11). Up to 2^19 such multiples add up in a double without rounding, so the mean is the
 * same whatever the order of summation.
 */
static const double ROUNDER = 0x1.8p+18;
static const double UNIT = 0x1p-34;
enum { EXACT_TERMS = 1 << 19 };

struct pat_ssim {
    pat_plane original;
    pat_scratch original_sums;     /* int32 Su, then Suu, one per window, row by row */
    pat_scratch candidate_columns; /* int32: see column_sums */
};

/* Sums down 7 rows, one per column: of x, x^2 and x u. */
typedef struct column_sums {
    int32_t *x, *xx, *xu;
} column_sums;

pat_ssim *pat_ssim_create(void)
{
    return calloc(1, sizeof(pat_ssim));
}

void pat_ssim_free(pat_ssim *ssim)
{
    if (ssim == NULL)
        return;
    pat_scratch_release(&ssim->original_sums);
    pat_scratch_release(&ssim->candidate_columns);
    free(ssim);
}

/* Add (sign 1) or take away (sign -1) one row of the candidate x and the original u. */
static void add_row(column_sums *sums, const uint8_t *x, const uint8_t *u, int width, int sign)
{
    for (int i = 0; i < width; i++) {
        int value = sign * x[i];
        sums->x[i] += value;
        sums->xx[i] += value * x[i];
        sums->xu[i] += value * u[i];
    }
}

/* Row y enters the 7-row window and row y - 7 leaves it. */
static void advance(column_sums *sums, const pat_plane *x, const pat_plane *u, int y)
{
    add_row(sums, x->data + y * x->stride, u->data + y * u->stride, x->width, 1);
    if (y >= WINDOW)
        add_row(sums, x->data + (y - WINDOW) * x->stride, u->data + (y - WINDOW) * u->stride,
                x->width, -1);
}

static column_sums clear_columns(int32_t *memory, int width)
{
    for (int i = 0; i < 3 * width; i++)
        memory[i] = 0;
    return (column_sums){memory, memory + width, memory + 2 * width};
}

static int32_t window_sum(const int32_t *columns)
{
    int32_t sum = 0;
    for (int i = 0; i < WINDOW; i++)
        sum += columns[i];
    return sum;
}

static size_t window_count(const pat_plane *plane)
{
    return (size_t)(plane->width - WINDOW + 1) * (size_t)(plane->height - WINDOW + 1);
}

pat_status pat_ssim_set_original(pat_ssim *ssim, const pat_plane *original, pat_error *error)
{
    int width = original->width;
    ssim->original = (pat_plane){0};
    if (width < WINDOW || original->height < WINDOW)
        return pat_fail(error, PAT_TOO_SMALL,
                        "an image of %dx%d pixels is too small to score: SSIM needs at least "
                        "%d pixels a side",
                        width, original->height, WINDOW);
    int32_t *su = pat_scratch_get(&ssim->original_sums, 2 * window_count(original), sizeof *su);
    int32_t *columns =
        pat_scratch_get(&ssim->candidate_columns, 3 * (size_t)width, sizeof *columns);
    if (su == NULL || columns == NULL)
        return pat_fail_memory(error, "the window sums of the SSIM");
    int32_t *suu = su + window_count(original);

    column_sums sums = clear_columns(columns, width);
    for (int y = 0; y < original->height; y++) {
        advance(&sums, original, original, y);
        if (y < WINDOW - 1)
            continue;
        for (int i = 0; i + WINDOW <= width; i++) {
            *su++ = window_sum(sums.x + i);
            *suu++ = window_sum(sums.xx + i);
        }
    }
    ssim->original = *original;
    return PAT_OK;
}

static double window_ssim(int32_t sx, int32_t su, int32_t sxx_suu, int32_t sxu)
{
    const double c1 = N * N * (0.01 * 255) * (0.01 * 255);
    const double c2 = N * (N - 1) * (0.03 * 255) * (0.03 * 255);
    int32_t product = 2 * sx * su;
    int32_t squares = sx * sx + su * su;
    double numerator = ((double)product + c1) * ((double)(2 * N * sxu - product) + c2);
    double denominator = ((double)squares + c1) * ((double)(N * sxx_suu - squares) + c2);
    return numerator / denominator;
}

/* Sum of the rounded SSIM over one row of windows. */
static double row_ssim(const column_sums *sums, const int32_t *su, const int32_t *suu, int windows)
{
    double exact_sum = 0;
    for (int i = 0; i < windows; i++) {
        int32_t sx = window_sum(sums->x + i);
        int32_t sxx = window_sum(sums->xx + i);
        int32_t sxu = window_sum(sums->xu + i);
        exact_sum += (window_ssim(sx, su[i], sxx + suu[i], sxu) + ROUNDER) - ROUNDER;
    }
    return exact_sum;
}

double pat_ssim_mean(pat_ssim *ssim, const pat_plane *candidate)
{
    const pat_plane *original = &ssim->original;
    int windows = original->width - WINDOW + 1;
    const int32_t *su = ssim->original_sums.data;
    const int32_t *suu = su + window_count(original);
    column_sums sums = clear_columns(ssim->candidate_columns.data, original->width);
    int64_t total = 0; /* in UNITs: 2^28 windows fit */
    for (int y = 0; y < original->height; y++) {
        advance(&sums, candidate, original, y);
        if (y < WINDOW - 1)
            continue;
        for (int first = 0; first < windows; first += EXACT_TERMS) {
            int count = windows - first < EXACT_TERMS ? windows - first : EXACT_TERMS;
            column_sums part = {sums.x + first, sums.xx + first, sums.xu + first};
            total += (int64_t)(row_ssim(&part, su + first, suu + first, count) / UNIT);
        }
        su += windows;
        suu += windows;
    }
    return (double)total * UNIT / (double)window_count(original);
}
