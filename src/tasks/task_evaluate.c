/* PAT_TASK_EVALUATE: the scores of chosen settings on a pair, beside those of the whole grid. */
#include "tasks/task_evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tasks/kind.h"
#include "tasks/predictor.h"

struct state {
    pat_searcher *searcher;
    pat_predictor predictor; /* its model NULL: none */
};

static void release(void *place)
{
    struct state *state = place;
    if (state == NULL)
        return;
    pat_searcher_free(state->searcher);
    pat_predictor_release(&state->predictor);
    free(state);
}

static pat_status read_model(const pat_bytes *extra, pat_predictor *predictor, pat_error *error)
{
    const char *name = extra->data;
    size_t length = strnlen(name, extra->size);
    if (length == extra->size)
        return pat_fail(error, PAT_INTERNAL, "a worker's setup has no end of the model's name");
    return pat_predictor_init_from(predictor, name + length + 1, extra->size - length - 1, name,
                                   error);
}

static pat_status create(const pat_task_setup *setup, void **out, pat_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    pat_status status = PAT_OK;
    if (state == NULL || (state->searcher = pat_searcher_create(&setup->grid)) == NULL)
        status = pat_fail_memory(error, "a worker's tables");
    if (status == PAT_OK && setup->extra.size > 0)
        status = read_model(&setup->extra, &state->predictor, error);
    if (status != PAT_OK) {
        release(state);
        return status;
    }
    *out = state;
    return PAT_OK;
}

/* Score choice->setting: from the outcome's trials if it is one of the grid's. */
static pat_status score(pat_work *work, const pat_outcome *outcome, pat_choice *choice,
                        pat_error *error)
{
    const pat_grid *grid = &work->setup->grid;
    for (size_t i = 0; i < pat_grid_count(grid); i++) {
        pat_setting tried = pat_grid_setting(grid, i);
        if (pat_setting_same_effect(&tried, &choice->setting)) {
            choice->scores = outcome->trials[i];
            return PAT_OK;
        }
    }
    pat_grid alone;
    pat_grid_init_single(&alone, &choice->setting);
    pat_evaluation evaluation;
    pat_searcher *searcher = pat_searcher_create(&alone);
    if (searcher == NULL)
        return pat_fail_memory(error, "a worker's tables");
    pat_status status =
        pat_searcher_evaluate(searcher, &work->damaged, &work->undamaged, &evaluation, error);
    if (status == PAT_OK)
        choice->scores = evaluation.trials[0];
    pat_searcher_free(searcher);
    return status;
}

static pat_status predict(const struct state *state, pat_work *work, pat_outcome *outcome,
                          pat_choice *choice, pat_stage *stage, pat_error *error)
{
    pat_prediction prediction;
    pat_status status =
        pat_predictor_run(&state->predictor, work, outcome, &prediction, stage, error);
    if (status == PAT_OK)
        *choice = (pat_choice){.setting = prediction.setting,
                               .unlike = (uint64_t)prediction.unlike_count};
    return status;
}

/* The settings to be scored. */
static pat_status choose(const struct state *state, pat_work *work, const pat_job *job,
                         pat_outcome *outcome, pat_choice choices[PAT_CHOICES_MAX], size_t *count,
                         pat_stage *stage, pat_error *error)
{
    *count = 0;
    for (size_t at = 0; at < job->order.size && *count < PAT_CHOICES_MAX - 1;
         at += sizeof(pat_setting)) {
        pat_choice *choice = &choices[(*count)++];
        *choice = (pat_choice){0};
        memcpy(&choice->setting, (const char *)job->order.data + at, sizeof(pat_setting));
    }
    if (state->predictor.model == NULL)
        return PAT_OK;
    return predict(state, work, outcome, &choices[(*count)++], stage, error);
}

static pat_status evaluate(void *place, pat_work *work, const pat_job *job, pat_outcome *outcome,
                           pat_stage *stage, pat_error *error)
{
    const struct state *state = place;
    pat_choice choices[PAT_CHOICES_MAX];
    size_t count;
    pat_status status = pat_work_search(state->searcher, work, job, outcome, stage, error);
    if (status == PAT_OK)
        status = choose(state, work, job, outcome, choices, &count, stage, error);
    *stage = status == PAT_OK ? PAT_STAGE_SEARCH : *stage;
    for (size_t i = 0; status == PAT_OK && i < count; i++)
        status = score(work, outcome, &choices[i], error);
    if (status != PAT_OK)
        return status;
    pat_buffer_append(&outcome->report, choices, count * sizeof *choices);
    return outcome->report.failed ? pat_fail_memory(error, "the scores of an image") : PAT_OK;
}

const pat_kind pat_evaluate_kind = {
    .takes_pairs = true,
    .create = create,
    .free = release,
    .run = evaluate,
};
