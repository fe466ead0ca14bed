/* The restoration operators straight from their definitions: slow, plain, independent. */
#ifndef NAIVE_RESTORE_H
#define NAIVE_RESTORE_H

#include "patina/restore.h"

/* Number of taps; all weights in 1/256 from left to right. */
int naive_gaussian_taps(double sigma, int weight[PAT_GAUSSIAN_TAPS_MAX]);

/* The index, 0 .. n - 1, that stands for i beyond the border. */
int naive_reflect101(int i, int n);

/* One sum over the whole square kernel for each sample. */
void naive_blur(const int *weight, int taps, const pat_plane *src, const pat_plane *dst);

/* Stretched between the ceil(n / share)-th least and greatest, the samples in order of size. Levels
 * have a share of 200. */
void naive_stretch(const pat_plane *plane, int share, uint8_t table[256]);

#endif
