/* SSIM as an exact sum over windows; private to the library. */
#ifndef PAT_SCORE_SSIM_H
#define PAT_SCORE_SSIM_H

#include "patina/score.h"

/* SSIM in units of 2^-34: of one window at most this. */
#define PAT_SSIM_UNITS_MAX (INT64_C(1) << 34)

/* How many windows lie wholly inside a plane of this size (sides >= PAT_SSIM_WINDOW). */
int64_t pat_ssim_windows(int width, int height);

/*
 * Sum of the SSIM of all windows of two planes of one size (sides >= PAT_SSIM_WINDOW), each rounded
 * to a unit: exact, so parts of an image may be added up in any order.
 */
int64_t pat_ssim_units(const pat_plane *candidate, const pat_plane *original);

/* The mean that a sum of units over a number of windows stands for. */
double pat_ssim_of_units(int64_t units, int64_t windows);

#endif
