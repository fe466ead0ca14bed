/* Exact variance of integer samples; private to this folder. */
#ifndef PAT_FEATURES_VARIANCE_H
#define PAT_FEATURES_VARIANCE_H

#include <stdint.h>

/*
 * Population variance of `count` (at least 1) integers from their exact sum and sum of squares:
 * (n sum(x^2) - sum(x)^2) / n^2, rounded only when it becomes a double. 128 bits suffice for 2^48
 * samples below 2^12.
 */
static inline double pat_integer_variance(uint64_t count, int64_t sum, uint64_t sum_squares)
{
    __int128 scaled = (__int128)count * sum_squares - (__int128)sum * sum;
    return (double)scaled / ((double)count * (double)count);
}

#endif
