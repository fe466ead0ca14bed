/* A model applied to the features that tasks measure; private to the library. */
#ifndef PAT_TASKS_PREDICTOR_H
#define PAT_TASKS_PREDICTOR_H

#include "patina/features.h"
#include "patina/model.h"
#include "tasks/kind.h"

/* A model, and the indices of its features, as for pat_feature_name(). Zero-initialize;
 * pat_predictor_release() when done. */
typedef struct pat_predictor {
    pat_model *model; /* NULL: none */
    int feature[PAT_MODEL_FEATURES_MAX];
    bool extended; /* whether the extended features are among them */
} pat_predictor;

/* Take ownership of `model`, even on failure. Fails with PAT_MALFORMED if it needs a feature that
 * is not measured. name: the model's name, for that message. */
PAT_MUST_CHECK pat_status pat_predictor_init(pat_predictor *predictor, pat_model *model,
                                             const char *name, pat_error *error);
void pat_predictor_release(pat_predictor *predictor);

/* The same, from the bytes of a model file. */
PAT_MUST_CHECK pat_status pat_predictor_init_from(pat_predictor *predictor, const void *bytes,
                                                  size_t size, const char *name, pat_error *error);

/*
 * Measure the features of work->damaged (the extended ones only if the model needs one of them) and
 * predict; the filter of a tone model works at the scale that fits the image. The indices in
 * prediction->unlike are those of pat_feature_name(). Fails like pat_work_measure() or
 * pat_model_predict().
 */
PAT_MUST_CHECK pat_status pat_predictor_run(const pat_predictor *predictor, pat_work *work,
                                            double features[PAT_FEATURES_MAX],
                                            pat_prediction *prediction, pat_error *error);

/* Limit the share of images that the model may make worse, 0..1; NaN keeps the model's own limit.
 * name: the model's name, for messages. Fails with PAT_INVALID_ARGUMENT if the model has no such
 * limit, which only tone models have. */
PAT_MUST_CHECK pat_status pat_predictor_limit_harm(const pat_predictor *predictor, double share,
                                                   const char *name, pat_error *error);

/* Whether a worker, which is untrusted, may report this: the gain of a similarity and a
 * probability; NaN for what a model does not predict. */
bool pat_expects(double gain, double harm);

/* Read a model file for workers, which cannot open files, and append its bytes to `bytes`. The
 * model is also loaded here, to check that it is valid. Fails like pat_model_load(). */
PAT_MUST_CHECK pat_status pat_predictor_read(pat_predictor *predictor, const char *path,
                                             pat_buffer *bytes, pat_error *error);

#endif
