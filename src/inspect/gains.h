/* The scores of all settings, as `patina search --trials` writes them; private to the library. */
#ifndef PAT_INSPECT_GAINS_H
#define PAT_INSPECT_GAINS_H

#include "data/labels.h"
#include "data/table.h"
#include "patina/inspect.h"

/* What the trials say about the rows of a data set. Zero-initialize; pat_gains_release() when
 * done. */
typedef struct pat_gains {
    pat_grid grid;
    pat_labels labels;
    pat_setting_report *settings; /* of the grid, in its order; wins are not counted */
    /* One per row of the data set. margin: best similarity minus that of the best setting with
     * another effect (at strength 0, sigma makes no difference); NaN if there is none, or for an
     * identical pair. Gains of an identical pair are NaN. */
    double *gain_db, *gain_ssim, *margin;
} pat_gains;

/*
 * Read them for the data set `data`, whose columns must hold the scores and settings. Pairs without
 * a row are skipped, and any order is accepted, so rows may have been removed since. Fails with
 * PAT_MALFORMED (the message says why these are not trials, or not of this data set) and as
 * pat_table_read(). Release `gains` on failure, too.
 */
PAT_MUST_CHECK pat_status pat_gains_read(pat_gains *gains, const char *path, const pat_table *data,
                                         const pat_name_index *names, pat_error *error);
void pat_gains_release(pat_gains *gains);

#endif
