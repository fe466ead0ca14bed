/*
 * The restoration operators on 16-bit planes; private to the library. The formulas of
 * patina/restore.h, without the quirks of OpenCV's 8-bit code:
 *
 *     balanced = trunc(clip(v * (128 * 257 / mean), 0, 65535))    255 * 257 = 65535
 *     levelled = rint(clip((v - lo) * 65535 / (hi - lo), 0, 65535))    lo and hi of the same ranks
 *     blurred  = (sum_i sum_j w_i w_j v + 32768) >> 16            the weights of pat_gaussian
 *     sharp    = clip(rint(v * (1 + strength) - blurred * strength), 0, 65535)
 *
 * in double where not integer. A picture with each sample 257 times that of an 8-bit one comes out
 * as that one within a level or so. Of others, levels sees lo, hi and v more finely than in 8 bits,
 * and stretches the difference: the two then agree within some 255 / (hi - lo) levels, with hi and
 * lo in 8 bits. Where these are equal the 8-bit plane stays as it is, but not the 16-bit one if its
 * own differ.
 */
#ifndef PAT_RESTORE_DEEP_H
#define PAT_RESTORE_DEEP_H

#include "image/plane.h"
#include "patina/restore.h"

/* The colour correction in place. A plane stays as it is if it is all zeros for white_balance, has
 * hi = lo for levels, and for none. */
void pat_deep_correct(const pat_deep_plane *plane, pat_color_method method);

/* Unsharp masking in place. Fails with PAT_OUT_OF_MEMORY (the plane is then as it was). */
PAT_MUST_CHECK pat_status pat_deep_sharpen(const pat_deep_plane *plane, const pat_gaussian *kernel,
                                           double strength, pat_error *error);

#endif
