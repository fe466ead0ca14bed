/* How a model restores the pair, and how that scores. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "run/explain/explain_steps.h"
#include "run/pixels.h"

static pat_status score(const pat_explain_options *options, size_t pair, const pat_run_options *run,
                        pat_bytes model, pat_explanation *explanation, pat_error *error)
{
    const pat_pixel_job job = {.pair = pair};
    const pat_setting any = pat_setting_default();
    pat_grid grid; /* of one setting: only the model's choice is wanted */
    pat_grid_init_single(&grid, &any);
    const pat_pixel_options work = {.pairs = options->pairs,
                                    .jobs = &job,
                                    .count = 1,
                                    .grid = &grid,
                                    .model = model,
                                    .max_harm = NAN,
                                    .run = run};
    pat_pixels pixels;
    pat_run_summary summary = {0};
    pat_status status = pat_pixels_run(&work, &pixels, &summary, error);
    if (status == PAT_OK && !pixels.scored[0])
        status = pat_fail(error, summary.first_failures[0].reason, "%s",
                          summary.first_failures[0].message);
    if (status == PAT_OK)
        explanation->model = (pat_explained_model){.given = true,
                                                   .setting = pixels.choice[0].setting,
                                                   .scores = pixels.choice[0].scores,
                                                   .gain = pixels.choice[0].gain,
                                                   .harm = pixels.choice[0].harm,
                                                   .flagged = pixels.choice[0].flagged};
    pat_pixels_release(&pixels);
    return status;
}

pat_status pat_explain_model(const pat_explain_options *options, size_t pair,
                             const pat_run_options *run, pat_explanation *explanation,
                             pat_error *error)
{
    pat_buffer bytes = {0};
    pat_predictor predictor;
    pat_buffer_append(&bytes, options->model, strlen(options->model) + 1);
    pat_status status = pat_predictor_read(&predictor, options->model, &bytes, error);
    if (status == PAT_OK && bytes.failed)
        status = pat_fail_memory(error, "a model");
    if (status == PAT_OK)
        status = score(options, pair, run, pat_buffer_bytes(&bytes), explanation, error);
    pat_predictor_release(&predictor);
    pat_buffer_release(&bytes);
    return status;
}
