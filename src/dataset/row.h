/*
 * The rows of the data set's files; private to the library. Each function appends one line.
 */
#ifndef PAT_DATASET_ROW_H
#define PAT_DATASET_ROW_H

#include "base/buffer.h"
#include "patina/features.h"
#include "patina/search.h"

/* regression_training_data.csv: what was found for one pair. */
typedef struct pat_row {
    const char *name;
    const pat_scores *scores;
    const double *features; /* PAT_FEATURE_COUNT of them */
    const pat_setting *setting;
} pat_row;

void pat_row_put_header(pat_buffer *out);
void pat_row_put(pat_buffer *out, const pat_row *row);

/* trials.csv: one setting of one pair. */
void pat_trial_put_header(pat_buffer *out);
void pat_trial_put(pat_buffer *out, const char *name, const pat_setting *setting,
                   const pat_scores *scores);

/* failures.csv: one pair or image without a row. */
void pat_failure_put_header(pat_buffer *out);
void pat_failure_put(pat_buffer *out, const char *name, const char *stage, const char *reason,
                     const char *message);

/* features.csv: features of one image; label_name and label NULL without a label column. */
void pat_feature_row_put_header(pat_buffer *out, const char *label_name);
void pat_feature_row_put(pat_buffer *out, const char *name,
                         const double features[PAT_FEATURE_COUNT], const char *label);

#endif
