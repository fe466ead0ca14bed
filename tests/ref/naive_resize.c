#include "naive_resize.h"

#include <math.h>
#include <stdbool.h>

/* A destination sample is a mix of source samples s and s + 1 with weights a + b = 2048. */
typedef struct place {
    int s, a, b;
} place;

static place place_of(int d, int dst_size, int src_size, bool is_column)
{
    double scale = 1.0 / ((double)dst_size / src_size);
    float f = (float)((d + 0.5) * scale - 0.5);
    int s = (int)floor(f);
    f -= (float)s;
    if (is_column && s < 0)
        f = 0, s = 0;
    if (is_column && s >= src_size - 1)
        f = 0, s = src_size - 1;
    return (place){s, (int)rintf((1 - f) * 2048), (int)rintf(f * 2048)};
}

static int clamp(int i, int size)
{
    return i < 0 ? 0 : i >= size ? size - 1 : i;
}

static int sample(const pat_plane *plane, int x, int y)
{
    return plane->data[clamp(y, plane->height) * plane->stride + clamp(x, plane->width)];
}

static int mix_columns(const pat_plane *src, place column, int y)
{
    return sample(src, column.s, y) * column.a + sample(src, column.s + 1, y) * column.b;
}

void naive_resize(const pat_plane *src, const pat_plane *dst)
{
    bool same = src->width == dst->width && src->height == dst->height;
    bool half = src->width == 2 * dst->width && src->height == 2 * dst->height;
    for (int y = 0; y < dst->height; y++)
        for (int x = 0; x < dst->width; x++) {
            place column = place_of(x, dst->width, src->width, true);
            place row = place_of(y, dst->height, src->height, false);
            int upper = mix_columns(src, column, row.s);
            int lower = mix_columns(src, column, row.s + 1);
            int value = ((row.a * (upper >> 4) >> 16) + (row.b * (lower >> 4) >> 16) + 2) >> 2;
            if (half)
                value = (sample(src, 2 * x, 2 * y) + sample(src, 2 * x + 1, 2 * y) +
                         sample(src, 2 * x, 2 * y + 1) + sample(src, 2 * x + 1, 2 * y + 1) + 2) /
                        4;
            if (same)
                value = sample(src, x, y);
            dst->data[y * dst->stride + x] = (uint8_t)value;
        }
}
