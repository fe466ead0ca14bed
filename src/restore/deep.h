/*
 * Blur and unsharp masking of 16-bit channels, a few rows at a time; private to the library. The
 * formulas of patina/restore.h without the quirks of OpenCV's 8-bit code:
 *
 *     blurred = (sum_i sum_j w_i w_j v + 32768) >> 16             the weights of pat_gaussian
 *     sharp   = clip(rint(v * (1 + strength) - blurred * strength), 0, 65535)      in double
 */
#ifndef PAT_RESTORE_DEEP_H
#define PAT_RESTORE_DEEP_H

#include "image/plane.h"
#include "patina/restore.h"

/* Scratch bytes that the functions below need for a plane of this width. */
size_t pat_deep_scratch(int width);

/* Write rows y .. y + dst->height - 1 of the blurred or sharpened `src` into dst, which must not
 * overlap it. */
void pat_deep_blur_rows(const pat_gaussian *kernel, const pat_deep_plane *src, int y,
                        const pat_deep_plane *dst, void *scratch);
void pat_deep_sharpen_rows(const pat_gaussian *kernel, double strength, const pat_deep_plane *src,
                           int y, const pat_deep_plane *dst, void *scratch);

#endif
