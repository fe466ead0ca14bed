/* Inspecting a data set that is in memory; private to the library. */
#ifndef PAT_RUN_INSPECT_RUN_H
#define PAT_RUN_INSPECT_RUN_H

#include "inspect/rows.h"
#include "patina/run.h"

/*
 * As pat_inspect(), for who needs the rows themselves too. table: as pat_inspect_read() has read
 * options->data. gain: room for one of each row, to be filled in; or NULL. Only with trials.
 */
PAT_MUST_CHECK pat_status pat_inspect_loaded(const pat_inspect_options *options,
                                             const pat_table *table, pat_row_gain *gain,
                                             pat_inspection *inspection, pat_error *error);

#endif
