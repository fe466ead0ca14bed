/*
 * Smooth random values across an image, such as unevenness and mottle; private to the library.
 * Value noise in two octaves: random values on the nodes of a square grid, joined smoothly
 * (K. Perlin, "An image synthesizer", SIGGRAPH 1985).
 */
#ifndef PAT_DEGRADE_CLOUD_H
#define PAT_DEGRADE_CLOUD_H

#include <stdint.h>

#include "base/random.h"

typedef struct pat_cloud {
    double cell; /* the size of a feature, in pixels, > 0 */
    uint32_t seed;
} pat_cloud;

/* Takes one random number. */
void pat_cloud_init(pat_cloud *cloud, double cell, pat_random *random);

/* The value at a place in pixels: -1..1, mean 0. */
double pat_cloud_at(const pat_cloud *cloud, double x, double y);

#endif
