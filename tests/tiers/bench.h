/* What the kernels cost, for people to read. */
#ifndef TEST_TIERS_BENCH_H
#define TEST_TIERS_BENCH_H

#include "kernels/kernels.h"

/* Print a table of the tiers, the first of which is the C tier. kernel: NULL for all. */
void bench_tiers(const pat_kernels *const *tiers, int count, const char *kernel);

#endif
