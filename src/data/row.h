/*
 * Write the rows of the CSV files; private to the library. Each function appends one line. With
 * `spreadsheet_safe`, names, labels and messages are written by pat_csv_spreadsheet_text().
 */
#ifndef PAT_DATA_ROW_H
#define PAT_DATA_ROW_H

#include <stdbool.h>

#include "base/buffer.h"
#include "patina/features.h"
#include "patina/search.h"

/* The optional columns of a run's tables. They come last, in this order. */
typedef struct pat_columns {
    bool extended;        /* the extended features; not in trials.csv */
    const pat_grid *grid; /* whose optional axes become columns */
    pat_score_set scores; /* scores other than PSNR and SSIM become columns */
    bool spreadsheet_safe;
} pat_columns;

/* regression_training_data.csv: the result for one pair. */
typedef struct pat_row {
    const char *name;
    const pat_scores *scores;
    const double *features; /* PAT_FEATURE_COUNT, or PAT_FEATURES_MAX if extended */
    const pat_setting *setting;
    const double *colors; /* PAT_AFFINE_COLUMNS, if extended: after the features */
} pat_row;

void pat_row_put_header(pat_buffer *out, const pat_columns *columns);
void pat_row_put(pat_buffer *out, const pat_columns *columns, const pat_row *row);

/* trials.csv: one setting of one pair. */
void pat_trial_put_header(pat_buffer *out, const pat_columns *columns);
void pat_trial_put(pat_buffer *out, const pat_columns *columns, const char *name,
                   const pat_setting *setting, const pat_scores *scores);

/* failures.csv: one pair or image without a row. */
typedef struct pat_failure_row {
    const char *name, *stage, *reason, *message;
    bool spreadsheet_safe;
} pat_failure_row;

void pat_failure_put_header(pat_buffer *out);
void pat_failure_put(pat_buffer *out, const pat_failure_row *row);

/* features.csv: the features of one image. label_name, label: NULL without a label column. */
typedef struct pat_feature_row {
    const char *name;
    const double *features;
    bool extended; /* as in pat_row; these columns come before the label */
    const char *label;
    bool spreadsheet_safe;
} pat_feature_row;

void pat_feature_row_put_header(pat_buffer *out, bool extended, const char *label_name);
void pat_feature_row_put(pat_buffer *out, const pat_feature_row *row);

#endif
