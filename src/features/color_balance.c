#include "features/color_balance.h"

#include <math.h>

#include "features/variance.h"

enum { BLOCK = 1 << 15 }; /* 2^15 squares of 8-bit samples fit in an int */

typedef struct channel_statistics {
    double mean[PAT_CHANNELS];
    double std_dev[PAT_CHANNELS];
} channel_statistics;

typedef struct channel_sums {
    uint64_t samples, squares;
} channel_sums;

/* Add at most BLOCK samples. 32-bit sums and 16-bit factors let the compiler vectorize the loop. */
static void add_block(channel_sums *sums, const uint8_t *samples, int count)
{
    int sum = 0, squares = 0;
    for (int i = 0; i < count; i++) {
        int16_t sample = samples[i];
        sum += sample;
        squares += sample * sample;
    }
    sums->samples += (uint32_t)sum;
    sums->squares += (uint32_t)squares;
}

static void measure_channel(const pat_plane *plane, double *mean, double *std_dev)
{
    channel_sums sums = {0};
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x += BLOCK)
            add_block(&sums, plane->data + y * plane->stride + x,
                      plane->width - x < BLOCK ? plane->width - x : BLOCK);
    uint64_t count = (uint64_t)plane->width * (uint64_t)plane->height;
    *mean = (double)sums.samples / (double)count;
    *std_dev = sqrt(pat_integer_variance(count, (int64_t)sums.samples, sums.squares));
}

/* Computed relative to one of the values, so that the mean of three equal ones is exactly that
 * value and a gray image scores 0. */
static double mean_of_channels(const double value[PAT_CHANNELS])
{
    double origin = value[PAT_GREEN];
    return origin + ((value[PAT_RED] - origin) + (value[PAT_BLUE] - origin)) / PAT_CHANNELS;
}

/* Mean distance of the channel means from their common mean, relative to it. */
static double deviation(const double mean[PAT_CHANNELS])
{
    double overall = mean_of_channels(mean);
    if (overall == 0)
        return 0;
    double distance[PAT_CHANNELS];
    for (int c = 0; c < PAT_CHANNELS; c++)
        distance[c] = fabs(mean[c] - overall);
    return mean_of_channels(distance) / overall;
}

/* Spread of the channel means, relative to the brightest. */
static double cast(const double mean[PAT_CHANNELS])
{
    double largest = fmax(fmax(mean[PAT_RED], mean[PAT_GREEN]), mean[PAT_BLUE]);
    double smallest = fmin(fmin(mean[PAT_RED], mean[PAT_GREEN]), mean[PAT_BLUE]);
    return largest == 0 ? 0 : (largest - smallest) / largest;
}

/* Coefficient of variation of the channels' standard deviations. */
static double variation(const double std_dev[PAT_CHANNELS])
{
    double mean = mean_of_channels(std_dev);
    double squares[PAT_CHANNELS];
    for (int c = 0; c < PAT_CHANNELS; c++)
        squares[c] = (std_dev[c] - mean) * (std_dev[c] - mean);
    return sqrt(mean_of_channels(squares)) / (mean + 1e-6);
}

double pat_color_balance_need(const pat_image *image)
{
    channel_statistics channels;
    for (int c = 0; c < PAT_CHANNELS; c++)
        measure_channel(&image->plane[c], &channels.mean[c], &channels.std_dev[c]);
    double need = 0.4 * deviation(channels.mean) + 0.4 * cast(channels.mean) +
                  0.2 * fmin(variation(channels.std_dev), 1);
    return fmin(need, 1);
}
