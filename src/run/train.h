/* The parts of a training run; private to the library. */
#ifndef PAT_RUN_TRAIN_H
#define PAT_RUN_TRAIN_H

#include "learn/training_table.h"
#include "patina/training.h"

typedef struct pat_train {
    const pat_train_options *options;
    pat_train_report *report;
    pat_training training;
    pat_trials trials; /* only if they were given */
    pat_grid grid;     /* of the search that made the data */
    size_t *pair_of;   /* of each row, among options->pairs; SIZE_MAX: none. NULL: no images */
    int *fold;         /* of each row, -1 for those held out */
    pat_model *model[PAT_MODEL_KINDS]; /* of each kind, what learned from all but those held out */
    pat_setting *setting;              /* rows x kinds: what was predicted for each row by a model
                                          that had not seen its original */
    bool *unlike;                      /* rows x kinds: whether that model had not seen the like */
    double *raw[PAT_MODEL_KINDS];      /* of each kind, rows x targets: the same before rounding */
    double *constant;                  /* rows x targets: what the constant predictor says */
    size_t *row;                       /* scratch: rows */
    double *scratch;                   /* scratch: 2 x rows */
} pat_train;

/* What is wrong with the data, into the report. Fails as pat_inspect(), but for data that can be
 * learned from and not inspected: the report says so. */
PAT_MUST_CHECK pat_status pat_train_warn(pat_train *train, pat_error *error);

/* Find the images of the rows, and group the rows by them. Fails with PAT_NOTHING_TO_DO if they
 * have none in common, or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_train_match(pat_train *train, pat_error *error);

/* Restore and score the images of all rows, for all kinds. Fails as pat_pixels_run(), and with
 * PAT_NOTHING_TO_DO if there are none. Where too many cannot be scored, it is a warning. */
PAT_MUST_CHECK pat_status pat_train_score(pat_train *train, pat_error *error);

/* What a model is worth, as a JSON object: pat_train_json() without its schema. Free with free();
 * NULL when memory runs out. */
PAT_MUST_CHECK char *pat_train_metrics(const pat_train_report *report);

/* Where a model comes from, as a JSON object. Free with free(); NULL when memory runs out. */
PAT_MUST_CHECK char *pat_train_provenance(const pat_train_options *options,
                                          const pat_train_report *report);

#endif
