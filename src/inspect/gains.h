/* The scores of all settings, as `patina search --trials` writes them; private to the library. */
#ifndef PAT_INSPECT_GAINS_H
#define PAT_INSPECT_GAINS_H

#include "data/labels.h"
#include "data/table.h"
#include "patina/inspect.h"

/* What the trials say of the rows of a data set. Zero-initialize; pat_gains_release() when done.
 */
typedef struct pat_gains {
    pat_grid grid;
    pat_labels labels;
    pat_setting_report *settings; /* of the grid, in its order; wins are not counted */
    /* One per row of the data set. margin: best similarity less that of the best setting that makes
     * another image of it (without strength sigma makes no difference); NaN if there is none, or
     * for an identical pair. Gains of an identical pair are NaN. */
    double *gain_db, *gain_ssim, *margin;
} pat_gains;

/*
 * Read them for the data set `data`, whose columns must hold the scores and settings. Pairs that
 * have no row in it are passed over, in any order, so rows may have been removed from it since.
 * Fails with PAT_MALFORMED, the message saying why the trials are none or not of this data set, and
 * as pat_table_read(); `gains` is then still to be released.
 */
PAT_MUST_CHECK pat_status pat_gains_read(pat_gains *gains, const char *path, const pat_table *data,
                                         const pat_name_index *names, pat_error *error);
void pat_gains_release(pat_gains *gains);

#endif
