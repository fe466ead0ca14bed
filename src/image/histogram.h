/* How often each value occurs; private to the library. */
#ifndef PAT_IMAGE_HISTOGRAM_H
#define PAT_IMAGE_HISTOGRAM_H

#include "patina/image.h"

/* The number of samples with each value. */
typedef struct pat_histogram {
    uint64_t count[256];
} pat_histogram;

pat_histogram pat_histogram_of(const pat_plane *plane);

/* The value of the sample of this rank: 1 is the lowest, the number of samples the highest. */
int pat_histogram_rank(const pat_histogram *histogram, uint64_t rank);

#endif
