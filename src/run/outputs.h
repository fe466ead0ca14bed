/*
 * The output files of a run, opened together before the work and put in place together at its end;
 * private to the library.
 */
#ifndef PAT_RUN_OUTPUTS_H
#define PAT_RUN_OUTPUTS_H

#include "base/file.h"
#include "patina/run.h"
#include "workers/journal.h"
#include "workers/run.h"

/* Set the first four members and zero the others; pat_outputs_close() when done. */
typedef struct pat_outputs {
    pat_journal_mode journal_mode;
    const char *manifest;    /* borrowed; an input that no output may replace; or NULL */
    const char *trials_path; /* borrowed; NULL: no trials */
    bool keeps_record;       /* whether the run writes a record */
    bool spreadsheet_safe;   /* make names safe for spreadsheets */
    pat_file data, failures, trials, record;
    pat_journal *journal; /* or NULL */
    pat_buffer line;      /* scratch for pat_outputs_write() */
    pat_run_summary *summary;
} pat_outputs;

/*
 * Open the journal and then `output` and the files beside it; their paths go into `summary`, which
 * is borrowed and counts rows and failures. identity and jobs: as for pat_journal_open(). Fails
 * like that, and with PAT_WRITE_FAILED, PAT_INVALID_ARGUMENT or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_outputs_open(pat_outputs *outputs, const char *output,
                                           const char *identity, const pat_job_list *jobs,
                                           pat_run_summary *summary, pat_error *error);

/* Write outputs->line to `file`, and empty the line. */
PAT_MUST_CHECK pat_status pat_outputs_write(pat_outputs *outputs, pat_file *file, pat_error *error);

/* A file that a run reads. path: NULL if there is none. what: "the manifest". */
typedef struct pat_input_file {
    const char *path, *what;
} pat_input_file;

/* Fail with PAT_INVALID_ARGUMENT if `path` is not allowed for an output: it is empty or an image's
 * name, or the output or its partial form would replace an input. what: "table". */
PAT_MUST_CHECK pat_status pat_check_output_name(const char *path, const char *what,
                                                const pat_input_file *inputs, size_t count,
                                                pat_error *error);

/* The same for the images of pairs, whatever they are called. */
PAT_MUST_CHECK pat_status pat_check_output_spares(const char *path, const pat_pairs *pairs,
                                                  pat_error *error);

/* The name of a file beside a table: "x.csv" and ".run.json" make "x.run.json". Fails with
 * PAT_INVALID_ARGUMENT if it is too long. */
PAT_MUST_CHECK pat_status pat_path_beside(char path[PAT_PATH_SIZE], const char *output,
                                          const char *suffix, pat_error *error);

/* Copy the results of a run of jobs into the summary. */
void pat_summary_take(pat_run_summary *summary, const pat_run *run);

/* Count a failure, and keep it if it is one of the first. */
void pat_summary_fail(pat_run_summary *summary, const char *name, pat_stage stage,
                      pat_status reason, const char *message);

/* Record the failed outcome of the pair or image `name`. */
PAT_MUST_CHECK pat_status pat_outputs_fail(pat_outputs *outputs, const char *name,
                                           const pat_outcome *outcome, pat_error *error);

/* Finish all files except the record, and put the digest of the data into the summary. */
PAT_MUST_CHECK pat_status pat_outputs_finish(pat_outputs *outputs, pat_error *error);

/* Put the finished files in place, the data last, and remove the journal unless it has failures to
 * try again. On failure some files may already be in place; the others stay as partial files. */
PAT_MUST_CHECK pat_status pat_outputs_place(pat_outputs *outputs, pat_error *error);

/* Release everything. Files not in place keep their partial form if the run has rows. */
void pat_outputs_close(pat_outputs *outputs);

#endif
