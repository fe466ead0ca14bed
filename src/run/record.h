/*
 * A run's record (x.run.json): its options, inputs and results; private to the library.
 */
#ifndef PAT_RUN_RECORD_H
#define PAT_RUN_RECORD_H

#include "base/file.h"
#include "base/json.h"
#include "patina/run.h"

/* Describe everything except the files that affects the results, including the choice of pairs, as
 * lines of "name=value". */
enum { PAT_IDENTITY_SIZE = PAT_GRID_TEXT_SIZE + PAT_SCORE_SET_TEXT_SIZE + 4096 };
void pat_search_identity(const pat_search_options *options, char identity[PAT_IDENTITY_SIZE]);

/* Whether the record beside options->output describes the same search: the same input paths and the
 * same identity. *same_trials: receives whether that search also wrote the same trials file. */
bool pat_run_record_is_of(const pat_search_options *options, bool *same_trials);

/* Write the record of a search to the open `file` and finish it. Fails with PAT_WRITE_FAILED or
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_run_record_write(const pat_search_options *options,
                                               const pat_pairs *pairs,
                                               const pat_run_summary *summary, pat_file *file,
                                               pat_error *error);

/* How a source matches names, as written in the record: "name", "stem" or the pattern. */
const char *pat_run_record_match(const pat_pair_source *source);

/*
 * Read the record of the run that made the table `data`. *record: an object, to be released with
 * json_decref(); NULL if there is no record. path: where the record is or would be. Fails with
 * PAT_MALFORMED (the file is not a valid record), PAT_OUT_OF_MEMORY or like pat_path_beside().
 */
PAT_MUST_CHECK pat_status pat_run_record_read(const char *data, char path[PAT_PATH_SIZE],
                                              json_t **record, pat_error *error);

#endif
