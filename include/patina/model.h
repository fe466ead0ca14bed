/*
 * Models that choose a restoration from the features of an image. `patina train` makes them;
 * docs/model.md describes the kinds and the file.
 */
#ifndef PATINA_MODEL_H
#define PATINA_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "patina/grid.h"
#include "patina/status.h"

typedef enum pat_model_kind {
    PAT_MODEL_LINEAR,   /* least squares */
    PAT_MODEL_FOREST,   /* random forest */
    PAT_MODEL_BOOSTING, /* gradient-boosted trees */
    PAT_MODEL_SURFACE,  /* gradient-boosted trees that predict the gain of each setting */
    PAT_MODEL_TONE,     /* trees that predict affine colors, the gain of each filter, and harm */
    PAT_MODEL_KINDS
} pat_model_kind;

/* "linear", "forest", "boosting", "surface" or "tone". Static. */
PAT_API const char *pat_model_kind_name(pat_model_kind kind);

/* What a model predicts, in this order; the names are those of the CSV's columns. */
enum { PAT_TARGET_COLOR, PAT_TARGET_SIGMA, PAT_TARGET_STRENGTH, PAT_TARGET_COUNT };

/* "apply_color_correction", "sharpen_sigma" or "sharpen_strength". Static. */
PAT_API const char *pat_target_name(int index);

enum { PAT_MODEL_FEATURES_MAX = 512 };

/* From this probability of harm on, the result of a tone model is flagged: five times the share of
 * images that it may make worse by default, so an image it is unsure of, not one in fifty. */
#define PAT_HARM_FLAGGED 0.1

/* A trained model. Predictions do not change it, but only one thread may use it at a time. */
typedef struct pat_model pat_model;

/*
 * Load a model from the bytes of a model file. name: for messages. All bytes are verified first,
 * because XGBoost trusts what it reads. Fails with PAT_MALFORMED (not a model, a model of another
 * version of patina, or an inconsistent one), PAT_CORRUPT (truncated or changed), PAT_INTERNAL (the
 * XGBoost library is not installed) or PAT_OUT_OF_MEMORY; *model is then NULL. Free with
 * pat_model_free(), which accepts NULL.
 *
 * The checksum protects against accidents: load models only from sources whose programs you would
 * run.
 */
PAT_API PAT_MUST_CHECK pat_status pat_model_read(const void *bytes, size_t size, const char *name,
                                                 pat_model **model, pat_error *error);

/* The same for a file; fails also with PAT_NOT_FOUND, PAT_UNREADABLE, PAT_NOT_A_FILE or
 * PAT_EMPTY_FILE. */
PAT_API PAT_MUST_CHECK pat_status pat_model_load(const char *path, pat_model **model,
                                                 pat_error *error);
PAT_API void pat_model_free(pat_model *model);

PAT_API pat_model_kind pat_model_get_kind(const pat_model *model);

/* The features the model was trained on, 1 .. PAT_MODEL_FEATURES_MAX of them. The model owns the
 * names; they are names that pat_feature_name() gives, unless a newer patina made the model. */
PAT_API int pat_model_feature_count(const pat_model *model);
PAT_API const char *pat_model_feature_name(const pat_model *model, int index);

/* The grid of the search that made the training data. Owned by the model. */
PAT_API const pat_grid *pat_model_grid(const pat_model *model);

/* The model's description as JSON text: its origin, its test results, its versions; docs/model.md
 * lists the members. Owned by the model; "" for a model that was not saved. */
PAT_API const char *pat_model_description(const pat_model *model);

/* The model in a line: "tone, learned from 3480 images of 435 originals", with_data: followed by
 * " (photographs.csv)"; less if its description says less. */
enum { PAT_MODEL_SUMMARY_SIZE = 512 };
PAT_API void pat_model_summarize(const pat_model *model, bool with_data,
                                 char text[PAT_MODEL_SUMMARY_SIZE]);

/*
 * Limit the share of images that a tone model may make worse, 0..1: 0.02 unless it was trained with
 * another limit; 1: no limit. It is kept as closely as cross-validation on the training data tells.
 * Other kinds ignore it.
 */
PAT_API void pat_model_set_max_harm(pat_model *model, double share);

/* A model's prediction for one image. */
typedef struct pat_prediction {
    pat_setting setting;          /* always one that pat_image_restore() accepts */
    bool leave_alone;             /* the setting changes nothing */
    double raw[PAT_TARGET_COUNT]; /* as predicted, before rounding and limits */
    double gain;                  /* surface and tone: expected gain in similarity over the
                                     untouched image; NaN for the other kinds */
    double harm;                  /* tone: probability that the result is worse than the untouched
                                     image; NaN for the other kinds */
    double restored_at;           /* tone: if the image is left alone, the least limit on harm that
                                     the model knows at which it would be restored; else NaN */
    bool flagged;                 /* look at the result: it may be worse than the image */
    int unlike_count;             /* features unlike those of the training data */
    int unlike[PAT_MODEL_FEATURES_MAX]; /* their indices, ascending */
} pat_prediction;

/*
 * Predict for one image. features: pat_model_feature_count() doubles in the order of
 * pat_model_feature_name(); look each value up by that name, never by position.
 *
 * linear, forest, boosting: color correction where raw[0] > 0.5; sigma and strength are limited to
 * the range seen in training; a strength below 0.05 becomes 0. surface: the setting of the grid
 * with the greatest expected gain, or none if no gain is above 0; raw is that setting.
 *
 * A feature is unlike the training data when it is not finite, or is outside the range seen in
 * training by more than a twentieth of that range. tone: by more than half of it, and only if that
 * holds for more than 2 % of the features, because of some 300 a few are outside in most images. A
 * feature that is not finite is replaced by its mean in training.
 *
 * A prediction is flagged if features are unlike; tone: or if the probability of harm is
 * PAT_HARM_FLAGGED or more, and never if the image is left alone, which cannot harm it. Fails with
 * PAT_OUT_OF_MEMORY or PAT_INTERNAL; *prediction is then undefined.
 */
PAT_API PAT_MUST_CHECK pat_status pat_model_predict(const pat_model *model, const double *features,
                                                    pat_prediction *prediction, pat_error *error);

#endif
