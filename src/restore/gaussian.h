/* Gaussian blur, a few rows at a time; private to the library. */
#ifndef PAT_RESTORE_GAUSSIAN_H
#define PAT_RESTORE_GAUSSIAN_H

#include "patina/restore.h"

/* reflect101 border: map index i, which may be outside, into a row of n >= 1 samples. */
int pat_reflect101(int i, int n);

/* The index in 0 .. n - 1 nearest to i: a border that repeats the outermost sample. n >= 1. */
int pat_replicate(int i, int n);

/* The number of scratch values that pat_gaussian_blur_rows() needs for a plane of this width. */
size_t pat_gaussian_scratch(int width);

/* Write rows y .. y + dst->height - 1 of the blurred `src` into dst, as pat_gaussian_blur()
 * does. */
void pat_gaussian_blur_rows(const pat_gaussian *kernel, const pat_plane *src, int y,
                            const pat_plane *dst, int16_t *scratch);

#endif
