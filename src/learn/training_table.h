/*
 * What models learn from: features and best settings of images, and what every setting gained;
 * private to the library.
 */
#ifndef PAT_LEARN_TRAINING_TABLE_H
#define PAT_LEARN_TRAINING_TABLE_H

#include <stdint.h>

#include "data/names.h"
#include "patina/grid.h"
#include "patina/model.h"

/* The rows of a regression_training_data.csv. Zero-initialize; pat_training_release() when done. */
typedef struct pat_training {
    size_t rows;
    int feature_count;
    const char *feature_name[PAT_MODEL_FEATURES_MAX]; /* in the file's order; static */
    double *feature;                                  /* rows x feature_count, row by row; finite */
    double *target;          /* rows x PAT_TARGET_COUNT, row by row; see pat_training_read() */
    pat_setting *setting;    /* of each row */
    pat_names filename;      /* of each row */
    pat_names group;         /* of each row: versions of one original have the same */
} pat_training;

/*
 * Read the columns filename, the 14 features, the extended features that are there and the three
 * targets; others are passed over. Also reads what the notebook's pandas writes; color_method
 * need not be there if all correction is white balance. Targets are 0 or
 * 1; PAT_SIGMA_MIN..PAT_SIGMA_MAX (or 0 beside strength 0); 0..PAT_STRENGTH_MAX. Groups are made
 * by pat_group_of(). Fails with PAT_MALFORMED naming row and column, PAT_NOTHING_TO_DO (no rows)
 * or as pat_csv_open(); *training is then still to be released.
 */
PAT_MUST_CHECK pat_status pat_training_read(pat_training *training, const char *path,
                                            pat_error *error);
void pat_training_release(pat_training *training);

/*
 * Replace the groups: `group[row]`, one text for each row (copied). Fails with PAT_OUT_OF_MEMORY;
 * the groups are then undefined.
 */
PAT_MUST_CHECK pat_status pat_training_set_groups(pat_training *training, const char *const *group,
                                                  pat_error *error);

/*
 * The smallest grid that has all the targets, axes ascending. Fails with PAT_INVALID_ARGUMENT if
 * an axis had more than PAT_AXIS_MAX values: such a table does not come from a grid.
 */
PAT_MUST_CHECK pat_status pat_training_grid(const pat_training *training, pat_grid *grid,
                                            pat_error *error);

/* What every setting of a grid gained on each image of a pat_training, from a trials.csv.
 * Zero-initialize; pat_trials_release() when done. */
typedef struct pat_trials {
    pat_grid grid;
    double *gain; /* training rows x pat_grid_count(), in similarity over the untouched image */
} pat_trials;

/* A similarity above this, which is that of 50 dB and no visible difference, counts as this:
 * identical images have an infinite one. */
#define PAT_SIMILARITY_LIMIT 1.0

/*
 * Read the trials of the rows of `training`. Images that are not among them are passed over.
 * Fails with PAT_MALFORMED, naming the row, when settings are not those of a full grid in its
 * order, or an image has no untouched score or lacks a setting; else as pat_csv_open().
 */
PAT_MUST_CHECK pat_status pat_trials_read(pat_trials *trials, const char *path,
                                          const pat_training *training, pat_error *error);
void pat_trials_release(pat_trials *trials);

#endif
