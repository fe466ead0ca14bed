/* PAT_TASK_SEARCH: the best setting of a pair, or the scores of all, and its features. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tasks/kind.h"

static pat_status create(const pat_task_setup *setup, void **state, pat_error *error)
{
    *state = pat_searcher_create(&setup->grid);
    return *state == NULL ? pat_fail_memory(error, "a worker's tables") : PAT_OK;
}

static void free_searcher(void *state)
{
    pat_searcher_free(state);
}

static pat_status copy_trials(const pat_task_setup *setup, const pat_evaluation *evaluation,
                              pat_outcome *outcome, pat_error *error)
{
    size_t count = pat_grid_count(&setup->grid);
    outcome->trials = malloc(count * sizeof *outcome->trials);
    if (outcome->trials == NULL)
        return pat_fail_memory(error, "the scores of all settings");
    memcpy(outcome->trials, evaluation->trials, count * sizeof *outcome->trials);
    outcome->trial_count = count;
    return PAT_OK;
}

static pat_status fail_too_small(const pat_job *job, const pat_image *undamaged, pat_error *error)
{
    return pat_fail(error, PAT_TOO_SMALL,
                    "%s: %dx%d pixels are too small to score: SSIM needs at least %d a side; "
                    "leave the pair out",
                    job->undamaged, undamaged->width, undamaged->height, PAT_SSIM_WINDOW);
}

pat_status pat_work_search(pat_searcher *searcher, pat_work *work, const pat_job *job,
                           pat_outcome *outcome, pat_stage *stage, pat_error *error)
{
    const pat_task_setup *setup = work->setup;
    pat_evaluation evaluation;
    *stage = PAT_STAGE_SEARCH;
    pat_status status = (setup->trials ? pat_searcher_evaluate : pat_searcher_find_best)(
        searcher, &work->damaged, &work->undamaged, &evaluation, error);
    if (status == PAT_TOO_SMALL)
        return fail_too_small(job, &work->undamaged, error);
    if (status != PAT_OK)
        return status;
    outcome->setting = evaluation.setting;
    outcome->best = evaluation.best;
    outcome->untouched = evaluation.untouched;
    outcome->ties = evaluation.ties;
    return setup->trials ? copy_trials(setup, &evaluation, outcome, error) : PAT_OK;
}

static pat_status search_pair(void *state, pat_work *work, const pat_job *job, pat_outcome *outcome,
                              pat_stage *stage, pat_error *error)
{
    pat_status status = pat_work_search(state, work, job, outcome, stage, error);
    if (status == PAT_OK)
        status = pat_work_measure(work, outcome, stage, error);
    return status;
}

const pat_kind pat_search_kind = {
    .takes_pairs = true,
    .create = create,
    .free = free_searcher,
    .run = search_pair,
};
