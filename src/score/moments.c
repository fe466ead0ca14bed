#include "score/moments.h"

#include <math.h>

#include "base/error.h"
#include "base/extremes.h"
#include "patina/score.h"

enum { WINDOW = 7, STEP = 8, SAMPLE_STEP = 4 };

static const float PEAK = 255, PSNR_CAP = 50;

static size_t windows_along(int side)
{
    return (size_t)((side - WINDOW) / STEP + 1);
}

static size_t samples_along(int side)
{
    return (size_t)((side + SAMPLE_STEP - 1) / SAMPLE_STEP);
}

/* ---- Windows --------------------------------------------------------------------------------- */

/* The sums over a window of values and of an original, around middle gray so that squares stay
 * small. */
typedef struct sums {
    float value, square, product, other, least, greatest;
} sums;

static sums no_sums(void)
{
    return (sums){.least = INFINITY, .greatest = -INFINITY};
}

static void add(sums *to, float value, float original)
{
    const float middle = 128;
    float v = value - middle, u = original - middle;
    to->value += v;
    to->square += v * v;
    to->product += v * u;
    to->other += u;
    to->least = pat_lesser(to->least, value);
    to->greatest = pat_greater(to->greatest, value);
}

/* Unbiased, as scikit-image's SSIM. */
static pat_moment moment_of(const sums *from)
{
    const float count = WINDOW * WINDOW, middle = 128;
    return (pat_moment){
        .mean = from->value / count + middle,
        .variance = pat_greater(from->square - from->value * from->value / count, 0) / (count - 1),
        .covariance = (from->product - from->value * from->other / count) / (count - 1),
        .least = from->least,
        .greatest = from->greatest};
}

/* The number of a window in its channel gives its place. */
static void find_place(const pat_moments *moments, size_t window, int *x, int *y)
{
    size_t across = windows_along(moments->image->width);
    *x = (int)(window % across) * STEP;
    *y = (int)(window / across) * STEP;
}

static pat_moment measure_original(const pat_moments *moments, int c, size_t window)
{
    const pat_plane *plane = &moments->image->plane[c];
    sums all = no_sums();
    int x, y;
    find_place(moments, window, &x, &y);
    for (int i = 0; i < WINDOW; i++)
        for (int j = 0; j < WINDOW; j++) {
            float value = plane->data[(y + i) * plane->stride + x + j];
            add(&all, value, value);
        }
    return moment_of(&all);
}

/* How the samples of a window are changed before they are measured. */
typedef struct change {
    float gain, offset, least, greatest;
} change;

static pat_moment measure(const pat_moments *moments, int c, size_t window, const change *by)
{
    const pat_plane *original = &moments->image->plane[c];
    int width = moments->image->width, x, y;
    sums all = no_sums();
    find_place(moments, window, &x, &y);
    for (int i = 0; i < WINDOW; i++) {
        const float *row = moments->plane[c] + (ptrdiff_t)(y + i) * width + x;
        const uint8_t *wanted = original->data + (y + i) * original->stride + x;
        for (int j = 0; j < WINDOW; j++) {
            float value = by->gain * row[j] + by->offset;
            add(&all, pat_lesser(pat_greater(value, by->least), by->greatest), wanted[j]);
        }
    }
    return moment_of(&all);
}

pat_status pat_moments_begin(pat_moments *moments, const pat_image *original, pat_error *error)
{
    size_t windows = windows_along(original->width) * windows_along(original->height);
    size_t samples = samples_along(original->width) * samples_along(original->height);
    moments->original = pat_scratch_get(&moments->window_memory, 2 * windows * PAT_CHANNELS,
                                        sizeof *moments->original);
    moments->original_sample = pat_scratch_get(&moments->sample_memory, samples * PAT_CHANNELS,
                                               sizeof *moments->original_sample);
    if (moments->original == NULL || moments->original_sample == NULL)
        return pat_fail_memory(error, "the windows of an image");
    moments->filtered = moments->original + windows * PAT_CHANNELS;
    moments->windows = windows;
    moments->samples = samples;
    moments->image = original;
    float *sample = moments->original_sample;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_plane *plane = &original->plane[c];
        for (size_t i = 0; i < windows; i++)
            moments->original[(size_t)c * windows + i] = measure_original(moments, c, i);
        for (int y = 0; y < plane->height; y += SAMPLE_STEP)
            for (int x = 0; x < plane->width; x += SAMPLE_STEP)
                *sample++ = plane->data[y * plane->stride + x];
    }
    return PAT_OK;
}

void pat_moments_release(pat_moments *moments)
{
    pat_scratch_release(&moments->window_memory);
    pat_scratch_release(&moments->sample_memory);
    *moments = (pat_moments){0};
}

void pat_moments_take(pat_moments *moments, float *const plane[PAT_CHANNELS])
{
    const change none = {1, 0, -INFINITY, INFINITY};
    for (int c = 0; c < PAT_CHANNELS; c++) {
        moments->plane[c] = plane[c];
        for (size_t i = 0; i < moments->windows; i++)
            moments->filtered[(size_t)c * moments->windows + i] = measure(moments, c, i, &none);
    }
}

/* ---- Scores ---------------------------------------------------------------------------------- */

/* The moments of a window after a gain and an offset, in closed form where nothing is clipped. */
static pat_moment changed(const pat_moments *moments, int c, size_t window, const change *by)
{
    const pat_moment *from = &moments->filtered[(size_t)c * moments->windows + window];
    if (by->gain * from->least + by->offset < by->least ||
        by->gain * from->greatest + by->offset > by->greatest)
        return measure(moments, c, window, by);
    return (pat_moment){.mean = by->gain * from->mean + by->offset,
                        .variance = by->gain * by->gain * from->variance,
                        .covariance = by->gain * from->covariance};
}

/* The sum of a channel's SSIM over its windows. */
static double sum_ssim(const pat_moments *moments, int c, const change *by)
{
    const float c1 = (0.01F * PEAK) * (0.01F * PEAK), c2 = (0.03F * PEAK) * (0.03F * PEAK);
    double total = 0;
    for (size_t i = 0; i < moments->windows; i++) {
        const pat_moment *u = &moments->original[(size_t)c * moments->windows + i];
        const pat_moment v = changed(moments, c, i, by);
        float ssim = (2 * u->mean * v.mean + c1) * (2 * v.covariance + c2) /
                     ((u->mean * u->mean + v.mean * v.mean + c1) * (u->variance + v.variance + c2));
        total += (double)ssim;
    }
    return total;
}

static double sum_errors(const pat_moments *moments, int c, const change *by)
{
    int width = moments->image->width, height = moments->image->height;
    const float *wanted = moments->original_sample + (size_t)c * moments->samples;
    double total = 0;
    for (int y = 0; y < height; y += SAMPLE_STEP) {
        const float *row = moments->plane[c] + (ptrdiff_t)y * width;
        float errors = 0;
        for (int x = 0; x < width; x += SAMPLE_STEP) {
            float value = by->gain * row[x] + by->offset;
            float d = rintf(pat_lesser(pat_greater(value, by->least), by->greatest)) - *wanted++;
            errors += d * d;
        }
        total += (double)errors;
    }
    return total;
}

double pat_moments_similarity(const pat_moments *moments, const double gain[PAT_CHANNELS],
                              const double offset[PAT_CHANNELS])
{
    double ssim = 0, error = 0;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const change by = {(float)gain[c], (float)offset[c], 0, PEAK};
        ssim += sum_ssim(moments, c, &by);
        error += sum_errors(moments, c, &by);
    }
    ssim /= (double)moments->windows * PAT_CHANNELS;
    error /= (double)moments->samples * PAT_CHANNELS;
    double psnr = error == 0 ? (double)PSNR_CAP : 10 * log10((double)(PEAK * PEAK) / error);
    return pat_similarity(fmin(psnr, (double)PSNR_CAP), ssim);
}
