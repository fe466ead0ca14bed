/*
 * A run's record (x.run.json for x.csv): its options, inputs and results; private to the library.
 */
#ifndef PAT_RUN_RECORD_H
#define PAT_RUN_RECORD_H

#include "base/file.h"
#include "base/json.h"
#include "patina/dataset.h"

/* Make the path of a file that goes with a table: "x.csv" and ".run.json" give "x.run.json". Fails
 * with PAT_INVALID_ARGUMENT if it is too long. */
PAT_MUST_CHECK pat_status pat_path_beside(char path[PAT_PATH_SIZE], const char *output,
                                          const char *suffix, pat_error *error);

/* Write the record to the open `file` and finish it. Takes ownership of `record`. Fails with
 * PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY (also if `record` is NULL). */
PAT_MUST_CHECK pat_status pat_run_record_write(json_t *record, pat_file *file, pat_error *error);

/*
 * Read the record of the run that made the table `data`. *record: an object, to be released with
 * json_decref(); NULL if there is no record. path: where the record is or would be. Fails with
 * PAT_MALFORMED (the file is not a valid record), PAT_OUT_OF_MEMORY or like pat_path_beside().
 */
PAT_MUST_CHECK pat_status pat_run_record_read(const char *data, char path[PAT_PATH_SIZE],
                                              json_t **record, pat_error *error);

/* Read the record of the table `data` if it is that of the same run: with this identity and these
 * options, which name the inputs. NULL if it is not, or cannot be read. Release it with
 * json_decref(). */
json_t *pat_run_record_of_same(const char *data, const char *identity, json_t *options);

/* Whether the file at `path` is unchanged since the run wrote it. digest_name: the member of the
 * results that has its SHA-256. False if record is NULL. */
bool pat_run_record_has_file(const json_t *record, const char *digest_name, const char *path);

#endif
