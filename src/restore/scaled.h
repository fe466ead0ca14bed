/*
 * A filter that works on a smaller image; private to the library. At scale s < 1,
 *
 *     out = v + enlarged(filter(small) - small)
 *
 * small: the channels, shrunk by s by area averaging and rounded to 16 bits a sample. enlarged:
 * bilinear, with the centers of the pixels aligned and the edges continued.
 */
#ifndef PAT_RESTORE_SCALED_H
#define PAT_RESTORE_SCALED_H

#include "restore/steps.h"

/* What a filter changes in an image. Its arrays are in memory of the caller. */
struct pat_scaled {
    int width, height;           /* of the smaller image */
    int full_width, full_height; /* of the image */
    float *change[PAT_CHANNELS]; /* rows of width + 1 numbers, of which the last two are equal */
    int *left;                   /* of each column of the image: the column at or left of it ... */
    float *share;                /* ... and the share of the next one, 0..1 */
};

/* Bytes that pat_scaled_init() needs for an image of this size and number of channels. */
size_t pat_scaled_bytes(const pat_steps *steps, int width, int height, int channels);

/*
 * Find what the filter of the steps changes; pat_steps_is_scaled() must be true. source: the result
 * of the first step: all channels of the image, or, if pat_steps_planes() is 1, any of them.
 * memory: pat_scaled_bytes() bytes, aligned for any type.
 */
void pat_scaled_init(pat_scaled *scaled, const pat_steps *steps, const pat_channels *source,
                     void *memory);

/* A channel of the filtered image, row by row. */
typedef struct pat_scaled_rows {
    const pat_scaled *scaled;
    const pat_channel *source;
    const float *change;
    float *row[2]; /* two rows of changes, as wide as the image, ... */
    int y[2];      /* ... and which: -1: none yet */
    float *out;
} pat_scaled_rows;

/* Scratch bytes that this needs for an image of this width. */
size_t pat_scaled_scratch(int width);

/* Begin channel c of `source`, which must last as long as the rows. scratch: aligned for any type.
 */
pat_scaled_rows pat_scaled_rows_of(const pat_scaled *scaled, const pat_channels *source, int c,
                                   void *scratch);

/* Row y, neither rounded nor clipped, which is valid until the next. Fastest from the top. */
const float *pat_scaled_row(pat_scaled_rows *rows, int y);

#endif
