#include "run/pixels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "run/outputs.h"

struct pixel_run {
    const pat_pixel_options *options;
    pat_pixels *pixels;
    pat_pair pair; /* the one last asked for */
    pat_run_summary *summary;
};

static void get_job(void *context, size_t index, pat_job *job)
{
    struct pixel_run *run = context;
    const pat_pixel_job *of = &run->options->jobs[index];
    pat_pairs_get(run->options->pairs, of->pair, &run->pair);
    *job = (pat_job){
        .name = run->pair.name,
        .damaged = run->pair.damaged,
        .undamaged = run->pair.undamaged,
        .order = {of->order, run->options->orders * sizeof(pat_setting)},
    };
}

/* Whether a worker, which may send anything, tells of the settings that it was asked for, and, of
 * what the model says, of a setting. */
static bool makes_sense(const pat_pixel_options *options, const pat_setting *order,
                        const pat_choice *choice, size_t choices)
{
    for (size_t i = 0; i < choices; i++) {
        const pat_setting *setting = &choice[i].setting;
        bool is_ours = i < options->orders;
        if (is_ours ? !pat_setting_equal(setting, &order[i]) : !pat_setting_is_valid(setting))
            return false;
    }
    return true;
}

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    struct pixel_run *run = context;
    pat_pixels *pixels = run->pixels;
    pat_pairs_get(run->options->pairs, run->options->jobs[index].pair, &run->pair);
    if (outcome->status != PAT_OK) {
        pat_summary_fail(run->summary, run->pair.name, outcome->stage, outcome->status,
                         outcome->message);
        return PAT_OK;
    }
    size_t size = pixels->choices * sizeof *pixels->choice;
    pat_choice *choice = pixels->choice + index * pixels->choices;
    bool fits = outcome->report.size == size && outcome->trial_count == pixels->settings;
    if (fits)
        memcpy(choice, outcome->report.data, size);
    if (!fits ||
        !makes_sense(run->options, run->options->jobs[index].order, choice, pixels->choices))
        return pat_fail(error, PAT_INTERNAL, "%s: a worker's report makes no sense; run it again",
                        run->pair.damaged);
    memcpy(pixels->trials + index * pixels->settings, outcome->trials,
           pixels->settings * sizeof *pixels->trials);
    pixels->untouched[index] = outcome->untouched;
    pixels->scored[index] = true;
    run->summary->rows++;
    return PAT_OK;
}

static pat_status reserve(pat_pixels *pixels, pat_error *error)
{
    size_t scores;
    if (!__builtin_mul_overflow(pixels->count, pixels->settings, &scores)) {
        pixels->scored = calloc(pixels->count, sizeof *pixels->scored);
        pixels->untouched = calloc(pixels->count, sizeof *pixels->untouched);
        pixels->trials = calloc(scores, sizeof *pixels->trials);
        pixels->choice = calloc(pixels->count, pixels->choices * sizeof *pixels->choice);
    }
    bool reserved = pixels->scored != NULL && pixels->untouched != NULL && pixels->trials != NULL &&
                    pixels->choice != NULL;
    return reserved ? PAT_OK : pat_fail_memory(error, "the scores of all settings");
}

pat_status pat_pixels_run(const pat_pixel_options *options, pat_pixels *pixels,
                          pat_run_summary *summary, pat_error *error)
{
    double started_s = pat_clock_seconds();
    struct pixel_run run = {.options = options, .pixels = pixels, .summary = summary};
    *pixels = (pat_pixels){.count = options->count,
                           .settings = pat_grid_count(options->grid),
                           .choices = options->orders + (options->model.size > 0)};
    summary->total = options->count;
    pat_task_setup setup = {
        .kind = PAT_TASK_EVALUATE, .trials = true, .grid = *options->grid, .extra = options->model};
    pat_job_list jobs = {options->count, get_job, &run};
    pat_sink sink = {put_outcome, &run};
    pat_run work = {.setup = &setup, .jobs = &jobs, .sink = &sink, .options = options->run};
    pat_status status = reserve(pixels, error);
    if (status == PAT_OK)
        status = pat_run_jobs(&work, error);
    summary->workers = work.worker_count;
    summary->elapsed_s = pat_clock_seconds() - started_s;
    return status;
}

void pat_pixels_release(pat_pixels *pixels)
{
    free(pixels->scored);
    free(pixels->untouched);
    free(pixels->trials);
    free(pixels->choice);
    *pixels = (pat_pixels){0};
}

const char *pat_pixels_original(const pat_pair *pair)
{
    return pair->original != NULL ? pair->original : pair->undamaged;
}
