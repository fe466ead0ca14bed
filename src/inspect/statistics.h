/* Descriptive statistics; private to the library. One of the doors to GSL. */
#ifndef PAT_INSPECT_STATISTICS_H
#define PAT_INSPECT_STATISTICS_H

#include "patina/inspect.h"

/* Describe `count` numbers, which are only read. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_statistics_describe(const double *value, size_t count,
                                                  pat_statistics *statistics, pat_error *error);

/*
 * Spearman's rank correlation of two columns over the rows listed in `row`. Only rows with a number
 * in both columns count. NaN if either does not vary or fewer than two rows count. Fails with
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_statistics_rank_correlation(const double *a, const double *b,
                                                          const size_t *row, size_t count,
                                                          double *correlation, pat_error *error);

#endif
