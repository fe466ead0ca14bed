/*
 * The frames of films: YUV to RGB, and a change of RGB back to YUV; private to the library.
 *
 * Sources: ITU-R BT.601-7, BT.709-6 and BT.2020-2 (the matrix without constant luminance) for the
 * weights and the quantization. Chroma is taken to cover the pixels of its block evenly: its sample
 * serves all of them, and is their mean on the way back.
 */
#ifndef PAT_FILM_YUV_H
#define PAT_FILM_YUV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"
#include "patina/status.h"

typedef enum pat_yuv_matrix { PAT_YUV_BT601, PAT_YUV_BT709, PAT_YUV_BT2020 } pat_yuv_matrix;

/* A borrowed frame. Samples have `depth` bits, in bytes if that is 8, else in uint16_t. */
typedef struct pat_yuv {
    int width, height;    /* >= 1 */
    int depth;            /* 8..16 */
    int shift_x, shift_y; /* a sample of U or V covers 2^shift pixels each way, 0..2 */
    pat_yuv_matrix matrix;
    bool full_range;     /* Y has all values; else, at 8 bits, 16..235, and U and V 16..240 */
    void *plane[3];      /* Y, U, V; U and V have (size + 2^shift - 1) >> shift samples each way */
    ptrdiff_t stride[3]; /* bytes from row to row */
} pat_yuv;

/* A borrowed frame of the same size: 8 bits (bytes) if the YUV has 8, else 16 (uint16_t). */
typedef struct pat_rgb {
    void *plane[3];   /* R, G, B; all values */
    ptrdiff_t stride; /* bytes from row to row */
} pat_rgb;

/* Convert to RGB: what lies outside its range is clipped. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_yuv_to_rgb(const pat_yuv *yuv, const pat_rgb *rgb,
                                         pat_scratch *scratch, pat_error *error);

/*
 * Change `yuv` by the difference that changing `before` into `after` makes in YUV: pixels that are
 * the same in both keep their samples to the bit, even where pat_yuv_to_rgb() clipped them. Fails
 * with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_yuv_change(const pat_yuv *yuv, const pat_rgb *before,
                                         const pat_rgb *after, pat_scratch *scratch,
                                         pat_error *error);

#endif
