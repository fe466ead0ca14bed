#include "run/pixels.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "data/labels.h"
#include "learn/actions.h"
#include "run/outputs.h"

struct pixel_run {
    const pat_pixel_options *options;
    pat_pixels *pixels;
    pat_pair pair; /* the pair last requested */
    pat_run_summary *summary;
    pat_labels labels; /* only the shapes are judged */
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

/* Whether the worker, which is untrusted, reports the requested settings. It chose the scale of
 * those that are to fit the image. */
static bool are_ordered(const pat_choice *choices, const pat_setting *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pat_setting wanted = order[i];
        if (wanted.value[PAT_AXIS_SCALE] == PAT_SCALE_TO_FIT)
            wanted.value[PAT_AXIS_SCALE] = choices[i].setting.value[PAT_AXIS_SCALE];
        if (!pat_setting_equal(&choices[i].setting, &wanted))
            return false;
    }
    return true;
}

/* Store the scores of a job. False if the report is invalid. */
static bool take_report(struct pixel_run *run, size_t index, const pat_outcome *outcome)
{
    pat_pixels *pixels = run->pixels;
    pat_choice *choices = pixels->choice + index * pixels->choices;
    pat_scores *trials = pixels->trials + index * pixels->settings;
    pat_evaluate_report report = {.trials = pixels->settings, .choices = pixels->choices};
    if (!pat_evaluate_report_unpack(pat_buffer_bytes(&outcome->report), &report, trials, choices))
        return false;
    pixels->untouched[index] = report.untouched;
    run->labels.rows++;
    if (report.other_shape)
        pat_labels_add_shape(&run->labels, run->pair.name);
    return are_ordered(choices, run->options->jobs[index].order, run->options->orders);
}

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    struct pixel_run *run = context;
    pat_pairs_get(run->options->pairs, run->options->jobs[index].pair, &run->pair);
    if (outcome->status != PAT_OK) {
        pat_summary_fail(run->summary, run->pair.name, outcome->stage, outcome->status,
                         outcome->message);
        return PAT_OK;
    }
    if (!take_report(run, index, outcome))
        return pat_fail(error, PAT_INTERNAL, "%s: a worker sent an invalid report; run it again",
                        run->pair.damaged);
    run->pixels->scored[index] = true;
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
    pat_buffer extra = {0};
    pat_evaluate_setup_pack(
        &extra, &(pat_evaluate_setup){*options->grid, options->max_harm, options->model});
    pat_task_setup setup = {.kind = PAT_TASK_EVALUATE, .extra = pat_buffer_bytes(&extra)};
    pat_job_list jobs = {.count = options->count, .get = get_job, .context = &run};
    pat_sink sink = {put_outcome, &run};
    pat_run work = {.setup = &setup, .jobs = &jobs, .sink = &sink, .options = options->run};
    pat_status status = reserve(pixels, error);
    if (status == PAT_OK && extra.failed)
        status = pat_fail_memory(error, "the workers' setup");
    if (status == PAT_OK)
        status = pat_run_jobs(&work, error);
    pat_buffer_release(&extra);
    pat_summary_take(summary, &work);
    pat_labels_report(&run.labels, options->grid, &summary->labels);
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
