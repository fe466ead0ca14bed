/*
 * Score many color corrections of one filtered image without rendering them; private to the
 * library.
 *
 * SSIM reads only means, variances and covariances of its windows, and a gain and an offset for
 * each channel change these in closed form. So a filtered image is measured once: every eighth
 * window in both directions, and every fourth sample for PSNR, which is rounded and clipped as when
 * rendered. Windows that a gain and an offset would clip are measured again, clipped. SSIM is exact
 * for its windows but for rounding; differences between restorations come out within 0.004 of the
 * exact ones: good enough to learn from, not to judge by.
 */
#ifndef PAT_SCORE_MOMENTS_H
#define PAT_SCORE_MOMENTS_H

#include "base/memory.h"
#include "patina/image.h"

/* A window of a filtered image, and its covariance with the original. */
typedef struct pat_moment {
    float mean, variance, covariance;
    float least, greatest; /* sample */
} pat_moment;

/* Zero-initialize; pat_moments_release() when done. */
typedef struct pat_moments {
    const pat_image *image;           /* the original */
    size_t windows, samples;          /* of a channel */
    pat_moment *original, *filtered;  /* channels x windows; of the original with itself */
    float *original_sample;           /* channels x samples */
    const float *plane[PAT_CHANNELS]; /* the filtered image */
    pat_scratch window_memory, sample_memory;
} pat_moments;

/* Measure the original, which must stay until the last score. Sides >= 7. Fails with
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_moments_begin(pat_moments *moments, const pat_image *original,
                                            pat_error *error);
void pat_moments_release(pat_moments *moments);

/* Measure a filtered image of the same size: three planes of width x height, neither rounded nor
 * clipped. They must stay until its last score. */
void pat_moments_take(pat_moments *moments, float *const plane[3]);

/* The similarity, as pat_similarity(), of gain[c] * v + offset[c]. PSNR is capped at 50 dB. */
double pat_moments_similarity(const pat_moments *moments, const double gain[3],
                              const double offset[3]);

#endif
