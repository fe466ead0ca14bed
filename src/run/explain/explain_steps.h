/* The steps of an explanation; private to the library. */
#ifndef PAT_RUN_EXPLAIN_STEPS_H
#define PAT_RUN_EXPLAIN_STEPS_H

#include "data/names.h"
#include "patina/explain.h"
#include "tasks/task_search.h"

/* ---- Reading the files ----------------------------------------------------------------------- */

/* The table rows with a given name. Zero-initialize; pat_found_release() when done. */
typedef struct pat_found {
    pat_names header;
    pat_names field[PAT_EXPLAINED_ROWS_MAX]; /* of each row */
} pat_found;

void pat_found_release(pat_found *found);

/*
 * Look up explanation->filename in the table and its failures, and fill in the explanation and
 * *found. If nothing has this name, try again with \xNN and doubled backslashes decoded, as JSON
 * shows names; explanation->filename becomes the decoded name. Fails with PAT_NOT_FOUND (the
 * message lists the nearest names), PAT_MALFORMED, PAT_OUT_OF_MEMORY or like pat_csv_open().
 */
PAT_MUST_CHECK pat_status pat_explain_find(const pat_explain_options *options,
                                           pat_explanation *explanation, pat_found *found,
                                           pat_error *error);

/* Find the index of the pair for explanation->filename, which may be the pair's name or a table
 * cell; explanation->filename becomes the pair's name. Fails with PAT_NOT_FOUND or
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_explain_find_pair(const pat_explain_options *options, size_t *index,
                                                pat_explanation *explanation, pat_error *error);

/* Whether a cell of the filename column means `name`: it is the name, or the name made safe for
 * spreadsheets. */
bool pat_explain_is_name(const char *cell, const char *name);

/* The contents of the run's record. */
typedef struct pat_explain_record {
    bool has_grid;
    pat_grid grid;
    uint64_t max_pixels; /* 0: unknown */
    char sha256[65];     /* of the table when it was written; "": unknown */
    char cpu[256];       /* that the run used; "": unknown */
} pat_explain_record;

/* Read x.run.json, if it exists. Fails with PAT_MALFORMED or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_explain_read_record(const char *data, pat_explain_record *record,
                                                  pat_explanation *explanation, pat_error *error);

/* Find the grid that was searched. Fails with PAT_INVALID_ARGUMENT or like pat_table_open(). */
PAT_MUST_CHECK pat_status pat_explain_find_grid(const pat_explain_options *options,
                                                const pat_explain_record *record,
                                                pat_explanation *explanation, pat_error *error);

/* Get the size, time and SHA-256 of a file, as far as they can be read. */
void pat_explain_look(const char *path, pat_explained_file *file);

/* ---- The outcome ----------------------------------------------------------------------------- */

/* Compare the rows found with the row rebuilt by a search. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_explain_compare(const pat_found *found,
                                              const pat_search_report *report,
                                              pat_explanation *explanation, pat_error *error);

/* Restore the pair as options->model chooses, and score the result. Fails like pat_pixels_run() and
 * pat_model_load(). */
PAT_MUST_CHECK pat_status pat_explain_model(const pat_explain_options *options, size_t pair,
                                            const pat_run_options *run,
                                            pat_explanation *explanation, pat_error *error);

/* Find possible reasons why the row or the failure was not reproduced. */
void pat_explain_reasons(const pat_explain_options *options, const pat_explain_record *record,
                         pat_explanation *explanation);

#endif
