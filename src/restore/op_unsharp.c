/*
 * unsharp: unsharp masking, out = v + strength * (v - blurred), blurred by a Gaussian of sigma.
 *
 * 8 bits: bit for bit cv2.GaussianBlur(v, (0, 0), sigma), then cv2.addWeighted(v, 1 + strength,
 * blurred, -strength, 0) of OpenCV 4.6: in single precision with one fused multiply-add. 16 bits:
 * the same in double, see deep.h. The search has its own fast path, which computes the blur once
 * for all strengths.
 */
#include <math.h>

#include "restore/deep.h"
#include "restore/gaussian.h"
#include "restore/operator.h"

static bool is_idle(const pat_setting *setting)
{
    return setting->value[PAT_AXIS_STRENGTH] == 0;
}

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
static double blurred_at(const pat_gaussian *kernel, const pat_neighborhood *in, int x)
{
    int radius = kernel->taps / 2;
    double sum = 1 << 15;
    for (int i = -radius; i <= radius; i++)
        for (int j = -radius; j <= radius; j++)
            sum += kernel->weight[radius + i] * kernel->weight[radius + j] * in->row[i][x + j];
    return floor(sum / (1 << 16));
}

static double sharpen(double sample, double blurred, double strength, int largest)
{
    if (largest == 255)
        return fmaf((float)sample, (float)(1 + strength), (float)blurred * (float)-strength);
    return sample * (1 + strength) - blurred * strength;
}

static void filter(const pat_setting *setting, const pat_neighborhood *in, double *out)
{
    const pat_gaussian kernel = kernel_of(setting);
    double strength = setting->value[PAT_AXIS_STRENGTH];
    for (int x = 0; x < in->width; x++)
        out[x] = sharpen(in->row[0][x], blurred_at(&kernel, in, x), strength, in->largest);
}

static size_t scratch_bytes(int width)
{
    return pat_deep_scratch(width); /* more than 8-bit samples need */
}

static void rows(const pat_setting *setting, const pat_channel *source, int y,
                 const pat_channel *out, void *scratch)
{
    const pat_gaussian kernel = kernel_of(setting);
    double strength = setting->value[PAT_AXIS_STRENGTH];
    if (source->plane == NULL) {
        pat_deep_sharpen_rows(&kernel, strength, source->deep, y, out->deep, scratch);
        return;
    }
    const pat_plane *plane = source->plane;
    const pat_plane base = {plane->data + y * plane->stride, plane->width, out->plane->height,
                            plane->stride};
    pat_gaussian_blur_rows(&kernel, plane, y, out->plane, scratch);
    pat_sharpen(&base, out->plane, strength, out->plane);
}

const pat_operator pat_op_unsharp = {
    .name = "unsharp",
    .words = "sharpened",
    .help = "unsharp masking with a Gaussian blur",
    .place = PAT_FILTER,
    .axes = 1u << PAT_AXIS_SIGMA | 1u << PAT_AXIS_STRENGTH,
    .is_idle = is_idle,
    .halo = halo,
    .filter = filter,
    .rows = rows,
    .scratch_bytes = scratch_bytes,
    .fused = PAT_FUSED_UNSHARP,
};
