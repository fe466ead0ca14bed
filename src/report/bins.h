/* Histograms; private to the folder. */
#ifndef PAT_REPORT_BINS_H
#define PAT_REPORT_BINS_H

#include "patina/inspect.h"

enum { PAT_BINS_MAX = 42 };

/* Bin i holds the numbers from (first + i) * width to below (first + i + 1) * width. */
typedef struct pat_bins {
    double first; /* a whole number */
    double width;
    int count;
    size_t in[PAT_BINS_MAX];
} pat_bins;

/*
 * Count the finite ones of `count` numbers in bins. of: their statistics. The bin width is Freedman
 * and Diaconis's (twice the interquartile range over the cube root of the count), at least 1/40 and
 * at most 1/5 of the range, rounded up to 1, 2 or 5 times a power of ten. limit: the greatest
 * possible number, which the last bin includes; INFINITY: none. Without finite numbers there are no
 * bins.
 */
void pat_bins_fill(const double *value, size_t count, const pat_statistics *of, double limit,
                   pat_bins *bins);

#endif
