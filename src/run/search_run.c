#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "data/labels.h"
#include "data/row.h"
#include "patina/version.h"
#include "run/record.h"
#include "run/search_record.h"
#include "run/table_run.h"
#include "tasks/task_search.h"

struct search_run {
    const pat_search_options *options;
    const pat_pairs *pairs;
    pat_pair pair; /* the pair last requested */
    pat_search_setup setup;
    pat_columns columns;
    pat_scores *trials; /* room for those of one pair; NULL: not needed */
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

static const char *failed(void *context, size_t index)
{
    struct search_run *run = context;
    pat_pairs_get(run->pairs, index, &run->pair);
    return run->pair.name;
}

static pat_status write_headers(void *context, pat_outputs *outputs, pat_error *error)
{
    const struct search_run *run = context;
    pat_row_put_header(&outputs->line, &run->columns);
    pat_status status = pat_outputs_write(outputs, &outputs->data, error);
    if (status == PAT_OK && run->setup.trials) {
        pat_trial_put_header(&outputs->line, &run->columns);
        status = pat_outputs_write(outputs, &outputs->trials, error);
    }
    return status;
}

/* Write a row for every setting of a pair, then one for the untouched image, as none, 0, 0. */
static pat_status write_trials(const struct search_run *run, const pat_scores *untouched,
                               pat_outputs *outputs, pat_error *error)
{
    pat_buffer *line = &outputs->line;
    const char *name = run->pair.name;
    for (size_t i = 0; i < pat_grid_count(&run->setup.grid); i++) {
        pat_setting setting = pat_grid_setting(&run->setup.grid, i);
        pat_trial_put(line, &run->columns, name, &setting, &run->trials[i]);
    }
    pat_trial_put(line, &run->columns, name, &(pat_setting){{0}}, untouched);
    return pat_outputs_write(outputs, &outputs->trials, error);
}

/* Settings with the same effect as the best do not count as ties: at strength 0, all sigmas have
 * the same effect. */
static void count_label(struct search_run *run, const pat_search_report *report)
{
    const pat_grid *grid = &run->setup.grid;
    uint64_t alike = 0;
    for (size_t i = 0; i < pat_grid_count(grid); i++) {
        const pat_setting setting = pat_grid_setting(grid, i);
        alike += pat_setting_same_effect(&setting, &report->setting);
    }
    pat_labels_add(&run->labels, grid, &report->setting, &report->best, &report->untouched,
                   report->ties + 1 > alike);
    if (report->other_shape)
        pat_labels_add_shape(&run->labels, run->pair.name);
}

static pat_status write_row(void *context, size_t index, const pat_outcome *outcome,
                            pat_outputs *outputs, pat_error *error)
{
    struct search_run *run = context;
    pat_search_report report;
    pat_pairs_get(run->pairs, index, &run->pair);
    if (!pat_search_report_unpack(pat_buffer_bytes(&outcome->report), &run->setup, &report,
                                  run->trials))
        return pat_journal_fail_to_read(run->summary->journal_path, run->pair.name, error);
    pat_row_put(
        &outputs->line, &run->columns,
        &(pat_row){run->pair.name, &report.best, report.features, &report.setting, report.colors});
    pat_status status = pat_outputs_write(outputs, &outputs->data, error);
    if (status == PAT_OK && run->setup.trials)
        status = write_trials(run, &report.untouched, outputs, error);
    if (status == PAT_OK)
        count_label(run, &report);
    return status;
}

static pat_status end(void *context, pat_outputs *outputs, pat_error *error)
{
    struct search_run *run = context;
    pat_labels_report(&run->labels, &run->setup.grid, &run->summary->labels);
    return pat_run_record_write(pat_search_record(run->options, run->pairs, run->summary),
                                &outputs->record, error);
}

static const pat_table_command search_command = {write_headers, write_row, failed, end};

static pat_status fail_nothing_to_do(const char *manifest, pat_error *error)
{
    if (manifest != NULL)
        return pat_fail(error, PAT_NOTHING_TO_DO,
                        "%s: no pairs to search: the manifest has no rows below its header",
                        manifest);
    return pat_fail(
        error, PAT_NOTHING_TO_DO,
        "no pairs to search: a pair is a file name found in both folders; use --dry-run "
        "to list the files without a partner, and why");
}

static pat_status run_all(struct search_run *run, double started_s, pat_error *error)
{
    const pat_search_options *options = run->options;
    char identity[PAT_IDENTITY_SIZE];
    pat_search_identity(options, identity);
    json_t *inputs = pat_search_inputs(options);
    if (inputs == NULL)
        return pat_fail_memory(error, "the run record");
    pat_table_run table = {
        .command = &search_command,
        .started_s = started_s,
        .kind = PAT_TASK_SEARCH,
        .jobs = {.count = run->summary->total, .get = get_job, .context = run},
        .output = options->output,
        .identity = identity,
        .outputs = {.journal_mode = options->run.journal,
                    .manifest = options->source.manifest,
                    .trials_path = options->trials,
                    .replaces = options->run.force,
                    .inputs = inputs,
                    .spreadsheet_safe = options->spreadsheet_safe},
        .options = &options->run,
        .summary = run->summary,
    };
    pat_search_setup_pack(&table.extra, &run->setup);
    return pat_table_run_execute(&table, error);
}

pat_status pat_search_run(const pat_search_options *options, const pat_pairs *pairs,
                          pat_run_summary *summary, pat_error *error)
{
    double started_s = pat_clock_seconds();
    struct search_run run = {
        .options = options,
        .pairs = pairs,
        .setup = {.grid = options->grid,
                  .trials = options->trials != NULL,
                  .extended = options->extended,
                  .scores = options->scores,
                  .scores_of_trials = options->trials != NULL},
        .columns = {.extended = options->extended,
                    .grid = &options->grid,
                    .scores = options->scores,
                    .spreadsheet_safe = options->spreadsheet_safe},
        .summary = summary,
    };
    *summary = (pat_run_summary){.total = pat_pairs_count(pairs),
                                 .unpaired = pat_pairs_unpaired_count(pairs)};
    if (summary->total == 0)
        return fail_nothing_to_do(options->source.manifest, error);
    if (run.setup.trials) {
        run.trials = calloc(pat_grid_count(&options->grid), sizeof *run.trials);
        if (run.trials == NULL)
            return pat_fail_memory(error, "the scores of all settings");
    }
    pat_status status = run_all(&run, started_s, error);
    free(run.trials);
    return status;
}
