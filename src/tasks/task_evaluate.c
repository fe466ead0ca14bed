/* PAT_TASK_EVALUATE: score chosen settings and the whole grid on a pair. */
#include "tasks/task_evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "learn/actions.h"
#include "tasks/kind.h"
#include "tasks/pack.h"
#include "tasks/predictor.h"

/* ---- Messages -------------------------------------------------------------------------------- */

void pat_evaluate_setup_pack(pat_buffer *out, const pat_evaluate_setup *setup)
{
    pat_pack_grid(out, &setup->grid);
    pat_pack_doubles(out, &setup->max_harm, 1);
    pat_pack_block(out, setup->model);
}

bool pat_evaluate_setup_unpack(pat_bytes bytes, pat_evaluate_setup *setup)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    pat_unpack_grid(&in, &setup->grid);
    pat_unpack_doubles(&in, &setup->max_harm, 1);
    setup->model = pat_unpack_block(&in);
    return pat_unpacker_finished(&in);
}

void pat_evaluate_report_pack(pat_buffer *out, const pat_evaluate_report *report,
                              const pat_scores *trials, const pat_choice *choices)
{
    pat_pack_scores(out, &report->untouched, 0);
    for (size_t i = 0; i < report->trials; i++)
        pat_pack_scores(out, &trials[i], 0);
    for (size_t i = 0; i < report->choices; i++) {
        pat_pack_setting(out, &choices[i].setting);
        pat_pack_scores(out, &choices[i].scores, 0);
        pat_pack_doubles(out, &choices[i].gain, 1);
        pat_pack_doubles(out, &choices[i].harm, 1);
        pat_pack_u64(out, choices[i].flagged);
    }
    pat_pack_u64(out, report->other_shape);
}

bool pat_evaluate_report_unpack(pat_bytes bytes, pat_evaluate_report *report, pat_scores *trials,
                                pat_choice *choices)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    pat_unpack_scores(&in, &report->untouched, 0);
    for (size_t i = 0; i < report->trials; i++)
        pat_unpack_scores(&in, &trials[i], 0);
    for (size_t i = 0; i < report->choices; i++) {
        pat_unpack_setting(&in, &choices[i].setting);
        pat_unpack_scores(&in, &choices[i].scores, 0);
        pat_unpack_doubles(&in, &choices[i].gain, 1);
        pat_unpack_doubles(&in, &choices[i].harm, 1);
        choices[i].flagged = pat_unpack_range(&in, 0, 1);
        in.bad = in.bad || !pat_expects(choices[i].gain, choices[i].harm);
    }
    report->other_shape = pat_unpack_range(&in, 0, 1);
    return pat_unpacker_finished(&in);
}

/* ---- Work ------------------------------------------------------------------------------------ */

struct state {
    pat_grid grid;
    pat_searcher *searcher;
    pat_predictor predictor; /* its model is NULL if there is none */
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

static pat_status read_model(const pat_evaluate_setup *setup, pat_predictor *predictor,
                             pat_error *error)
{
    const pat_bytes model = setup->model;
    const char *name = model.data;
    size_t length = strnlen(name, model.size);
    if (length == model.size)
        return pat_fail(error, PAT_INTERNAL, "a worker's setup has an unterminated model name");
    pat_status status =
        pat_predictor_init_from(predictor, name + length + 1, model.size - length - 1, name, error);
    if (status != PAT_OK)
        return status;
    return pat_predictor_limit_harm(predictor, setup->max_harm, name, error);
}

static pat_status read_setup(struct state *state, pat_bytes extra, pat_error *error)
{
    pat_evaluate_setup setup;
    if (!pat_evaluate_setup_unpack(extra, &setup))
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the setup of an evaluation");
    state->grid = setup.grid;
    state->searcher = pat_searcher_create(&setup.grid);
    if (state->searcher == NULL)
        return pat_fail_memory(error, "a worker's tables");
    return setup.model.size > 0 ? read_model(&setup, &state->predictor, error) : PAT_OK;
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return pat_fail_memory(error, "a worker's tables");
    pat_status status = read_setup(state, extra, error);
    if (status != PAT_OK) {
        release(state);
        return status;
    }
    *out = state;
    return PAT_OK;
}

/* Score choice->setting. If the grid has a setting with the same effect, use its score. */
static pat_status score(const pat_grid *grid, const pat_scores *trials, const pat_work *work,
                        pat_choice *choice, pat_error *error)
{
    for (size_t i = 0; i < pat_grid_count(grid); i++) {
        pat_setting tried = pat_grid_setting(grid, i);
        if (pat_setting_same_effect(&tried, &choice->setting)) {
            choice->scores = trials[i];
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

static pat_status predict(const pat_predictor *predictor, pat_work *work, pat_choice *choice,
                          pat_error *error)
{
    double features[PAT_FEATURES_MAX];
    pat_prediction prediction;
    pat_status status = pat_predictor_run(predictor, work, features, &prediction, error);
    if (status == PAT_OK)
        *choice = (pat_choice){.setting = prediction.setting,
                               .gain = prediction.gain,
                               .harm = prediction.harm,
                               .flagged = prediction.flagged};
    return status;
}

/* List the settings to score. */
static pat_status choose(const struct state *state, pat_work *work,
                         pat_choice choices[PAT_CHOICES_MAX], size_t *count, pat_error *error)
{
    const pat_bytes *order = &work->job->order;
    *count = 0;
    for (size_t at = 0; at < order->size && *count < PAT_CHOICES_MAX - 1;
         at += sizeof(pat_setting)) {
        pat_choice *choice = &choices[(*count)++];
        *choice = (pat_choice){0};
        memcpy(&choice->setting, (const char *)order->data + at, sizeof(pat_setting));
        pat_action_fit(&choice->setting, work->damaged.width, work->damaged.height);
    }
    if (state->predictor.model == NULL)
        return PAT_OK;
    return predict(&state->predictor, work, &choices[(*count)++], error);
}

static pat_status evaluate(void *place, pat_work *work, pat_buffer *out, pat_error *error)
{
    const struct state *state = place;
    pat_choice choices[PAT_CHOICES_MAX];
    pat_evaluation found;
    pat_evaluate_report report = {.trials = pat_grid_count(&state->grid),
                                  .other_shape = pat_work_has_other_shape(work)};
    pat_status status = pat_work_search(work, state->searcher, true, &found, error);
    if (status == PAT_OK)
        status = choose(state, work, choices, &report.choices, error);
    if (status != PAT_OK)
        return status;
    report.untouched = found.untouched;
    work->stage = PAT_STAGE_SEARCH;
    for (size_t i = 0; i < report.choices && status == PAT_OK; i++)
        status = score(&state->grid, found.trials, work, &choices[i], error);
    if (status == PAT_OK)
        pat_evaluate_report_pack(out, &report, found.trials, choices);
    return status;
}

const pat_kind pat_evaluate_kind = {
    .takes_pairs = true,
    .create = create,
    .free = release,
    .run = evaluate,
};
