/* Rows of inputs and the outputs to predict; private to the folder. */
#ifndef PAT_LEARN_LEARNING_SAMPLES_H
#define PAT_LEARN_LEARNING_SAMPLES_H

#include <stddef.h>

#include "patina/model.h"

enum {
    PAT_INPUTS_MAX = PAT_MODEL_FEATURES_MAX + 32, /* features, and what other learners predict */
    PAT_OUTPUTS_MAX = 16                          /* targets, or the components of a surface */
};

/* Borrowed. Row by row, all finite. */
typedef struct pat_samples {
    size_t rows;                  /* >= 1 */
    int inputs, outputs;          /* 1 .. PAT_INPUTS_MAX, 1 .. PAT_OUTPUTS_MAX */
    const double *input, *output; /* rows x inputs, rows x outputs */
} pat_samples;

/* Mean and population standard deviation of `count` >= 1 values that lie `stride` apart. The
 * deviation of equal values is exactly 0. */
void pat_column_moments(const double *value, size_t count, size_t stride, double *mean,
                        double *deviation);

#endif
