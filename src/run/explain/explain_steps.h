/* The steps of an explanation; private to the library. */
#ifndef PAT_RUN_EXPLAIN_STEPS_H
#define PAT_RUN_EXPLAIN_STEPS_H

#include "data/names.h"
#include "patina/explain.h"
#include "tasks/task_search.h"

/* ---- Reading the files ----------------------------------------------------------------------- */

/* The rows with a name, as in the table. Zero-initialize; pat_found_release() when done. */
typedef struct pat_found {
    pat_names header;
    pat_names field[PAT_EXPLAINED_ROWS_MAX]; /* of each row */
} pat_found;

void pat_found_release(pat_found *found);

/*
 * Search the table and its failures for explanation->filename: fills in the explanation and *found.
 * If nothing has this name, it is decoded from \xNN and doubled backslashes, as JSON shows names,
 * and explanation->filename becomes the decoded name. Fails with PAT_NOT_FOUND (neither has it; the
 * message names the nearest), PAT_MALFORMED or as pat_csv_open().
 */
PAT_MUST_CHECK pat_status pat_explain_find(const pat_explain_options *options,
                                           pat_explanation *explanation, pat_found *found,
                                           pat_error *error);

/* The index of the pair for explanation->filename, which is a name or a cell of the table;
 * explanation->filename becomes the pair's name. Fails with PAT_NOT_FOUND or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_explain_find_pair(const pat_explain_options *options, size_t *index,
                                                pat_explanation *explanation, pat_error *error);

/* Whether a cell of the column filename means `name`: it is equal, or equal when made safe for
 * spreadsheets. */
bool pat_explain_is_name(const char *cell, const char *name);

/* The contents of the run's record. */
typedef struct pat_explain_record {
    bool has_grid;
    pat_grid grid;
    uint64_t max_pixels; /* 0: not known */
    char sha256[65];     /* of the table when it was written; "": not known */
    char cpu[256];       /* of the table's run; "": not known */
} pat_explain_record;

/* Read x.run.json, if there is one. Fails with PAT_MALFORMED or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_explain_read_record(const char *data, pat_explain_record *record,
                                                  pat_explanation *explanation, pat_error *error);

/* The grid of the explanation. Fails with PAT_INVALID_ARGUMENT or as pat_table_open(). */
PAT_MUST_CHECK pat_status pat_explain_find_grid(const pat_explain_options *options,
                                                const pat_explain_record *record,
                                                pat_explanation *explanation, pat_error *error);

/* Size, time and SHA-256 of a file, as far as it can be read. */
void pat_explain_look(const char *path, pat_explained_file *file);

/* ---- The outcome ----------------------------------------------------------------------------- */

/* Compare the rows found with the row rebuilt from a search. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_explain_compare(const pat_found *found,
                                              const pat_search_report *report,
                                              pat_explanation *explanation, pat_error *error);

/* Find possible reasons why the row or the failure is not reproduced. */
void pat_explain_reasons(const pat_explain_options *options, const pat_explain_record *record,
                         pat_explanation *explanation);

#endif
