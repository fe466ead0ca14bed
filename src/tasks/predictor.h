/* A model applied to the features that tasks measure; private to the library. */
#ifndef PAT_TASKS_PREDICTOR_H
#define PAT_TASKS_PREDICTOR_H

#include "patina/features.h"
#include "patina/model.h"
#include "tasks/kind.h"

/* A model, and the positions of its features among PAT_FEATURES_MAX. Zero-initialize;
 * pat_predictor_release() when done. */
typedef struct pat_predictor {
    pat_model *model; /* NULL: none */
    int feature[PAT_MODEL_FEATURES_MAX];
    bool extended; /* whether the extended features are among them */
} pat_predictor;

/* Take ownership of `model`, also on failure. Fails with PAT_MALFORMED if it needs a feature that
 * is not measured. name: of the model, for that message. */
PAT_MUST_CHECK pat_status pat_predictor_init(pat_predictor *predictor, pat_model *model,
                                             const char *name, pat_error *error);
void pat_predictor_release(pat_predictor *predictor);

/* The same from the bytes of a model file. */
PAT_MUST_CHECK pat_status pat_predictor_init_from(pat_predictor *predictor, const void *bytes,
                                                  size_t size, const char *name, pat_error *error);

/*
 * Measure the features of work->damaged (the extended ones only if the model needs one of them) and
 * predict. The indices in prediction->unlike are those of pat_feature_name(). Fails as
 * pat_work_measure() and pat_model_predict().
 */
PAT_MUST_CHECK pat_status pat_predictor_run(const pat_predictor *predictor, pat_work *work,
                                            double features[PAT_FEATURES_MAX],
                                            pat_prediction *prediction, pat_error *error);

/* Read a model file for workers, which cannot open files. Its bytes are appended to `bytes`; the
 * model is also loaded here, to be sure that it is valid. Fails as pat_model_load(). */
PAT_MUST_CHECK pat_status pat_predictor_read(pat_predictor *predictor, const char *path,
                                             pat_buffer *bytes, pat_error *error);

#endif
