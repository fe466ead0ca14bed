#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "inspect/places.h"
#include "run/explain/explain_steps.h"
#include "run/strips.h"

enum { WHOLE_SIDE = 480, MIDDLE_SIDE = 280 };

struct explain_run {
    const pat_explain_options *options;
    pat_run_options run; /* the caller's, completed from the record */
    size_t pair;         /* index of the pair */
    pat_pair images;     /* its files */
    pat_found found;
    pat_explain_record record;
    pat_outcome outcome; /* without its report, which is in `report` and the explanation */
    pat_search_setup setup;
    pat_search_report report;
    pat_explanation *explanation;
};

/* ---- The search ------------------------------------------------------------------------------ */

static void get_job(void *context, size_t index, pat_job *job)
{
    (void)index;
    struct explain_run *run = context;
    *job = (pat_job){.name = run->images.name,
                     .damaged = run->images.damaged,
                     .undamaged = run->images.undamaged};
}

static pat_status take_report(struct explain_run *run, pat_bytes bytes, pat_error *error)
{
    pat_explanation *explanation = run->explanation;
    explanation->settings = pat_grid_count(&explanation->grid);
    explanation->trials = calloc(explanation->settings, sizeof *explanation->trials);
    if (explanation->trials == NULL)
        return pat_fail_memory(error, "the scores of all settings");
    if (pat_search_report_unpack(bytes, &run->setup, &run->report, explanation->trials))
        return PAT_OK;
    return pat_fail(error, PAT_INTERNAL, "%s: a worker sent an invalid report; run it again",
                    run->images.damaged);
}

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    (void)index;
    struct explain_run *run = context;
    run->outcome = *outcome;
    run->outcome.report = (pat_buffer){0};
    if (outcome->status != PAT_OK)
        return PAT_OK;
    return take_report(run, pat_buffer_bytes(&outcome->report), error);
}

static pat_status search(struct explain_run *run, pat_error *error)
{
    pat_buffer extra = {0};
    run->setup = (pat_search_setup){.grid = run->explanation->grid,
                                    .trials = true,
                                    .extended = run->explanation->extended,
                                    .scores = run->explanation->scores};
    pat_search_setup_pack(&extra, &run->setup);
    pat_task_setup setup = {.kind = PAT_TASK_SEARCH, .extra = pat_buffer_bytes(&extra)};
    pat_job_list jobs = {.count = 1, .get = get_job, .context = run};
    pat_sink sink = {put_outcome, run};
    pat_run work = {.setup = &setup, .jobs = &jobs, .sink = &sink, .options = &run->run};
    pat_status status =
        extra.failed ? pat_fail_memory(error, "the workers' setup") : pat_run_jobs(&work, error);
    memcpy(run->explanation->sandbox, work.sandbox, sizeof work.sandbox);
    pat_buffer_release(&extra);
    return status;
}

/* ---- The surface ----------------------------------------------------------------------------- */

static double similarity_of(const pat_explanation *explanation, size_t index)
{
    return explanation->trials[index].similarity;
}

static bool does_as_the_best(const pat_explanation *explanation, size_t index)
{
    pat_setting best = pat_grid_setting(&explanation->grid, explanation->best);
    pat_setting setting = pat_grid_setting(&explanation->grid, index);
    return pat_setting_same_effect(&best, &setting);
}

static void find_others(pat_explanation *explanation)
{
    double best = similarity_of(explanation, explanation->best);
    explanation->runner_up = explanation->settings;
    for (size_t i = 0; i < explanation->settings; i++) {
        double similarity = similarity_of(explanation, i);
        if (similarity < similarity_of(explanation, explanation->worst))
            explanation->worst = i;
        if (does_as_the_best(explanation, i))
            continue;
        explanation->tied += similarity == best;
        if (explanation->runner_up == explanation->settings ||
            similarity > similarity_of(explanation, explanation->runner_up))
            explanation->runner_up = i;
    }
}

/* Find the chosen setting in the grid, and the settings to compare it with. */
static pat_status describe_surface(const pat_search_report *report, pat_explanation *explanation,
                                   pat_error *error)
{
    explanation->untouched = report->untouched;
    explanation->identical = isinf(report->untouched.psnr);
    for (size_t i = 0; i < explanation->settings; i++) {
        pat_setting setting = pat_grid_setting(&explanation->grid, i);
        if (!pat_setting_equal(&setting, &report->setting))
            continue;
        explanation->best = i;
        find_others(explanation);
        return PAT_OK;
    }
    return pat_fail(error, PAT_INTERNAL, "%s: a worker sent an invalid report; run it again",
                    explanation->filename);
}

bool pat_explanation_is_best(const pat_explanation *explanation, size_t index)
{
    return similarity_of(explanation, index) == similarity_of(explanation, explanation->best);
}

static double gain_of(const pat_explanation *explanation, size_t index)
{
    return similarity_of(explanation, index) - explanation->untouched.similarity;
}

double pat_explanation_shade(const pat_explanation *explanation, size_t index)
{
    double gain = explanation->identical ? -1 : gain_of(explanation, index),
           sign = gain > 0 ? 1 : -1;
    size_t side = 0,
           nearer = 0; /* settings on this side of doing nothing; those this one goes as far as */
    if (explanation->identical)
        return isinf(similarity_of(explanation, index)) ? 0 : gain;
    for (size_t i = 0; i < explanation->settings && gain != 0; i++) {
        double other = sign * gain_of(explanation, i);
        side += other > 0;
        nearer += other > 0 && other <= sign * gain;
    }
    return side == 0 ? 0 : sign * (double)nearer / (double)side;
}

/* ---- The rest -------------------------------------------------------------------------------- */

static pat_status find_places(const struct explain_run *run, pat_error *error)
{
    pat_explanation *explanation = run->explanation;
    explanation->place_count = explanation->extended ? PAT_FEATURES_MAX : PAT_FEATURE_COUNT;
    for (int i = 0; i < explanation->place_count; i++) {
        explanation->place[i].name = pat_feature_name(i);
        explanation->place[i].value = run->report.features[i];
    }
    return pat_places_read(run->options->data, explanation->place, (size_t)explanation->place_count,
                           error);
}

/* Transfer ownership of the images. */
static void take_strip(pat_strip *strip, pat_explained_strip *taken)
{
    taken->width = strip->width;
    taken->height = strip->height;
    taken->full_width = strip->full_width;
    taken->full_height = strip->full_height;
    taken->mode = strip->mode;
    for (int i = 0; i < PAT_STRIP_PICTURES; i++) {
        taken->picture[i].bytes = strip->picture[i].data;
        taken->picture[i].size = strip->picture[i].size;
        strip->picture[i] = (pat_buffer){0};
    }
}

static pat_status make_strips(const struct explain_run *run, pat_error *error)
{
    pat_setting setting = run->report.setting;
    pat_strip_job jobs[] = {{run->pair, {setting, PAT_STRIP_WHOLE, WHOLE_SIDE}},
                            {run->pair, {setting, PAT_STRIP_MIDDLE, MIDDLE_SIDE}}};
    pat_strip strips[2] = {0};
    const pat_strips_options options = {
        .pairs = run->options->pairs, .jobs = jobs, .count = 2, .run = &run->run};
    pat_status status = pat_strips_run(&options, strips, error);
    for (int i = 0; i < 2 && status == PAT_OK; i++)
        if (strips[i].status != PAT_OK) /* the search has just read these images */
            status = pat_fail(error, strips[i].status, "%s", strips[i].failure.message);
    if (status == PAT_OK) {
        take_strip(&strips[0], &run->explanation->whole);
        take_strip(&strips[1], &run->explanation->middle);
    }
    pat_strips_release(strips, 2);
    return status;
}

/* A failure is reproduced if stage and reason are the same, even if the message differs. */
static void take_failure(struct explain_run *run)
{
    pat_explanation *explanation = run->explanation;
    pat_failure *failure = &explanation->failure;
    explanation->fails = true;
    failure->stage = pat_stage_name(run->outcome.stage);
    failure->reason = run->outcome.status;
    snprintf(failure->name, sizeof failure->name, "%s", explanation->filename);
    snprintf(failure->message, sizeof failure->message, "%s", run->outcome.message);
    explanation->reproduced = explanation->failed_before && explanation->matching == 0 &&
                              failure->reason == explanation->recorded.reason &&
                              strcmp(failure->stage, explanation->recorded.stage) == 0;
}

static pat_status read_files(struct explain_run *run, pat_error *error)
{
    const pat_explain_options *options = run->options;
    pat_explanation *explanation = run->explanation;
    explanation->filename = strdup(options->filename);
    pat_status status = explanation->filename == NULL ? pat_fail_memory(error, "a name") : PAT_OK;
    if (status == PAT_OK)
        status = pat_explain_find(options, explanation, &run->found, error);
    if (status == PAT_OK)
        status = pat_explain_find_pair(options, &run->pair, explanation, error);
    if (status == PAT_OK)
        status = pat_explain_read_record(options->data, &run->record, explanation, error);
    if (status == PAT_OK)
        status = pat_explain_find_grid(options, &run->record, explanation, error);
    if (status != PAT_OK)
        return status;
    pat_pairs_get(options->pairs, run->pair, &run->images);
    pat_explain_look(run->images.damaged, &explanation->damaged);
    pat_explain_look(run->images.undamaged, &explanation->undamaged);
    if (run->run.max_pixels == 0)
        run->run.max_pixels = run->record.max_pixels;
    return PAT_OK;
}

static pat_status tell(struct explain_run *run, pat_error *error)
{
    pat_explanation *explanation = run->explanation;
    if (run->outcome.status != PAT_OK) {
        take_failure(run);
        return PAT_OK;
    }
    pat_status status = describe_surface(&run->report, explanation, error);
    if (status == PAT_OK)
        status = pat_explain_compare(&run->found, &run->report, explanation, error);
    if (status == PAT_OK)
        status = find_places(run, error);
    if (status == PAT_OK && run->options->model != NULL)
        status = pat_explain_model(run->options, run->pair, &run->run, explanation, error);
    if (status == PAT_OK && run->options->strips)
        status = make_strips(run, error);
    return status;
}

pat_status pat_explain(const pat_explain_options *options, pat_explanation *explanation,
                       pat_error *error)
{
    struct explain_run run = {.options = options, .run = options->run, .explanation = explanation};
    pat_status status = read_files(&run, error);
    if (status == PAT_OK)
        status = search(&run, error);
    if (status == PAT_OK)
        status = tell(&run, error);
    if (status == PAT_OK && !explanation->reproduced)
        pat_explain_reasons(options, &run.record, explanation);
    pat_found_release(&run.found);
    return status;
}

static void release_strip(pat_explained_strip *strip)
{
    for (int i = 0; i < PAT_STRIP_PICTURES; i++)
        free(strip->picture[i].bytes);
}

void pat_explanation_release(pat_explanation *explanation)
{
    for (size_t i = 0; i < explanation->row_count; i++)
        for (size_t k = 0; k < explanation->row[i].cell_count; k++) {
            pat_explained_cell *cell = &explanation->row[i].cell[k];
            free(cell->column);
            free(cell->table);
            free(cell->rebuilt);
        }
    free(explanation->filename);
    free(explanation->trials);
    release_strip(&explanation->whole);
    release_strip(&explanation->middle);
    *explanation = (pat_explanation){0};
}
