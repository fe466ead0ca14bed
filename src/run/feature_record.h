/*
 * The record of a run that measures features; private to the library.
 */
#ifndef PAT_RUN_FEATURE_RECORD_H
#define PAT_RUN_FEATURE_RECORD_H

#include "base/json.h"
#include "patina/run.h"

/* Describe everything except the files that affects the results, as lines of "name=value". */
enum { PAT_FEATURE_IDENTITY_SIZE = 128 };
void pat_feature_identity(const pat_feature_options *options,
                          char identity[PAT_FEATURE_IDENTITY_SIZE]);

/* The options that name the inputs and the columns, as in the record. NULL if memory runs out. */
json_t *pat_feature_inputs(const pat_feature_options *options);

/* The record: patina.features of docs/json.md. NULL if memory runs out. */
json_t *pat_feature_record(const pat_feature_options *options, const pat_run_summary *summary);

#endif
