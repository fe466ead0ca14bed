/* Inspect a data set in memory; private to the library. */
#ifndef PAT_RUN_INSPECT_RUN_H
#define PAT_RUN_INSPECT_RUN_H

#include "inspect/rows.h"
#include "patina/run.h"

/*
 * As pat_inspect(), for callers that also need the rows. table: options->data as read by
 * pat_inspect_read(). gain: room for one per row, filled in if there are trials; or NULL.
 */
PAT_MUST_CHECK pat_status pat_inspect_loaded(const pat_inspect_options *options,
                                             const pat_table *table, pat_row_gain *gain,
                                             pat_inspection *inspection, pat_error *error);

#endif
