#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "data/csv.h"
#include "data/listing.h"
#include "data/settings.h"
#include "learn/originals.h"
#include "learn/summarize.h"
#include "run/outputs.h"
#include "run/pixels.h"

struct evaluate_run {
    const pat_evaluate_options *options;
    const pat_pairs *pairs;
    pat_predictor predictor;
    pat_buffer extra; /* the model for the workers */
    pat_pixel_job *jobs;
    pat_pixels pixels;
    pat_evaluated_pair *evaluated; /* the pairs that were scored */
    size_t count;
    pat_names names, originals; /* of the pairs in `evaluated` */
};

static pat_status list_jobs(struct evaluate_run *run, pat_error *error)
{
    size_t count = pat_pairs_count(run->pairs);
    if (count == 0)
        return pat_fail(
            error, PAT_NOTHING_TO_DO,
            "no pairs to evaluate the model on; use patina search --dry-run to list the "
            "files without a partner, and why");
    run->jobs = calloc(count, sizeof *run->jobs);
    run->evaluated = calloc(count, sizeof *run->evaluated);
    if (run->jobs == NULL || run->evaluated == NULL)
        return pat_fail_memory(error, "the pairs");
    for (size_t i = 0; i < count; i++)
        run->jobs[i].pair = i;
    return PAT_OK;
}

static pat_status read_model(struct evaluate_run *run, pat_error *error)
{
    const char *path = run->options->model;
    pat_buffer_append(&run->extra, path, strlen(path) + 1);
    pat_status status = pat_predictor_read(&run->predictor, path, &run->extra, error);
    if (status == PAT_OK && run->extra.failed)
        status = pat_fail_memory(error, "a model");
    if (status == PAT_OK && run->options->max_harm != NULL)
        status = pat_predictor_limit_harm(&run->predictor, *run->options->max_harm, path, error);
    return status;
}

static pat_status score_all(struct evaluate_run *run, pat_run_summary *summary, pat_error *error)
{
    pat_pixel_options options = {
        .pairs = run->pairs,
        .jobs = run->jobs,
        .count = pat_pairs_count(run->pairs),
        .grid = pat_model_grid(run->predictor.model),
        .model = {run->extra.data, run->extra.size},
        .max_harm = run->options->max_harm != NULL ? *run->options->max_harm : NAN,
        .run = &run->options->run,
    };
    return pat_pixels_run(&options, &run->pixels, summary, error);
}

/* Collect the names of the scored pairs and the keys of their originals. */
static pat_status name_pairs(struct evaluate_run *run, pat_error *error)
{
    pat_names images = {0};
    bool enough = true;
    for (size_t i = 0; i < run->pixels.count && enough; i++) {
        pat_pair pair;
        if (!run->pixels.scored[i])
            continue;
        pat_pairs_get(run->pairs, i, &pair);
        enough = pat_names_add(&run->names, pair.name) &&
                 pat_names_add(&images, pat_pixels_original(&pair));
    }
    pat_status status = enough ? pat_originals_find(&run->names, &images, &run->originals, error)
                               : pat_fail_memory(error, "the pair names");
    pat_names_release(&images);
    return status;
}

/* Collect the scored pairs for the summary. */
static pat_status collect(struct evaluate_run *run, pat_error *error)
{
    const pat_pixels *pixels = &run->pixels;
    pat_status status = name_pairs(run, error);
    for (size_t i = 0; i < pixels->count && status == PAT_OK; i++) {
        if (!pixels->scored[i])
            continue;
        const pat_choice *choice = &pixels->choice[i * pixels->choices];
        run->evaluated[run->count] = (pat_evaluated_pair){
            .name = pat_names_get(&run->names, run->count),
            .original = pat_names_get(&run->originals, run->count),
            .untouched = pixels->untouched[i],
            .predicted = choice->scores,
            .trials = pixels->trials + i * pixels->settings,
            .setting = choice->setting,
            .gain = choice->gain,
            .harm = choice->harm,
            .flagged = choice->flagged,
        };
        run->count++;
    }
    return status;
}

static pat_status fail_all(const pat_run_summary *summary, pat_error *error)
{
    return pat_fail(error, PAT_NOTHING_TO_DO,
                    "none of the %zu pairs could be scored; the first failure: %s", summary->total,
                    summary->first_failures[0].message);
}

/* ---- Details --------------------------------------------------------------------------------- */

static void put_scores(pat_buffer *line, const pat_scores *scores)
{
    pat_csv_number(line, scores->similarity);
    pat_csv_number(line, scores->psnr);
    pat_csv_number(line, scores->ssim);
}

static void put_names(pat_buffer *line, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pat_csv_text(line, names[i]);
}

static void put_header(pat_buffer *line, const pat_grid *grid)
{
    static const char *const scores[] = {
        "unlike",          "predicted_score", "predicted_psnr", "predicted_ssim",
        "untouched_score", "untouched_psnr",  "untouched_ssim", "oracle_score",
        "oracle_psnr",     "oracle_ssim",     "expected_gain",  "harm",
    };
    put_names(line, (const char *[]){"filename", "original"}, 2);
    pat_settings_put_header(line, false);
    put_names(line, scores, sizeof scores / sizeof *scores);
    pat_settings_put_optional_header(line, grid);
    pat_csv_end_row(line);
}

static void put_pair(pat_buffer *line, const pat_evaluated_pair *pair, const pat_grid *grid)
{
    size_t settings = pat_grid_count(grid);
    const pat_setting untouched = {{0}}; /* as trials have it */
    const pat_setting *setting = pat_setting_is_idle(&pair->setting) ? &untouched : &pair->setting;
    const pat_scores *best = &pair->untouched;
    for (size_t i = 0; i < settings; i++)
        if (pair->trials[i].similarity > best->similarity)
            best = &pair->trials[i];
    pat_csv_text(line, pair->name);
    pat_csv_text(line, pair->original);
    pat_settings_put(line, setting, false);
    pat_csv_number(line, pair->flagged);
    put_scores(line, &pair->predicted);
    put_scores(line, &pair->untouched);
    put_scores(line, best);
    pat_csv_number(line, pair->gain);
    pat_csv_number(line, pair->harm);
    pat_settings_put_optional(line, grid, setting);
    pat_csv_end_row(line);
}

/* Check the path and open the file before the work starts. */
static pat_status open_details(const pat_evaluate_options *options, const pat_pairs *pairs,
                               pat_file *file, pat_error *error)
{
    const pat_input_file inputs[] = {{options->model, "the model"},
                                     {options->manifest, "the manifest"}};
    pat_status status = pat_check_output_name(options->details, "table", inputs, 2, error);
    if (status == PAT_OK)
        status = pat_check_output_spares(options->details, pairs, error);
    return status == PAT_OK ? pat_file_open(file, options->details, options->run.force, error)
                            : status;
}

static pat_status write_details(const struct evaluate_run *run, pat_file *file, pat_error *error)
{
    pat_buffer line = {0};
    const pat_grid *grid = pat_model_grid(run->predictor.model);
    put_header(&line, grid);
    for (size_t i = 0; i < run->count; i++)
        put_pair(&line, &run->evaluated[i], grid);
    pat_status status = line.failed ? pat_fail_memory(error, "the details")
                                    : pat_file_append(file, line.data, line.size, error);
    if (status == PAT_OK)
        status = pat_file_finish(file, NULL, error);
    if (status == PAT_OK)
        status = pat_file_place(file, error);
    pat_buffer_release(&line);
    return status;
}

pat_status pat_evaluate_run(const pat_evaluate_options *options, const pat_pairs *pairs,
                            pat_run_summary *summary, pat_evaluation_report *report,
                            pat_error *error)
{
    struct evaluate_run run = {.options = options, .pairs = pairs};
    pat_file details = {0};
    *summary = (pat_run_summary){.unpaired = pat_pairs_unpaired_count(pairs)};
    pat_status status = list_jobs(&run, error);
    if (status == PAT_OK)
        status = read_model(&run, error);
    if (status == PAT_OK && options->details != NULL)
        status = open_details(options, pairs, &details, error);
    if (status == PAT_OK)
        status = score_all(&run, summary, error);
    if (status == PAT_OK)
        status = summary->rows == 0 ? fail_all(summary, error) : collect(&run, error);
    if (status == PAT_OK)
        status =
            pat_evaluation_summarize(run.evaluated, run.count, pat_model_grid(run.predictor.model),
                                     options->seed, report, error);
    report->other_shape = summary->labels.other_shape;
    if (status == PAT_OK)
        memcpy(report->sandbox, summary->sandbox, sizeof report->sandbox);
    if (status == PAT_OK && options->details != NULL)
        status = write_details(&run, &details, error);
    pat_file_abandon(&details, false);
    pat_names_release(&run.names);
    pat_names_release(&run.originals);
    pat_pixels_release(&run.pixels);
    pat_predictor_release(&run.predictor);
    pat_buffer_release(&run.extra);
    free(run.evaluated);
    free(run.jobs);
    return status;
}
