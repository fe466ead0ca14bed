/*
 * gaussian: a Gaussian blur of sigma, rounded to samples.
 *
 * 8 bits: bit for bit cv2.GaussianBlur(v, (0, 0), sigma) of OpenCV 4.6. 16 bits: the same integers,
 * see deep.h.
 */
#include <math.h>

#include "restore/blur.h"
#include "restore/operator.h"

static pat_gaussian kernel_of(const pat_setting *setting)
{
    pat_gaussian kernel;
    pat_gaussian_init(&kernel, setting->value[PAT_AXIS_SIGMA]);
    return kernel;
}

static int halo(const pat_setting *setting)
{
    return kernel_of(setting).taps / 2;
}

/* Every sum fits 53 bits, so doubles hold it exactly. */
static void filter(const pat_setting *setting, const pat_neighborhood *in, double *out)
{
    const pat_gaussian kernel = kernel_of(setting);
    int radius = kernel.taps / 2;
    for (int x = 0; x < in->width; x++) {
        double sum = 1 << 15;
        for (int i = -radius; i <= radius; i++)
            for (int j = -radius; j <= radius; j++)
                sum += kernel.weight[radius + i] * kernel.weight[radius + j] * in->row[i][x + j];
        out[x] = floor(sum / (1 << 16));
    }
}

static size_t scratch_bytes(const pat_setting *setting, int width)
{
    (void)setting;
    return pat_blur_scratch(width);
}

static void rows(const pat_setting *setting, const pat_channel *source, int y,
                 const pat_channel *out, void *scratch)
{
    const pat_gaussian kernel = kernel_of(setting);
    pat_blur_rows(&kernel, source, y, out, scratch);
}

const pat_operator pat_op_gaussian = {
    .name = "gaussian",
    .words = "blurred",
    .help = "Gaussian blur, which averages away fine grain",
    .place = PAT_FILTER,
    .axes = 1u << PAT_AXIS_SIGMA | 1u << PAT_AXIS_SCALE,
    .halo = halo,
    .filter = filter,
    .rows = rows,
    .gives_samples = true,
    .scratch_bytes = scratch_bytes,
};
