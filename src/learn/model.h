/*
 * Train models and write them; private to the library. patina/model.h uses them.
 */
#ifndef PAT_LEARN_MODEL_H
#define PAT_LEARN_MODEL_H

#include "base/buffer.h"
#include "learn/lesson.h"
#include "learn/tone.h"

/*
 * Train a model of any kind but PAT_MODEL_TONE. The same lesson gives the same bits on any number
 * of processors. Fails with PAT_INTERNAL (XGBoost is not installed, or fails) or PAT_OUT_OF_MEMORY;
 * *model is then NULL. Free with pat_model_free().
 */
PAT_MUST_CHECK pat_status pat_model_fit(const pat_lesson *lesson, pat_model **model,
                                        pat_error *error);

/*
 * A tone model that has not learned anything yet, for the features of the lesson. It is trained
 * step by step (run/train_tone.c), because two of its learners need the scores of images. Fails as
 * pat_tone_init() or with PAT_OUT_OF_MEMORY; *model is then NULL.
 */
PAT_MUST_CHECK pat_status pat_model_begin_tone(const pat_lesson *lesson, pat_model **model,
                                               pat_error *error);
pat_tone *pat_model_tone(pat_model *model);

/* The longer side that larger images are shrunk to before they are measured for the model, in
 * pixels; 0: they are measured as they are. */
int pat_model_longest(const pat_model *model);

/*
 * Predict for rows of a table with the model's features (a pat_training's `feature`; the names must
 * be the model's own). prediction: `rows` of them. Fails as pat_model_predict().
 */
PAT_MUST_CHECK pat_status pat_model_predict_rows(const pat_model *model, const double *feature,
                                                 const size_t *row, size_t rows,
                                                 pat_prediction *prediction, pat_error *error);

/*
 * How much each feature matters: shares that sum to 1, or all 0 if nothing could be learned. Trees:
 * the total gain of the splits that use it; linear: its absolute standardized coefficient, summed
 * over the outputs. Fails with PAT_INTERNAL.
 */
PAT_MUST_CHECK pat_status pat_model_importances(const pat_model *model,
                                                double importance[PAT_MODEL_FEATURES_MAX],
                                                pat_error *error);

/*
 * Append the model file to `file`. metrics, provenance: JSON texts of one object each, or NULL;
 * stored unchanged. Fails with PAT_INVALID_ARGUMENT (not a JSON object), PAT_INTERNAL or
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_model_put(const pat_model *model, const char *metrics,
                                        const char *provenance, pat_buffer *file, pat_error *error);

/* Append the unverified bytes of a model file to `bytes`. Fails as pat_model_load() does while
 * reading the file. */
PAT_MUST_CHECK pat_status pat_model_read_bytes(const char *path, pat_buffer *bytes,
                                               pat_error *error);

/* Write the model file, completely or not at all. Fails as pat_model_put() and pat_file_open(). */
PAT_MUST_CHECK pat_status pat_model_save(const pat_model *model, const char *metrics,
                                         const char *provenance, const char *path,
                                         pat_error *error);

#endif
