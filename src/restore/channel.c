#include "restore/channel.h"

#include <string.h>

#include "image/histogram.h"
#include "kernels/kernels.h"

bool pat_channel_exists(const pat_channel *channel)
{
    return channel->plane != NULL || channel->deep != NULL;
}

int pat_channel_width(const pat_channel *channel)
{
    return channel->plane != NULL ? channel->plane->width : channel->deep->width;
}

int pat_channel_height(const pat_channel *channel)
{
    return channel->plane != NULL ? channel->plane->height : channel->deep->height;
}

int pat_channel_largest(const pat_channel *channel)
{
    return channel->plane != NULL ? 255 : 65535;
}

static uint8_t *row8(const pat_plane *plane, int y)
{
    return plane->data + y * plane->stride;
}

static uint16_t *row16(const pat_deep_plane *plane, int y)
{
    return plane->data + y * plane->stride;
}

static uint64_t sum_of_row16(const uint16_t *row, int width)
{
    uint64_t sum = 0;
    for (int x = 0; x < width; x++)
        sum += row[x];
    return sum;
}

double pat_channel_mean(const pat_channel *channel)
{
    const pat_kernels *kernels = pat_kernels_get();
    int width = pat_channel_width(channel), height = pat_channel_height(channel);
    uint64_t sum = 0;
    for (int y = 0; y < height; y++)
        sum += channel->plane != NULL ? kernels->sum(row8(channel->plane, y), width)
                                      : sum_of_row16(row16(channel->deep, y), width);
    return (double)sum / ((double)width * (double)height);
}

/* Find the upper byte first, then the lower byte among the samples with that upper byte. */
static int value_of_rank16(const pat_deep_plane *plane, uint64_t rank)
{
    pat_histogram upper = {0}, lower = {0};
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            upper.count[row16(plane, y)[x] >> 8]++;
    int byte = pat_histogram_rank(&upper, rank);
    for (int v = 0; v < byte; v++)
        rank -= upper.count[v];
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            lower.count[row16(plane, y)[x] & 255] += row16(plane, y)[x] >> 8 == byte;
    return byte << 8 | pat_histogram_rank(&lower, rank);
}

int pat_channel_value_of_rank(const pat_channel *channel, uint64_t rank)
{
    if (channel->plane == NULL)
        return value_of_rank16(channel->deep, rank);
    const pat_histogram histogram = pat_histogram_of(channel->plane);
    return pat_histogram_rank(&histogram, rank);
}

void pat_channel_get_row(const pat_channel *channel, int y, double *row)
{
    int width = pat_channel_width(channel);
    for (int x = 0; x < width; x++)
        row[x] = channel->plane != NULL ? row8(channel->plane, y)[x] : row16(channel->deep, y)[x];
}

/* Clipped, then rounded half to even by adding a number so large that no fraction fits: loops over
 * this become vector code. NaN becomes 0. */
static inline int to_sample(double number, double largest)
{
    double clipped = number > 0 ? number : 0;
    clipped = clipped < largest ? clipped : largest;
    return (int)(clipped + 0x1.8p52 - 0x1.8p52);
}

void pat_channel_put_row(const pat_channel *channel, int y, const double *row)
{
    int width = pat_channel_width(channel);
    if (channel->plane != NULL) {
        uint8_t *restrict out = row8(channel->plane, y);
        for (int x = 0; x < width; x++)
            out[x] = (uint8_t)to_sample(row[x], 255);
    } else {
        uint16_t *restrict out = row16(channel->deep, y);
        for (int x = 0; x < width; x++)
            out[x] = (uint16_t)to_sample(row[x], 65535);
    }
}

/* The same in single precision, for numbers times `gain`, plus `offset`. */
static inline int to_sample_f(float number, const float line[2], float largest)
{
    float mapped = line[0] * number + line[1], clipped = mapped > 0 ? mapped : 0;
    clipped = clipped < largest ? clipped : largest;
    return (int)(clipped + 0x1.8p23f - 0x1.8p23f);
}

void pat_channel_put_line(const pat_channel *channel, int y, const float *row, const float line[2])
{
    int width = pat_channel_width(channel);
    if (channel->plane != NULL) {
        uint8_t *restrict out = row8(channel->plane, y);
        for (int x = 0; x < width; x++)
            out[x] = (uint8_t)to_sample_f(row[x], line, 255);
    } else {
        uint16_t *restrict out = row16(channel->deep, y);
        for (int x = 0; x < width; x++)
            out[x] = (uint16_t)to_sample_f(row[x], line, 65535);
    }
}

void pat_channel_copy_rows(const pat_channel *channel, const pat_channel *source, int y, int rows)
{
    size_t width = (size_t)pat_channel_width(channel);
    for (int i = 0; i < rows; i++) {
        if (channel->plane != NULL)
            memcpy(row8(channel->plane, i), row8(source->plane, y + i), width);
        else
            memcpy(row16(channel->deep, i), row16(source->deep, y + i), width * sizeof(uint16_t));
    }
}
