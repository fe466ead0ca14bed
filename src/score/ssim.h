/* SSIM as an exact sum over windows; private to the library. */
#ifndef PAT_SCORE_SSIM_H
#define PAT_SCORE_SSIM_H

#include "kernels/kernels.h"
#include "patina/score.h"

/* SSIM is counted in units of 2^-34; one window has at most this many. */
#define PAT_SSIM_UNITS_MAX (INT64_C(1) << 34)

/* How many windows lie completely inside a plane of this size (sides >= PAT_SSIM_WINDOW). */
int64_t pat_ssim_windows(int width, int height);

/*
 * Prepare an original plane (sides >= PAT_SSIM_WINDOW) once for all candidates. Writes
 * pat_ssim_prepared_count() blocks in the order that pat_ssim_units() expects.
 */
size_t pat_ssim_prepared_count(int width, int height);
void pat_ssim_prepare(const pat_plane *original, pat_ssim_prepared *prepared);

typedef enum pat_ssim_precision {
    PAT_SSIM_EXACT,
    PAT_SSIM_BOUND /* cheaper; above the exact sum by 0 to 2^24 units per window */
} pat_ssim_precision;

/*
 * The sum of the SSIM over all windows of a candidate and the prepared original of the same size.
 * Each window is rounded to a whole unit, so the sum is exact and parts of an image may be added in
 * any order.
 */
int64_t pat_ssim_units(const pat_plane *candidate, const pat_plane *original,
                       const pat_ssim_prepared *prepared, pat_ssim_precision precision);

/* The mean SSIM, from a sum of units over a number of windows. */
double pat_ssim_of_units(int64_t units, int64_t windows);

#endif
