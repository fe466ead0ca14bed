/* The Gaussian blur a few rows at a time; private to the library. */
#ifndef PAT_RESTORE_GAUSSIAN_H
#define PAT_RESTORE_GAUSSIAN_H

#include "patina/restore.h"

/* Border reflect101: where sample i of a row of n >= 1 is, also for an i outside of it. */
int pat_reflect101(int i, int n);

/* Numbers of scratch that pat_gaussian_blur_rows() needs for a plane of this width. */
size_t pat_gaussian_scratch(int width);

/* Rows y .. y + dst->height - 1 of the blurred `src` into dst, as pat_gaussian_blur(). */
void pat_gaussian_blur_rows(const pat_gaussian *kernel, const pat_plane *src, int y,
                            const pat_plane *dst, int16_t *scratch);

#endif
