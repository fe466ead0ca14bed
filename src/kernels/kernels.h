/*
 * The inner loops, in portable C and for AVX2 and AVX-512; private to the library.
 *
 * Every tier gives the same bits, except for ssim_bound. Integer sums are exact in any order; each
 * SSIM value is rounded to a multiple of 2^-34, so that their sums are exact too (see ssim_c.c).
 * Kernels take only pointers, strides and counts: callers handle borders, planes and memory. None
 * accesses memory outside the samples that its parameters describe. All are thread-safe.
 */
#ifndef PAT_KERNELS_KERNELS_H
#define PAT_KERNELS_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* A rectangle of 8-bit samples in memory, one row every `stride` bytes. */
typedef struct pat_samples {
    const uint8_t *data;
    ptrdiff_t stride;
} pat_samples;

enum {
    PAT_SSIM_SIDE = 7,          /* pixels a side of a window */
    PAT_SSIM_TILE_WIDTH = 518,  /* 512 windows: their sums stay in the L1 cache */
    PAT_SSIM_TILE_HEIGHT = 518, /* far from any overflow */
    PAT_SSIM_BLOCK = 32,        /* windows of a row that are kept together */
    PAT_SSIM_BLOCKS = (PAT_SSIM_TILE_WIDTH - PAT_SSIM_SIDE + PAT_SSIM_BLOCK) / PAT_SSIM_BLOCK
};

/* The prepared data of a block of windows of the original, for SSIM. */
typedef struct pat_ssim_prepared {
    _Alignas(64) int16_t sums[PAT_SSIM_BLOCK]; /* Su */
    int32_t squares[PAT_SSIM_BLOCK];           /* 49 Suu: windows 0, 2, .. 30, then 1, 3, .. 31 */
} pat_ssim_prepared;

/* The number of blocks in a row of windows over `width` samples. */
static inline int pat_ssim_blocks(int width)
{
    return (width - PAT_SSIM_SIDE + PAT_SSIM_BLOCK) / PAT_SSIM_BLOCK;
}

/* A rectangle of two images to be scored against each other. */
typedef struct pat_ssim_tile {
    pat_samples candidate, original;
    const pat_ssim_prepared *prepared; /* of the original, by ssim_prepare() */
    int width;                         /* PAT_SSIM_SIDE .. PAT_SSIM_TILE_WIDTH */
    int height;                        /* PAT_SSIM_SIDE .. PAT_SSIM_TILE_HEIGHT */
} pat_ssim_tile;

/* A rectangle to sharpen and compare. */
typedef struct pat_sharpen_area {
    pat_samples base, blurred, original;
    int width, height;
} pat_sharpen_area;

enum {
    PAT_DOUBLED_MAX = 126,  /* twice a strength: (2 + doubled) * 255 fits 16 bits */
    PAT_BLUR_TAPS_MAX = 121 /* for the largest sigma */
};

/* The sources of each sample of a resized row: the samples near[x] and near[x] + 1. */
typedef struct pat_resize_columns {
    const int32_t *near;    /* ascending */
    const int16_t *weights; /* 2 for each sample, in 1/2048; 0 for a neighbor beyond the row */
} pat_resize_columns;

/* How samples of YUV become RGB: R = luma (Y - black) + red_v (V - middle) and so on, limited to
 * 0..most and rounded to the nearest. */
typedef struct pat_to_rgb {
    float luma, red_v, green_u, green_v, blue_u;
    float black, middle;
    int most;
} pat_to_rgb;

/* And back: Y = luma[0] R + luma[1] G + luma[2] B + black, limited and rounded; U and V are
 * weighted in the same way, with nothing added, limited or rounded. */
typedef struct pat_to_yuv {
    float luma[3], u[3], v[3];
    float black;
    int most;
} pat_to_yuv;

typedef struct pat_kernels {
    const char *name; /* "c", "avx2" or "avx512" */

    /* Sum of n samples. */
    uint64_t (*sum)(const uint8_t *samples, int n);

    /* out[i] = table[in[i]]; in and out may be the same. */
    void (*map)(const uint8_t *in, const uint8_t table[256], int n, uint8_t *out);

    /*
     * Gaussian blur, vertical pass: sums[x] = sum over i of weights[i] * rows[i][x], minus 32768.
     * taps: odd, 1..PAT_BLUR_TAPS_MAX. The weights add up to 256.
     */
    void (*blur_columns)(const uint8_t *const *rows, const uint8_t *weights, int taps, int width,
                         int16_t *sums);

    /*
     * Horizontal pass: out[x] = (sum over i of weights[i] * (sums[x + i] + 32768) + 32768) >> 16,
     * from width + taps - 1 sums.
     */
    void (*blur_row)(const int16_t *sums, const uint8_t *weights, int taps, int width,
                     uint8_t *out);

    /* Unsharp masking of n samples with the strength doubled / 2, doubled in 0..PAT_DOUBLED_MAX.
     * `out` may be `base` or `blurred`. */
    void (*sharpen)(const uint8_t *base, const uint8_t *blurred, int doubled, int n, uint8_t *out);

    /* The same with any strength: base_weight is 1 + strength, blurred_weight is -strength. */
    void (*sharpen_any)(const uint8_t *base, const uint8_t *blurred, float base_weight,
                        float blurred_weight, int n, uint8_t *out);

    /* Sum of squared differences of n samples. */
    uint64_t (*squared_error)(const uint8_t *a, const uint8_t *b, int n);

    /* For each k < count (>= 0), add to errors[k] the area's squared error against the original
     * after sharpening with doubled[k] (as above; in any order). */
    void (*sharpen_errors)(const pat_sharpen_area *area, const int *doubled, int count,
                           uint64_t *errors);

    /* Bilinear resize of one row: samples from .. to - 1 of `out`, times 128, from n samples of
     * `in`. */
    void (*resize_across)(const uint8_t *in, int n, const pat_resize_columns *columns, int from,
                          int to, uint16_t *out);

    /* Bilinear resize of n samples from two such rows, with weights in 1/2048. */
    void (*resize_down)(const uint16_t *upper, const uint16_t *lower, int upper_weight,
                        int lower_weight, int n, uint8_t *out);

    /* n pixels of YUV, with as many samples of U and V as of Y, to RGB; 8 bits, or 16. */
    void (*yuv_to_rgb)(const uint8_t *const yuv[3], const pat_to_rgb *map, int n,
                       uint8_t *const rgb[3]);
    void (*yuv_to_rgb_deep)(const uint16_t *const yuv[3], const pat_to_rgb *map, int n,
                            uint16_t *const rgb[3]);

    /* n pixels of RGB to YUV; the planes must not overlap. */
    void (*rgb_to_yuv)(const uint8_t *const rgb[3], const pat_to_yuv *map, int n, uint8_t *luma,
                       float *u, float *v);
    void (*rgb_to_yuv_deep)(const uint16_t *const rgb[3], const pat_to_yuv *map, int n,
                            uint16_t *luma, float *u, float *v);

    /*
     * Precompute the sums that depend only on the original, of width x height samples:
     * pat_ssim_blocks(width) blocks for each row of windows. Sizes as in pat_ssim_tile.
     */
    void (*ssim_prepare)(const pat_samples *original, int width, int height,
                         pat_ssim_prepared *prepared);

    /* Sum of the SSIM over all windows inside the tile, each rounded, in units of 2^-34. */
    int64_t (*ssim_exact)(const pat_ssim_tile *tile);

    /* An upper bound of that sum, at most 2^-10 per window above it, and cheaper in some tiers. The
     * only value that may differ between tiers. */
    int64_t (*ssim_bound)(const pat_ssim_tile *tile);
} pat_kernels;

/*
 * The kernels for this machine: the tier named by the environment variable PAT_CPU if this machine
 * can run it, else the best tier. Chosen at the first call; static.
 */
const pat_kernels *pat_kernels_get(void);

/* A tier by name; NULL if there is none of that name or this machine cannot run it. */
const pat_kernels *pat_kernels_find(const char *name);

#endif
