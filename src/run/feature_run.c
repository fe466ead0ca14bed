#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "data/row.h"
#include "run/feature_record.h"
#include "run/inputs.h"
#include "run/record.h"
#include "run/table_run.h"
#include "tasks/task_features.h"

struct feature_run {
    const pat_feature_options *options;
    pat_inputs inputs; /* in CSV order */
    pat_run_summary *summary;
};

static pat_status add_inputs(struct feature_run *run, pat_error *error)
{
    pat_status status = PAT_OK;
    for (size_t i = 0; i < run->options->input_count && status == PAT_OK; i++)
        status = pat_inputs_add(&run->inputs, run->options->inputs[i].path, i, error);
    run->summary->unpaired = run->inputs.left_out_count;
    run->summary->ignored = run->inputs.ignored_count;
    return status == PAT_OK ? pat_inputs_check(&run->inputs, error) : status;
}

static const char *label_of(const struct feature_run *run, size_t index)
{
    const char *label = run->options->inputs[run->inputs.origin[index]].label;
    return label == NULL ? "" : label;
}

static void get_job(void *context, size_t index, pat_job *job)
{
    struct feature_run *run = context;
    /* The job is named by its path, because two folders may have files with the same name. */
    *job = (pat_job){.name = pat_names_get(&run->inputs.paths, index),
                     .damaged = pat_names_get(&run->inputs.paths, index),
                     .undamaged = ""};
}

static const char *failed(void *context, size_t index)
{
    const struct feature_run *run = context;
    return pat_names_get(&run->inputs.names, index);
}

static pat_status write_headers(void *context, pat_outputs *outputs, pat_error *error)
{
    const struct feature_run *run = context;
    pat_feature_row_put_header(&outputs->line, run->options->extended, run->options->label_name);
    return pat_outputs_write(outputs, &outputs->data, error);
}

static pat_status write_row(void *context, size_t index, const pat_outcome *outcome,
                            pat_outputs *outputs, pat_error *error)
{
    const struct feature_run *run = context;
    const pat_feature_options *options = run->options;
    const char *name = pat_names_get(&run->inputs.names, index);
    double features[PAT_FEATURES_MAX];
    if (!pat_features_report_unpack(pat_buffer_bytes(&outcome->report), features))
        return pat_journal_fail_to_read(run->summary->journal_path, name, error);
    pat_feature_row_put(
        &outputs->line,
        &(pat_feature_row){name, features, options->extended,
                           options->label_name == NULL ? NULL : label_of(run, index),
                           outputs->spreadsheet_safe});
    return pat_outputs_write(outputs, &outputs->data, error);
}

static pat_status end(void *context, pat_outputs *outputs, pat_error *error)
{
    const struct feature_run *run = context;
    return pat_run_record_write(pat_feature_record(run->options, run->summary), &outputs->record,
                                error);
}

static const pat_table_command feature_command = {write_headers, write_row, failed, end};

static pat_status check_label(const char *name, pat_error *error)
{
    bool taken = name != NULL && strcmp(name, "filename") == 0;
    for (int i = 0; i < PAT_FEATURES_MAX && name != NULL; i++)
        taken = taken || strcmp(name, pat_feature_name(i)) == 0;
    return taken
               ? pat_fail(error, PAT_INVALID_ARGUMENT,
                          "--label: the table already has a column '%s'; choose another name", name)
               : PAT_OK;
}

static pat_status run_all(struct feature_run *run, double started_s, pat_error *error)
{
    const pat_feature_options *options = run->options;
    char identity[PAT_FEATURE_IDENTITY_SIZE];
    pat_feature_identity(options, identity);
    json_t *inputs = pat_feature_inputs(options);
    if (inputs == NULL)
        return pat_fail_memory(error, "the run record");
    pat_table_run table = {
        .command = &feature_command,
        .started_s = started_s,
        .kind = PAT_TASK_FEATURES,
        .jobs = {.count = run->summary->total, .get = get_job, .context = run},
        .output = options->output,
        .identity = identity,
        .outputs = {.journal_mode = options->run.journal,
                    .replaces = options->run.force,
                    .inputs = inputs,
                    .spreadsheet_safe = options->spreadsheet_safe},
        .options = &options->run,
        .summary = run->summary,
    };
    pat_features_setup_pack(&table.extra, options->extended);
    return pat_table_run_execute(&table, error);
}

pat_status pat_feature_run(const pat_feature_options *options, pat_run_summary *summary,
                           pat_error *error)
{
    double started_s = pat_clock_seconds();
    struct feature_run run = {
        .options = options,
        .inputs = {.recursive = options->recursive,
                   .left_out = options->left_out,
                   .left_out_context = options->left_out_context},
        .summary = summary,
    };
    *summary = (pat_run_summary){0};
    pat_status status = check_label(options->label_name, error);
    if (status == PAT_OK)
        status = add_inputs(&run, error);
    summary->total = run.inputs.paths.count;
    if (status == PAT_OK)
        status = run_all(&run, started_s, error);
    pat_inputs_release(&run.inputs);
    return status;
}
