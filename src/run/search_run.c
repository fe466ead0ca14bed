#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "data/labels.h"
#include "data/row.h"
#include "patina/version.h"
#include "run/outputs.h"
#include "run/record.h"
#include "workers/run.h"

/* A search run: where its jobs come from and its outcomes go. */
struct search_run {
    const pat_search_options *options;
    const pat_pairs *pairs;
    pat_pair pair; /* the one last asked for */
    pat_outputs outputs;
    pat_labels labels;
    pat_run_summary *summary;
};

static void get_job(void *context, size_t index, pat_job *job)
{
    struct search_run *run = context;
    pat_pairs_get(run->pairs, index, &run->pair);
    *job = (pat_job){
        .name = run->pair.name, .damaged = run->pair.damaged, .undamaged = run->pair.undamaged};
}

static pat_columns columns_of(const pat_search_options *options)
{
    return (pat_columns){.extended = options->extended,
                         .grid = &options->grid,
                         .spreadsheet_safe = options->spreadsheet_safe};
}

/* Every setting of one pair, then the untouched image as none, 0, 0. */
static pat_status write_trials(struct search_run *run, const pat_outcome *outcome, pat_error *error)
{
    pat_buffer *line = &run->outputs.line;
    if (outcome->trial_count != pat_grid_count(&run->options->grid)) /* from a journal, then */
        return pat_fail(
            error, PAT_MALFORMED,
            "%s: has not as many scores of %s as the grid has settings; begin anew with "
            "--restart",
            run->summary->journal_path, run->pair.name);
    const pat_columns columns = columns_of(run->options);
    for (size_t i = 0; i < outcome->trial_count; i++) {
        pat_setting setting = pat_grid_setting(&run->options->grid, i);
        pat_trial_put(line, &columns, run->pair.name, &setting, &outcome->trials[i]);
    }
    pat_trial_put(line, &columns, run->pair.name, &(pat_setting){{0}}, &outcome->untouched);
    return pat_outputs_write(&run->outputs, &run->outputs.trials, error);
}

/* Other settings that do the same as the best: without strength, those of all sigmas. */
static uint64_t count_alike(const pat_search_options *options, const pat_outcome *outcome)
{
    uint64_t alike = 0;
    for (size_t i = 0; i < pat_grid_count(&options->grid); i++) {
        const pat_setting setting = pat_grid_setting(&options->grid, i);
        alike += pat_setting_same_effect(&setting, &outcome->setting);
    }
    return alike - 1;
}

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    struct search_run *run = context;
    pat_pairs_get(run->pairs, index, &run->pair);
    if (outcome->status != PAT_OK)
        return pat_outputs_fail(&run->outputs, run->pair.name, outcome, error);
    const pat_columns columns = columns_of(run->options);
    pat_row_put(&run->outputs.line, &columns,
                &(pat_row){run->pair.name, &outcome->best, outcome->features, &outcome->setting});
    pat_status status = pat_outputs_write(&run->outputs, &run->outputs.data, error);
    if (status == PAT_OK && run->outputs.trials_path != NULL)
        status = write_trials(run, outcome, error);
    if (status != PAT_OK)
        return status;
    run->summary->rows++;
    pat_labels_add(&run->labels, &run->options->grid, &outcome->setting, &outcome->best,
                   &outcome->untouched, outcome->ties > count_alike(run->options, outcome));
    return PAT_OK;
}

static pat_status write_headers(pat_outputs *outputs, const pat_columns *columns, pat_error *error)
{
    pat_row_put_header(&outputs->line, columns);
    pat_status status = pat_outputs_write(outputs, &outputs->data, error);
    if (status == PAT_OK && outputs->trials_path != NULL) {
        pat_trial_put_header(&outputs->line, columns);
        status = pat_outputs_write(outputs, &outputs->trials, error);
    }
    return status;
}

static const char *yes_or_no(bool value)
{
    return value ? "yes" : "no";
}

enum { IDENTITY_SIZE = PAT_GRID_TEXT_SIZE + 256 };

/* What a result depends on besides the files, and which pairs there are. */
static void describe(const pat_search_options *options, char identity[IDENTITY_SIZE])
{
    const pat_pair_source *source = &options->source;
    uint64_t max_pixels = options->run.max_pixels;
    char grid[PAT_GRID_TEXT_SIZE];
    pat_grid_format(&options->grid, grid);
    snprintf(identity, IDENTITY_SIZE,
             "command=search\ndefinitions=%d\ngrid=%s\ntrials=%s\nextended=%s\nmax-pixels=%llu\n"
             "match=%s\nrecursive=%s\nlimit=%zu\nsample=%zu\n",
             PAT_DEFINITIONS_VERSION, grid, yes_or_no(options->trials != NULL),
             yes_or_no(options->extended),
             (unsigned long long)(max_pixels != 0 ? max_pixels : PAT_MAX_PIXELS_DEFAULT),
             source->match == PAT_MATCH_STEM ? "stem" : "name", yes_or_no(source->recursive),
             source->limit, source->sample);
}

static pat_status run_all(struct search_run *run, const pat_job_list *jobs, pat_error *error)
{
    const pat_search_options *options = run->options;
    pat_task_setup setup = {
        .kind = PAT_TASK_SEARCH,
        .trials = options->trials != NULL,
        .extended = options->extended,
        .grid = options->grid,
    };
    pat_sink sink = {put_outcome, run};
    pat_run work = {.setup = &setup, .jobs = jobs, .sink = &sink, .options = &options->run};
    return pat_outputs_run(&run->outputs, &work, error);
}

static pat_status fail_nothing_to_do(const char *manifest, pat_error *error)
{
    if (manifest != NULL)
        return pat_fail(error, PAT_NOTHING_TO_DO,
                        "%s: no pair to work on: the manifest has no row below its header",
                        manifest);
    return pat_fail(error, PAT_NOTHING_TO_DO,
                    "no pair to work on: a pair is one file name present in both folders; "
                    "--dry-run lists the files and why they have no partner");
}

pat_status pat_search_run(const pat_search_options *options, const pat_pairs *pairs,
                          pat_run_summary *summary, pat_error *error)
{
    double started_s = pat_clock_seconds();
    struct search_run run = {
        .options = options,
        .pairs = pairs,
        .outputs = {.journal_mode = options->run.journal,
                    .manifest = options->source.manifest,
                    .trials_path = options->trials,
                    .keeps_record = true,
                    .spreadsheet_safe = options->spreadsheet_safe},
        .summary = summary,
    };
    *summary = (pat_run_summary){.total = pat_pairs_count(pairs),
                                 .unpaired = pat_pairs_unpaired_count(pairs)};
    if (summary->total == 0)
        return fail_nothing_to_do(options->source.manifest, error);

    pat_job_list jobs = {pat_pairs_count(pairs), get_job, &run};
    char identity[IDENTITY_SIZE];
    describe(options, identity);
    pat_status status =
        pat_outputs_open(&run.outputs, options->output, identity, &jobs, summary, error);
    const pat_columns columns = columns_of(options);
    if (status == PAT_OK)
        status = write_headers(&run.outputs, &columns, error);
    if (status == PAT_OK)
        status = run_all(&run, &jobs, error);
    if (status == PAT_OK)
        status = pat_outputs_finish(&run.outputs, error);
    summary->elapsed_s = pat_clock_seconds() - started_s;
    pat_labels_report(&run.labels, &options->grid, &summary->labels);
    if (status == PAT_OK)
        status = pat_run_record_write(options, pairs, summary, &run.outputs.record, error);
    if (status == PAT_OK)
        status = pat_outputs_place(&run.outputs, error);
    pat_outputs_close(&run.outputs);
    return status;
}
