/*
 * wiener: a Wiener filter, which reverses a Gaussian blur of sigma as far as the noise allows.
 * wiener.h has the kernel; the border is reflect101.
 */
#include <stdlib.h>

#include "restore/operator.h"
#include "restore/wiener.h"

static int halo(const pat_setting *setting)
{
    return pat_wiener_radius(setting->value[PAT_AXIS_SIGMA]);
}

static double number_at(const pat_wiener *kernel, const pat_neighborhood *in, int x)
{
    int radius = kernel->radius;
    double sum = 0;
    for (int i = -radius; i <= radius; i++)
        for (int j = -radius; j <= radius; j++)
            sum += kernel->weight[abs(i) * (radius + 1) + abs(j)] * in->row[i][x + j];
    return sum;
}

static void filter(const pat_setting *setting, const pat_neighborhood *in, double *out)
{
    pat_wiener kernel;
    pat_wiener_init(&kernel, setting->value[PAT_AXIS_SIGMA], setting->value[PAT_AXIS_NOISE]);
    for (int x = 0; x < in->width; x++)
        out[x] = number_at(&kernel, in, x);
}

const pat_operator pat_op_wiener = {
    .name = "wiener",
    .words = "deblurred",
    .help = "Wiener filter, which reverses a Gaussian blur",
    .place = PAT_FILTER,
    .axes = 1u << PAT_AXIS_SIGMA | 1u << PAT_AXIS_NOISE,
    .halo = halo,
    .filter = filter,
};
