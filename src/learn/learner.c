#include "learn/learner.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

/*
 * Forest and boosting have the study's sizes: 100 trees of depth 10, and 100 rounds of depth 5 at
 * rate 0.1. Each tree of a forest sees 0.632 of the rows, the share that a bootstrap draws; leaves
 * are not shrunk. Histograms are faster with shallow trees and many rows, exact splits with deep
 * trees.
 */
static const pat_growth growths[PAT_MODEL_KINDS] = {
    [PAT_MODEL_FOREST] = {.rounds = 1,
                          .parallel_trees = 100,
                          .max_depth = 10,
                          .tree_method = "exact",
                          .eta = 1,
                          .lambda = 0,
                          .min_child_weight = 1,
                          .subsample = 0.632,
                          .colsample_bynode = 1},
    [PAT_MODEL_BOOSTING] = {.rounds = 100,
                            .parallel_trees = 1,
                            .max_depth = 5,
                            .tree_method = "hist",
                            .eta = 0.1,
                            .lambda = 1,
                            .min_child_weight = 1,
                            .subsample = 1,
                            .colsample_bynode = 1},
    [PAT_MODEL_SURFACE] = {.rounds = 150,
                           .parallel_trees = 1,
                           .max_depth = 4,
                           .tree_method = "hist",
                           .eta = 0.06,
                           .lambda = 1,
                           .min_child_weight = 2,
                           .subsample = 0.6,
                           .colsample_bynode = 0.3},
    /* Its colors; learn/tone.c has the growth of the rest. */
    [PAT_MODEL_TONE] = {.rounds = 300,
                        .parallel_trees = 1,
                        .max_depth = 5,
                        .tree_method = "hist",
                        .eta = 0.05,
                        .lambda = 1,
                        .min_child_weight = 3,
                        .subsample = 0.7,
                        .colsample_bynode = 0.25,
                        .max_bin = 64},
};

const pat_growth *pat_kind_growth(pat_model_kind kind)
{
    return growths[kind].rounds == 0 ? NULL : &growths[kind];
}

/* Standardize the outputs: trees drop splits that gain less than a fixed amount, so an output must
 * not be small, and penalties must treat outputs equally. keep: the outputs are probabilities. */
static double *standardise(pat_learner *learner, const pat_samples *samples, bool keep)
{
    size_t columns = (size_t)samples->outputs;
    double *standard = pat_realloc_array(NULL, samples->rows * columns, sizeof *standard);
    for (size_t o = 0; o < columns && standard != NULL; o++) {
        double mean, deviation;
        pat_column_moments(samples->output + o, samples->rows, columns, &mean, &deviation);
        learner->mean[o] = keep ? 0 : mean;
        learner->scale[o] = keep || deviation == 0 ? 1 : deviation;
        for (size_t row = 0; row < samples->rows; row++)
            standard[row * columns + o] =
                (samples->output[row * columns + o] - learner->mean[o]) / learner->scale[o];
    }
    return standard;
}

pat_status pat_learner_fit(pat_learner *learner, const pat_growth *growth,
                           const pat_samples *samples, uint64_t seed, pat_error *error)
{
    assert(samples->rows > 0 && samples->inputs > 0 && samples->inputs <= PAT_INPUTS_MAX);
    assert(samples->outputs > 0 && samples->outputs <= PAT_OUTPUTS_MAX);
    pat_learner_release(learner);
    learner->inputs = samples->inputs;
    learner->outputs = samples->outputs;
    pat_samples standard = *samples;
    bool is_probability = growth != NULL && growth->is_probability;
    double *output = standardise(learner, samples, is_probability);
    if (output == NULL)
        return pat_fail_memory(error, "the training data");
    standard.output = output;
    pat_status status = growth == NULL
                            ? pat_linear_fit(&learner->linear, &standard, error)
                            : pat_booster_fit(growth, &standard, seed, &learner->booster, error);
    free(output);
    return status;
}

void pat_learner_release(pat_learner *learner)
{
    pat_booster_free(learner->booster);
    *learner = (pat_learner){0};
}

pat_status pat_learner_predict(const pat_learner *learner, const double *input, size_t rows,
                               double *output, pat_error *error)
{
    if (rows == 0)
        return PAT_OK;
    if (learner->booster == NULL) {
        pat_linear_predict(&learner->linear, learner->inputs, learner->outputs, input, rows,
                           output);
    } else {
        pat_status status = pat_booster_predict(learner->booster, input, rows, output, error);
        if (status != PAT_OK)
            return status;
    }
    for (size_t row = 0; row < rows; row++)
        for (int o = 0; o < learner->outputs; o++, output++)
            *output = learner->mean[o] + learner->scale[o] * *output;
    return PAT_OK;
}

pat_status pat_learner_importances(const pat_learner *learner, double *importance, pat_error *error)
{
    double total = 0;
    if (learner->booster == NULL) {
        for (int i = 0; i < learner->inputs; i++) {
            importance[i] = 0;
            for (int o = 0; o < learner->outputs; o++)
                importance[i] += fabs(learner->linear.coefficient[o][i]);
        }
    } else {
        pat_status status = pat_booster_gains(learner->booster, importance, error);
        if (status != PAT_OK)
            return status;
    }
    for (int i = 0; i < learner->inputs; i++)
        total += importance[i];
    for (int i = 0; i < learner->inputs && total > 0; i++)
        importance[i] /= total;
    return PAT_OK;
}
