/*
 * The framework of a run that writes a table: workers do the jobs, their outcomes become rows in
 * job order, and the files are finished and moved into place together; private to the library.
 * Search, features and degrade supply their own parts as functions.
 */
#ifndef PAT_RUN_TABLE_RUN_H
#define PAT_RUN_TABLE_RUN_H

#include "run/outputs.h"
#include "workers/run.h"

/* The functions that a command supplies. Each receives `jobs.context`. */
typedef struct pat_table_command {
    pat_status (*write_headers)(void *context, pat_outputs *outputs, pat_error *error);
    /* A job succeeded: write its row. */
    pat_status (*write_row)(void *context, size_t index, const pat_outcome *outcome,
                            pat_outputs *outputs, pat_error *error);
    /* A job failed: clean up, and return its name for the table of failures. */
    const char *(*failed)(void *context, size_t index);
    /* Called when all rows are written and the elapsed time is known: complete the summary and the
     * outputs. May be NULL. */
    pat_status (*end)(void *context, pat_outputs *outputs, pat_error *error);
} pat_table_command;

/* A run. All members are borrowed except `extra`, which pat_table_run_execute() releases, and
 * `outputs`, which it opens and closes. */
typedef struct pat_table_run {
    const pat_table_command *command;
    double started_s; /* from pat_clock_seconds() */
    pat_task_kind kind;
    pat_buffer extra; /* pat_task_setup.extra */
    pat_job_list jobs;
    pat_journal *journal; /* an open journal to use instead of that of `outputs`; NULL: none */
    const char *output;   /* path of the table */
    const char *identity; /* as for pat_journal_open() */
    pat_outputs outputs;  /* set the members that pat_outputs_open() requires */
    const pat_run_options *options;
    pat_run_summary *summary;
} pat_table_run;

/* Execute the run. Fails like the command's functions, pat_outputs_open(), pat_outputs_place() or
 * pat_run_jobs(); the summary then covers the run up to the failure. */
PAT_MUST_CHECK pat_status pat_table_run_execute(pat_table_run *run, pat_error *error);

#endif
