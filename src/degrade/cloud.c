#include "degrade/cloud.h"

#include <math.h>

void pat_cloud_init(pat_cloud *cloud, double cell, pat_random *random)
{
    cloud->cell = fmax(cell, 1);
    cloud->seed = pat_random_bits(random);
}

/* -1..1 from the node's number: the finalizer of MurmurHash3 mixes all bits. */
static double node(uint32_t seed, int32_t x, int32_t y)
{
    uint32_t h = seed ^ (uint32_t)x * 0x9e3779b1U ^ (uint32_t)y * 0x85ebca77U;
    h = (h ^ h >> 16) * 0x85ebca6bU;
    h = (h ^ h >> 13) * 0xc2b2ae35U;
    h ^= h >> 16;
    return h / 2147483647.5 - 1;
}

static double smooth(double t)
{
    return t * t * (3 - 2 * t);
}

static double octave(uint32_t seed, double x, double y)
{
    int32_t left = (int32_t)floor(x), top = (int32_t)floor(y);
    double right_share = smooth(x - left), bottom_share = smooth(y - top);
    double above =
        node(seed, left, top) * (1 - right_share) + node(seed, left + 1, top) * right_share;
    double below =
        node(seed, left, top + 1) * (1 - right_share) + node(seed, left + 1, top + 1) * right_share;
    return above * (1 - bottom_share) + below * bottom_share;
}

double pat_cloud_at(const pat_cloud *cloud, double x, double y)
{
    double u = x / cloud->cell, v = y / cloud->cell;
    return 0.7 * octave(cloud->seed, u, v) + 0.3 * octave(cloud->seed + 1, 2 * u, 2 * v);
}
