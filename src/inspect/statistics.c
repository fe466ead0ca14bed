#include "inspect/statistics.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

static void describe_sorted(const double *sorted, size_t count, pat_statistics *statistics)
{
    statistics->mean = gsl_stats_mean(sorted, 1, count);
    if (count > 1)
        statistics->std = gsl_stats_sd_m(sorted, 1, count, statistics->mean);
    statistics->min = sorted[0];
    statistics->lower_quartile = gsl_stats_quantile_from_sorted_data(sorted, 1, count, 0.25);
    statistics->median = gsl_stats_median_from_sorted_data(sorted, 1, count);
    statistics->upper_quartile = gsl_stats_quantile_from_sorted_data(sorted, 1, count, 0.75);
    statistics->max = sorted[count - 1];
}

pat_status pat_statistics_describe(const double *value, size_t count, pat_statistics *statistics,
                                   pat_error *error)
{
    *statistics = (pat_statistics){0, 0, 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    double *sorted = pat_realloc_array(NULL, count, sizeof *sorted);
    if (sorted == NULL)
        return pat_fail_memory(error, "the statistics of a column");
    for (size_t i = 0; i < count; i++) {
        statistics->missing += isnan(value[i]) != 0;
        statistics->infinite += isinf(value[i]) != 0;
        if (isfinite(value[i]))
            sorted[statistics->count++] = value[i];
    }
    if (statistics->count > 0) {
        gsl_sort(sorted, 1, statistics->count);
        describe_sorted(sorted, statistics->count, statistics);
    }
    free(sorted);
    return PAT_OK;
}

static bool varies(const double *value, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (value[i] != value[0])
            return true;
    return false;
}

pat_status pat_statistics_rank_correlation(const double *a, const double *b, const size_t *row,
                                           size_t count, double *correlation, pat_error *error)
{
    /* The two columns, and scratch memory for ranking. */
    double *pairs = pat_realloc_array(NULL, count, 4 * sizeof *pairs);
    *correlation = NAN;
    if (pairs == NULL)
        return pat_fail_memory(error, "the ranks of a column");
    double *first = pairs, *second = pairs + count;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(a[row[i]]) || !isfinite(b[row[i]]))
            continue;
        first[kept] = a[row[i]];
        second[kept++] = b[row[i]];
    }
    if (varies(first, kept) && varies(second, kept))
        *correlation = gsl_stats_spearman(first, 1, second, 1, kept, pairs + 2 * count);
    free(pairs);
    return PAT_OK;
}
