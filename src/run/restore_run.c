#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "image/format.h"
#include "patina/restore.h"
#include "run/inputs.h"
#include "run/outputs.h"
#include "run/restore_names.h"
#include "tasks/predictor.h"
#include "tasks/task_restore.h"
#include "workers/run.h"

/* A restoration run: the images and their output files. */
struct restoration_run {
    const pat_restoration_options *options;
    pat_inputs inputs;
    pat_names outputs; /* one per image */
    pat_format format; /* of all outputs; PAT_FORMAT_NONE: that of each input */
    char partial[PAT_PATH_SIZE];
    size_t begun, done; /* number of images handed out; number done */
    pat_run_summary *summary;
};

static const char *partial_of(struct restoration_run *run, size_t index)
{
    snprintf(run->partial, sizeof run->partial, "%s" PAT_PARTIAL,
             pat_names_get(&run->outputs, index));
    return run->partial;
}

static void get_job(void *context, size_t index, pat_job *job)
{
    struct restoration_run *run = context;
    const char *path = pat_names_get(&run->inputs.paths, index);
    *job = (pat_job){.name = path, .damaged = path, .undamaged = ""};
    if (!run->options->dry_run)
        job->output_path[0] = partial_of(run, index);
    if (index >= run->begun)
        run->begun = index + 1;
}

/* Move a finished file into place, or remove the partial file of a failed one. */
static pat_status place(struct restoration_run *run, size_t index, pat_status status,
                        pat_error *error)
{
    const pat_restoration_options *options = run->options;
    if (options->dry_run)
        return status;
    const char *partial = partial_of(run, index);
    if (status == PAT_OK)
        status = pat_place(partial, pat_names_get(&run->outputs, index), options->force, error);
    if (status != PAT_OK)
        unlink(partial);
    return status;
}

/* Errors in this process count as failures of the image, like errors in the worker. */
static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    (void)error;
    struct restoration_run *run = context;
    const pat_restoration_options *options = run->options;
    pat_error cause = {0};
    pat_restoration told = {.input = pat_names_get(&run->inputs.paths, index),
                            .output =
                                options->dry_run ? NULL : pat_names_get(&run->outputs, index)};
    pat_status status = outcome->status;
    pat_stage stage = outcome->stage;
    if (status == PAT_OK) {
        stage = PAT_STAGE_WORKER;
        told.predicted = options->model != NULL;
        status = pat_restore_report_read(outcome, told.input, &told, &cause);
    }
    if (status == PAT_OK)
        stage = PAT_STAGE_WRITE;
    status = place(run, index, status, &cause);
    told.status = status;
    told.stage = pat_stage_name(stage);
    told.message = outcome->status == PAT_OK ? cause.message : outcome->message;
    if (status == PAT_OK)
        run->summary->rows++;
    else
        pat_summary_fail(run->summary, told.input, stage, status, told.message);
    if (options->done != NULL)
        options->done(options->done_context, &told);
    run->done = index + 1;
    return PAT_OK;
}

/* Remove unfinished outputs. */
static void remove_partials(struct restoration_run *run)
{
    for (size_t i = run->done; i < run->begun && !run->options->dry_run; i++)
        unlink(partial_of(run, i));
}

static pat_status check_options(const pat_restoration_options *options, pat_error *error)
{
    if (options->quality < 0 || options->quality > 100)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "--quality: %d is outside 1..100",
                        options->quality);
    char made[PAT_FORMAT_WORDS_SIZE];
    if (options->format != PAT_FORMAT_NONE && !pat_format_is_made(options->format))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--format: other formats cannot be converted to %s; choose %s",
                        pat_format_row(options->format)->title,
                        pat_format_words(PAT_LIST_MADE, " or ", made));
    if (options->model != NULL)
        return PAT_OK;
    pat_error cause = {0};
    if (pat_setting_check(&options->setting, &cause) != PAT_OK)
        return pat_fail(error, cause.status, "--%s", cause.message);
    return PAT_OK;
}

/* Before the work starts, find the images and check their outputs. */
static pat_status prepare(struct restoration_run *run, pat_error *error)
{
    const pat_restoration_options *options = run->options;
    pat_status status = check_options(options, error);
    for (size_t i = 0; i < options->input_count && status == PAT_OK; i++)
        status = pat_inputs_add(&run->inputs, options->inputs[i], i, error);
    run->summary->unpaired = run->inputs.left_out_count;
    run->summary->ignored = run->inputs.ignored_count;
    run->summary->total = run->inputs.paths.count;
    if (status == PAT_OK)
        status = pat_inputs_check(&run->inputs, error);
    if (status == PAT_OK && !options->dry_run)
        status = pat_restore_names(options, &run->inputs, &run->outputs, &run->format, error);
    return status;
}

/* extra: receives the workers' setup. */
static pat_status make_setup(const struct restoration_run *run, pat_buffer *extra, pat_error *error)
{
    const pat_restoration_options *options = run->options;
    pat_restore_setup *setup = calloc(1, sizeof *setup);
    if (setup == NULL)
        return pat_fail_memory(error, "the workers' setup");
    setup->predicts = options->model != NULL;
    setup->strip = options->strip;
    setup->quality = options->quality;
    setup->format = run->format;
    setup->setting = options->setting;
    setup->max_harm = options->max_harm != NULL ? *options->max_harm : NAN;
    if (options->model != NULL)
        snprintf(setup->model_name, sizeof setup->model_name, "%s", options->model);
    pat_buffer_append(extra, setup, sizeof *setup);
    free(setup);
    if (options->model != NULL) { /* send its bytes, because workers cannot open files */
        pat_predictor predictor;
        pat_status status = pat_predictor_read(&predictor, options->model, extra, error);
        if (status == PAT_OK && options->max_harm != NULL)
            status =
                pat_predictor_limit_harm(&predictor, *options->max_harm, options->model, error);
        if (status == PAT_OK && options->model_read != NULL)
            options->model_read(options->model_read_context, predictor.model);
        pat_predictor_release(&predictor);
        if (status != PAT_OK)
            return status;
    }
    return extra->failed ? pat_fail_memory(error, "the workers' setup") : PAT_OK;
}

static pat_status run_all(struct restoration_run *run, const pat_buffer *extra, pat_error *error)
{
    pat_task_setup setup = {.kind = PAT_TASK_RESTORE, .extra = {extra->data, extra->size}};
    pat_job_list jobs = {run->inputs.paths.count, get_job, run};
    pat_sink sink = {put_outcome, run};
    pat_run work = {.setup = &setup, .jobs = &jobs, .sink = &sink, .options = &run->options->run};
    pat_status status = pat_run_jobs(&work, error);
    pat_summary_take(run->summary, &work);
    remove_partials(run);
    return status;
}

pat_status pat_restoration_run(const pat_restoration_options *options, pat_run_summary *summary,
                               pat_error *error)
{
    double started_s = pat_clock_seconds();
    pat_buffer extra = {0};
    struct restoration_run run = {
        .options = options,
        .inputs = {.recursive = options->recursive,
                   .left_out = options->left_out,
                   .left_out_context = options->left_out_context},
        .format = options->format,
        .summary = summary,
    };
    *summary = (pat_run_summary){0};
    pat_status status = prepare(&run, error);
    if (status == PAT_OK)
        status = make_setup(&run, &extra, error);
    if (status == PAT_OK)
        status = run_all(&run, &extra, error);
    summary->elapsed_s = pat_clock_seconds() - started_s;
    pat_buffer_release(&extra);
    pat_inputs_release(&run.inputs);
    pat_names_release(&run.outputs);
    return status;
}
