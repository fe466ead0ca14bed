/* The parts of a training run; private to the library. */
#ifndef PAT_RUN_TRAIN_H
#define PAT_RUN_TRAIN_H

#include "learn/training_table.h"
#include "patina/training.h"

typedef struct pat_train {
    const pat_train_options *options;
    pat_train_report *report;
    pat_training training;
    pat_trials trials; /* only if given */
    pat_grid grid;     /* of the search that made the data */
    size_t *pair_of;   /* each row's index in options->pairs; SIZE_MAX: none. NULL: no images */
    int *fold;         /* of each row; PAT_HELD_OUT: of none */
    pat_model *model[PAT_MODEL_KINDS]; /* of each kind, trained on all rows not held out */
    pat_setting *setting; /* rows x kinds: the prediction for each row by a model that was not
                             trained on its original */
    bool *flagged;        /* rows x kinds: whether that model flags its prediction */
    double *raw[PAT_MODEL_KINDS]; /* of each kind, rows x targets: predictions before rounding */
    double *constant;             /* rows x targets: the constant predictor's values */
    size_t *row;                  /* scratch: rows */
    double *scratch;              /* scratch: 2 x rows */
} pat_train;

/* Special fold numbers. */
enum {
    PAT_HELD_OUT = -1, /* of a row that is held out */
    PAT_UNUSED = -2,   /* of a row that cannot be used */
    PAT_NO_ROWS = -3   /* of no row: a model for this fold is trained on all rows */
};

/*
 * List the rows in the fold `which` if `inside` is set; otherwise, the rows to train on for this
 * fold: those of all other folds and, for PAT_NO_ROWS, also the rows held out. fold: of each row.
 * Returns the number of rows listed.
 */
size_t pat_train_rows(const pat_train *train, const int *fold, int which, bool inside, size_t *row);

/* Store a prediction of kind number k for a row. */
void pat_train_store(pat_train *train, size_t k, size_t row, const pat_prediction *prediction);

/* Add warnings about the data to the report. Data that can be learned from but not inspected, for
 * example without scores, only cause a warning; trials of another data set are an error. Otherwise
 * fails like pat_inspect(). */
PAT_MUST_CHECK pat_status pat_train_warn(pat_train *train, pat_error *error);

/* Add a warning if the model that is written is worse than leaving images alone on the originals
 * held out. */
void pat_train_warn_of_harm(pat_train_report *report);

/* Train kind number k, a tone model, and predict every row with it. Fails like pat_run_jobs(). */
PAT_MUST_CHECK pat_status pat_train_tone(pat_train *train, size_t k, pat_error *error);

/* Match the rows with pairs, and group the rows by original. Fails with PAT_NOTHING_TO_DO if no row
 * has a pair, or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_train_match(pat_train *train, pat_error *error);

/* Restore and score the images of all rows with every kind of model. If too few can be scored to
 * test the models, the report gets a warning. Fails like pat_pixels_run(). */
PAT_MUST_CHECK pat_status pat_train_score(pat_train *train, pat_error *error);

/* The test results of a model as a JSON object: pat_train_json() without its schema. Free with
 * free(); NULL when memory runs out. */
PAT_MUST_CHECK char *pat_train_metrics(const pat_train_report *report);

/* The provenance of a model as a JSON object. Free with free(); NULL when memory runs out. */
PAT_MUST_CHECK char *pat_train_provenance(const pat_train_options *options,
                                          const pat_train_report *report);

#endif
