/*
 * Convolution with a large even kernel, by Fourier transforms of tiles; private to the library.
 *
 * The tiles lie at fixed places of the image and are transformed in single precision in one order,
 * so a sample does not depend on which other rows are computed with it.
 */
#ifndef PAT_RESTORE_CONVOLVER_H
#define PAT_RESTORE_CONVOLVER_H

#include "restore/channel.h"
#include "restore/wiener.h"

typedef struct pat_convolver {
    int radius, width;
    int size;        /* of a tile; a power of 2 */
    int rows;        /* that a tile computes, as many as columns: size - 2 radius */
    int stride;      /* of `out` */
    float *wave[2];  /* cosines and sines of size / 2 angles */
    float *gain;     /* of each frequency, in the order in which transform() leaves them */
    float *tile[2];  /* size x size: real and imaginary parts, transposed */
    float *strip[2]; /* some columns of a tile */
    float *out;      /* `rows` rows of numbers */
    int32_t *column; /* the column of the image at each of a tile row, from -radius on */
} pat_convolver;

/* Scratch bytes that a convolver needs for a kernel of this radius and channels of this width. */
size_t pat_convolver_bytes(int radius, int width);

/* Lay a convolver out in `scratch`, which it borrows; aligned for any type. */
void pat_convolver_init(pat_convolver *convolver, const pat_wiener *kernel, int width,
                        void *scratch);

/* Convolve rows band * rows .. (band + 1) * rows - 1 of a channel into `out`; rows beyond the image
 * are those of its reflect101 border. */
void pat_convolver_run(pat_convolver *convolver, const pat_channel *channel, int band);

#endif
