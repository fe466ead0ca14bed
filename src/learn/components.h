/* Principal components; private to the folder. Uses GSL. */
#ifndef PAT_LEARN_COMPONENTS_H
#define PAT_LEARN_COMPONENTS_H

#include <stddef.h>

#include "patina/status.h"

/*
 * The directions in which rows of `width` values vary most, by the eigenvectors of their
 * covariance. value: rows x width. mean: out, width. basis: out, *count x width, orthonormal, most
 * variance first; the greatest number of each, by size, is positive. Their number is the least that
 * has `share` (0..1) of the variance, at least 1 and at most `most`. Fails with PAT_OUT_OF_MEMORY
 * or PAT_INTERNAL.
 */
PAT_MUST_CHECK pat_status pat_components_find(const double *value, size_t rows, size_t width,
                                              double share, int most, double *mean, double *basis,
                                              int *count, pat_error *error);

#endif
