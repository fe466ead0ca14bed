/* What all tiers of SSIM share; private to this folder. */
#ifndef PAT_KERNELS_SSIM_SHARED_H
#define PAT_KERNELS_SSIM_SHARED_H

#include <stdint.h>

#include "kernels/kernels.h"

enum { PAT_SSIM_N = PAT_SSIM_SIDE * PAT_SSIM_SIDE };

/* N^2 C1 and N (N - 1) C2, with C1 = (0.01 * 255)^2 and C2 = (0.03 * 255)^2. */
#define PAT_SSIM_C1 (PAT_SSIM_N * PAT_SSIM_N * (0.01 * 255) * (0.01 * 255))
#define PAT_SSIM_C2 (PAT_SSIM_N * (PAT_SSIM_N - 1) * (0.03 * 255) * (0.03 * 255))

/*
 * The last place of a double in [2^18, 2^19) is 2^-34. Adding 1.5 * 2^18 to an S in [-1, 1] rounds
 * it to a multiple of that, and the bits of the sum, as an integer, count these units.
 */
#define PAT_SSIM_ROUNDER 0x1.8p+18
#define PAT_SSIM_ROUNDER_BITS INT64_C(0x4118000000000000)

/* A row of each image and the row it replaces in the windows. */
typedef struct pat_row_exchange {
    const uint8_t *x_new, *u_new, *x_old, *u_old;
} pat_row_exchange;

/* Row y of the tile enters and row y - 7 leaves, or a black row if there is none. */
static inline pat_row_exchange pat_row_exchange_at(const pat_ssim_tile *tile, int y)
{
    static const uint8_t black[PAT_SSIM_TILE_WIDTH];
    const uint8_t *x = tile->candidate.data + y * tile->candidate.stride;
    const uint8_t *u = tile->original.data + y * tile->original.stride;
    if (y < PAT_SSIM_SIDE)
        return (pat_row_exchange){x, u, black, black};
    return (pat_row_exchange){x, u, x - PAT_SSIM_SIDE * tile->candidate.stride,
                              u - PAT_SSIM_SIDE * tile->original.stride};
}

static inline int64_t pat_ssim_windows_of(const pat_ssim_tile *tile)
{
    return (int64_t)(tile->width - PAT_SSIM_SIDE + 1) * (tile->height - PAT_SSIM_SIDE + 1);
}

/* An upper bound of the sum of S in units, from an estimate off by at most `error` per window. */
static inline int64_t pat_ssim_bound_of(const pat_ssim_tile *tile, double estimate, double error)
{
    int64_t windows = pat_ssim_windows_of(tile), most = windows * (INT64_C(1) << 34);
    double bound = (estimate + error * (double)windows) * 0x1p34;
    return bound < (double)most ? (int64_t)bound : most;
}

/* Sum of S in units, from the sum of the bits of S + ROUNDER of every window, modulo 2^64. */
static inline int64_t pat_ssim_from_bits(const pat_ssim_tile *tile, uint64_t bits)
{
    uint64_t windows =
        (uint64_t)(tile->width - PAT_SSIM_SIDE + 1) * (uint64_t)(tile->height - PAT_SSIM_SIDE + 1);
    return (int64_t)(bits - windows * (uint64_t)PAT_SSIM_ROUNDER_BITS);
}

#endif
