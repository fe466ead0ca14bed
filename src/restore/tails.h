/* Stretch a channel between two of its values; private to the operators that use it. */
#ifndef PAT_RESTORE_TAILS_H
#define PAT_RESTORE_TAILS_H

#include "restore/operator.h"

/*
 * Measure lo and hi: the ceil(n / share)-th lowest and highest of the channel's n samples. A
 * channel with hi = lo stays unchanged.
 */
void pat_tails_measure(const pat_channel *channel, uint64_t share, pat_tone *tone);

/* (v - lo) * largest / (hi - lo), in double. */
double pat_tails_map(const pat_tone *tone, double sample);

#endif
