/*
 * The record of a search; private to the library.
 */
#ifndef PAT_RUN_SEARCH_RECORD_H
#define PAT_RUN_SEARCH_RECORD_H

#include "base/json.h"
#include "patina/run.h"

/* Describe everything except the files that affects the results, including the choice of pairs, as
 * lines of "name=value". */
enum { PAT_IDENTITY_SIZE = PAT_GRID_TEXT_SIZE + PAT_SCORE_SET_TEXT_SIZE + 4096 };
void pat_search_identity(const pat_search_options *options, char identity[PAT_IDENTITY_SIZE]);

/* The options that name the inputs and the trials, as in the record. NULL if memory runs out. */
json_t *pat_search_inputs(const pat_search_options *options);

/* The record: patina.search of docs/json.md. NULL if memory runs out. */
json_t *pat_search_record(const pat_search_options *options, const pat_pairs *pairs,
                          const pat_run_summary *summary);

#endif
