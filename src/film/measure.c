#include "film/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/histogram.h"
#include "image/standard_size.h"
#include "kernels/kernels.h"

static const double FAR = 0.35, JUMP = 4;

/* ---- A frame --------------------------------------------------------------------------------- */

/* histogram: of 256 or 65536 levels. */
static void count_samples(const pat_picture *rgb, int c, uint32_t *histogram)
{
    if (rgb->depth == 8) {
        const pat_histogram counted = pat_histogram_of(&rgb->plane[c]);
        for (int i = 0; i < 256; i++)
            histogram[i] = (uint32_t)counted.count[i];
        return;
    }
    memset(histogram, 0, 65536 * sizeof *histogram);
    for (int y = 0; y < rgb->height; y++)
        for (int x = 0; x < rgb->width; x++)
            histogram[rgb->deep[c].data[rgb->deep[c].stride * y + x]]++;
}

/* Shrink a channel to the size of a thumb, 0..255. */
static void shrink(const pat_picture *rgb, int c, int width, int height, float *out, void *scratch)
{
    if (rgb->depth == 8)
        pat_plane_shrink(&rgb->plane[c], width, height, out, scratch);
    else
        pat_deep_plane_shrink(&rgb->deep[c], width, height, out, scratch);
    for (int i = 0; i < width * height && rgb->depth == 16; i++)
        out[i] /= 257;
}

static const double luma_weight[PAT_CHANNELS] = {0.299, 0.587, 0.114};

/* The mean of a channel, 0..255. */
static double mean_of(const pat_picture *rgb, int c)
{
    uint64_t sum = 0;
    for (int y = 0; y < rgb->height; y++)
        if (rgb->depth == 8)
            sum +=
                pat_kernels_get()->sum(rgb->plane[c].data + rgb->plane[c].stride * y, rgb->width);
        else
            for (int x = 0; x < rgb->width; x++)
                sum += rgb->deep[c].data[rgb->deep[c].stride * y + x];
    double most = rgb->depth == 8 ? 255 : 65535;
    return (double)sum / ((double)rgb->width * rgb->height) * 255 / most;
}

double pat_frame_luma(const pat_picture *rgb)
{
    double luma = 0;
    for (int c = 0; c < PAT_CHANNELS; c++)
        luma += luma_weight[c] * mean_of(rgb, rgb->channels == 1 ? 0 : c);
    return luma;
}

pat_status pat_frame_measure_of(const pat_picture *rgb, pat_scratch *scratch,
                                pat_frame_measure *measure, pat_error *error)
{
    int levels = rgb->depth == 8 ? 256 : 65536;
    int width = rgb->width < PAT_THUMB_WIDTH ? rgb->width : PAT_THUMB_WIDTH;
    int height = rgb->height < PAT_THUMB_HEIGHT ? rgb->height : PAT_THUMB_HEIGHT;
    float small[PAT_THUMB_SIZE];
    double luma[PAT_THUMB_SIZE] = {0};
    size_t counts = (size_t)levels * sizeof(uint32_t);
    uint32_t *histogram =
        pat_scratch_get(scratch, 1, counts + pat_shrink_scratch(rgb->width, width));
    if (histogram == NULL)
        return pat_fail_memory(error, "the measures of a frame");
    measure->luma = pat_frame_luma(rgb);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        int from = rgb->channels == 1 ? 0 : c;
        count_samples(rgb, from, histogram);
        pat_quantiles_of(histogram, levels, measure->quantiles.channel[c]);
        shrink(rgb, from, width, height, small, histogram + levels);
        for (int i = 0; i < width * height; i++)
            luma[i] += luma_weight[c] * (double)small[i];
    }
    for (int y = 0; y < PAT_THUMB_HEIGHT; y++)
        for (int x = 0; x < PAT_THUMB_WIDTH; x++) {
            int from = y * height / PAT_THUMB_HEIGHT * width + x * width / PAT_THUMB_WIDTH;
            measure->thumb[y * PAT_THUMB_WIDTH + x] = (uint8_t)fmin(rint(luma[from]), 255);
        }
    return PAT_OK;
}

/* ---- Two frames ------------------------------------------------------------------------------ */

double pat_frame_distance(const pat_frame_measure *a, const pat_frame_measure *b)
{
    double sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0, n = PAT_THUMB_SIZE;
    for (int i = 0; i < PAT_THUMB_SIZE; i++) {
        double left = a->thumb[i], right = b->thumb[i];
        sum_a += left;
        sum_b += right;
        aa += left * left;
        bb += right * right;
        ab += left * right;
    }
    double of_a = aa - sum_a * sum_a / n, of_b = bb - sum_b * sum_b / n;
    double least = n / 2; /* half a level of noise is no detail */
    if (of_a <= least && of_b <= least)
        return 0;
    return of_a <= least || of_b <= least ? 1 : 1 - (ab - sum_a * sum_b / n) / sqrt(of_a * of_b);
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

bool pat_cut_is_at(pat_cut_finder *finder, double distance)
{
    double sorted[PAT_CUT_MEMORY], median = 0;
    memcpy(sorted, finder->distance, sizeof sorted);
    qsort(sorted, (size_t)finder->known, sizeof *sorted, compare);
    if (finder->known > 0)
        median = sorted[finder->known / 2];
    if (distance > FAR && distance > JUMP * median) {
        *finder = (pat_cut_finder){.known = 0};
        return true;
    }
    finder->distance[finder->next] = distance;
    finder->next = (finder->next + 1) % PAT_CUT_MEMORY;
    finder->known += finder->known < PAT_CUT_MEMORY;
    return false;
}
