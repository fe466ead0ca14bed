#include "learn/components.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "base/error.h"

static void find_mean(const double *value, size_t rows, size_t width, double *mean)
{
    for (size_t i = 0; i < width; i++) {
        mean[i] = 0;
        for (size_t row = 0; row < rows; row++)
            mean[i] += value[row * width + i];
        mean[i] /= (double)rows;
    }
}

static void find_covariance(const double *value, size_t rows, size_t width, const double *mean,
                            gsl_matrix *covariance)
{
    for (size_t i = 0; i < width; i++)
        for (size_t j = i; j < width; j++) {
            double sum = 0;
            for (size_t row = 0; row < rows; row++)
                sum += (value[row * width + i] - mean[i]) * (value[row * width + j] - mean[j]);
            gsl_matrix_set(covariance, i, j, sum / (double)rows);
            gsl_matrix_set(covariance, j, i, sum / (double)rows);
        }
}

/* Eigenvector `column`, its sign settled, into a row of the basis. */
static void take_vector(const gsl_matrix *vectors, size_t column, double *basis)
{
    double greatest = 0;
    for (size_t i = 0; i < vectors->size1; i++) {
        basis[i] = gsl_matrix_get(vectors, i, column);
        if (fabs(basis[i]) > fabs(greatest))
            greatest = basis[i];
    }
    for (size_t i = 0; i < vectors->size1 && greatest < 0; i++)
        basis[i] = -basis[i];
}

static int take_components(const gsl_vector *variance, const gsl_matrix *vectors, double share,
                           int most, double *basis)
{
    double total = 0, told = 0;
    int count = 0;
    for (size_t i = 0; i < variance->size; i++)
        total += fmax(gsl_vector_get(variance, i), 0);
    do {
        take_vector(vectors, (size_t)count, basis + (size_t)count * vectors->size1);
        told += fmax(gsl_vector_get(variance, (size_t)count), 0);
        count++;
    } while (told < share * total && count < most && (size_t)count < variance->size);
    return count;
}

pat_status pat_components_find(const double *value, size_t rows, size_t width, double share,
                               int most, double *mean, double *basis, int *count, pat_error *error)
{
    gsl_set_error_handler_off(); /* the default handler aborts */
    gsl_matrix *covariance = gsl_matrix_alloc(width, width);
    gsl_matrix *vectors = gsl_matrix_alloc(width, width);
    gsl_vector *variance = gsl_vector_alloc(width);
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(width);
    pat_status status = PAT_OK;
    if (covariance == NULL || vectors == NULL || variance == NULL || workspace == NULL) {
        status = pat_fail_memory(error, "principal components");
    } else {
        find_mean(value, rows, width, mean);
        find_covariance(value, rows, width, mean, covariance);
        if (gsl_eigen_symmv(covariance, variance, vectors, workspace) != GSL_SUCCESS ||
            gsl_eigen_symmv_sort(variance, vectors, GSL_EIGEN_SORT_VAL_DESC) != GSL_SUCCESS)
            status = pat_fail(error, PAT_INTERNAL, "GSL cannot find principal components");
        else
            *count = take_components(variance, vectors, share, most, basis);
    }
    gsl_matrix_free(covariance);
    gsl_matrix_free(vectors);
    gsl_vector_free(variance);
    gsl_eigen_symmv_free(workspace);
    return status;
}
