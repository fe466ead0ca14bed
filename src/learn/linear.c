#include "learn/linear.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_version.h>
#include <math.h>
#include <stdbool.h>

#include "base/error.h"

/* Deviations below this fraction of the mean are rounding errors. */
#define CONSTANT_SHARE 1e-12

/* Memory for the decomposition X = U S V^T; all or nothing is allocated. */
struct workspace {
    gsl_matrix *u, *v, *square;
    gsl_vector *s, *work, *y, *solution;
    bool constant[PAT_INPUTS_MAX];
};

static void release(struct workspace *w)
{
    gsl_matrix_free(w->u);
    gsl_matrix_free(w->v);
    gsl_matrix_free(w->square);
    gsl_vector_free(w->s);
    gsl_vector_free(w->work);
    gsl_vector_free(w->y);
    gsl_vector_free(w->solution);
}

/* GSL needs at least as many rows as columns: add rows of zeros, which do not change the result. */
static bool allocate(struct workspace *w, size_t rows, size_t inputs)
{
    size_t height = rows < inputs ? inputs : rows;
    *w = (struct workspace){
        .u = gsl_matrix_calloc(height, inputs),
        .v = gsl_matrix_alloc(inputs, inputs),
        .square = gsl_matrix_alloc(inputs, inputs),
        .s = gsl_vector_alloc(inputs),
        .work = gsl_vector_alloc(inputs),
        .y = gsl_vector_calloc(height),
        .solution = gsl_vector_alloc(inputs),
    };
    return w->u != NULL && w->v != NULL && w->square != NULL && w->s != NULL && w->work != NULL &&
           w->y != NULL && w->solution != NULL;
}

static void standardise(pat_linear *linear, const pat_samples *samples, struct workspace *w)
{
    size_t inputs = (size_t)samples->inputs;
    for (size_t i = 0; i < inputs; i++) {
        double mean, deviation;
        pat_column_moments(samples->input + i, samples->rows, inputs, &mean, &deviation);
        w->constant[i] = deviation <= CONSTANT_SHARE * fabs(mean);
        linear->center[i] = mean;
        linear->scale[i] = w->constant[i] ? 1 : deviation;
        for (size_t row = 0; row < samples->rows && !w->constant[i]; row++)
            gsl_matrix_set(w->u, row, i, (samples->input[row * inputs + i] - mean) / deviation);
    }
}

/* Leave out directions in which the inputs vary only by rounding. */
static void drop_small(gsl_vector *s, size_t height)
{
    double least = gsl_vector_max(s) * DBL_EPSILON * (double)height;
    for (size_t i = 0; i < s->size; i++)
        if (gsl_vector_get(s, i) <= least)
            gsl_vector_set(s, i, 0);
}

static bool solve(pat_linear *linear, const pat_samples *samples, struct workspace *w)
{
    if (gsl_linalg_SV_decomp_mod(w->u, w->square, w->v, w->s, w->work) != GSL_SUCCESS)
        return false;
    drop_small(w->s, w->u->size1);
    for (int o = 0; o < samples->outputs; o++) {
        for (size_t row = 0; row < samples->rows; row++)
            gsl_vector_set(w->y, row, samples->output[row * (size_t)samples->outputs + (size_t)o]);
        if (gsl_linalg_SV_solve(w->u, w->v, w->s, w->y, w->solution) != GSL_SUCCESS)
            return false;
        for (size_t i = 0; i < w->solution->size; i++)
            linear->coefficient[o][i] = w->constant[i] ? 0 : gsl_vector_get(w->solution, i);
    }
    return true;
}

pat_status pat_linear_fit(pat_linear *linear, const pat_samples *samples, pat_error *error)
{
    gsl_set_error_handler_off(); /* the default handler aborts */
    struct workspace w;
    pat_status status = PAT_OK;
    *linear = (pat_linear){0};
    if (!allocate(&w, samples->rows, (size_t)samples->inputs)) {
        status = pat_fail_memory(error, "a linear model");
    } else {
        standardise(linear, samples, &w);
        if (!solve(linear, samples, &w))
            status = pat_fail(error, PAT_INTERNAL, "GSL cannot decompose the training data");
    }
    release(&w);
    return status;
}

void pat_linear_predict(const pat_linear *linear, int inputs, int outputs, const double *input,
                        size_t rows, double *output)
{
    for (size_t row = 0; row < rows; row++, input += inputs, output += outputs)
        for (int o = 0; o < outputs; o++) {
            double sum = 0;
            for (int i = 0; i < inputs; i++)
                sum +=
                    linear->coefficient[o][i] * ((input[i] - linear->center[i]) / linear->scale[i]);
            output[o] = sum;
        }
}

const char *pat_linear_version(void)
{
    return gsl_version;
}
