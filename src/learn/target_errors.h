/* Errors of predictions; private to the library. */
#ifndef PAT_LEARN_TARGET_ERRORS_H
#define PAT_LEARN_TARGET_ERRORS_H

#include <stddef.h>

typedef struct pat_metrics {
    double mse; /* mean squared error */
    double mae; /* mean absolute error */
    double r2;  /* 1 - squared errors / squared deviations from the mean of `truth`; with a constant
                   truth 1 if all predictions are exact, else 0: as scikit-learn's r2_score */
} pat_metrics;

/* Compare `count` >= 1 values that lie `stride` apart: column by column in a table of rows. */
pat_metrics pat_metrics_of(const double *truth, const double *predicted, size_t count,
                           size_t stride);

/* The same for one constant prediction, such as the mean of the training part. */
pat_metrics pat_metrics_of_constant(const double *truth, double predicted, size_t count,
                                    size_t stride);

#endif
