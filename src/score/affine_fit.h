/* The affine map of each channel that brings a damaged image closest to its original; private to
 * the library. */
#ifndef PAT_SCORE_AFFINE_FIT_H
#define PAT_SCORE_AFFINE_FIT_H

#include "image/standard_size.h"

/* original = scale * damaged + offset, for samples of 0..255. */
typedef struct pat_affine_fit {
    double scale[PAT_CHANNELS], offset[PAT_CHANNELS];
} pat_affine_fit;

/* Scratch memory: zero-initialize; pat_affine_work_release() when done. Reused from pair to pair.
 */
typedef struct pat_affine_work {
    pat_raster damaged, original;
} pat_affine_work;

/*
 * The least-squares fit of each channel, over both images shrunk so that their longer side has 64
 * pixels: scale = covariance / max(variance, 0.5), limited to 0.3 .. 6; the offset makes the means
 * equal. The images have the same size (asserted). Fails with PAT_OUT_OF_MEMORY; the fit is then
 * undefined. Thread-safe on distinct `work`.
 */
PAT_MUST_CHECK pat_status pat_affine_fit_find(pat_affine_fit *fit, const pat_image *damaged,
                                              const pat_image *original, pat_affine_work *work,
                                              pat_error *error);

void pat_affine_work_release(pat_affine_work *work);

#endif
