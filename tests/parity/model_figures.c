/*
 * Print predictions and metrics of patina's models, to be compared with scikit-learn's:
 *
 *     model_figures DATA_CSV
 *
 * A fifth of the originals is held out. Prints `prediction,KIND,FILENAME` and the three predicted
 * targets for each of their rows, and `metrics,KIND,TARGET` with MSE, MAE and R2 of these
 * predictions, then of the constant predictor.
 */
#include <stdio.h>
#include <stdlib.h>

#include "learn/model.h"
#include "learn/split.h"
#include "learn/target_errors.h"

static const pat_training *training;
static size_t *learnt, *tested, learnt_rows, tested_rows;

static double *pick(int target, const size_t *row, size_t rows)
{
    double *picked = calloc(rows, sizeof *picked);
    for (size_t i = 0; i < rows && picked != NULL; i++)
        picked[i] = training->target[row[i] * PAT_TARGET_COUNT + (size_t)target];
    return picked;
}

static double mean_of(const double *value, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += value[i];
    return sum / (double)count;
}

static void print_metrics(const char *kind, int target, const pat_prediction *prediction)
{
    double *known = pick(target, learnt, learnt_rows), *truth = pick(target, tested, tested_rows);
    double *predicted = calloc(tested_rows, sizeof *predicted);
    if (known == NULL || truth == NULL || predicted == NULL)
        abort();
    for (size_t i = 0; i < tested_rows; i++)
        predicted[i] = prediction[i].raw[target];
    pat_metrics own = pat_metrics_of(truth, predicted, tested_rows, 1);
    pat_metrics constant =
        pat_metrics_of_constant(truth, mean_of(known, learnt_rows), tested_rows, 1);
    printf("metrics,%s,%d,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n", kind, target, own.mse, own.mae,
           own.r2, constant.mse, constant.mae, constant.r2);
    free(known);
    free(truth);
    free(predicted);
}

static pat_status run_kind(pat_model_kind kind, const pat_grid *grid, pat_error *error)
{
    const char *name = pat_model_kind_name(kind);
    pat_model *model = NULL;
    pat_prediction *prediction = calloc(tested_rows, sizeof *prediction);
    pat_lesson lesson = {.kind = kind,
                         .training = training,
                         .row = learnt,
                         .rows = learnt_rows,
                         .grid = grid,
                         .seed = 42};
    pat_status status = pat_model_fit(&lesson, &model, error);
    if (status == PAT_OK)
        status = pat_model_predict_rows(model, training->feature, tested, tested_rows, prediction,
                                        error);
    for (size_t i = 0; i < tested_rows && status == PAT_OK; i++)
        printf("prediction,%s,%s,%.17g,%.17g,%.17g\n", name,
               pat_names_get(&training->filename, tested[i]), prediction[i].raw[0],
               prediction[i].raw[1], prediction[i].raw[2]);
    for (int target = 0; target < PAT_TARGET_COUNT && status == PAT_OK; target++)
        print_metrics(name, target, prediction);
    pat_model_free(model);
    free(prediction);
    return status;
}

int main(int argc, char **argv)
{
    pat_training table = {0};
    pat_grid grid;
    pat_error error = {0};
    if (argc != 2 || pat_training_read(&table, argv[1], &error) != PAT_OK ||
        pat_training_grid(&table, &grid, &error) != PAT_OK) {
        fprintf(stderr, "model_figures: %s\n", argc == 2 ? error.message : "name a table");
        return 2;
    }
    training = &table;
    int *fold = calloc(table.rows, sizeof *fold);
    learnt = calloc(table.rows, sizeof *learnt);
    tested = calloc(table.rows, sizeof *tested);
    pat_status status = pat_split_holdout(&table.group, 42, 0.2, fold, &error);
    if (status == PAT_OK) {
        learnt_rows = pat_split_rows(fold, table.rows, 1, true, learnt);
        tested_rows = pat_split_rows(fold, table.rows, 0, true, tested);
    }
    for (int kind = PAT_MODEL_LINEAR; kind <= PAT_MODEL_BOOSTING && status == PAT_OK; kind++)
        status = run_kind((pat_model_kind)kind, &grid, &error);
    if (status != PAT_OK)
        fprintf(stderr, "model_figures: %s\n", error.message);
    free(fold);
    free(learnt);
    free(tested);
    pat_training_release(&table);
    return status == PAT_OK ? 0 : 1;
}
