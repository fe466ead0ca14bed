/* Inspect a data set that is already in memory; private to the library. */
#ifndef PAT_RUN_INSPECT_RUN_H
#define PAT_RUN_INSPECT_RUN_H

#include "inspect/rows.h"
#include "patina/run.h"

/*
 * Like pat_inspect(), for callers that also need the rows. table: options->data as read by
 * pat_inspect_read(). gain: one element per row, filled in if there are trials; may be NULL.
 */
PAT_MUST_CHECK pat_status pat_inspect_loaded(const pat_inspect_options *options,
                                             const pat_table *table, pat_row_gain *gain,
                                             pat_inspection *inspection, pat_error *error);

#endif
