/*
 * model_of KIND DATA.csv TRIALS.csv MODEL: train a model on all rows, write it, and print its
 * prediction for each row: name, color method, sigma, strength.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/model.h"

static int fail(const pat_error *error)
{
    fprintf(stderr, "model_of: %s\n", error->message);
    return 1;
}

static pat_model_kind kind_of(const char *name)
{
    int kind = 0;
    while (kind < PAT_MODEL_KINDS - 1 && strcmp(pat_model_kind_name((pat_model_kind)kind), name))
        kind++;
    return (pat_model_kind)kind;
}

static pat_status make(const pat_training *training, const pat_trials *trials, pat_model_kind kind,
                       pat_model **model, pat_error *error)
{
    size_t *row = calloc(training->rows, sizeof *row);
    pat_grid grid;
    pat_status status = pat_training_grid(training, &grid, error);
    for (size_t i = 0; i < training->rows; i++)
        row[i] = i;
    pat_lesson lesson = {.kind = kind, .training = training, .row = row, .rows = training->rows};
    lesson.trials = kind == PAT_MODEL_SURFACE ? trials : NULL;
    lesson.grid = kind == PAT_MODEL_SURFACE ? NULL : &grid;
    if (status == PAT_OK)
        status = pat_model_fit(&lesson, model, error);
    free(row);
    return status;
}

int main(int argc, char **argv)
{
    pat_training training = {0};
    pat_trials trials = {0};
    pat_model *model = NULL;
    pat_error error = {0};
    if (argc != 5 || pat_training_read(&training, argv[2], &error) != PAT_OK ||
        pat_trials_read(&trials, argv[3], &training, &error) != PAT_OK ||
        make(&training, &trials, kind_of(argv[1]), &model, &error) != PAT_OK ||
        pat_model_save(model, NULL, NULL, argv[4], &error) != PAT_OK)
        return fail(&error);
    for (size_t i = 0; i < training.rows; i++) {
        pat_prediction said;
        char color[PAT_VALUE_TEXT_SIZE];
        if (pat_model_predict(model, training.feature + i * (size_t)training.feature_count, &said,
                              &error) != PAT_OK)
            return fail(&error);
        printf("%s %s %.17g %.17g\n", pat_names_get(&training.filename, i),
               pat_value_format(PAT_AXIS_COLOR, said.setting.value[PAT_AXIS_COLOR], color),
               said.setting.value[PAT_AXIS_SIGMA], said.setting.value[PAT_AXIS_STRENGTH]);
    }
    pat_model_free(model);
    pat_trials_release(&trials);
    pat_training_release(&training);
    return 0;
}
