#include "model/surface.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* The settings of a grid that differ in what they do, other than nothing. */
struct choices {
    size_t count;
    size_t *index; /* in the grid */
};

static pat_status list_choices(const pat_grid *grid, struct choices *choices, pat_error *error)
{
    size_t settings = pat_grid_count(grid);
    *choices = (struct choices){.index = pat_realloc_array(NULL, settings, sizeof(size_t))};
    if (choices->index == NULL)
        return pat_fail_memory(error, "the settings of a grid");
    for (size_t i = 0; i < settings; i++) {
        pat_setting setting = pat_grid_setting(grid, i);
        bool repeated = setting.strength == 0 && setting.sigma != grid->sigma[0];
        bool nothing = setting.strength == 0 && setting.color == PAT_COLOR_NONE;
        if (!repeated && !nothing)
            choices->index[choices->count++] = i;
    }
    return PAT_OK;
}

/* One row of inputs: features and setting. Without strength there is no sigma. */
static double *put_input(double *at, const double *features, int feature_count,
                         const pat_setting *setting)
{
    memcpy(at, features, (size_t)feature_count * sizeof *at);
    at += feature_count;
    at[PAT_TARGET_COLOR] = setting->color == PAT_COLOR_WHITE_BALANCE;
    at[PAT_TARGET_SIGMA] = setting->strength == 0 ? 0 : setting->sigma;
    at[PAT_TARGET_STRENGTH] = setting->strength;
    return at + PAT_TARGET_COUNT;
}

static const pat_setting nothing = {PAT_COLOR_NONE, 0, 0};

/* All samples of the lesson. */
static void put_samples(const pat_lesson *lesson, const struct choices *choices, double *input,
                        double *output)
{
    const pat_training *training = lesson->training;
    const pat_trials *trials = lesson->trials;
    size_t settings = pat_grid_count(&trials->grid);
    for (size_t i = 0; i < lesson->rows; i++) {
        size_t row = lesson->row[i];
        int count = training->feature_count;
        const double *features = training->feature + row * (size_t)count;
        for (size_t c = 0; c < choices->count; c++) {
            pat_setting setting = pat_grid_setting(&trials->grid, choices->index[c]);
            input = put_input(input, features, count, &setting);
            *output++ = trials->gain[row * settings + choices->index[c]];
        }
        input = put_input(input, features, count, &nothing);
        *output++ = 0;
    }
}

pat_status pat_surface_fit(pat_learner *learner, const pat_lesson *lesson, pat_error *error)
{
    struct choices choices;
    pat_status status = list_choices(&lesson->trials->grid, &choices, error);
    if (status != PAT_OK)
        return status;
    int inputs = lesson->training->feature_count + PAT_TARGET_COUNT;
    size_t rows = lesson->rows * (choices.count + 1);
    double *input = pat_realloc_array(NULL, rows, (size_t)inputs * sizeof *input);
    double *output = pat_realloc_array(NULL, rows, sizeof *output);
    if (input == NULL || output == NULL) {
        status = pat_fail_memory(error, "the trials to learn from");
    } else {
        put_samples(lesson, &choices, input, output);
        pat_samples samples = {
            .rows = rows, .inputs = inputs, .outputs = 1, .input = input, .output = output};
        status = pat_learner_fit(learner, PAT_MODEL_SURFACE, &samples, lesson->seed, error);
    }
    free(input);
    free(output);
    free(choices.index);
    return status;
}

pat_status pat_surface_choose(const pat_learner *learner, const pat_grid *grid,
                              const double *features, int feature_count, pat_setting *setting,
                              double *gain, pat_error *error)
{
    struct choices choices;
    pat_status status = list_choices(grid, &choices, error);
    if (status != PAT_OK)
        return status;
    size_t width = (size_t)feature_count + PAT_TARGET_COUNT;
    double *input = pat_realloc_array(NULL, choices.count, width * sizeof *input);
    double *expected = pat_realloc_array(NULL, choices.count, sizeof *expected);
    if (input == NULL || expected == NULL) {
        status = pat_fail_memory(error, "a prediction");
    } else {
        double *at = input;
        for (size_t c = 0; c < choices.count; c++) {
            pat_setting choice = pat_grid_setting(grid, choices.index[c]);
            at = put_input(at, features, feature_count, &choice);
        }
        status = pat_learner_predict(learner, input, choices.count, expected, error);
    }
    *setting = nothing;
    *gain = 0;
    for (size_t c = 0; c < choices.count && status == PAT_OK; c++)
        if (expected[c] > *gain) {
            *gain = expected[c];
            *setting = pat_grid_setting(grid, choices.index[c]);
        }
    free(input);
    free(expected);
    free(choices.index);
    return status;
}
