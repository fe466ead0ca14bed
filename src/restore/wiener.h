/* The kernel of the Wiener filter; private to the library. */
#ifndef PAT_RESTORE_WIENER_H
#define PAT_RESTORE_WIENER_H

#include "patina/setting.h"

enum { PAT_WIENER_RADIUS_MAX = 64, PAT_WIENER_SIDE_MAX = PAT_WIENER_RADIUS_MAX + 1 };

/* A kernel of (2 radius + 1)^2 weights, the same in all four quadrants: the weight of the sample at
 * (x, y) from the middle is weight[|y| * (radius + 1) + |x|]. They sum to 1. */
typedef struct pat_wiener {
    int radius;
    double weight[PAT_WIENER_SIDE_MAX * PAT_WIENER_SIDE_MAX];
} pat_wiener;

/* The radius: ceil(10 sigma) + 4, at most PAT_WIENER_RADIUS_MAX. */
int pat_wiener_radius(double sigma);

/*
 * The deconvolution of a Gaussian blur of sigma in noise whose power is `noise` of the signal's:
 *
 *     H(f) = exp(-2 pi^2 sigma^2 f^2)        G(f) = H / (H^2 + noise) * (1 + noise)
 *
 * The kernel is the inverse discrete Fourier transform of G at the frequencies (i, k) / (2 radius +
 * 1), -radius <= i, k <= radius. It sums to G(0) = 1.
 */
void pat_wiener_init(pat_wiener *kernel, double sigma, double noise);

#endif
