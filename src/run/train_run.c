#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "learn/model.h"
#include "learn/split.h"
#include "learn/target_errors.h"
#include "patina/features.h"
#include "run/outputs.h"
#include "run/train.h"

/* ---- Data ------------------------------------------------------------------------------------ */

static pat_status read_data(pat_train *train, pat_error *error)
{
    const pat_train_options *options = train->options;
    pat_status status = pat_training_read(&train->training, options->data, error);
    if (status == PAT_OK)
        status = pat_file_digest(options->data, train->report->data_sha256, error);
    if (status == PAT_OK && options->trials != NULL)
        status = pat_trials_read(&train->trials, options->trials, &train->training, error);
    if (status != PAT_OK)
        return status;
    if (options->trials != NULL)
        train->grid = train->trials.grid;
    else if (options->grid != NULL)
        train->grid = *options->grid;
    else
        status = pat_training_grid(&train->training, &train->grid, error);
    train->report->rows = train->training.rows;
    train->report->feature_count = train->training.feature_count;
    memcpy(train->report->feature_name, train->training.feature_name,
           sizeof train->report->feature_name);
    return status;
}

/* Why a kind cannot be trained on these data; NULL if it can. */
static const char *obstacle(const pat_train *train, pat_model_kind kind)
{
    const pat_train_options *options = train->options;
    if (kind == PAT_MODEL_SURFACE && options->trials == NULL)
        return "learns from the scores of every setting: use --trials to specify the table that "
               "'patina search --trials' wrote";
    if (kind != PAT_MODEL_TONE)
        return NULL;
    if (options->pairs == NULL)
        return "learns from the images: name their folders or their manifest";
    if (!pat_training_has_colors(&train->training))
        return "learns from the best colors: search again with --extended, on images of the same "
               "size as their originals";
    return NULL;
}

static pat_status choose_kinds(pat_train *train, pat_error *error)
{
    const pat_train_options *options = train->options;
    pat_train_report *report = train->report;
    bool any = false;
    for (int kind = 0; kind < PAT_MODEL_KINDS; kind++)
        any = any || options->kind[kind];
    report->kinds = calloc(PAT_MODEL_KINDS, sizeof *report->kinds);
    if (report->kinds == NULL)
        return pat_fail_memory(error, "the training report");
    for (pat_model_kind kind = 0; kind < PAT_MODEL_KINDS; kind++) {
        const char *why = obstacle(train, kind);
        if (options->kind[kind] && why != NULL)
            return pat_fail(error, PAT_INVALID_ARGUMENT, "a %s model %s", pat_model_kind_name(kind),
                            why);
        if (any ? options->kind[kind] : why == NULL)
            report->kinds[report->kind_count++].kind = kind;
    }
    return PAT_OK;
}

static void find_constants(pat_train *train)
{
    const pat_training *training = &train->training;
    for (int t = 0; t < PAT_TARGET_COUNT; t++) {
        bool constant = true;
        for (size_t row = 1; row < training->rows; row++)
            constant = constant &&
                       training->target[row * PAT_TARGET_COUNT + (size_t)t] == training->target[t];
        train->report->constant[t] = constant;
    }
}

/* ---- Splitting the rows ---------------------------------------------------------------------- */

size_t pat_train_rows(const pat_train *train, const int *fold, int which, bool inside, size_t *row)
{
    size_t count = 0;
    for (size_t i = 0; i < train->training.rows; i++) {
        bool listed = inside                 ? fold[i] == which
                      : which == PAT_NO_ROWS ? fold[i] != PAT_UNUSED
                                             : fold[i] >= 0 && fold[i] != which;
        if (listed)
            row[count++] = i;
    }
    return count;
}

/* Assign the rows that are not held out to folds, by group. */
static pat_status deal_out(pat_train *train, int *held_out, pat_error *error)
{
    pat_names group = {0};
    const pat_training *training = &train->training;
    int *fold = calloc(training->rows, sizeof *fold);
    bool enough = fold != NULL;
    for (size_t row = 0; enough && row < training->rows; row++)
        if (held_out[row] != 0)
            enough = pat_names_add(&group, pat_names_get(&training->group, row));
    pat_status status =
        enough ? pat_split_folds(&group, train->options->seed, train->report->folds, fold, error)
               : pat_fail_memory(error, "the folds");
    for (size_t row = 0, i = 0; status == PAT_OK && row < training->rows; row++)
        train->fold[row] = held_out[row] == 0 ? PAT_HELD_OUT : fold[i++];
    pat_names_release(&group);
    free(fold);
    return status;
}

/* Determine how many originals to hold out, and how many folds to split the others into. */
static pat_status count_parts(pat_train *train, pat_error *error)
{
    pat_train_report *report = train->report;
    pat_status status = pat_split_count_groups(&train->training.group, &report->originals, error);
    if (status != PAT_OK)
        return status;
    if (report->originals < 4)
        return pat_fail(error, PAT_NOTHING_TO_DO,
                        "%s: %zu originals are too few to train on some and test on others; at "
                        "least 4 are needed, and many more for a useful model",
                        train->options->data, report->originals);
    report->held_out_originals =
        (size_t)fmax(1, rint(PAT_HELD_OUT_SHARE * (double)report->originals));
    size_t learners = report->originals - report->held_out_originals;
    int wanted = train->options->folds;
    if (wanted != 0 && (size_t)wanted > learners)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--folds: %d is too many for %zu originals, of which %zu are held out; use "
                        "at most %zu",
                        wanted, report->originals, report->held_out_originals, learners);
    report->folds = wanted != 0                    ? wanted
                    : learners < PAT_FOLDS_DEFAULT ? (int)learners
                                                   : PAT_FOLDS_DEFAULT;
    return PAT_OK;
}

static pat_status split(pat_train *train, pat_error *error)
{
    const pat_training *training = &train->training;
    pat_train_report *report = train->report;
    pat_status status = count_parts(train, error);
    if (status != PAT_OK)
        return status;
    int *held_out = calloc(training->rows, sizeof *held_out);
    status = held_out == NULL ? pat_fail_memory(error, "the folds")
                              : pat_split_holdout(&training->group, train->options->seed,
                                                  PAT_HELD_OUT_SHARE, held_out, error);
    if (status == PAT_OK)
        status = deal_out(train, held_out, error);
    for (size_t row = 0; status == PAT_OK && row < training->rows; row++)
        report->held_out_rows += train->fold[row] == PAT_HELD_OUT;
    free(held_out);
    return status;
}

/* ---- Learning -------------------------------------------------------------------------------- */

void pat_train_store(pat_train *train, size_t k, size_t row, const pat_prediction *prediction)
{
    size_t at = row * train->report->kind_count + k;
    train->setting[at] = prediction->setting;
    train->flagged[at] = prediction->flagged;
    memcpy(train->raw[k] + row * PAT_TARGET_COUNT, prediction->raw, sizeof prediction->raw);
}

/* Predict rows with kind number k, and store the predictions. */
static pat_status predict(pat_train *train, const pat_model *model, size_t k, const size_t *row,
                          size_t rows, pat_error *error)
{
    for (size_t i = 0; i < rows; i++) {
        pat_prediction prediction;
        pat_status status =
            pat_model_predict_rows(model, train->training.feature, &row[i], 1, &prediction, error);
        if (status != PAT_OK)
            return status;
        pat_train_store(train, k, row[i], &prediction);
    }
    return PAT_OK;
}

/* Train on the rows outside a fold, and predict those in it; see pat_train_rows(). kept: receives
 * the model, which the caller then owns; may be NULL. */
static pat_status learn_fold(pat_train *train, size_t k, int fold, pat_model **kept,
                             pat_error *error)
{
    pat_model *model = NULL;
    pat_lesson lesson = {
        .kind = train->report->kinds[k].kind,
        .training = &train->training,
        .row = train->row,
        .rows = pat_train_rows(train, train->fold, fold, false, train->row),
        .seed = train->options->seed,
    };
    if (lesson.kind == PAT_MODEL_SURFACE)
        lesson.trials = &train->trials;
    else
        lesson.grid = &train->grid;
    const volatile sig_atomic_t *interrupt = train->options->run.interrupt;
    if (interrupt != NULL && *interrupt != 0)
        return pat_fail(error, PAT_INTERRUPTED, "interrupted");
    pat_status status = pat_model_fit(&lesson, &model, error);
    if (status == PAT_OK) {
        size_t rows = pat_train_rows(train, train->fold, fold, true, train->row);
        status = predict(train, model, k, train->row, rows, error);
    }
    if (kept != NULL)
        *kept = model;
    else
        pat_model_free(model);
    return status;
}

static pat_status learn_kind(pat_train *train, size_t k, pat_error *error)
{
    pat_kind_report *report = &train->report->kinds[k];
    if (report->kind == PAT_MODEL_TONE)
        return pat_train_tone(train, k, error);
    pat_status status = PAT_OK;
    for (int fold = 0; fold < train->report->folds && status == PAT_OK; fold++)
        status = learn_fold(train, k, fold, NULL, error);
    if (status == PAT_OK)
        status = learn_fold(train, k, PAT_HELD_OUT, &train->model[k], error);
    if (status == PAT_OK && train->options->use_all) {
        pat_model_free(train->model[k]);
        status = learn_fold(train, k, PAT_NO_ROWS, &train->model[k], error);
    }
    if (status == PAT_OK)
        status = pat_model_importances(train->model[k], report->importance, error);
    return status;
}

/* Leave out a kind for which there are not enough data, with a warning. */
static void drop_kind(pat_train *train, size_t k, const pat_error *cause)
{
    pat_train_report *report = train->report;
    size_t kept = 0, cells = train->training.rows * report->kind_count;
    for (size_t i = 0; i < cells; i++)
        if (i % report->kind_count != k) {
            train->setting[kept] = train->setting[i];
            train->flagged[kept++] = train->flagged[i];
        }
    if (report->warning_count < PAT_TRAIN_WARNINGS_MAX)
        snprintf(report->warnings[report->warning_count++], PAT_TRAIN_WARNING_SIZE,
                 "no %s model was trained: %.400s", pat_model_kind_name(report->kinds[k].kind),
                 cause->message);
    pat_model_free(train->model[k]);
    free(train->raw[k]);
    report->kind_count--;
    for (size_t i = k; i < report->kind_count; i++) {
        report->kinds[i] = report->kinds[i + 1];
        train->model[i] = train->model[i + 1];
        train->raw[i] = train->raw[i + 1];
    }
    train->model[report->kind_count] = NULL;
    train->raw[report->kind_count] = NULL;
}

/* If there are not enough data for a kind, that is an error only if the kind was asked for. */
static pat_status learn_kinds(pat_train *train, pat_error *error)
{
    pat_train_report *report = train->report;
    pat_status status = PAT_OK;
    for (size_t k = 0; k < report->kind_count && status == PAT_OK;) {
        pat_error cause = {0};
        status = learn_kind(train, k, &cause);
        if (status == PAT_NOTHING_TO_DO && !train->options->kind[report->kinds[k].kind] &&
            report->kind_count > 1) {
            drop_kind(train, k, &cause);
            status = PAT_OK;
        } else if (status != PAT_OK) {
            status = pat_fail(error, status, "%s", cause.message);
        } else {
            k++;
        }
    }
    return status;
}

/* ---- Target errors --------------------------------------------------------------------------- */

/* The constant predictor's value for each row: the mean of the rows it may train on. */
static void predict_constants(pat_train *train)
{
    const double *target = train->training.target;
    for (int fold = PAT_HELD_OUT; fold < train->report->folds; fold++) {
        double mean[PAT_TARGET_COUNT] = {0};
        size_t learners = pat_train_rows(train, train->fold, fold, false, train->row);
        for (size_t i = 0; i < learners; i++)
            for (int t = 0; t < PAT_TARGET_COUNT; t++)
                mean[t] += target[train->row[i] * PAT_TARGET_COUNT + (size_t)t] / (double)learners;
        size_t rows = pat_train_rows(train, train->fold, fold, true, train->row);
        for (size_t i = 0; i < rows; i++)
            memcpy(train->constant + train->row[i] * PAT_TARGET_COUNT, mean, sizeof mean);
    }
}

static bool varies(const double *value, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (value[i] != value[0])
            return true;
    return false;
}

/* Errors of predictions (rows x targets) on the held-out rows, or on the others. */
static void measure_errors(const pat_train *train, const double *predicted, bool held_out,
                           pat_target_errors errors[PAT_TARGET_COUNT])
{
    double *truth = train->scratch, *guess = train->scratch + train->training.rows;
    for (int t = 0; t < PAT_TARGET_COUNT; t++) {
        size_t count = 0;
        for (size_t row = 0; row < train->training.rows; row++) {
            if ((train->fold[row] == PAT_HELD_OUT) != held_out)
                continue;
            truth[count] = train->training.target[row * PAT_TARGET_COUNT + (size_t)t];
            guess[count++] = predicted[row * PAT_TARGET_COUNT + (size_t)t];
        }
        pat_metrics metrics = pat_metrics_of(truth, guess, count, 1);
        double r2 = varies(truth, count) ? metrics.r2 : NAN;
        errors[t] = (pat_target_errors){metrics.mse, metrics.mae, r2};
    }
}

static void judge_targets(pat_train *train)
{
    pat_train_report *report = train->report;
    predict_constants(train);
    measure_errors(train, train->constant, false, report->cross_constant);
    measure_errors(train, train->constant, true, report->held_out_constant);
    for (size_t k = 0; k < report->kind_count; k++) {
        measure_errors(train, train->raw[k], false, report->kinds[k].cross);
        measure_errors(train, train->raw[k], true, report->kinds[k].held_out);
    }
}

/* The sum, over the targets that vary, of the squared error divided by the constant predictor's. */
static double relative_error(const pat_train_report *report, const pat_kind_report *kind)
{
    double sum = 0;
    for (int t = 0; t < PAT_TARGET_COUNT; t++)
        if (!isnan(report->cross_constant[t].r2))
            sum += kind->cross[t].mse / report->cross_constant[t].mse;
    return sum;
}

/* Whether the images that a model made worse, cross-validated, are within the limit. */
static bool is_harmless(const pat_kind_report *kind, double limit)
{
    const pat_evaluation_report *pixels = &kind->cross_pixels;
    return (double)pixels->worse <= limit * (double)pixels->pairs;
}

static bool is_harmful(const pat_kind_report *kind, double limit)
{
    const pat_estimate *gain = &kind->cross_pixels.gain;
    return kind->in_pixels &&
           (!(gain->value > 0) || (!is_harmless(kind, limit) && !(gain->low > 0)));
}

/* In pixels, a kind that is better than leaving images alone comes first, then one that keeps the
 * limit on harm. */
static bool is_better(const pat_train_report *report, const pat_kind_report *kind,
                      const pat_kind_report *best, double limit)
{
    if (!report->chosen_in_pixels)
        return relative_error(report, kind) < relative_error(report, best);
    if (is_harmful(kind, limit) != is_harmful(best, limit))
        return is_harmful(best, limit);
    if (is_harmless(kind, limit) != is_harmless(best, limit))
        return is_harmless(kind, limit);
    return kind->cross_pixels.similarity[PAT_WAY_PREDICTED].value >
           best->cross_pixels.similarity[PAT_WAY_PREDICTED].value;
}

static void choose(const pat_train_options *options, pat_train_report *report)
{
    double limit = options->max_harm;
    report->chosen_in_pixels = report->kinds[0].in_pixels;
    for (size_t k = 1; k < report->kind_count; k++)
        if (is_better(report, &report->kinds[k], &report->kinds[report->chosen], limit))
            report->chosen = k;
    report->harmful = is_harmful(&report->kinds[report->chosen], limit);
    report->written = !report->harmful || options->keep_harmful;
}

/* ---- The run --------------------------------------------------------------------------------- */

static pat_status reserve(pat_train *train, pat_error *error)
{
    size_t rows = train->training.rows, targets = rows * PAT_TARGET_COUNT;
    bool enough = true;
    train->fold = pat_realloc_array(NULL, rows, sizeof *train->fold);
    train->row = pat_realloc_array(NULL, rows, sizeof *train->row);
    train->constant = pat_realloc_array(NULL, targets, sizeof(double));
    train->scratch = pat_realloc_array(NULL, 2 * rows, sizeof(double));
    train->setting = calloc(rows * train->report->kind_count, sizeof *train->setting);
    train->flagged = calloc(rows * train->report->kind_count, sizeof *train->flagged);
    for (size_t k = 0; k < train->report->kind_count; k++) {
        train->raw[k] = calloc(targets, sizeof(double));
        enough = enough && train->raw[k] != NULL;
    }
    enough = enough && train->fold != NULL && train->row != NULL && train->constant != NULL &&
             train->scratch != NULL && train->setting != NULL && train->flagged != NULL;
    return enough ? PAT_OK : pat_fail_memory(error, "the predictions");
}

static void release(pat_train *train)
{
    pat_training_release(&train->training);
    pat_trials_release(&train->trials);
    for (size_t k = 0; k < PAT_MODEL_KINDS; k++) {
        pat_model_free(train->model[k]);
        free(train->raw[k]);
    }
    free(train->pair_of);
    free(train->fold);
    free(train->row);
    free(train->constant);
    free(train->scratch);
    free(train->setting);
    free(train->flagged);
}

static pat_status open_output(const pat_train_options *options, pat_file *file, pat_error *error)
{
    const pat_input_file inputs[] = {{options->data, "the data set"},
                                     {options->trials, "the trials table"},
                                     {options->manifest, "the manifest"}};
    pat_status status = pat_check_output_name(options->output, "model", inputs, 3, error);
    if (status == PAT_OK && options->pairs != NULL)
        status = pat_check_output_spares(options->output, options->pairs, error);
    return status == PAT_OK ? pat_file_open(file, options->output, options->run.force, error)
                            : status;
}

static pat_status save(const pat_train *train, pat_file *file, pat_error *error)
{
    pat_buffer bytes = {0};
    char *metrics = pat_train_metrics(train->report);
    char *provenance = pat_train_provenance(train->options, train->report);
    pat_status status = PAT_OK;
    if (metrics == NULL || provenance == NULL)
        status = pat_fail_memory(error, "the description of a model");
    if (status == PAT_OK)
        status =
            pat_model_put(train->model[train->report->chosen], metrics, provenance, &bytes, error);
    if (status == PAT_OK)
        status = pat_file_append(file, bytes.data, bytes.size, error);
    if (status == PAT_OK)
        status = pat_file_finish(file, NULL, error);
    if (status == PAT_OK)
        status = pat_file_place(file, error);
    pat_buffer_release(&bytes);
    free(metrics);
    free(provenance);
    return status;
}

/* Read the data, and split the rows. */
static pat_status prepare(pat_train *train, pat_error *error)
{
    pat_status status = read_data(train, error);
    if (status != PAT_OK)
        return status;
    find_constants(train);
    status = choose_kinds(train, error);
    if (status == PAT_OK)
        status = pat_train_warn(train, error);
    if (status == PAT_OK && train->options->pairs != NULL)
        status = pat_train_match(train, error);
    if (status == PAT_OK)
        status = reserve(train, error);
    return status == PAT_OK ? split(train, error) : status;
}

pat_status pat_train_run(const pat_train_options *options, pat_train_report *report,
                         pat_error *error)
{
    pat_train train = {.options = options, .report = report};
    pat_file file = {0};
    pat_status status = open_output(options, &file, error);
    if (status == PAT_OK)
        status = prepare(&train, error);
    if (status == PAT_OK)
        status = learn_kinds(&train, error);
    if (status == PAT_OK)
        judge_targets(&train);
    if (status == PAT_OK && options->pairs != NULL)
        status = pat_train_score(&train, error);
    if (status == PAT_OK) {
        choose(options, report);
        pat_train_warn_of_harm(report);
        if (report->written)
            status = save(&train, &file, error);
    }
    pat_file_abandon(&file, false);
    release(&train);
    return status;
}

void pat_train_report_release(pat_train_report *report)
{
    free(report->kinds);
    *report = (pat_train_report){0};
}
