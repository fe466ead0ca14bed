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
#include "restore/sharpened.h"

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

static void filter(const pat_setting *setting, const pat_neighborhood *in, double *out)
{
    const pat_gaussian kernel = kernel_of(setting);
    double strength = setting->value[PAT_AXIS_STRENGTH];
    for (int x = 0; x < in->width; x++)
        out[x] = pat_sharpened(in->row[0][x], blurred_at(&kernel, in, x), strength, in->largest);
}

static size_t scratch_bytes(const pat_setting *setting, int width)
{
    (void)setting;
    return (size_t)width * sizeof(double) + pat_sharpened_scratch(width);
}

static void numbers(const pat_setting *setting, const pat_channels *source, int y, int rows,
                    const pat_sink *sink, void *scratch)
{
    const pat_sharpening sharpening = pat_sharpening_of(setting);
    for (int c = 0; c < source->count; c++) {
        const pat_channel *channel = &source->of[c];
        int width = pat_channel_width(channel);
        double *row = (double *)(void *)((char *)scratch + pat_sharpened_scratch(width));
        for (int i = 0; i < rows && (sink->wanted & 1u << c) != 0; i++) {
            pat_sharpened_row(&sharpening, channel, y + i, row, scratch);
            sink->take(sink, c, i, row);
        }
    }
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
    .axes = 1u << PAT_AXIS_SIGMA | 1u << PAT_AXIS_STRENGTH | 1u << PAT_AXIS_SCALE,
    .is_idle = is_idle,
    .halo = halo,
    .filter = filter,
    .numbers = numbers,
    .rows = rows,
    .scratch_bytes = scratch_bytes,
    .fused = PAT_FUSED_UNSHARP,
};
