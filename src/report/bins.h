/* Histograms; private to the folder. */
#ifndef PAT_REPORT_BINS_H
#define PAT_REPORT_BINS_H

#include "patina/inspect.h"

enum { PAT_BINS_MAX = 42 };

/* Bin i holds the numbers from (first + i) * width up to, not including, (first + i + 1) * width.
 */
typedef struct pat_bins {
    double first; /* a whole number */
    double width;
    int count;
    size_t in[PAT_BINS_MAX];
} pat_bins;

/*
 * Put the finite of `count` numbers into bins. of: their statistics. The width is that of Freedman
 * and Diaconis, twice the distance of the quartiles over the cube root of how many there are, made
 * at least a fortieth and at most a fifth of the range, then the next 1, 2 or 5 times a power of
 * ten up. limit: the greatest number there can be, at which the last bin ends and which it holds
 * too; INFINITY: none. No finite number: no bin.
 */
void pat_bins_fill(const double *value, size_t count, const pat_statistics *of, double limit,
                   pat_bins *bins);

#endif
