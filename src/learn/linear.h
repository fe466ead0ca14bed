/* Linear least squares; private to the folder. Only this module uses GSL's linear algebra. */
#ifndef PAT_LEARN_LINEAR_H
#define PAT_LEARN_LINEAR_H

#include "learn/learning_samples.h"
#include "patina/status.h"

/* output[o] = sum over i of coefficient[o][i] * (input[i] - center[i]) / scale[i]: there is no
 * constant term, because outputs are standardized. */
typedef struct pat_linear {
    double center[PAT_INPUTS_MAX]; /* mean of the input in training */
    double scale[PAT_INPUTS_MAX];  /* its standard deviation; 1 for a constant input */
    double coefficient[PAT_OUTPUTS_MAX][PAT_INPUTS_MAX];
} pat_linear;

/*
 * Find the coefficients with the least squared error, and the smallest such ones, by singular value
 * decomposition of the standardized inputs. A constant input gets 0. The means of the outputs must
 * be 0. Fails with PAT_INTERNAL or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_linear_fit(pat_linear *linear, const pat_samples *samples,
                                         pat_error *error);

/* Predict `rows` rows of inputs: output is rows x outputs. */
void pat_linear_predict(const pat_linear *linear, int inputs, int outputs, const double *input,
                        size_t rows, double *output);

/* The version of GSL. Static. */
const char *pat_linear_version(void);

#endif
