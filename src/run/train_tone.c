/* Train a tone model, step by step: see learn/tone.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "learn/model.h"
#include "learn/split.h"
#include "run/outputs.h"
#include "run/train.h"
#include "tasks/task_actions.h"
#include "workers/run.h"

/* What the learners of one fold have in common, for all rows of the data. */
struct tone_run {
    pat_train *train;
    size_t k; /* the number of the kind */
    size_t rows, features, actions;
    double longest;          /* side of an image; at least PAT_ACTION_SIDE */
    int *fold;               /* of each row; PAT_UNUSED if its image or best colors are missing */
    pat_tone_colors *truth;  /* the best colors */
    pat_tone_colors *colors; /* predicted without the row's original */
    double *gain, *expected; /* rows x actions: true, and predicted without the original */
    pat_tone_case *cases;    /* of each row */
    pat_model **model;       /* of each fold, then the one for the held-out rows */
    size_t *list;            /* scratch: rows */
    double *feature;         /* scratch: gathered rows */
    pat_tone_colors *some;   /* scratch */
    double *some_gain, *some_expected;
};

/* ---- Rows ------------------------------------------------------------------------------------ */

static size_t list_rows(struct tone_run *run, int fold, bool inside)
{
    return pat_train_rows(run->train, run->fold, fold, inside, run->list);
}

static pat_tone_rows gather(struct tone_run *run, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t row = run->list[i];
        memcpy(run->feature + i * run->features, run->train->training.feature + row * run->features,
               run->features * sizeof(double));
        memcpy(run->some_gain + i * run->actions, run->gain + row * run->actions,
               run->actions * sizeof(double));
        memcpy(run->some_expected + i * run->actions, run->expected + row * run->actions,
               run->actions * sizeof(double));
        run->some[i] = run->colors[row];
    }
    return (pat_tone_rows){.rows = count,
                           .feature = run->feature,
                           .colors = run->some,
                           .gain = run->some_gain,
                           .expected = run->some_expected,
                           .seed = run->train->options->seed};
}

static const double *features_of(const struct tone_run *run, size_t row)
{
    return run->train->training.feature + row * run->features;
}

/* ---- The learners ---------------------------------------------------------------------------- */

static pat_status learn_colors(struct tone_run *run, pat_tone *tone, int fold, pat_error *error)
{
    size_t count = list_rows(run, fold, false);
    const pat_tone_rows rows = gather(run, count);
    pat_tone_colors *truth = pat_realloc_array(NULL, count + 1, sizeof *truth);
    if (truth == NULL)
        return pat_fail_memory(error, "the training data");
    for (size_t i = 0; i < count; i++)
        truth[i] = run->truth[run->list[i]];
    pat_status status = pat_tone_fit_colors(tone, &rows, truth, error);
    free(truth);
    count = list_rows(run, fold, true);
    for (size_t i = 0; i < count && status == PAT_OK; i++)
        status = pat_tone_predict_colors(tone, features_of(run, run->list[i]),
                                         &run->colors[run->list[i]], error);
    return status;
}

static pat_status learn_gains(struct tone_run *run, pat_tone *tone, int fold, pat_error *error)
{
    const pat_tone_rows rows = gather(run, list_rows(run, fold, false));
    pat_status status = pat_tone_fit_gains(tone, &rows, error);
    size_t count = list_rows(run, fold, true);
    for (size_t i = 0; i < count && status == PAT_OK; i++) {
        size_t row = run->list[i];
        status = pat_tone_predict_gains(tone, features_of(run, row), &run->colors[row],
                                        run->expected + row * run->actions, error);
    }
    return status;
}

static pat_status learn_harm(struct tone_run *run, pat_tone *tone, int fold, pat_error *error)
{
    const pat_tone_rows rows = gather(run, list_rows(run, fold, false));
    pat_status status = pat_tone_fit_harm(tone, &rows, error);
    size_t count = list_rows(run, fold, true);
    for (size_t i = 0; i < count && status == PAT_OK; i++) {
        size_t row = run->list[i];
        pat_tone_case *known = &run->cases[row];
        status =
            pat_tone_find_candidates(tone, &run->colors[row], run->expected + row * run->actions,
                                     known->candidate, &known->count, error);
        for (int c = 0; c < known->count; c++)
            known->truth[c] = run->gain[row * run->actions + (size_t)known->candidate[c].action];
    }
    return status;
}

typedef pat_status learn_step(struct tone_run *run, pat_tone *tone, int fold, pat_error *error);

/* One learner of every fold's model; the last is trained on all rows that are not held out. */
static pat_status learn_folds(struct tone_run *run, learn_step *step, pat_error *error)
{
    int folds = run->train->report->folds;
    const volatile sig_atomic_t *interrupt = run->train->options->run.interrupt;
    pat_status status = PAT_OK;
    for (int fold = 0; fold <= folds && status == PAT_OK; fold++) {
        if (interrupt != NULL && *interrupt != 0)
            return pat_fail(error, PAT_INTERRUPTED, "interrupted");
        status =
            step(run, pat_model_tone(run->model[fold]), fold == folds ? PAT_HELD_OUT : fold, error);
    }
    return status;
}

/* ---- The gains of actions -------------------------------------------------------------------- */

struct scoring {
    struct tone_run *run;
    pat_pair pair; /* the pair last requested */
    size_t *row;   /* of each job */
    size_t scored;
    double longest; /* side of an image */
};

static void get_job(void *context, size_t index, pat_job *job)
{
    struct scoring *scoring = context;
    const struct tone_run *run = scoring->run;
    size_t row = scoring->row[index];
    pat_pairs_get(run->train->options->pairs, run->train->pair_of[row], &scoring->pair);
    *job = (pat_job){
        .name = scoring->pair.name,
        .damaged = scoring->pair.damaged,
        .undamaged = scoring->pair.undamaged,
        .order = {run->colors[row].affine, sizeof run->colors[row].affine},
    };
}

static bool all_finite(const double *value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(value[i]))
            return false;
    return true;
}

/* A pair that cannot be scored is left out. */
static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    struct scoring *scoring = context;
    struct tone_run *run = scoring->run;
    size_t row = scoring->row[index], size = run->actions * sizeof(double);
    if (outcome->status != PAT_OK) {
        run->fold[row] = PAT_UNUSED;
        return PAT_OK;
    }
    double longer;
    if (outcome->report.size != size + sizeof longer)
        return pat_fail(error, PAT_INTERNAL, "%s: a worker sent an invalid report; run it again",
                        pat_names_get(&run->train->training.filename, row));
    memcpy(run->gain + row * run->actions, outcome->report.data, size);
    memcpy(&longer, (const char *)outcome->report.data + size, sizeof longer);
    scoring->longest = fmax(scoring->longest, longer);
    scoring->scored++;
    return PAT_OK;
}

static pat_status score_actions(struct tone_run *run, pat_error *error)
{
    struct scoring scoring = {.run = run,
                              .row = pat_realloc_array(NULL, run->rows, sizeof *scoring.row)};
    size_t count = 0;
    if (scoring.row == NULL)
        return pat_fail_memory(error, "the images");
    for (size_t row = 0; row < run->rows; row++)
        if (run->fold[row] != PAT_UNUSED)
            scoring.row[count++] = row;
    const pat_actions *actions = &pat_model_tone(run->model[0])->actions;
    pat_task_setup setup = {.kind = PAT_TASK_ACTIONS, .extra = {actions, sizeof *actions}};
    pat_job_list jobs = {.count = count, .get = get_job, .context = &scoring};
    pat_sink sink = {put_outcome, &scoring};
    pat_run work = {
        .setup = &setup, .jobs = &jobs, .sink = &sink, .options = &run->train->options->run};
    pat_status status = pat_run_jobs(&work, error);
    free(scoring.row);
    run->longest = fmax(scoring.longest, PAT_ACTION_SIDE);
    for (int i = 0; i <= run->train->report->folds; i++)
        pat_model_tone(run->model[i])->longest = (int)run->longest;
    if (status == PAT_OK && scoring.scored == 0)
        status = pat_fail(error, PAT_NOTHING_TO_DO,
                          "%s: no pair could be scored; check that the images are there",
                          run->train->options->data);
    return status;
}

/* ---- The run --------------------------------------------------------------------------------- */

/* A row can be learned from if its images and its best colors are known. */
static void find_usable(struct tone_run *run)
{
    const pat_train *train = run->train;
    const pat_tone *tone = pat_model_tone(run->model[0]);
    for (size_t row = 0; row < run->rows; row++) {
        const double *affine = train->training.affine + row * PAT_AFFINE_NUMBERS;
        bool usable = train->pair_of[row] != SIZE_MAX && all_finite(affine, PAT_AFFINE_NUMBERS);
        run->fold[row] = usable ? train->fold[row] : PAT_UNUSED;
        memcpy(run->truth[row].affine, affine, sizeof run->truth[row].affine);
        if (usable)
            pat_tone_encode(tone, features_of(run, row), &run->truth[row]);
    }
}

/* Begin the model that learns from the rows outside a fold. */
static pat_status begin_model(struct tone_run *run, int fold, pat_model **out, pat_error *error)
{
    pat_train *train = run->train;
    const pat_lesson lesson = {.kind = PAT_MODEL_TONE,
                               .training = &train->training,
                               .row = train->row,
                               .rows = pat_train_rows(train, train->fold, fold, false, train->row),
                               .grid = &train->grid,
                               .seed = train->options->seed};
    pat_status status = pat_model_begin_tone(&lesson, out, error);
    if (status == PAT_OK)
        pat_model_set_max_harm(*out, train->options->max_harm);
    return status;
}

static pat_status begin_models(struct tone_run *run, pat_error *error)
{
    int folds = run->train->report->folds;
    run->model = calloc((size_t)folds + 1, sizeof *run->model);
    if (run->model == NULL)
        return pat_fail_memory(error, "the models");
    pat_status status = PAT_OK;
    for (int i = 0; i <= folds && status == PAT_OK; i++)
        status = begin_model(run, i == folds ? PAT_HELD_OUT : i, &run->model[i], error);
    return status;
}

/* Every model needs rows to learn from, so the usable rows must not all be in one fold. */
static pat_status check_folds(struct tone_run *run, pat_error *error)
{
    bool enough = true;
    for (int fold = 0; fold < run->train->report->folds; fold++)
        enough = enough && list_rows(run, fold, false) > 0;
    return enough ? PAT_OK
                  : pat_fail(error, PAT_NOTHING_TO_DO,
                             "%s: too few rows have both an image that can be read and best "
                             "colors; check that the images are there",
                             run->train->options->data);
}

static pat_status reserve(struct tone_run *run, pat_error *error)
{
    size_t rows = run->rows, gains = rows * run->actions;
    run->fold = calloc(rows, sizeof *run->fold);
    run->truth = calloc(rows, sizeof *run->truth);
    run->colors = calloc(rows, sizeof *run->colors);
    run->gain = calloc(gains, sizeof(double));
    run->expected = calloc(gains, sizeof(double));
    run->cases = calloc(rows, sizeof *run->cases);
    run->list = calloc(rows, sizeof *run->list);
    run->feature = calloc(rows * run->features, sizeof(double));
    run->some = calloc(rows, sizeof *run->some);
    run->some_gain = calloc(gains, sizeof(double));
    run->some_expected = calloc(gains, sizeof(double));
    bool enough = run->fold && run->truth && run->colors && run->gain && run->expected &&
                  run->cases && run->list && run->feature && run->some && run->some_gain &&
                  run->some_expected;
    return enough ? PAT_OK : pat_fail_memory(error, "the training data");
}

static void release(struct tone_run *run)
{
    for (int fold = 0; run->model != NULL && fold <= run->train->report->folds; fold++)
        pat_model_free(run->model[fold]);
    void *parts[] = {run->fold,     run->truth,     run->colors,        run->gain,
                     run->expected, run->cases,     run->list,          run->feature,
                     run->some,     run->some_gain, run->some_expected, run->model};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        free(parts[i]);
}

/* Set the penalties of a fold's model from the rows outside the fold, as predicted by models that
 * have not seen them. */
static pat_status calibrate(struct tone_run *run, pat_tone *tone, int fold, pat_error *error)
{
    size_t count = list_rows(run, fold, false);
    pat_tone_case *cases = pat_realloc_array(NULL, count, sizeof *cases);
    if (cases == NULL)
        return pat_fail_memory(error, "the cases of harm");
    for (size_t i = 0; i < count; i++)
        cases[i] = run->cases[run->list[i]];
    pat_tone_calibrate(tone, cases, count);
    free(cases);
    return PAT_OK;
}

/* Predict every row with the model that has not seen its original. */
static pat_status predict_rows(struct tone_run *run, pat_error *error)
{
    pat_train *train = run->train;
    for (size_t row = 0; row < run->rows; row++) {
        int fold = train->fold[row] == PAT_HELD_OUT ? train->report->folds : train->fold[row];
        pat_prediction prediction;
        pat_status status =
            pat_model_predict(run->model[fold], features_of(run, row), &prediction, error);
        if (status != PAT_OK)
            return status;
        pat_train_store(train, run->k, row, &prediction);
    }
    return PAT_OK;
}

static pat_status learn(struct tone_run *run, pat_error *error)
{
    pat_status status = reserve(run, error);
    if (status != PAT_OK)
        return status;
    find_usable(run);
    status = check_folds(run, error);
    if (status == PAT_OK)
        status = learn_folds(run, learn_colors, error);
    if (status == PAT_OK)
        status = score_actions(run, error);
    if (status == PAT_OK)
        status = check_folds(run, error);
    if (status == PAT_OK)
        status = learn_folds(run, learn_gains, error);
    if (status == PAT_OK)
        status = learn_folds(run, learn_harm, error);
    if (status == PAT_OK)
        status = learn_folds(run, calibrate, error);
    return status == PAT_OK ? predict_rows(run, error) : status;
}

/* Replace the last model by one that learns from all usable rows. */
static pat_status learn_all(struct tone_run *run, pat_error *error)
{
    static learn_step *const steps[] = {learn_colors, learn_gains, learn_harm, calibrate};
    pat_model **last = &run->model[run->train->report->folds];
    pat_model_free(*last);
    pat_status status = begin_model(run, PAT_NO_ROWS, last, error);
    if (status == PAT_OK)
        pat_model_tone(*last)->longest = (int)run->longest;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && status == PAT_OK; i++)
        status = steps[i](run, pat_model_tone(*last), PAT_NO_ROWS, error);
    return status;
}

pat_status pat_train_tone(pat_train *train, size_t k, pat_error *error)
{
    struct tone_run run = {.train = train,
                           .k = k,
                           .rows = train->training.rows,
                           .features = (size_t)train->training.feature_count};
    pat_status status = begin_models(&run, error);
    if (status == PAT_OK) {
        run.actions = (size_t)pat_actions_count(&pat_model_tone(run.model[0])->actions);
        status = learn(&run, error);
    }
    if (status == PAT_OK && train->options->use_all)
        status = learn_all(&run, error);
    if (status == PAT_OK) {
        pat_model **last = &run.model[train->report->folds];
        status = pat_model_importances(*last, train->report->kinds[k].importance, error);
        train->model[k] = *last;
        *last = NULL;
    }
    release(&run);
    return status;
}
