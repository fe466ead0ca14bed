/*
 * The output files of a run, opened together before the work starts and moved into place together
 * when it is done; private to the library.
 */
#ifndef PAT_RUN_OUTPUTS_H
#define PAT_RUN_OUTPUTS_H

#include "base/file.h"
#include "base/json.h"
#include "patina/run.h"
#include "workers/journal.h"
#include "workers/run.h"

/* Set the first five members and zero the others; pat_outputs_close() when done. */
typedef struct pat_outputs {
    pat_journal_mode journal_mode;
    const char *manifest;    /* borrowed; an input that no output may replace; may be NULL */
    const char *trials_path; /* borrowed; NULL: no trials */
    bool replaces;           /* existing files; see pat_outputs_open() */
    json_t *inputs;          /* owned; the options that name the inputs; NULL: it has no record */
    bool spreadsheet_safe;   /* make names safe for spreadsheets */
    bool replaces_trials;    /* whether pat_outputs_open() found that they may be */
    pat_file data, failures, trials, record;
    pat_journal *journal; /* NULL: none */
    pat_buffer line;      /* scratch for pat_outputs_write() */
    pat_run_summary *summary;
} pat_outputs;

/*
 * Open the journal, then `output` and the files that go with it. Their paths are stored in
 * `summary`, which is borrowed and also counts rows and failures. identity, jobs: as for
 * pat_journal_open(). An existing table, and existing trials, may be replaced if outputs->replaces
 * is set, or if the record shows that the same run wrote them and they are unchanged. Fails like
 * pat_journal_open(), or with PAT_WRITE_FAILED, PAT_INVALID_ARGUMENT or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_outputs_open(pat_outputs *outputs, const char *output,
                                           const char *identity, const pat_job_list *jobs,
                                           pat_run_summary *summary, pat_error *error);

/* Write outputs->line to `file`, and clear it. */
PAT_MUST_CHECK pat_status pat_outputs_write(pat_outputs *outputs, pat_file *file, pat_error *error);

/* An input file of a run. path: may be NULL. what: for messages, such as "the manifest". */
typedef struct pat_input_file {
    const char *path, *what;
} pat_input_file;

/* Fail with PAT_INVALID_ARGUMENT if `path` cannot be used for an output: it is empty or names an
 * image, or the output or its partial file would replace an input. what: such as "table". */
PAT_MUST_CHECK pat_status pat_check_output_name(const char *path, const char *what,
                                                const pat_input_file *inputs, size_t count,
                                                pat_error *error);

/* Fail with PAT_INVALID_ARGUMENT if the output or its partial file would replace an image of a
 * pair. */
PAT_MUST_CHECK pat_status pat_check_output_spares(const char *path, const pat_pairs *pairs,
                                                  pat_error *error);

/* Copy the results of pat_run_jobs() into the summary. */
void pat_summary_take(pat_run_summary *summary, const pat_run *run);

/* Count a failure, and keep its details if it is one of the first PAT_FAILURES_KEPT. */
void pat_summary_fail(pat_run_summary *summary, const char *name, pat_stage stage,
                      pat_status reason, const char *message);

/* Record the failure of the pair or image `name`. */
PAT_MUST_CHECK pat_status pat_outputs_fail(pat_outputs *outputs, const char *name,
                                           const pat_outcome *outcome, pat_error *error);

/* Finish all files except the record, and store the digest of the data in the summary. */
PAT_MUST_CHECK pat_status pat_outputs_finish(pat_outputs *outputs, pat_error *error);

/* Move the finished files into place, the data last, and remove the journal unless it has failures
 * to retry. On failure some files may already be in place; the others remain partial files. */
PAT_MUST_CHECK pat_status pat_outputs_place(pat_outputs *outputs, pat_error *error);

/* Release everything. If the run has rows, files not yet in place remain as partial files, except
 * for the record. */
void pat_outputs_close(pat_outputs *outputs);

#endif
