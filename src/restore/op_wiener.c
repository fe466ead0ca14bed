/*
 * wiener: a Wiener filter, which reverses a Gaussian blur of sigma as far as the noise allows.
 * wiener.h has the kernel; the border is reflect101.
 */
#include <stdlib.h>

#include "restore/convolver.h"
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

/* ---- The fast form --------------------------------------------------------------------------- */

static size_t scratch_bytes(const pat_setting *setting, int width)
{
    return pat_convolver_bytes(halo(setting), width) + (size_t)width * sizeof(double);
}

/* Give the rows y .. y + rows - 1 of a channel to the sink. */
static void convolve(pat_convolver *by, const pat_channels *source, int c, int y, int rows,
                     const pat_sink *sink, double *numbers)
{
    int done = -1;
    for (int i = 0; i < rows; i++) {
        int band = (y + i) / by->rows;
        if (band != done)
            pat_convolver_run(by, &source->of[c], band);
        done = band;
        const float *row = by->out + (size_t)(y + i - band * by->rows) * (size_t)by->stride;
        for (int x = 0; x < by->width; x++)
            numbers[x] = row[x];
        sink->take(sink, c, i, numbers);
    }
}

static void numbers(const pat_setting *setting, const pat_channels *source, int y, int rows,
                    const pat_sink *sink, void *scratch)
{
    int width = pat_channel_width(&source->of[0]);
    pat_wiener kernel;
    pat_convolver by;
    pat_wiener_init(&kernel, setting->value[PAT_AXIS_SIGMA], setting->value[PAT_AXIS_NOISE]);
    double *row = scratch;
    pat_convolver_init(&by, &kernel, width, row + width);
    for (int c = 0; c < source->count; c++)
        if ((sink->wanted & 1u << c) != 0)
            convolve(&by, source, c, y, rows, sink, row);
}

const pat_operator pat_op_wiener = {
    .name = "wiener",
    .words = "deblurred",
    .help = "Wiener filter, which reverses a Gaussian blur",
    .place = PAT_FILTER,
    .axes = 1u << PAT_AXIS_SIGMA | 1u << PAT_AXIS_NOISE | 1u << PAT_AXIS_SCALE,
    .halo = halo,
    .filter = filter,
    .numbers = numbers,
    .scratch_bytes = scratch_bytes,
};
