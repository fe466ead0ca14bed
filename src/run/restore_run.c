#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "image/format.h"
#include "patina/restore.h"
#include "patina/version.h"
#include "run/inputs.h"
#include "run/outputs.h"
#include "run/restore_names.h"
#include "run/results.h"
#include "tasks/predictor.h"
#include "tasks/task_restore.h"
#include "workers/run.h"

enum { IDENTITY_SIZE = 64 };

/* A restoration run: the images and their output files. */
struct restoration_run {
    const pat_restoration_options *options;
    pat_inputs inputs;
    pat_names outputs; /* one per image */
    bool single;       /* the output is a file, not a folder */
    pat_format format; /* of all outputs; PAT_FORMAT_NONE: that of each input */
    pat_job_list jobs;
    pat_results results;
    char identity[IDENTITY_SIZE]; /* of everything that affects a result, besides its input */
    char name[IDENTITY_SIZE + PAT_PATH_SIZE], partial[PAT_PATH_SIZE]; /* of the job last given */
    pat_run_summary *summary;
};

/* In the journal, a job's name includes the options: an image that was restored with others does
 * not count as done. */
static void get_job(void *context, size_t index, pat_job *job)
{
    struct restoration_run *run = context;
    const char *path = pat_names_get(&run->inputs.paths, index);
    snprintf(run->name, sizeof run->name, "%s %s", run->identity, path);
    *job = (pat_job){.name = run->name, .damaged = path, .undamaged = ""};
    if (run->options->dry_run)
        return;
    job->output_path[0] = pat_names_get(&run->outputs, index);
    pat_restore_partial(job->output_path[0], run->single, run->partial);
    job->partial_path[0] = run->partial;
}

static void begin_job(void *context, size_t index)
{
    struct restoration_run *run = context;
    pat_results_begin(&run->results, index);
}

static bool job_stands(void *context, size_t index, const pat_outcome *outcome)
{
    struct restoration_run *run = context;
    return pat_results_stand(&run->results, index, outcome);
}

/* Move a finished file into place, or remove the partial file of a failed one. */
static pat_status place(struct restoration_run *run, size_t index, const pat_outcome *outcome,
                        pat_status status, pat_error *error)
{
    if (run->options->dry_run)
        return status;
    if (status == PAT_OK)
        return pat_results_place(&run->results, index, outcome, error);
    pat_results_discard(&run->results, index);
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
    status = place(run, index, outcome, status, &cause);
    told.status = status;
    told.stage = pat_stage_name(stage);
    told.message = outcome->status == PAT_OK ? cause.message : outcome->message;
    if (status == PAT_OK)
        run->summary->rows++;
    else
        pat_summary_fail(run->summary, told.input, stage, status, told.message);
    if (options->done != NULL)
        options->done(options->done_context, &told);
    return PAT_OK;
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

/* Leave out the images whose output exists. */
static pat_status skip_existing(struct restoration_run *run, pat_error *error)
{
    struct stat info;
    pat_names paths = {0}, outputs = {0};
    bool enough = true;
    for (size_t i = 0; i < run->outputs.count && enough; i++)
        if (lstat(pat_names_get(&run->outputs, i), &info) != 0)
            enough = pat_names_add(&paths, pat_names_get(&run->inputs.paths, i)) &&
                     pat_names_add(&outputs, pat_names_get(&run->outputs, i));
    run->summary->skipped = run->outputs.count - outputs.count;
    pat_names_release(&run->inputs.paths);
    pat_names_release(&run->outputs);
    run->inputs.paths = paths;
    run->outputs = outputs;
    return enough ? PAT_OK : pat_fail_memory(error, "the list of images");
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
    if (status == PAT_OK)
        status = pat_inputs_check(&run->inputs, error);
    if (status == PAT_OK && !options->dry_run)
        status = pat_restore_names(options, &run->inputs, &run->outputs, &run->format, &run->single,
                                   error);
    if (status == PAT_OK && options->skip_existing && !options->dry_run)
        status = skip_existing(run, error);
    run->summary->total = run->inputs.paths.count;
    run->jobs = (pat_job_list){run->inputs.paths.count, get_job, run, begin_job, job_stands};
    return status;
}

/* The options that affect every result, and the bytes of the model, as fingerprints. */
static void describe(struct restoration_run *run, const pat_buffer *extra)
{
    pat_restore_setup setup;
    memcpy(&setup, extra->data, sizeof setup);
    memset(setup.model_name, 0, sizeof setup.model_name);
    pat_fingerprint options = pat_fingerprint_of(&setup, sizeof setup);
    pat_fingerprint model =
        pat_fingerprint_of(extra->data + sizeof setup, extra->size - sizeof setup);
    snprintf(run->identity, sizeof run->identity, "%d %016llx %016llx", PAT_DEFINITIONS_VERSION,
             (unsigned long long)options.low, (unsigned long long)model.low);
}

/* Look at the outputs that are there. */
static pat_status open_results(struct restoration_run *run, pat_error *error)
{
    const pat_restoration_options *options = run->options;
    run->results = (pat_results){.jobs = &run->jobs, .force = options->run.force};
    return options->dry_run ? PAT_OK
                            : pat_results_open(&run->results, run->single ? NULL : options->output,
                                               "restore", error);
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
    setup->page = options->page;
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
    pat_sink sink = {put_outcome, run};
    pat_run work = {.setup = &setup,
                    .jobs = &run->jobs,
                    .sink = &sink,
                    .options = &run->options->run,
                    .journal = run->results.journal};
    pat_status status = pat_run_jobs(&work, error);
    pat_summary_take(run->summary, &work);
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
    if (status == PAT_OK) {
        describe(&run, &extra);
        status = open_results(&run, error);
    }
    if (status == PAT_OK)
        status = run_all(&run, &extra, error);
    summary->elapsed_s = pat_clock_seconds() - started_s;
    pat_results_close(&run.results);
    pat_buffer_release(&extra);
    pat_inputs_release(&run.inputs);
    pat_names_release(&run.outputs);
    return status;
}
