/* The functions behind the table of scores; private to the library. */
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

enum { PAT_MS_SSIM_WINDOW = 11 }; /* pixels a side; the smallest image MS-SSIM is defined for */

/* Each is in the file with its name. */
pat_score_function pat_psnr_compute, pat_ssim_compute, pat_ms_ssim_compute, pat_delta_e_compute;

#endif
