/* Channel ranges, noise, detail by scale and JPEG blocks, of the whole image at full size. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "features/variance.h"
#include "features/views.h"

enum {
    SCALES = 4,         /* of detail: the image itself, and reduced by 2, 4 and 8 */
    BLOCK = 8,          /* side of a JPEG block, in pixels */
    NOISE_MAX = 8 * 255 /* of the noise mask's response */
};

/* Added to avoid log(0) for an image without detail. */
static const double LEAST_DETAIL = 0.01;

/* ---- The range of a channel ------------------------------------------------------------------ */

typedef struct channel_range {
    double mean, std_dev;
    double low, high; /* the 1st and the 99th percentile */
    double center;    /* position of the mean between these: usually 0..1 */
} channel_range;

static channel_range measure_range(const pat_plane *plane)
{
    const pat_histogram histogram = pat_histogram_of(plane);
    uint64_t sum = 0, squares = 0;
    for (uint64_t v = 0; v < 256; v++) {
        sum += histogram.count[v] * v;
        squares += histogram.count[v] * v * v;
    }
    uint64_t count = (uint64_t)plane->width * (uint64_t)plane->height, tail = (count + 99) / 100;
    channel_range range = {.mean = (double)sum / (double)count,
                           .std_dev = sqrt(pat_integer_variance(count, (int64_t)sum, squares)),
                           .low = pat_histogram_rank(&histogram, tail),
                           .high = pat_histogram_rank(&histogram, count - tail + 1)};
    if (range.high > range.low)
        range.center = (range.mean - range.low) / (range.high - range.low);
    return range;
}

/* ---- Noise ----------------------------------------------------------------------------------- */

/* The response at `at` to the mask [1 -2 1; -2 4 -2; 1 -2 1], which ignores edges and gradients. */
static int noise_response(const uint8_t *at, ptrdiff_t stride)
{
    int columns[3];
    for (int i = 0; i < 3; i++)
        columns[i] = at[i - 1 - stride] - 2 * at[i - 1] + at[i - 1 + stride];
    return abs(columns[0] - 2 * columns[1] + columns[2]);
}

/*
 * Two estimates of the standard deviation of white noise, from the mean and from the median of the
 * mask's response, whose deviation is 6 times that of the noise. Texture raises the first more than
 * the second. Source: J. Immerkaer, "Fast Noise Variance Estimation", 1996; and the usual
 * median-based estimate of a deviation, with the factor 1.4826.
 */
static void measure_noise(const pat_plane *grey, double *by_mean, double *by_median)
{
    uint64_t histogram[NOISE_MAX + 1] = {0}, sum = 0, count = 0, below = 0;
    for (int y = 1; y + 1 < grey->height; y++)
        for (int x = 1; x + 1 < grey->width; x++) {
            int response = noise_response(grey->data + y * grey->stride + x, grey->stride);
            histogram[response]++;
            sum += (unsigned)response;
            count++;
        }
    *by_mean = *by_median = 0;
    if (count == 0)
        return;
    int median = 0;
    for (below = histogram[0]; below < (count + 1) / 2;)
        below += histogram[++median];
    *by_mean = sqrt(acos(-1) / 2) / 6 * (double)sum / (double)count;
    *by_median = 1.4826 / 6 * median;
}

/* ---- Detail by scale ------------------------------------------------------------------------- */

/* An image of integers: sums over blocks of 4^scale samples. */
typedef struct reduced {
    int32_t *sample;
    int width, height;
} reduced;

static void reduce(reduced *picture)
{
    int width = picture->width / 2, height = picture->height / 2;
    int32_t *out = picture->sample; /* in place: writes never overtake reads */
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const int32_t *block = picture->sample + (ptrdiff_t)2 * y * picture->width + 2 * x;
            *out++ = block[0] + block[1] + block[picture->width] + block[picture->width + 1];
        }
    picture->width = width;
    picture->height = height;
}

/* Mean of |Laplacian| over the inner samples; 0 if there are none. */
static double mean_laplacian(const reduced *picture)
{
    uint64_t sum = 0, count = 0;
    for (int y = 1; y + 1 < picture->height; y++)
        for (int x = 1; x + 1 < picture->width; x++) {
            const int32_t *at = picture->sample + (ptrdiff_t)y * picture->width + x;
            sum += (uint64_t)abs(at[-picture->width] + at[-1] + at[1] + at[picture->width] -
                                 4 * at[0]);
            count++;
        }
    return count == 0 ? 0 : (double)sum / (double)count;
}

/* The same of the image itself. A row's sum fits in 32 bits: 1020 times its width. */
static double mean_laplacian_of_plane(const pat_plane *grey)
{
    uint64_t sum = 0, count = 0;
    for (int y = 1; y + 1 < grey->height; y++) {
        const uint8_t *row = grey->data + y * grey->stride;
        const uint8_t *above = row - grey->stride, *below = row + grey->stride;
        uint32_t of_row = 0;
        for (int x = 1; x + 1 < grey->width; x++)
            of_row += (uint32_t)abs(above[x] + row[x - 1] + row[x + 1] + below[x] - 4 * row[x]);
        sum += of_row;
        count += grey->width > 2 ? (uint64_t)grey->width - 2 : 0;
    }
    return count == 0 ? 0 : (double)sum / (double)count;
}

static reduced reduce_plane(const pat_plane *grey, int32_t *sample)
{
    const reduced half = {sample, grey->width / 2, grey->height / 2};
    for (int y = 0; y < half.height; y++) {
        const uint8_t *row = grey->data + 2 * y * grey->stride, *below = row + grey->stride;
        for (int x = 0; x < half.width; x++)
            *sample++ = row[2 * x] + row[2 * x + 1] + below[2 * x] + below[2 * x + 1];
    }
    return half;
}

static void measure_scales(const pat_views *views, double detail[SCALES])
{
    detail[0] = log(mean_laplacian_of_plane(views->grey) + LEAST_DETAIL);
    reduced picture = reduce_plane(views->grey, views->reduced);
    double samples = 4; /* per sample of the reduced image */
    for (int scale = 1; scale < SCALES; scale++) {
        detail[scale] = log(mean_laplacian(&picture) / samples + LEAST_DETAIL);
        reduce(&picture);
        samples *= 4;
    }
}

/* ---- Blocks ---------------------------------------------------------------------------------- */

/* The mean step between neighbors across borders of 8x8 blocks, relative to that of all steps: 1
 * without blocks. */
static double measure_blocks(const pat_plane *grey)
{
    uint64_t sum[2] = {0}, count[2] = {0}; /* within blocks and across borders */
    for (int y = 0; y < grey->height; y++)
        for (int x = 0; x < grey->width; x++) {
            const uint8_t *at = grey->data + y * grey->stride + x;
            if (x + 1 < grey->width) {
                bool border = x % BLOCK == BLOCK - 1;
                sum[border] += (unsigned)abs(at[1] - at[0]);
                count[border]++;
            }
            if (y + 1 < grey->height) {
                bool border = y % BLOCK == BLOCK - 1;
                sum[border] += (unsigned)abs(at[grey->stride] - at[0]);
                count[border]++;
            }
        }
    if (count[1] == 0 || sum[0] + sum[1] == 0)
        return 1;
    double all = (double)(sum[0] + sum[1]) / (double)(count[0] + count[1]);
    return (double)sum[1] / (double)count[1] / all;
}

/* ---- All of them ----------------------------------------------------------------------------- */

static void ranges(const pat_views *views, double *features)
{
    for (int c = 0; c < PAT_CHANNELS; c++) {
        channel_range range = measure_range(&views->image->plane[c]);
        double values[] = {range.mean, range.std_dev, range.low, range.high, range.center};
        memcpy(features, values, sizeof values);
        features += sizeof values / sizeof *values;
    }
}

static void noise(const pat_views *views, double *features)
{
    measure_noise(views->grey, &features[0], &features[1]);
}

static void detail(const pat_views *views, double *features)
{
    double by_scale[SCALES];
    measure_scales(views, by_scale);
    features[0] = by_scale[0];
    for (int scale = 1; scale < SCALES; scale++)
        features[scale] = by_scale[scale] - by_scale[scale - 1];
}

static void blocks(const pat_views *views, double *features)
{
    features[0] = measure_blocks(views->grey);
}

static const char *const range_names[] = {
    "red_mean",   "red_std",   "red_low",   "red_high",   "red_center",
    "green_mean", "green_std", "green_low", "green_high", "green_center",
    "blue_mean",  "blue_std",  "blue_low",  "blue_high",  "blue_center",
};
static const char *const noise_names[] = {"noise_mean", "noise_median"};
static const char *const detail_names[] = {"detail", "detail_slope_1", "detail_slope_2",
                                           "detail_slope_3"};
static const char *const block_names[] = {"block_contrast"};

static const pat_feature_part parts[] = {
    PAT_PART(range_names, ranges),
    PAT_PART(noise_names, noise),
    PAT_PART(detail_names, detail),
    PAT_PART(block_names, blocks),
};
const pat_feature_group pat_overview_features = PAT_GROUP(parts);
