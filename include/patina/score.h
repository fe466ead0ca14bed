/*
 * How close a restored image is to the original: PSNR, SSIM and their combination.
 */
#ifndef PATINA_SCORE_H
#define PATINA_SCORE_H

#include "patina/image.h"

/* The three scores of one restored image. */
typedef struct pat_scores {
    double similarity; /* 0.5 * psnr/50 + 0.5 * ssim; +inf for identical images */
    double psnr;       /* dB; +inf for identical images */
    double ssim;       /* -1..1, 1 for identical images */
} pat_scores;

/* Sum of squared differences of two planes of one size. Exact. Thread-safe. */
PAT_API uint64_t pat_sum_squared_error(const pat_plane *a, const pat_plane *b);

/* 10 log10(255^2 / (sum_squared_error / samples)), in dB; +inf when the sum is 0. samples >= 1. */
PAT_API double pat_psnr(uint64_t sum_squared_error, uint64_t samples);

/* The combined score that ranks restorations: higher is better. */
PAT_API double pat_similarity(double psnr, double ssim);

enum { PAT_SSIM_WINDOW = 7 }; /* pixels a side; the smallest image SSIM is defined for */

/*
 * Mean SSIM of two planes of one size, in double. As scikit-image's structural_similarity with its
 * defaults on 8-bit data: uniform 7x7 window, sample covariance, K1 = 0.01, K2 = 0.03, mean over
 * all windows wholly inside. The result does not depend on the order of summation, hence on no
 * blocking or vector width: see docs/definitions.md. Fails with PAT_TOO_SMALL (a side under 7 px)
 * or PAT_OUT_OF_MEMORY; *mean is then unchanged. Thread-safe.
 */
PAT_API PAT_MUST_CHECK pat_status pat_ssim_mean(const pat_plane *candidate,
                                                const pat_plane *original, double *mean,
                                                pat_error *error);

#endif
