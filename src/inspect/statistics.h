/* Descriptive statistics; private to the library. Uses GSL. */
#ifndef PAT_INSPECT_STATISTICS_H
#define PAT_INSPECT_STATISTICS_H

#include "patina/inspect.h"

/* Describe `count` numbers. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_statistics_describe(const double *value, size_t count,
                                                  pat_statistics *statistics, pat_error *error);

/*
 * Spearman's rank correlation of two columns over the rows listed in `row`, except rows with a
 * non-finite number in either. NaN if a column does not vary or fewer than two rows are left. Fails
 * with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_statistics_rank_correlation(const double *a, const double *b,
                                                          const size_t *row, size_t count,
                                                          double *correlation, pat_error *error);

#endif
