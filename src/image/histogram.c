#include "image/histogram.h"

/* Tables that take turns: to count equal neighbors in one would wait for each other. */
enum { TABLES = 4 };

static void count_row(const uint8_t *row, int n, uint64_t count[TABLES][256])
{
    int x = 0;
    for (; x + TABLES <= n; x += TABLES)
        for (int i = 0; i < TABLES; i++)
            count[i][row[x + i]]++;
    for (; x < n; x++)
        count[0][row[x]]++;
}

pat_histogram pat_histogram_of(const pat_plane *plane)
{
    pat_histogram histogram = {0};
    uint64_t count[TABLES][256] = {{0}};
    for (int y = 0; y < plane->height; y++)
        count_row(plane->data + y * plane->stride, plane->width, count);
    for (int value = 0; value < 256; value++)
        for (int i = 0; i < TABLES; i++)
            histogram.count[value] += count[i][value];
    return histogram;
}

int pat_histogram_rank(const pat_histogram *histogram, uint64_t rank)
{
    int value = 0;
    for (uint64_t up_to = histogram->count[0]; up_to < rank && value < 255;)
        up_to += histogram->count[++value];
    return value;
}
