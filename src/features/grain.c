/* Noise and detail by octave, of the image at up to 640 pixels. */
#include <math.h>
#include <string.h>

#include "features/statistics.h"
#include "features/views.h"

enum { OCTAVES = 4 };

/* Added to avoid log(0) for an image without noise. */
static const double LEAST = 0.05, LEAST_LAPLACIAN = 0.01;

/* An image of floats, without padding between its rows. */
typedef struct layer {
    const float *at;
    int width, height;
} layer;

static size_t inner_count(const layer *in)
{
    return in->width < 3 || in->height < 3 ? 0 : (size_t)(in->width - 2) * (size_t)(in->height - 2);
}

/* The Laplacian of the inner samples. Returns their number. */
static size_t laplacian(const layer *in, float *restrict out)
{
    for (int y = 1; y + 1 < in->height; y++) {
        const float *at = in->at + (ptrdiff_t)y * in->width;
        for (int x = 1; x + 1 < in->width; x++)
            out[x - 1] =
                at[x - in->width] + at[x + in->width] + (at[x - 1] + at[x + 1]) - 4 * at[x];
        if (in->width > 2)
            out += in->width - 2;
    }
    return inner_count(in);
}

/* The absolute response to [1 -2 1; -2 4 -2; 1 -2 1], 6 times the noise. */
static size_t noise_response(const layer *in, float *restrict out)
{
    for (int y = 1; y + 1 < in->height; y++) {
        const float *at = in->at + (ptrdiff_t)y * in->width;
        const float *above = at - in->width, *below = at + in->width;
        for (int x = 1; x + 1 < in->width; x++) {
            float left = above[x - 1] + below[x - 1] - 2 * at[x - 1];
            float here = above[x] + below[x] - 2 * at[x];
            float right = above[x + 1] + below[x + 1] - 2 * at[x + 1];
            out[x - 1] = fabsf(left + right - 2 * here);
        }
        if (in->width > 2)
            out += in->width - 2;
    }
    return inner_count(in);
}

/* ---- Noise ----------------------------------------------------------------------------------- */

static const char *const noise_names[] = {"grain_mean", "grain_p5",  "grain_p25",
                                          "grain_p50",  "grain_p75", "grain_p95"};

static void noise(const pat_views *views, double *features)
{
    static const double percents[] = {5, 25, 50, 75, 95};
    const pat_detail *detail = &views->detail;
    layer luma = {detail->luma, detail->width, detail->height};
    float *response = detail->work[0];
    size_t count = noise_response(&luma, response);
    features[0] = log(pat_mean(response, count) + LEAST);
    pat_sort_floats(response, detail->work[1], count);
    for (int i = 0; i < 5; i++)
        features[1 + i] = log(pat_percentile(response, count, percents[i]) + LEAST);
}

/* ---- Detail by octave ------------------------------------------------------------------------ */

/* Means of 2x2 samples; an odd last row or column is dropped. in->at and out may be the same. */
static layer halve(const layer *in, float *restrict out)
{
    layer half = {out, in->width / 2, in->height / 2};
    for (int y = 0; y < half.height; y++) {
        const float *upper = in->at + (ptrdiff_t)2 * y * in->width, *lower = upper + in->width;
        for (int x = 0; x < half.width; x++)
            *out++ = (upper[2 * x] + upper[2 * x + 1] + (lower[2 * x] + lower[2 * x + 1])) / 4;
    }
    return half;
}

#define OF(s) s "_mean", s "_kurtosis", s "_p25", s "_p99"
static const char *const octave_names[] = {OF("octave0"),   OF("octave1"),    OF("octave2"),
                                           OF("octave3"),   "octave_slope_1", "octave_slope_2",
                                           "octave_slope_3"};
#undef OF

/* Mean, kurtosis and percentiles of the absolute Laplacian. work: two buffers. */
static void measure_octave(const layer *octave, float *const work[2], double features[4])
{
    float *response = work[0];
    size_t count = laplacian(octave, response);
    double square = pat_mean_square(response, count), fourth = pat_mean_fourth(response, count);
    for (size_t i = 0; i < count; i++)
        response[i] = fabsf(response[i]);
    features[0] = log(pat_mean(response, count) + LEAST_LAPLACIAN);
    features[1] = log(1 + fourth / (square * square + 1e-6));
    pat_sort_floats(response, work[1], count);
    features[2] = log(pat_percentile(response, count, 25) + LEAST);
    features[3] = log(pat_percentile(response, count, 99) + LEAST);
}

static void octaves(const pat_views *views, double *features)
{
    const pat_detail *detail = &views->detail;
    layer octave = {detail->luma, detail->width, detail->height};
    for (int i = 0; i < OCTAVES; i++) {
        measure_octave(&octave, detail->work, features + 4 * i);
        octave = halve(&octave, detail->work[2]);
    }
    for (int i = 1; i < OCTAVES; i++)
        features[4 * OCTAVES + i - 1] = features[4 * i] - features[4 * (i - 1)];
}

/* ---- Noise of the channels ------------------------------------------------------------------- */

static double correlation(const float *a, const float *b, size_t count)
{
    double scale = sqrt(pat_mean_square(a, count) * pat_mean_square(b, count));
    return pat_mean_product(a, b, count) / (scale + 0.1);
}

/* Chroma noise: that of the channel without that of luma, relative to that of luma. scale: of Cr or
 * Cb in BT.601. */
static double chroma_noise(const float *channel, float *luma, size_t count, double scale)
{
    double luma_noise = pat_mean_absolute(luma, count);
    for (size_t i = 0; i < count; i++)
        luma[i] = channel[i] - luma[i];
    return log(scale * pat_mean_absolute(luma, count) + LEAST) - log(luma_noise + LEAST_LAPLACIAN);
}

static const char *const channel_names[] = {"noise_correlation_rg", "noise_correlation_bg",
                                            "chroma_noise_r", "chroma_noise_b"};

static void channels(const pat_views *views, double *features)
{
    static const int pairs[] = {PAT_RED, PAT_BLUE};
    static const double scales[] = {0.713, 0.564};
    const pat_detail *detail = &views->detail;
    layer green = {detail->channel[PAT_GREEN], detail->width, detail->height};
    layer luma = {detail->luma, detail->width, detail->height};
    float *const *work = detail->work;
    laplacian(&green, work[0]);
    for (int i = 0; i < 2; i++) {
        layer channel = {detail->channel[pairs[i]], detail->width, detail->height};
        size_t count = laplacian(&channel, work[1]);
        features[i] = correlation(work[1], work[0], count);
        laplacian(&luma, work[2]);
        features[2 + i] = chroma_noise(work[1], work[2], count, scales[i]);
    }
}

static const pat_feature_part parts[] = {
    PAT_PART(noise_names, noise),
    PAT_PART(octave_names, octaves),
    PAT_PART(channel_names, channels),
};
const pat_feature_group pat_grain_features = PAT_GROUP(parts);
