/* Trees grown by XGBoost; private to the folder. Only this module calls XGBoost. */
#ifndef PAT_LEARN_BOOSTER_H
#define PAT_LEARN_BOOSTER_H

#include <stdint.h>

#include "base/buffer.h"
#include "learn/learning_samples.h"
#include "patina/status.h"

typedef struct pat_booster pat_booster;

/* How trees are grown; the names are XGBoost's. */
typedef struct pat_growth {
    int rounds, parallel_trees, max_depth;
    const char *tree_method;
    double eta, lambda, min_child_weight;
    double subsample, colsample_bynode; /* 0..1, shares */
    int max_bin;                        /* of histograms; 0: XGBoost's default */
    bool is_probability;                /* outputs are 0 or 1, and predictions probabilities */
} pat_growth;

/*
 * Grow trees that predict samples->output, with the least squared error or log loss. Inputs and
 * outputs are rounded to single precision. One thread; the same arguments give the same trees.
 * Fails with PAT_INTERNAL or PAT_OUT_OF_MEMORY; *booster is then NULL. Free with
 * pat_booster_free(), which accepts NULL.
 */
PAT_MUST_CHECK pat_status pat_booster_fit(const pat_growth *growth, const pat_samples *samples,
                                          uint64_t seed, pat_booster **booster, pat_error *error);
void pat_booster_free(pat_booster *booster);

/* Predict `rows` rows of inputs: output is rows x outputs. Fails as pat_booster_fit(). */
PAT_MUST_CHECK pat_status pat_booster_predict(const pat_booster *booster, const double *input,
                                              size_t rows, double *output, pat_error *error);

/* The total gain of the splits on each input; inputs doubles. Fails with PAT_INTERNAL. */
PAT_MUST_CHECK pat_status pat_booster_gains(const pat_booster *booster, double *gain,
                                            pat_error *error);

/* Append the trees as UBJSON. Fails with PAT_INTERNAL or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_booster_put(const pat_booster *booster, pat_buffer *out,
                                          pat_error *error);

/*
 * The trees of pat_booster_put(). XGBoost trusts the bytes: verify them first. Fails with
 * PAT_MALFORMED (not trees, or wrong numbers of inputs or outputs), PAT_INTERNAL or
 * PAT_OUT_OF_MEMORY; *booster is then NULL.
 */
PAT_MUST_CHECK pat_status pat_booster_get(const void *bytes, size_t size, int inputs, int outputs,
                                          pat_booster **booster, pat_error *error);

/* The version of XGBoost that is loaded; "" before the first booster. Static. */
const char *pat_booster_version(void);

#endif
