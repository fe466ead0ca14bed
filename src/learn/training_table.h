/*
 * Training data: features and best settings of images, and the gain of every setting; private to
 * the library.
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
    double *target;       /* rows x PAT_TARGET_COUNT, row by row; see pat_training_read() */
    pat_setting *setting; /* of each row */
    double *affine;     /* rows x 6: the affine color that fits the original best, as red gain, red
                           offset, green gain...; NaN where the table lacks it */
    pat_names filename; /* of each row */
    pat_names group;    /* of each row: versions of one original have the same */
} pat_training;

/*
 * Read the columns filename, the 14 features, the extended features that are there and the three
 * targets; others are ignored. Also reads tables written by the notebook's pandas; color_method may
 * be missing if all color correction is white balance. Targets are 0 or 1;
 * PAT_SIGMA_MIN..PAT_SIGMA_MAX (or 0 beside strength 0); 0..PAT_STRENGTH_MAX. Groups are made by
 * pat_group_of(). Fails with PAT_MALFORMED naming row and column, PAT_NOTHING_TO_DO (no rows) or as
 * pat_csv_open(); release *training on failure, too.
 */
PAT_MUST_CHECK pat_status pat_training_read(pat_training *training, const char *path,
                                            pat_error *error);
void pat_training_release(pat_training *training);

/* Whether any row has its best affine color. */
bool pat_training_has_colors(const pat_training *training);

/*
 * Replace the groups: `group[row]`, one text for each row (copied). Fails with PAT_OUT_OF_MEMORY;
 * the groups are then undefined.
 */
PAT_MUST_CHECK pat_status pat_training_set_groups(pat_training *training, const char *const *group,
                                                  pat_error *error);

/*
 * The smallest grid that contains all targets, axes ascending. Fails with PAT_INVALID_ARGUMENT if
 * an axis would have more than PAT_AXIS_MAX values: such a table does not come from a grid.
 */
PAT_MUST_CHECK pat_status pat_training_grid(const pat_training *training, pat_grid *grid,
                                            pat_error *error);

/* The gain of every setting of a grid on each image of a pat_training, from a trials.csv.
 * Zero-initialize; pat_trials_release() when done. */
typedef struct pat_trials {
    pat_grid grid;
    double *gain; /* training rows x pat_grid_count(), in similarity over the untouched image */
} pat_trials;

/* Similarities are capped at this value, that of 50 dB and no visible difference, because identical
 * images have an infinite one. */
#define PAT_SIMILARITY_LIMIT 1.0

/*
 * Read the trials of the rows of `training`. Other images are skipped. Fails with PAT_MALFORMED,
 * naming the row, if the settings are not a full grid in its order, or an image lacks a setting or
 * the untouched score; else as pat_csv_open().
 */
PAT_MUST_CHECK pat_status pat_trials_read(pat_trials *trials, const char *path,
                                          const pat_training *training, pat_error *error);
void pat_trials_release(pat_trials *trials);

#endif
