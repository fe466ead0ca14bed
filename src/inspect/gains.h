/* The scores of all settings, as `patina search --trials` writes them; private to the library. */
#ifndef PAT_INSPECT_GAINS_H
#define PAT_INSPECT_GAINS_H

#include "data/labels.h"
#include "data/table.h"
#include "patina/inspect.h"

/* The gains of a data set's settings and rows, computed from its trials. Zero-initialize;
 * pat_gains_release() when done. */
typedef struct pat_gains {
    pat_grid grid;
    pat_labels labels;
    pat_setting_report *settings; /* in grid order; wins are not counted */
    /* One per row of the data set; NaN for an identical pair. margin: the best similarity minus
     * that of the best setting with another effect (at strength 0, sigma makes no difference); NaN
     * if there is none. */
    double *gain_db, *gain_ssim, *margin;
} pat_gains;

/*
 * Read the trials of the data set `data`, whose columns must include the scores and settings. Pairs
 * without a row are skipped, and any order is accepted, because rows may have been removed or
 * moved. Fails with PAT_MALFORMED (the message says why these are not trials, or not of this data
 * set) or as pat_table_read(). Release `gains` even on failure.
 */
PAT_MUST_CHECK pat_status pat_gains_read(pat_gains *gains, const char *path, const pat_table *data,
                                         const pat_name_index *names, pat_error *error);
void pat_gains_release(pat_gains *gains);

#endif
