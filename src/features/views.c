#include "features/views.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/extremes.h"
#include "features/border.h"
#include "features/statistics.h"

/* Added to avoid log(0), and so that the noise of dark pixels is not their color. */
static const float LEAST_COLOR = 8, LEAST_SATURATED = 5;

static void set_luma(const float *const channel[PAT_CHANNELS], size_t count, float *luma)
{
    const float *r = channel[PAT_RED], *g = channel[PAT_GREEN], *b = channel[PAT_BLUE];
    for (size_t i = 0; i < count; i++)
        luma[i] = 0.299f * r[i] + 0.587f * g[i] + 0.114f * b[i];
}

static float cast(float channel, float green)
{
    return (float)log((double)(channel + LEAST_COLOR) / (double)(green + LEAST_COLOR));
}

static void set_colors(const float *const channel[PAT_CHANNELS], size_t count,
                       float *const out[PAT_TONE_COUNT])
{
    for (size_t i = 0; i < count; i++) {
        float r = channel[PAT_RED][i], g = channel[PAT_GREEN][i], b = channel[PAT_BLUE][i];
        float least = pat_lesser(pat_lesser(r, g), b), most = pat_greater(pat_greater(r, g), b);
        out[PAT_TONE_LEAST][i] = least;
        out[PAT_TONE_MOST][i] = most;
        out[PAT_TONE_CHROMA][i] = most - least;
        out[PAT_TONE_SATURATION][i] = (most - least) / (most + LEAST_SATURATED);
        out[PAT_TONE_CAST_RG][i] = cast(r, g);
        out[PAT_TONE_CAST_BG][i] = cast(b, g);
    }
}

static pat_status prepare_tones(pat_views *views, pat_view_memory *memory, pat_error *error)
{
    const pat_raster *raster = &memory->tones;
    pat_status status =
        pat_standard_size(views->image, views->content, PAT_TONES_SIDE, &memory->tones, error);
    if (status != PAT_OK)
        return status;
    size_t count = (size_t)raster->width * (size_t)raster->height;
    float *next =
        pat_scratch_get(&memory->tone_samples, count, (2 * PAT_TONE_COUNT + 1) * sizeof *next);
    if (next == NULL)
        return pat_fail_memory(error, "the colors of an image");
    pat_tones *tones = &views->tones;
    *tones = (pat_tones){.width = raster->width, .height = raster->height, .count = count};
    float *at[PAT_TONE_COUNT], *spare = next + 2 * PAT_TONE_COUNT * count;
    for (int i = 0; i < PAT_TONE_COUNT; i++)
        tones->at[i] = at[i] = next + (size_t)i * count;
    for (int c = 0; c < PAT_CHANNELS; c++)
        memcpy(at[PAT_TONE_R + c], raster->plane[c], count * sizeof *next);
    set_luma(tones->at, count, at[PAT_TONE_Y]);
    set_colors(tones->at, count, at);
    for (int i = 0; i < PAT_TONE_COUNT; i++) {
        float *sorted = next + (size_t)(PAT_TONE_COUNT + i) * count;
        memcpy(sorted, at[i], count * sizeof *next);
        pat_sort_floats(sorted, spare, count);
        tones->sorted[i] = sorted;
    }
    return PAT_OK;
}

/* A Hann window that is 0 only beyond the ends; returns its energy. */
static double set_window(double *window, int length)
{
    double energy = 0;
    for (int i = 0; i < length; i++) {
        double root = sin(M_PI * (i + 0.5) / length);
        window[i] = root * root;
        energy += window[i] * window[i];
    }
    return energy;
}

static pat_status prepare_spectrum(pat_detail *detail, pat_view_memory *memory, pat_error *error)
{
    double across[PAT_DETAIL_SIDE], down[PAT_DETAIL_SIDE];
    int width = detail->width, stride = 2 * (width / 2 + 1);
    double *buffer =
        pat_scratch_get(&memory->spectrum, (size_t)detail->height * (size_t)stride, sizeof *buffer);
    if (buffer == NULL)
        return pat_fail_memory(error, "the spectrum of an image");
    detail->spectrum = buffer;
    detail->window_energy = set_window(across, width);
    detail->window_energy *= set_window(down, detail->height);
    double mean = pat_mean(detail->luma, detail->count);
    for (int y = 0; y < detail->height; y++)
        for (int x = 0; x < width; x++)
            buffer[y * stride + x] =
                ((double)detail->luma[y * width + x] - mean) * down[y] * across[x];
    return pat_fourier_transform(&memory->fourier, width, detail->height, buffer, error);
}

static pat_status prepare_detail(pat_views *views, pat_view_memory *memory, pat_error *error)
{
    const pat_raster *raster = &memory->detail;
    pat_status status =
        pat_standard_size(views->image, views->content, PAT_DETAIL_SIDE, &memory->detail, error);
    if (status != PAT_OK)
        return status;
    size_t count = (size_t)raster->width * (size_t)raster->height;
    float *luma =
        pat_scratch_get(&memory->detail_samples, count, (PAT_WORK_BUFFERS + 1) * sizeof *luma);
    if (luma == NULL)
        return pat_fail_memory(error, "the detail of an image");
    pat_detail *detail = &views->detail;
    *detail = (pat_detail){raster->width, raster->height, count, .luma = luma};
    for (int i = 0; i < PAT_WORK_BUFFERS; i++)
        detail->work[i] = luma + (size_t)(i + 1) * count;
    for (int c = 0; c < PAT_CHANNELS; c++)
        detail->channel[c] = raster->plane[c];
    set_luma(detail->channel, count, luma);
    return prepare_spectrum(detail, memory, error);
}

static void count_samples(pat_views *views)
{
    for (int c = 0; c < PAT_CHANNELS; c++) {
        pat_plane plane = views->image->plane[c];
        plane.data += views->content.y * plane.stride + views->content.x;
        plane.width = views->content.width;
        plane.height = views->content.height;
        views->histogram[c] = pat_histogram_of(&plane);
    }
}

pat_status pat_views_prepare(pat_views *views, const pat_image *image, const pat_plane *grey,
                             pat_view_memory *memory, pat_error *error)
{
    *views = (pat_views){.image = image, .grey = grey, .content = pat_find_content(image)};
    size_t half_width = (size_t)image->width / 2 + 1, half_height = (size_t)image->height / 2 + 1;
    views->reduced =
        pat_scratch_get(&memory->reduced, half_width * half_height, sizeof *views->reduced);
    if (views->reduced == NULL)
        return pat_fail_memory(error, "reduced versions of an image");
    count_samples(views);
    pat_status status = prepare_tones(views, memory, error);
    return status == PAT_OK ? prepare_detail(views, memory, error) : status;
}

void pat_view_memory_release(pat_view_memory *memory)
{
    pat_raster_release(&memory->tones);
    pat_raster_release(&memory->detail);
    pat_scratch_release(&memory->reduced);
    pat_scratch_release(&memory->tone_samples);
    pat_scratch_release(&memory->detail_samples);
    pat_scratch_release(&memory->spectrum);
    pat_fourier_release(&memory->fourier);
}
