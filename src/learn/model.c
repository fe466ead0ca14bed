#include "learn/model.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "learn/model_parts.h"
#include "learn/targets.h"
#include "patina/restore.h"

/* Weaker sharpening is dropped: it changes only a few pixels by one step. */
#define STRENGTH_LEAST 0.05

/* When features are unlike the training data: how far they may be outside the range seen in
 * training, as a fraction of that range, and which share of the features may be outside. */
struct tolerance {
    double margin, share;
};

static const char *const kind_names[PAT_MODEL_KINDS] = {
    [PAT_MODEL_LINEAR] = "linear",     [PAT_MODEL_FOREST] = "forest",
    [PAT_MODEL_BOOSTING] = "boosting", [PAT_MODEL_SURFACE] = "surface",
    [PAT_MODEL_TONE] = "tone",
};

const char *pat_model_kind_name(pat_model_kind kind)
{
    return kind_names[kind];
}

pat_model_kind pat_model_get_kind(const pat_model *model)
{
    return model->kind;
}

int pat_model_feature_count(const pat_model *model)
{
    return model->feature_count;
}

const char *pat_model_feature_name(const pat_model *model, int index)
{
    assert(index >= 0 && index < model->feature_count);
    return model->feature[index].name;
}

const pat_grid *pat_model_grid(const pat_model *model)
{
    return &model->grid;
}

const char *pat_model_description(const pat_model *model)
{
    return model->description == NULL ? "" : model->description;
}

void pat_model_free(pat_model *model)
{
    if (model == NULL)
        return;
    pat_learner_release(&model->learner);
    pat_surface_release(&model->surface);
    pat_tone_release(&model->tone);
    free(model->description);
    free(model);
}

/* The lesson's rows of a table, one after the other; NULL when memory runs out. */
static double *gather(const double *table, size_t columns, const size_t *row, size_t rows)
{
    double *gathered = pat_realloc_array(NULL, rows, columns * sizeof *gathered);
    for (size_t i = 0; gathered != NULL && i < rows; i++)
        memcpy(gathered + i * columns, table + row[i] * columns, columns * sizeof *gathered);
    return gathered;
}

static void find_range(const double *value, size_t count, size_t stride, double *minimum,
                       double *maximum)
{
    *minimum = *maximum = *value;
    for (size_t i = 1; i < count; i++) {
        *minimum = fmin(*minimum, value[i * stride]);
        *maximum = fmax(*maximum, value[i * stride]);
    }
}

/* The facts about the training data that the model keeps. */
static void describe(pat_model *model, const pat_training *training, const pat_samples *samples)
{
    size_t features = (size_t)training->feature_count;
    model->feature_count = training->feature_count;
    for (size_t i = 0; i < features; i++) {
        pat_feature_seen *seen = &model->feature[i];
        assert(strlen(training->feature_name[i]) < sizeof seen->name);
        strcpy(seen->name, training->feature_name[i]);
        find_range(samples->input + i, samples->rows, features, &seen->minimum, &seen->maximum);
        pat_column_moments(samples->input + i, samples->rows, features, &seen->mean,
                           &seen->deviation);
    }
    for (size_t i = 0; i < PAT_TARGET_COUNT; i++)
        find_range(samples->output + i, samples->rows, PAT_TARGET_COUNT, &model->target_minimum[i],
                   &model->target_maximum[i]);
}

/* The color operator that is most often the best; white balance wins ties. */
static double usual_correction(const pat_lesson *lesson)
{
    size_t wins[PAT_AXIS_MAX] = {0};
    size_t usual = PAT_COLOR_WHITE_BALANCE, last = (size_t)pat_axis_greatest(PAT_AXIS_COLOR);
    for (size_t i = 0; i < lesson->rows; i++)
        wins[(size_t)lesson->training->setting[lesson->row[i]].value[PAT_AXIS_COLOR]]++;
    for (size_t number = PAT_COLOR_NONE + 1; number <= last; number++)
        if (wins[number] > wins[usual])
            usual = number;
    return (double)usual;
}

/* Only a surface model, which learns from all settings, can distinguish filters. */
static pat_status check_filters(const pat_lesson *lesson, pat_error *error)
{
    const pat_setting usual = pat_setting_default();
    for (size_t i = 0; i < lesson->rows && lesson->kind != PAT_MODEL_SURFACE; i++) {
        const pat_setting *setting = &lesson->training->setting[lesson->row[i]];
        if (setting->value[PAT_AXIS_FILTER] != usual.value[PAT_AXIS_FILTER])
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "the data set has settings without the filter %s, which a %s model "
                            "cannot predict; train a surface model on the trials",
                            pat_operator_name(PAT_AXIS_FILTER, (int)usual.value[PAT_AXIS_FILTER]),
                            pat_model_kind_name(lesson->kind));
    }
    return PAT_OK;
}

static pat_status fit(pat_model *model, const pat_lesson *lesson, pat_error *error)
{
    const pat_training *training = lesson->training;
    int features = training->feature_count;
    double *input = gather(training->feature, (size_t)features, lesson->row, lesson->rows);
    double *output = gather(training->target, PAT_TARGET_COUNT, lesson->row, lesson->rows);
    pat_status status = PAT_OK;
    if (input == NULL || output == NULL) {
        status = pat_fail_memory(error, "the training data");
    } else {
        pat_samples samples = {.rows = lesson->rows,
                               .inputs = features,
                               .outputs = PAT_TARGET_COUNT,
                               .input = input,
                               .output = output};
        describe(model, training, &samples);
        model->correction = usual_correction(lesson);
        status = model->kind == PAT_MODEL_SURFACE
                     ? pat_surface_fit(&model->surface, &model->learner, lesson, input, error)
                     : pat_learner_fit(&model->learner, pat_kind_growth(model->kind), &samples,
                                       lesson->seed, error);
    }
    free(input);
    free(output);
    return status;
}

pat_status pat_model_begin_tone(const pat_lesson *lesson, pat_model **out, pat_error *error)
{
    const pat_training *training = lesson->training;
    *out = NULL;
    pat_model *model = calloc(1, sizeof *model);
    double *input =
        gather(training->feature, (size_t)training->feature_count, lesson->row, lesson->rows);
    double *output = gather(training->target, PAT_TARGET_COUNT, lesson->row, lesson->rows);
    pat_status status = PAT_OK;
    if (model == NULL || input == NULL || output == NULL) {
        status = pat_fail_memory(error, "the training data");
    } else {
        const pat_samples samples = {.rows = lesson->rows, .input = input, .output = output};
        model->kind = PAT_MODEL_TONE;
        model->grid = *lesson->grid;
        describe(model, training, &samples);
        model->correction = usual_correction(lesson);
        status =
            pat_tone_init(&model->tone, training->feature_name, training->feature_count, error);
    }
    if (status == PAT_OK)
        *out = model;
    else
        pat_model_free(model);
    free(input);
    free(output);
    return status;
}

pat_tone *pat_model_tone(pat_model *model)
{
    return &model->tone;
}

int pat_model_longest(const pat_model *model)
{
    return model->kind == PAT_MODEL_TONE ? model->tone.longest : 0;
}

void pat_model_set_max_harm(pat_model *model, double share)
{
    model->tone.limit = share;
}

int pat_model_learners(const pat_model *model, pat_learner *learner[PAT_MODEL_LEARNERS_MAX])
{
    pat_model *parts = (pat_model *)model;
    learner[0] = &parts->learner;
    if (model->kind != PAT_MODEL_TONE)
        return 1;
    learner[0] = &parts->tone.colors;
    learner[1] = &parts->tone.gains;
    learner[2] = &parts->tone.harm;
    return PAT_MODEL_LEARNERS_MAX;
}

pat_status pat_model_fit(const pat_lesson *lesson, pat_model **out, pat_error *error)
{
    bool surface = lesson->kind == PAT_MODEL_SURFACE;
    assert(lesson->kind != PAT_MODEL_TONE);
    assert(lesson->rows > 0 && (surface ? lesson->trials != NULL : lesson->grid != NULL));
    *out = NULL;
    pat_model *model = calloc(1, sizeof *model);
    if (model == NULL)
        return pat_fail_memory(error, "a model");
    model->kind = lesson->kind;
    model->grid = surface ? lesson->trials->grid : *lesson->grid;
    pat_status status = check_filters(lesson, error);
    if (status == PAT_OK)
        status = fit(model, lesson, error);
    if (status == PAT_OK)
        *out = model;
    else
        pat_model_free(model);
    return status;
}

/* A tone model has so many features that some are outside in most images. */
static struct tolerance tolerance_of(const pat_model *model)
{
    return model->kind == PAT_MODEL_TONE ? (struct tolerance){0.5, 0.02}
                                         : (struct tolerance){0.05, 0};
}

/* Make features valid for the learner: finite, and within single precision. */
static void take_features(const pat_model *model, const double *features, double *input,
                          pat_prediction *prediction)
{
    const struct tolerance tolerance = tolerance_of(model);
    prediction->unlike_count = 0;
    for (int i = 0; i < model->feature_count; i++) {
        const pat_feature_seen *seen = &model->feature[i];
        double margin = tolerance.margin * (seen->maximum - seen->minimum);
        if (!(features[i] >= seen->minimum - margin && features[i] <= seen->maximum + margin))
            prediction->unlike[prediction->unlike_count++] = i;
        input[i] = isfinite(features[i])
                       ? fmin(fmax(features[i], -(double)FLT_MAX), (double)FLT_MAX)
                       : seen->mean;
    }
    if (prediction->unlike_count <= tolerance.share * model->feature_count)
        prediction->unlike_count = 0;
}

static double clip(double value, double minimum, double maximum)
{
    return fmin(fmax(value, minimum), maximum);
}

/* Round and limit the prediction to a setting that can be applied. */
static void conclude(const pat_model *model, pat_prediction *prediction)
{
    double limited[PAT_TARGET_COUNT];
    for (int i = 0; i < PAT_TARGET_COUNT; i++)
        limited[i] = clip(prediction->raw[i], model->target_minimum[i], model->target_maximum[i]);
    double strength = limited[PAT_TARGET_STRENGTH];
    prediction->setting =
        pat_setting_of(prediction->raw[PAT_TARGET_COLOR] > 0.5 ? model->correction : PAT_COLOR_NONE,
                       limited[PAT_TARGET_SIGMA], strength < STRENGTH_LEAST ? 0 : strength);
}

static pat_status predict_tone(const pat_model *model, const double *input,
                               pat_prediction *prediction, pat_error *error)
{
    pat_tone_choice choice;
    pat_status status = pat_tone_choose(&model->tone, input, &prediction->setting, &choice, error);
    prediction->gain = choice.chosen.gain;
    prediction->harm = choice.chosen.harm;
    prediction->restored_at = choice.restored_at;
    for (int i = 0; i < PAT_TARGET_COUNT && status == PAT_OK; i++)
        prediction->raw[i] = pat_target_of(&prediction->setting, i);
    return status;
}

static pat_status predict(const pat_model *model, const double *input, pat_prediction *prediction,
                          pat_error *error)
{
    prediction->gain = prediction->harm = prediction->restored_at = NAN;
    if (model->kind == PAT_MODEL_TONE)
        return predict_tone(model, input, prediction, error);
    if (model->kind != PAT_MODEL_SURFACE) {
        pat_status status = pat_learner_predict(&model->learner, input, 1, prediction->raw, error);
        if (status == PAT_OK)
            conclude(model, prediction);
        return status;
    }
    pat_setting *setting = &prediction->setting;
    pat_status status = pat_surface_choose(&model->surface, &model->learner, &model->grid, input,
                                           setting, &prediction->gain, error);
    for (int i = 0; i < PAT_TARGET_COUNT; i++)
        prediction->raw[i] = pat_target_of(setting, i);
    return status;
}

/* Keep the values within their axes. */
static void limit(pat_setting *setting)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        double *value = &setting->value[axis];
        if (pat_setting_reads(setting, axis) &&
            !(axis == PAT_AXIS_SCALE && *value == PAT_SCALE_TO_FIT))
            *value = clip(*value, pat_axis_of(axis)->least, pat_axis_greatest(axis));
    }
}

pat_status pat_model_predict(const pat_model *model, const double *features,
                             pat_prediction *prediction, pat_error *error)
{
    double input[PAT_MODEL_FEATURES_MAX];
    take_features(model, features, input, prediction);
    pat_status status = predict(model, input, prediction, error);
    if (status != PAT_OK)
        return status;
    pat_setting *setting = &prediction->setting;
    limit(setting);
    prediction->leave_alone = pat_setting_is_idle(setting);
    prediction->flagged = prediction->unlike_count > 0 || prediction->harm >= PAT_HARM_FLAGGED;
    if (model->kind == PAT_MODEL_TONE && prediction->leave_alone)
        prediction->flagged = false;
    return PAT_OK;
}

pat_status pat_model_predict_rows(const pat_model *model, const double *feature, const size_t *row,
                                  size_t rows, pat_prediction *prediction, pat_error *error)
{
    pat_status status = PAT_OK;
    for (size_t i = 0; i < rows && status == PAT_OK; i++)
        status = pat_model_predict(model, feature + row[i] * (size_t)model->feature_count,
                                   &prediction[i], error);
    return status;
}

pat_status pat_model_importances(const pat_model *model, double importance[PAT_MODEL_FEATURES_MAX],
                                 pat_error *error)
{
    const pat_learner *learner =
        model->kind == PAT_MODEL_TONE ? &model->tone.colors : &model->learner;
    return pat_learner_importances(learner, importance, error);
}
