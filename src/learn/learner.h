/* One interface over the ways to learn numbers from numbers; private to the folder. */
#ifndef PAT_LEARN_LEARNER_H
#define PAT_LEARN_LEARNER_H

#include <stdint.h>

#include "learn/booster.h"
#include "learn/learning_samples.h"
#include "learn/linear.h"

/* Zero-initialize; pat_learner_release() when done. */
typedef struct pat_learner {
    pat_model_kind kind;
    int inputs, outputs;
    double mean[PAT_OUTPUTS_MAX];  /* of the output in training */
    double scale[PAT_OUTPUTS_MAX]; /* its standard deviation; 1 for a constant output */
    pat_linear linear;             /* PAT_MODEL_LINEAR */
    pat_booster *booster;          /* for the other kinds */
} pat_learner;

/* How trees of this kind are grown; NULL for PAT_MODEL_LINEAR. */
const pat_growth *pat_kind_growth(pat_model_kind kind);

/* Train. A constant output is predicted exactly. Fails as pat_booster_fit() and pat_linear_fit().
 * Release the learner on failure, too. */
PAT_MUST_CHECK pat_status pat_learner_fit(pat_learner *learner, pat_model_kind kind,
                                          const pat_samples *samples, uint64_t seed,
                                          pat_error *error);
void pat_learner_release(pat_learner *learner);

/* Predict `rows` rows of inputs: output is rows x outputs. Fails as pat_booster_predict(). */
PAT_MUST_CHECK pat_status pat_learner_predict(const pat_learner *learner, const double *input,
                                              size_t rows, double *output, pat_error *error);

/* How much each input matters: shares that sum to 1, or all 0. Fails with PAT_INTERNAL. */
PAT_MUST_CHECK pat_status pat_learner_importances(const pat_learner *learner, double *importance,
                                                  pat_error *error);

#endif
