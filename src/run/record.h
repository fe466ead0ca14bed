/*
 * The record of a run (run.json): what was done, with what, and what came of it; private to the
 * library. The one door to jansson.
 */
#ifndef PAT_RUN_RECORD_H
#define PAT_RUN_RECORD_H

#include "base/file.h"
#include "patina/run.h"

/* Write the record of a search to `file` (open) and finish that. Fails with PAT_WRITE_FAILED or
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_run_record_write(const pat_search_options *options,
                                               const pat_pairs *pairs,
                                               const pat_run_summary *summary, pat_file *file,
                                               pat_error *error);

#endif
