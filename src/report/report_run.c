#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "inspect/rows.h"
#include "patina/model.h"
#include "report/page.h"
#include "report/report.h"
#include "run/facts_json.h"
#include "run/inspect_run.h"
#include "run/outputs.h"
#include "run/record.h"

PAT_EMBED(pat_report_template, "report/report.html");
PAT_EMBED(pat_report_figure, "report/figure.html");
PAT_EMBED(pat_report_table, "report/table.html");

extern const char pat_report_template[], pat_report_figure[], pat_report_table[];

/* ---- Gathering ------------------------------------------------------------------------------- */

static pat_status inspect(pat_report *report, pat_error *error)
{
    const pat_report_options *options = report->options;
    pat_inspect_options inspect = {.data = options->data,
                                   .trials = options->trials,
                                   .grid = options->grid,
                                   .pairs = options->pairs,
                                   .run = options->run};
    pat_status status = pat_inspect_read(options->data, &report->table, error);
    if (status == PAT_OK && options->trials != NULL) {
        report->gain = calloc(report->table.rows, sizeof *report->gain);
        if (report->gain == NULL)
            status = pat_fail_memory(error, "the gains of the rows");
    }
    if (status == PAT_OK)
        status =
            pat_inspect_loaded(&inspect, &report->table, report->gain, &report->inspection, error);
    return status;
}

static pat_status read_model(pat_report *report, pat_error *error)
{
    pat_model *model;
    pat_status status = pat_model_load(report->options->model, &model, error);
    if (status != PAT_OK)
        return status;
    report->model = json_loads(pat_model_description(model), 0, NULL);
    if (report->model == NULL) /* valid JSON, so memory ran out */
        status = pat_fail_memory(error, "the model description");
    pat_model_free(model);
    return status;
}

static pat_status evaluate(pat_report *report, pat_run_summary *summary, pat_error *error)
{
    const pat_report_options *options = report->options;
    pat_evaluate_options evaluate = {.model = options->model,
                                     .manifest = options->manifest,
                                     .seed = options->seed,
                                     .run = options->run};
    pat_status status =
        pat_evaluate_run(&evaluate, options->pairs, summary, &report->evaluation, error);
    report->evaluated = status == PAT_OK;
    return status;
}

static pat_status gather(pat_report *report, pat_report_summary *summary, pat_error *error)
{
    const pat_report_options *options = report->options;
    pat_status status = PAT_OK;
    if (options->model != NULL) /* first, to fail early if it is not a model */
        status = read_model(report, error);
    if (status == PAT_OK)
        status = inspect(report, error);
    if (status == PAT_OK && options->model != NULL)
        status = pat_file_digest(options->data, report->data_digest, error);
    if (status == PAT_OK && options->model != NULL && options->pairs != NULL)
        status = evaluate(report, &summary->images, error);
    return status;
}

/* ---- The page -------------------------------------------------------------------------------- */

static pat_status show(const pat_report *report, pat_shown *shown, pat_report_summary *summary,
                       pat_error *error)
{
    pat_show(shown, shown->words, "title", pat_json_text(pat_name_of_path(report->options->data)));
    pat_report_verdict(report, shown);
    pat_report_distributions(report, shown);
    pat_report_grid(report, shown);
    pat_status status = pat_report_points(report, shown, error);
    if (status == PAT_OK)
        status = pat_report_model(report, shown, error);
    if (status == PAT_OK)
        status = pat_report_strips(report, shown, summary, error);
    if (status == PAT_OK)
        status = pat_report_failures(report, shown, error);
    if (status == PAT_OK)
        status = pat_report_provenance(report, shown, error);
    if (status == PAT_OK && shown->failed)
        status = pat_fail_memory(error, "the report data");
    return status;
}

/* mode: receives the permissions that the page may have. */
static pat_status make_page(const pat_report *report, pat_buffer *html, unsigned *mode,
                            pat_report_summary *summary, pat_error *error)
{
    pat_shown shown = {json_object(), json_object(), false, PAT_FILE_PUBLIC};
    const pat_part parts[] = {
        {"figure", pat_report_figure, strlen(pat_report_figure)},
        {"table", pat_report_table, strlen(pat_report_table)},
    };
    pat_page page = {
        .template_text = pat_report_template,
        .template_size = strlen(pat_report_template),
        .parts = parts,
        .part_count = sizeof parts / sizeof *parts,
        .data = shown.words,
        .charts = shown.charts,
    };
    pat_status status = show(report, &shown, summary, error);
    if (status == PAT_OK)
        status = pat_page_make(&page, html, error);
    *mode = shown.mode;
    json_decref(shown.words);
    json_decref(shown.charts);
    return status;
}

/* Before the work, which would be wasted if this fails. */
static pat_status open_output(const pat_report_options *options, pat_file *file, pat_error *error)
{
    char failures[PAT_PATH_SIZE], record[PAT_PATH_SIZE];
    pat_status status = pat_path_beside(failures, options->data, ".failures.csv", error);
    if (status == PAT_OK)
        status = pat_path_beside(record, options->data, ".run.json", error);
    const pat_input_file inputs[] = {
        {options->data, "the data set"},     {options->trials, "the trials table"},
        {options->model, "the model"},       {options->manifest, "the manifest"},
        {failures, "the table of failures"}, {record, "the record of the search"}};
    if (status == PAT_OK)
        status = pat_check_output_name(options->output, "report", inputs,
                                       sizeof inputs / sizeof *inputs, error);
    if (status == PAT_OK && options->pairs != NULL)
        status = pat_check_output_spares(options->output, options->pairs, error);
    return status == PAT_OK
               ? pat_file_open_private(file, options->output, options->run.force, error)
               : status;
}

static void count_pairs(const pat_report *report, pat_report_summary *summary)
{
    const pat_inspection *in = &report->inspection;
    if (report->options->pairs != NULL)
        summary->pairs = pat_pairs_count(report->options->pairs);
    summary->pairs_failed = in->pairs_failed;
    for (size_t i = 0; i < in->finding_count; i++)
        if (in->findings[i].kind == PAT_FINDING_PAIR_WITHOUT_ROW)
            summary->pairs_without_row = in->findings[i].count;
}

pat_status pat_report_run(const pat_report_options *options, pat_report_summary *summary,
                          pat_error *error)
{
    pat_file file = {0};
    pat_buffer html = {0};
    unsigned mode;
    *summary = (pat_report_summary){0};
    pat_report *report = calloc(1, sizeof *report);
    if (report == NULL)
        return pat_fail_memory(error, "a report");
    report->options = options;
    pat_status status = open_output(options, &file, error);
    if (status == PAT_OK)
        status = gather(report, summary, error);
    if (status == PAT_OK)
        status = make_page(report, &html, &mode, summary, error);
    if (status == PAT_OK)
        status = pat_page_write(&file, mode, &html, error);
    summary->rows = report->inspection.rows;
    summary->bad = report->inspection.bad;
    summary->bytes = html.size;
    count_pairs(report, summary);
    pat_file_abandon(&file, false);
    pat_buffer_release(&html);
    pat_inspection_release(&report->inspection);
    pat_table_release(&report->table);
    json_decref(report->model);
    free(report->gain);
    free(report);
    return status;
}

char *pat_report_json(const pat_report_options *options, const pat_report_summary *summary)
{
    bool evaluated = options->model != NULL && options->pairs != NULL;
    json_t *value = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "output", pat_json_text(options->output),
        "bytes", pat_json_count(summary->bytes), "rows", pat_json_count(summary->rows),
        "bad_findings", pat_json_count(summary->bad), "strips", pat_json_count(summary->strips),
        "pairs", pat_json_count(summary->pairs), "pairs_failed",
        pat_json_count(summary->pairs_failed), "pairs_without_row",
        pat_json_count(summary->pairs_without_row), "evaluation",
        evaluated ? pat_fact_results(&summary->images, "pairs_per_second") : json_null());
    return pat_json_write(pat_json_document("report", 1, value), PAT_JSON_LINES);
}
