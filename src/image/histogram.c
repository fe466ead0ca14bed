#include "image/histogram.h"

pat_histogram pat_histogram_of(const pat_plane *plane)
{
    pat_histogram histogram = {0};
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            histogram.count[plane->data[y * plane->stride + x]]++;
    return histogram;
}

int pat_histogram_rank(const pat_histogram *histogram, uint64_t rank)
{
    int value = 0;
    for (uint64_t up_to = histogram->count[0]; up_to < rank && value < 255;)
        up_to += histogram->count[++value];
    return value;
}
