/* Check the pairs of a data set; private to the library. */
#ifndef PAT_RUN_CHECK_RUN_H
#define PAT_RUN_CHECK_RUN_H

#include "data/table.h"
#include "patina/run.h"

/*
 * Check every pair in workers and add suspicious ones to the findings. names: the row names of the
 * data set. Fails with PAT_NOTHING_TO_DO (no pairs) or like pat_run_jobs().
 */
PAT_MUST_CHECK pat_status pat_check_pairs(const pat_pairs *pairs, const pat_name_index *names,
                                          const pat_run_options *options,
                                          pat_inspection *inspection, pat_error *error);

#endif
