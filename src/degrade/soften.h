/* Blurred copies of images and blurred noise; private to the library. */
#ifndef PAT_DEGRADE_SOFTEN_H
#define PAT_DEGRADE_SOFTEN_H

#include "base/random.h"
#include "patina/image.h"

/* Blur `image` into `out`, which gets its size. sigma: at least PAT_SIGMA_MIN. Fails with
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_soften(const pat_image *image, double sigma, pat_image *out,
                                     pat_error *error);

/*
 * Fill `out` with normally distributed noise of mean 128, blurred by `sigma` pixels (not at all
 * below PAT_SIGMA_MIN). raw: scratch of the same size. *gain: times this, a sample minus 128 has
 * deviation 1; 0 if all are equal. Fails with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_noise_fill(pat_random *random, double sigma, const pat_plane *raw,
                                         const pat_plane *out, double *gain, pat_error *error);

#endif
