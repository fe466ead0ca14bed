/*
 * The record of a run (run.json): what was done, with what, and what came of it; private to the
 * library. The one door to jansson.
 */
#ifndef PAT_RUN_RECORD_H
#define PAT_RUN_RECORD_H

#include "patina/run.h"

/* Write summary->record_path. Fails with PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_run_record_write(const pat_search_options *options,
                                               const pat_pairs *pairs,
                                               const pat_run_summary *summary, pat_error *error);

#endif
