/*
 * Train models on a data set, and test them.
 *
 * Rows are divided by original, so that versions of one original are never on both sides. A fifth
 * of the originals is held out. Every kind of model is cross-validated on the others, and the best
 * kind is chosen; then each kind is trained on all of the others and tested on the held-out
 * originals. The model that is written has never seen the held-out rows.
 */
#ifndef PATINA_TRAINING_H
#define PATINA_TRAINING_H

#include "patina/evaluation.h"
#include "patina/model.h"

enum { PAT_FOLDS_DEFAULT = 5, PAT_FOLDS_MAX = 100 };
#define PAT_HELD_OUT_SHARE 0.2
#define PAT_MAX_HARM_DEFAULT 0.02

typedef struct pat_train_options {
    const char *data;           /* a regression_training_data.csv; the notebook's works too */
    const char *trials;         /* its trials.csv; needed for PAT_MODEL_SURFACE; else NULL */
    const pat_grid *grid;       /* of the search; NULL: from trials, else from data */
    const char *output;         /* the model file; must not be an input */
    bool kind[PAT_MODEL_KINDS]; /* which to train; all false: all possible */
    /* Of the cross-validation: 2..PAT_FOLDS_MAX, and at most the number of originals that are not
     * held out; 0: PAT_FOLDS_DEFAULT, or one per original if there are fewer. */
    int folds;
    double max_harm; /* the share of images that a model may make worse, 0..1 */
    /* Train the model that is written on all originals, also on those held out. Its test results
     * are then those of the same kind trained without them. */
    bool use_all;
    bool keep_harmful; /* write the model even if it is no better than leaving images alone */
    uint64_t seed;
    const pat_pairs *pairs; /* the images of the data, to test in pixels; NULL: no images */
    const char *manifest;   /* manifest of the pairs, which must not be replaced; or NULL */
    pat_run_options run;    /* for the images; `journal` is ignored */
} pat_train_options;

/* Errors of one target. r2: as scikit-learn's r2_score, but NaN if the target does not vary among
 * the tested rows, because r2 means nothing then. */
typedef struct pat_target_errors {
    double mse, mae, r2;
} pat_target_errors;

/* The results of one kind of model, in cross-validation and on the held-out rows. */
typedef struct pat_kind_report {
    pat_model_kind kind;
    pat_target_errors cross[PAT_TARGET_COUNT], held_out[PAT_TARGET_COUNT];
    bool in_pixels; /* the images were given, and the next two are set */
    pat_evaluation_report cross_pixels, held_out_pixels;
    double importance[PAT_MODEL_FEATURES_MAX]; /* of each feature; shares, sum 1 */
} pat_kind_report;

enum { PAT_TRAIN_WARNINGS_MAX = 16, PAT_TRAIN_WARNING_SIZE = 512 };

/* Zero-initialize; pat_train_report_release() when done. */
typedef struct pat_train_report {
    size_t rows, originals, held_out_rows, held_out_originals;
    size_t rows_without_pair; /* rows that have no images among those given; not tested */
    int folds, feature_count;
    const char *feature_name[PAT_MODEL_FEATURES_MAX]; /* static */
    char data_sha256[65];
    bool constant[PAT_TARGET_COUNT]; /* equal in all rows: there is nothing to learn */
    /* Errors of the constant predictor, which predicts the mean of the training rows. */
    pat_target_errors cross_constant[PAT_TARGET_COUNT], held_out_constant[PAT_TARGET_COUNT];
    /* The first data_warning_count warnings are about the data; the others, about the training or
     * the model. */
    char warnings[PAT_TRAIN_WARNINGS_MAX][PAT_TRAIN_WARNING_SIZE];
    size_t warning_count, data_warning_count;
    pat_kind_report *kinds; /* in the order in which they were trained */
    size_t kind_count;
    size_t chosen;         /* index in kinds */
    bool chosen_in_pixels; /* chosen by cross-validated similarity, else by the errors of the
                              targets */
    /*
     * Whether the chosen model is no better than leaving images alone. That is known only in
     * pixels, from the cross-validation: its mean gain in similarity is not above 0; or it makes
     * more images worse than options->max_harm allows, and the interval of its gain includes 0.
     */
    bool harmful;
    bool written;            /* false: it is harmful, and was not to be kept */
    pat_run_summary scoring; /* of the images */
} pat_train_report;

/* The pairs that a data set was made from. Zero-initialize; pat_recorded_pairs_release() when done.
 */
typedef struct pat_recorded_pairs {
    pat_pairs *pairs;             /* NULL: not known, or gone */
    char manifest[PAT_PATH_SIZE]; /* their manifest; "": none */
    char missing[512];            /* why there are none although they are known; else "" */
} pat_recorded_pairs;

/*
 * Find the pairs of the search that made `data`, as its record (DATA.run.json) names them. Paths
 * are relative to the current folder or, if nothing is there, to that of `data`. Images that are
 * gone are not a failure. Fails with PAT_MALFORMED (the record) or PAT_OUT_OF_MEMORY.
 */
PAT_API PAT_MUST_CHECK pat_status pat_recorded_pairs_find(const char *data,
                                                          pat_recorded_pairs *found,
                                                          pat_error *error);
PAT_API void pat_recorded_pairs_release(pat_recorded_pairs *found);

PAT_API void pat_train_report_release(pat_train_report *report);

/*
 * Train, test, choose and write a model, unless it is harmful (see the report). The same data and
 * seed give the same bytes for any number of workers. Fails with PAT_INVALID_ARGUMENT,
 * PAT_MALFORMED, PAT_NOTHING_TO_DO (no rows, too few originals, no image that can be scored),
 * PAT_WRITE_FAILED, PAT_INTERNAL, PAT_OUT_OF_MEMORY, PAT_INTERRUPTED and as pat_csv_compare() does
 * for unreadable files; no model is written then.
 */
PAT_API PAT_MUST_CHECK pat_status pat_train_run(const pat_train_options *options,
                                                pat_train_report *report, pat_error *error);

/* The report as a JSON document: patina.train of docs/json.md. Free with free(); NULL when memory
 * runs out. */
PAT_API PAT_MUST_CHECK char *pat_train_json(const pat_train_report *report);

#endif
