/*
 * Judge the labels of a data set; private to the library. See docs/definitions.md.
 */
#ifndef PAT_DATA_LABELS_H
#define PAT_DATA_LABELS_H

#include "patina/dataset.h"
#include "patina/search.h"

/* Counts over the rows of one run. Zero-initialize. */
typedef struct pat_labels {
    size_t rows;
    size_t scored, harmed, tied, identical; /* as in pat_label_report */
    double gain_db, gain_ssim;              /* sums over the scored rows */
    size_t read[PAT_AXES];                  /* rows whose operators read the axis */
    size_t wins[PAT_AXES][PAT_AXIS_MAX];    /* of each value on each grid axis */
    size_t idle[PAT_AXES][PAT_AXIS_MAX];    /* wins in which the value makes no difference */
    bool grid_observed;                     /* the real grid may have more values */
    size_t other_shape;                     /* pairs whose images differ in shape */
    char shapes[96];                        /* names of the first few such pairs */
} pat_labels;

/* Count one row. untouched: NULL if unknown; harm and gain are then unknown too. */
void pat_labels_add(pat_labels *labels, const pat_grid *grid, const pat_setting *setting,
                    const pat_scores *best, const pat_scores *untouched, bool tied);

/* Count a pair whose images differ in shape. */
void pat_labels_add_shape(pat_labels *labels, const char *name);

/* Fill in the report. */
void pat_labels_report(const pat_labels *labels, const pat_grid *grid, pat_label_report *report);

#endif
