/* The restoration operators straight from their definitions: slow, plain, independent. */
#ifndef NAIVE_RESTORE_H
#define NAIVE_RESTORE_H

#include "patina/restore.h"

/* Number of taps; all weights in 1/256 from left to right. */
int naive_gaussian_taps(double sigma, int weight[PAT_GAUSSIAN_TAPS_MAX]);

/* One sum over the whole square kernel for each sample. */
void naive_blur(const int *weight, int taps, const pat_plane *src, const pat_plane *dst);

/* Auto levels, the samples in order of size. */
void naive_levels(const pat_plane *plane, uint8_t table[256]);

#endif
