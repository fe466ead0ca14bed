/*
 * How close a restored image is to the original: PSNR, SSIM and their combination, and every score
 * by its name. docs/definitions.md has the formulas.
 */
#ifndef PATINA_SCORE_H
#define PATINA_SCORE_H

#include <stdbool.h>

#include "patina/image.h"

/* The first two rows of the table of scores, which the search always computes, and the maximum
 * number of rows. */
enum { PAT_SCORE_PSNR, PAT_SCORE_SSIM, PAT_SCORES_MAX = 16 };

/* The scores of one restored image. */
typedef struct pat_scores {
    double similarity; /* what ranks settings: 0.5 * psnr/50 + 0.5 * ssim; +inf: identical images */
    double psnr;       /* dB; +inf for identical images */
    double ssim;       /* -1..1, 1 for identical images */
    double further[PAT_SCORES_MAX]; /* by row of the table: the other scores asked for; 0 if not
                                       asked for */
} pat_scores;

/* Sum of squared differences of two planes of one size. Exact. Thread-safe. */
PAT_API uint64_t pat_sum_squared_error(const pat_plane *a, const pat_plane *b);

/* 10 log10(255^2 / (sum_squared_error / samples)), in dB; +inf when the sum is 0. samples >= 1. */
PAT_API double pat_psnr(uint64_t sum_squared_error, uint64_t samples);

/* The combined score that ranks restorations, 0.5 * psnr/50 + 0.5 * ssim: higher is better. */
PAT_API double pat_similarity(double psnr, double ssim);

enum { PAT_SSIM_WINDOW = 7 }; /* pixels a side; the smallest image SSIM is defined for */

/*
 * Mean SSIM of two planes of one size, in double. As scikit-image's structural_similarity with its
 * defaults on 8-bit data: uniform 7x7 window, sample covariance, K1 = 0.01, K2 = 0.03, mean over
 * all windows that lie completely inside. The result does not depend on the order of summation, and
 * so not on blocking or vector width: see docs/definitions.md. Fails with PAT_TOO_SMALL (a side
 * under 7 px) or PAT_OUT_OF_MEMORY; *mean is then unchanged. Thread-safe.
 */
PAT_API PAT_MUST_CHECK pat_status pat_ssim_mean(const pat_plane *candidate,
                                                const pat_plane *original, double *mean,
                                                pat_error *error);

/* A row of the table of scores: its names and what its values mean. */
typedef struct pat_score {
    const char *name;                  /* in options and JSON: "ms_ssim" */
    const char *column;                /* in the header of a CSV file */
    const char *unit;                  /* "dB"; "" where it has none */
    bool higher_is_better;             /* false: lower is better */
    double least, greatest, identical; /* its bounds, and the value for identical images */
    int smallest_side;                 /* of the smallest image that it is defined for, in pixels */
    const char *exactness; /* a sentence: the reference it agrees with, and how closely */
    const char *help;      /* a sentence: what it measures */
} pat_score;

/* The number of scores, <= PAT_SCORES_MAX. */
PAT_API int pat_score_count(void);

/* Score `index`, 0 .. pat_score_count() - 1. Static. */
PAT_API const pat_score *pat_score_row(int index);

/* The index of the score called `name`; -1 if there is none. */
PAT_API int pat_score_find(const char *name);

/*
 * Compute score `index` of a restored image. Fails with PAT_INVALID_ARGUMENT (images of different
 * sizes), PAT_TOO_SMALL (a side under the score's smallest) or PAT_OUT_OF_MEMORY; *value is then
 * unchanged. Runs in the calling thread, always in the same order of operations. Thread-safe.
 */
PAT_API PAT_MUST_CHECK pat_status pat_score_compute(int index, const pat_image *restored,
                                                    const pat_image *original, double *value,
                                                    pat_error *error);

/* A choice of scores: bit i is set if score i is in it. */
typedef uint32_t pat_score_set; /* 0 stands for the default */

/* PSNR and SSIM, which rank the settings and are therefore in every set. */
PAT_API pat_score_set pat_score_set_default(void);

/* Whether score `index` is in the set; and whether it is in the set and is neither PSNR nor
 * SSIM. */
PAT_API bool pat_score_set_has(pat_score_set set, int index);
PAT_API bool pat_score_set_has_further(pat_score_set set, int index);

/*
 * Read names separated by commas, such as "psnr,delta_e"; their order does not matter, and PSNR and
 * SSIM are added if missing. Fails with PAT_INVALID_ARGUMENT (no score has that name); the message
 * lists the names, and *set is unchanged.
 */
PAT_API PAT_MUST_CHECK pat_status pat_score_set_parse(pat_score_set *set, const char *text,
                                                      pat_error *error);

enum { PAT_SCORE_SET_TEXT_SIZE = 512 };

/* The names in the set, in the order of the table, as text that pat_score_set_parse() reads. */
PAT_API void pat_score_set_format(pat_score_set set, char text[PAT_SCORE_SET_TEXT_SIZE]);

#endif
