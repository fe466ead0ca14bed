/* The restoration operators written naively from their definitions. */
#ifndef NAIVE_RESTORE_H
#define NAIVE_RESTORE_H

#include "patina/restore.h"

/* Returns the number of taps, and all weights in 1/256 from left to right. */
int naive_gaussian_taps(double sigma, int weight[PAT_GAUSSIAN_TAPS_MAX]);

/* Maps an index beyond the border to 0 .. n - 1. */
int naive_reflect101(int i, int n);

/* Sums over the whole square kernel for each sample. */
void naive_blur(const int *weight, int taps, const pat_plane *src, const pat_plane *dst);

/* Stretches between the ceil(n / share)-th smallest and largest samples, found by sorting. Levels
 * uses a share of 200. */
void naive_stretch(const pat_plane *plane, int share, uint8_t table[256]);

#endif
