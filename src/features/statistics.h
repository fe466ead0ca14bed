/* Statistics of float samples; private to this folder. Sums are doubles in a fixed order. Of no
 * samples, everything is 0. */
#ifndef PAT_FEATURES_STATISTICS_H
#define PAT_FEATURES_STATISTICS_H

#include <stddef.h>

double pat_mean(const float *values, size_t count);
double pat_mean_absolute(const float *values, size_t count);
double pat_mean_square(const float *values, size_t count);
double pat_mean_fourth(const float *values, size_t count); /* of the fourth powers */
double pat_mean_sixth(const float *values, size_t count);
double pat_mean_product(const float *a, const float *b, size_t count);

/* Population standard deviation, around `mean`. */
double pat_deviation(const float *values, size_t count, double mean);

/* Sort into ascending order; no NaN. spare: `count` floats. Linear time. */
void pat_sort_floats(float *values, float *spare, size_t count);

/* Percentile 0..100 of sorted values, linear between neighbors as in NumPy. */
double pat_percentile(const float *sorted, size_t count, double percent);

/*
 * The principal axis of a symmetric 3x3 matrix without negative eigenvalues: eigenvalues in
 * descending order, and the unit vector of the first, with a sum >= 0. If the first two are equal
 * (to 1e-6 of the first), no axis is distinguished, and the vector is that of gray.
 */
typedef struct pat_axis_found {
    double value[3], vector[3];
} pat_axis_found;

pat_axis_found pat_principal_axis(const double matrix[3][3]);

#endif
