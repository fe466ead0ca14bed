#include "score/moments.h"

#include <math.h>

#include "base/error.h"
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

static float sample(const pat_plane *plane, int x, int y)
{
    return plane->data[y * plane->stride + x];
}

/* Mean and unbiased variance of the original's windows, and its samples. */
static void measure_original(pat_moments *moments, int c)
{
    const pat_plane *plane = &moments->image->plane[c];
    size_t at = (size_t)c * moments->windows;
    for (int y = 0; y + WINDOW <= plane->height; y += STEP)
        for (int x = 0; x + WINDOW <= plane->width; x += STEP, at++) {
            float sum = 0, squares = 0;
            for (int i = 0; i < WINDOW; i++)
                for (int j = 0; j < WINDOW; j++) {
                    float v = sample(plane, x + j, y + i);
                    sum += v;
                    squares += v * v;
                }
            const float count = WINDOW * WINDOW;
            moments->original[0][at] = sum / count;
            moments->original[1][at] = (squares - sum * sum / count) / (count - 1);
        }
    at = (size_t)c * moments->samples;
    for (int y = 0; y < plane->height; y += SAMPLE_STEP)
        for (int x = 0; x < plane->width; x += SAMPLE_STEP)
            moments->original_sample[at++] = sample(plane, x, y);
}

pat_status pat_moments_begin(pat_moments *moments, const pat_image *original, pat_error *error)
{
    size_t windows = windows_along(original->width) * windows_along(original->height);
    size_t samples = samples_along(original->width) * samples_along(original->height);
    float *memory = pat_scratch_get(&moments->memory, (5 * windows + 2 * samples) * PAT_CHANNELS,
                                    sizeof *memory);
    if (memory == NULL)
        return pat_fail_memory(error, "the windows of an image");
    moments->windows = windows;
    moments->samples = samples;
    moments->image = original;
    float **part[] = {&moments->original[0], &moments->original[1], &moments->filtered[0],
                      &moments->filtered[1], &moments->filtered[2]};
    for (int i = 0; i < 5; i++, memory += windows * PAT_CHANNELS)
        *part[i] = memory;
    moments->original_sample = memory;
    moments->filtered_sample = memory + samples * PAT_CHANNELS;
    for (int c = 0; c < PAT_CHANNELS; c++)
        measure_original(moments, c);
    return PAT_OK;
}

void pat_moments_release(pat_moments *moments)
{
    pat_scratch_release(&moments->memory);
    *moments = (pat_moments){0};
}

/* The moments of one window, taken around the middle gray so that squares stay small. */
static void measure_window(pat_moments *moments, size_t at, const float *data, int stride,
                           const uint8_t *original, ptrdiff_t original_stride)
{
    const float count = WINDOW * WINDOW, middle = 128;
    float sum = 0, squares = 0, products = 0, others = 0;
    for (int i = 0; i < WINDOW; i++, data += stride, original += original_stride)
        for (int j = 0; j < WINDOW; j++) {
            float v = data[j] - middle, u = (float)original[j] - middle;
            sum += v;
            squares += v * v;
            products += v * u;
            others += u;
        }
    moments->filtered[0][at] = sum / count + middle;
    moments->filtered[1][at] = fmaxf(squares - sum * sum / count, 0) / (count - 1);
    moments->filtered[2][at] = (products - sum * others / count) / (count - 1);
}

void pat_moments_take(pat_moments *moments, float *const plane[3])
{
    int width = moments->image->width, height = moments->image->height;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const pat_plane *original = &moments->image->plane[c];
        size_t at = (size_t)c * moments->windows;
        for (int y = 0; y + WINDOW <= height; y += STEP)
            for (int x = 0; x + WINDOW <= width; x += STEP)
                measure_window(moments, at++, plane[c] + (ptrdiff_t)y * width + x, width,
                               original->data + y * original->stride + x, original->stride);
        at = (size_t)c * moments->samples;
        for (int y = 0; y < height; y += SAMPLE_STEP)
            for (int x = 0; x < width; x += SAMPLE_STEP)
                moments->filtered_sample[at++] = plane[c][(ptrdiff_t)y * width + x];
    }
}

/* The sum of a channel's SSIM over its windows. */
static double sum_ssim(const pat_moments *moments, int c, float gain, float offset)
{
    const float c1 = (0.01F * PEAK) * (0.01F * PEAK), c2 = (0.03F * PEAK) * (0.03F * PEAK);
    size_t first = (size_t)c * moments->windows;
    float total = 0;
    for (size_t i = first; i < first + moments->windows; i++) {
        float u = moments->original[0][i], u2 = moments->original[1][i];
        float v = gain * moments->filtered[0][i] + offset;
        float v2 = gain * gain * moments->filtered[1][i], uv = gain * moments->filtered[2][i];
        total += (2 * u * v + c1) * (2 * uv + c2) / ((u * u + v * v + c1) * (u2 + v2 + c2));
    }
    return (double)total;
}

static double sum_errors(const pat_moments *moments, int c, float gain, float offset)
{
    size_t first = (size_t)c * moments->samples;
    float total = 0;
    for (size_t i = first; i < first + moments->samples; i++) {
        float v = fminf(fmaxf(gain * moments->filtered_sample[i] + offset, 0), PEAK);
        float d = rintf(v) - moments->original_sample[i];
        total += d * d;
    }
    return (double)total;
}

double pat_moments_similarity(const pat_moments *moments, const double gain[3],
                              const double offset[3])
{
    double ssim = 0, error = 0;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        ssim += sum_ssim(moments, c, (float)gain[c], (float)offset[c]);
        error += sum_errors(moments, c, (float)gain[c], (float)offset[c]);
    }
    ssim /= (double)moments->windows * PAT_CHANNELS;
    error /= (double)moments->samples * PAT_CHANNELS;
    double psnr = error == 0 ? (double)PSNR_CAP : 10 * log10((double)(PEAK * PEAK) / error);
    return pat_similarity(fmin(psnr, (double)PSNR_CAP), ssim);
}
