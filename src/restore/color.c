#include <assert.h>
#include <math.h>
#include <string.h>

#include "image/histogram.h"
#include "kernels/kernels.h"
#include "patina/restore.h"

double pat_plane_mean(const pat_plane *plane)
{
    const pat_kernels *kernels = pat_kernels_get();
    uint64_t sum = 0;
    for (int y = 0; y < plane->height; y++)
        sum += kernels->sum(plane->data + y * plane->stride, plane->width);
    return (double)sum / ((double)plane->width * (double)plane->height);
}

void pat_white_balance_table(double mean, uint8_t table[256])
{
    double gain = mean == 0 ? 1 : 128 / mean;
    for (int v = 0; v < 256; v++) {
        double balanced = v * gain;
        table[v] = balanced >= 255 ? 255 : (uint8_t)balanced;
    }
}

void pat_levels_table(const pat_plane *plane, uint8_t table[256])
{
    const pat_histogram histogram = pat_histogram_of(plane);
    uint64_t count = (uint64_t)plane->width * (uint64_t)plane->height, tail = (count + 199) / 200;
    int low = pat_histogram_rank(&histogram, tail);
    int high = pat_histogram_rank(&histogram, count - tail + 1);
    if (high == low)
        low = 0, high = 255;
    for (int v = 0; v < 256; v++)
        table[v] = (uint8_t)rint(fmin(fmax((v - low) * 255.0 / (high - low), 0), 255));
}

static const char *const method_names[PAT_COLOR_METHODS] = {
    [PAT_COLOR_WHITE_BALANCE] = "white_balance",
    [PAT_COLOR_NONE] = "none",
    [PAT_COLOR_LEVELS] = "levels",
};

const char *pat_color_method_name(pat_color_method method)
{
    return method_names[method];
}

bool pat_color_method_parse(const char *name, pat_color_method *method)
{
    for (int i = 0; i < PAT_COLOR_METHODS; i++)
        if (strcmp(name, method_names[i]) == 0) {
            *method = (pat_color_method)i;
            return true;
        }
    return false;
}

static const pat_color_method numbered[PAT_COLOR_METHODS] = {
    PAT_COLOR_NONE, PAT_COLOR_WHITE_BALANCE, PAT_COLOR_LEVELS};

double pat_method_number(pat_color_method method)
{
    int number = 0;
    while (number < PAT_COLOR_METHODS - 1 && numbered[number] != method)
        number++;
    return number;
}

pat_color_method pat_method_of_number(double number)
{
    assert(number >= 0 && number < PAT_COLOR_METHODS);
    return numbered[(int)number];
}

void pat_color_table(pat_color_method method, const pat_plane *plane, uint8_t table[256])
{
    if (method == PAT_COLOR_WHITE_BALANCE)
        pat_white_balance_table(pat_plane_mean(plane), table);
    else if (method == PAT_COLOR_LEVELS)
        pat_levels_table(plane, table);
    else
        for (int v = 0; v < 256; v++)
            table[v] = (uint8_t)v;
}

void pat_plane_map(const pat_plane *src, const uint8_t table[256], const pat_plane *dst)
{
    const pat_kernels *kernels = pat_kernels_get();
    for (int y = 0; y < src->height; y++)
        kernels->map(src->data + y * src->stride, table, src->width, dst->data + y * dst->stride);
}
