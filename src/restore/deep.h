/*
 * The restoration operators on 16-bit planes; private to the library. The formulas of
 * patina/restore.h, without the quirks of OpenCV's 8-bit code:
 *
 *     balanced = trunc(clip(v * (128 * 257 / mean), 0, 65535))    255 * 257 = 65535
 *     blurred  = (sum_i sum_j w_i w_j v + 32768) >> 16            the weights of pat_gaussian
 *     sharp    = clip(rint(v * (1 + strength) - blurred * strength), 0, 65535)
 *
 * in double where not integer. A picture with each sample 257 times that of an 8-bit one comes out
 * as that one within a level or so.
 */
#ifndef PAT_RESTORE_DEEP_H
#define PAT_RESTORE_DEEP_H

#include "image/plane.h"
#include "patina/restore.h"

/* Grey-world white balance in place; a plane of zeros stays as it is. */
void pat_deep_balance(const pat_deep_plane *plane);

/* Unsharp masking in place. Fails with PAT_OUT_OF_MEMORY (the plane is then as it was). */
PAT_MUST_CHECK pat_status pat_deep_sharpen(const pat_deep_plane *plane, const pat_gaussian *kernel,
                                           double strength, pat_error *error);

#endif
