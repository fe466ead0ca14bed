/* The score table; private to the library. */
#ifndef PAT_SCORE_SCORE_H
#define PAT_SCORE_SCORE_H

#include "patina/score.h"

/*
 * Compute one score of a restored image. The images have the same size, with sides of at least the
 * row's smallest_side: pat_score_compute() has checked both. Fails with PAT_OUT_OF_MEMORY; *value
 * is then unchanged. Thread-safe.
 */
typedef pat_status pat_score_function(const pat_image *restored, const pat_image *original,
                                      double *value, pat_error *error);

/* A row of the table of scores: what a score is called, and the function that computes it. */
typedef struct pat_score_entry {
    pat_score score;
    pat_score_function *compute;
} pat_score_entry;

/* The scores, each defined in a file NAME.c. PSNR and SSIM come first. */
#define PAT_SCORE_TABLE(row) row(psnr) row(ssim) row(ms_ssim) row(delta_e)

#define PAT_SCORE_DECLARE(name) extern const pat_score_entry pat_score_##name;
PAT_SCORE_TABLE(PAT_SCORE_DECLARE)
#undef PAT_SCORE_DECLARE

#endif
