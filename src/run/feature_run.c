#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "data/row.h"
#include "patina/version.h"
#include "run/inputs.h"
#include "run/outputs.h"
#include "workers/run.h"

/* A feature run: the images, and where their features go. */
struct feature_run {
    const pat_feature_options *options;
    pat_inputs inputs; /* in the order of the CSV */
    pat_outputs outputs;
    pat_run_summary *summary;
};

static pat_status add_inputs(struct feature_run *run, pat_error *error)
{
    pat_status status = PAT_OK;
    for (size_t i = 0; i < run->options->input_count && status == PAT_OK; i++)
        status = pat_inputs_add(&run->inputs, run->options->inputs[i].path, i, error);
    run->summary->unpaired = run->inputs.left_out_count;
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
    /* Two folders may have files of one name. */
    *job = (pat_job){.name = pat_names_get(&run->inputs.paths, index),
                     .damaged = pat_names_get(&run->inputs.paths, index),
                     .undamaged = ""};
}

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    struct feature_run *run = context;
    const char *name = pat_names_get(&run->inputs.names, index);
    if (outcome->status != PAT_OK)
        return pat_outputs_fail(&run->outputs, name, outcome, error);
    pat_feature_row_put(
        &run->outputs.line,
        &(pat_feature_row){name, outcome->features, run->options->extended,
                           run->options->label_name == NULL ? NULL : label_of(run, index),
                           run->outputs.spreadsheet_safe});
    pat_status status = pat_outputs_write(&run->outputs, &run->outputs.data, error);
    if (status == PAT_OK)
        run->summary->rows++;
    return status;
}

static pat_status run_all(struct feature_run *run, const pat_job_list *jobs, pat_error *error)
{
    pat_task_setup setup = {
        .kind = PAT_TASK_FEATURES,
        .extended = run->options->extended,
    };
    pat_grid_init_default(&setup.grid);
    pat_sink sink = {put_outcome, run};
    pat_run work = {.setup = &setup, .jobs = jobs, .sink = &sink, .options = &run->options->run};
    return pat_outputs_run(&run->outputs, &work, error);
}

enum { IDENTITY_SIZE = 128 };

/* What a result depends on besides the file. */
static void describe(const pat_feature_options *options, char identity[IDENTITY_SIZE])
{
    uint64_t max_pixels = options->run.max_pixels;
    snprintf(identity, IDENTITY_SIZE,
             "command=features\ndefinitions=%d\nextended=%s\nmax-pixels=%llu\n",
             PAT_DEFINITIONS_VERSION, options->extended ? "yes" : "no",
             (unsigned long long)(max_pixels != 0 ? max_pixels : PAT_MAX_PIXELS_DEFAULT));
}

static pat_status check_label(const char *name, pat_error *error)
{
    bool taken = name != NULL && strcmp(name, "filename") == 0;
    for (int i = 0; i < PAT_FEATURES_MAX && name != NULL; i++)
        taken = taken || strcmp(name, pat_feature_name(i)) == 0;
    return taken ? pat_fail(error, PAT_INVALID_ARGUMENT,
                            "--label: there is a column '%s' already; choose another name", name)
                 : PAT_OK;
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
        .outputs = {.journal_mode = options->run.journal,
                    .spreadsheet_safe = options->spreadsheet_safe},
        .summary = summary,
    };
    *summary = (pat_run_summary){0};
    pat_status status = check_label(options->label_name, error);
    if (status == PAT_OK)
        status = add_inputs(&run, error);
    summary->total = run.inputs.paths.count;
    pat_job_list jobs = {run.inputs.paths.count, get_job, &run};
    char identity[IDENTITY_SIZE];
    describe(options, identity);
    if (status == PAT_OK)
        status = pat_outputs_open(&run.outputs, options->output, identity, &jobs, summary, error);
    if (status == PAT_OK) {
        pat_feature_row_put_header(&run.outputs.line, options->extended, options->label_name);
        status = pat_outputs_write(&run.outputs, &run.outputs.data, error);
    }
    if (status == PAT_OK)
        status = run_all(&run, &jobs, error);
    if (status == PAT_OK)
        status = pat_outputs_finish(&run.outputs, error);
    if (status == PAT_OK)
        status = pat_outputs_place(&run.outputs, error);
    summary->elapsed_s = pat_clock_seconds() - started_s;
    pat_outputs_close(&run.outputs);
    pat_inputs_release(&run.inputs);
    return status;
}
