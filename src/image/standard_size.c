/*
 * Lengths are counted in units that divide both sizes: when `from` pixels become `to`, a source
 * pixel is `to` units long and a pixel of the result `from` units. All weights are then integers.
 */
#include "image/standard_size.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

enum { ROWS_OF_16_BITS = 257 }; /* so many samples of 8 bits add up to at most 2^16 - 1 */

/* The source pixels that one pixel of the result covers, along one side. */
typedef struct span {
    int first, last;                /* in source pixels */
    uint32_t first_part, last_part; /* how many units of these two; between them all count */
} span;

static span span_at(int index, int from, int to)
{
    int64_t begin = (int64_t)index * from, end = begin + from;
    int first = (int)(begin / to), last = (int)((end - 1) / to);
    span s = {first, last, 0, 0};
    if (first == last) {
        s.first_part = (uint32_t)from;
    } else {
        s.first_part = (uint32_t)((int64_t)(first + 1) * to - begin);
        s.last_part = (uint32_t)(end - (int64_t)last * to);
    }
    return s;
}

/* What one row of the result is computed with: a sum for each column of the source. */
typedef struct column_sums {
    uint32_t *weighted;
    uint16_t *plain; /* of at most ROWS_OF_16_BITS rows */
    span *across;    /* of each pixel of the row */
} column_sums;

static void add_plain(column_sums sums, const pat_plane *area, int from, int count, uint32_t weight)
{
    memset(sums.plain, 0, (size_t)area->width * sizeof *sums.plain);
    for (int y = from; y < from + count; y++) {
        const uint8_t *row = area->data + y * area->stride;
        for (int x = 0; x < area->width; x++)
            sums.plain[x] = (uint16_t)(sums.plain[x] + row[x]);
    }
    for (int x = 0; x < area->width; x++)
        sums.weighted[x] += weight * sums.plain[x];
}

/* Fits in 32 bits: 255 times the height of the area, which is at most 2^24. */
static void sum_columns(column_sums sums, const pat_plane *area, span rows, uint32_t units)
{
    const uint8_t *first = area->data + rows.first * area->stride;
    const uint8_t *last = area->data + rows.last * area->stride;
    for (int x = 0; x < area->width; x++)
        sums.weighted[x] = rows.first_part * first[x] + rows.last_part * last[x];
    for (int y = rows.first + 1; y < rows.last; y += ROWS_OF_16_BITS) {
        int left = rows.last - y;
        add_plain(sums, area, y, left < ROWS_OF_16_BITS ? left : ROWS_OF_16_BITS, units);
    }
}

/* Fits in 32 bits: 65535 times the height of the area, which is at most 2^16. */
static void sum_deep_columns(column_sums sums, const pat_deep_plane *area, span rows,
                             uint32_t units)
{
    memset(sums.weighted, 0, (size_t)area->width * sizeof *sums.weighted);
    for (int y = rows.first; y <= rows.last; y++) {
        const uint16_t *row = area->data + y * area->stride;
        uint32_t weight = y == rows.first ? rows.first_part
                          : y < rows.last ? units
                                          : rows.last_part;
        for (int x = 0; x < area->width; x++)
            sums.weighted[x] += weight * row[x];
    }
}

static void sum_across(column_sums sums, int count, double units, float *out)
{
    const uint32_t *column = sums.weighted;
    for (int i = 0; i < count; i++) {
        span s = sums.across[i];
        uint64_t inner = 0;
        for (int x = s.first + 1; x < s.last; x++)
            inner += column[x];
        uint64_t sum = inner * (uint64_t)count + (uint64_t)s.first_part * column[s.first] +
                       (uint64_t)s.last_part * column[s.last];
        out[i] = (float)((double)(int64_t)sum / units); /* below 2^57; signed converts faster */
    }
}

static void shrink_plane(const pat_plane *area, int width, int height, column_sums sums, float *out)
{
    double units = (double)area->width * area->height; /* in a pixel of the result */
    for (int y = 0; y < height; y++) {
        sum_columns(sums, area, span_at(y, area->height, height), (uint32_t)height);
        sum_across(sums, width, units, out + (ptrdiff_t)y * width);
    }
}

static void shrink_deep_plane(const pat_deep_plane *area, int width, int height, column_sums sums,
                              float *out)
{
    double units = (double)area->width * area->height;
    for (int y = 0; y < height; y++) {
        sum_deep_columns(sums, area, span_at(y, area->height, height), (uint32_t)height);
        sum_across(sums, width, units, out + (ptrdiff_t)y * width);
    }
}

size_t pat_shrink_scratch(int from_width, int width)
{
    return (size_t)width * sizeof(span) +
           (size_t)from_width * (sizeof(uint32_t) + sizeof(uint16_t));
}

/* The sums in scratch memory, for shrinking rows from one width to another. */
static column_sums sums_in(void *scratch, int from_width, int width)
{
    column_sums sums = {.across = scratch};
    sums.weighted = (uint32_t *)(sums.across + width);
    sums.plain = (uint16_t *)(sums.weighted + from_width);
    for (int x = 0; x < width; x++)
        sums.across[x] = span_at(x, from_width, width);
    return sums;
}

void pat_plane_shrink(const pat_plane *plane, int width, int height, float *out, void *scratch)
{
    shrink_plane(plane, width, height, sums_in(scratch, plane->width, width), out);
}

void pat_deep_plane_shrink(const pat_deep_plane *plane, int width, int height, float *out,
                           void *scratch)
{
    shrink_deep_plane(plane, width, height, sums_in(scratch, plane->width, width), out);
}

int pat_shrunk_side(int side, int longer, int longest)
{
    int64_t rounded = (2 * (int64_t)side * longest + longer) / (2 * (int64_t)longer);
    return rounded < 1 ? 1 : (int)rounded;
}

pat_area pat_area_of(const pat_image *image)
{
    return (pat_area){0, 0, image->width, image->height};
}

pat_status pat_standard_size(const pat_image *image, pat_area area, int longest, pat_raster *raster,
                             pat_error *error)
{
    int longer = area.width > area.height ? area.width : area.height;
    if (longest > longer)
        longest = longer;
    raster->width = pat_shrunk_side(area.width, longer, longest);
    raster->height = pat_shrunk_side(area.height, longer, longest);
    size_t size = (size_t)raster->width * (size_t)raster->height;
    float *samples = pat_scratch_get(&raster->samples, PAT_CHANNELS * size, sizeof *samples);
    void *scratch =
        pat_scratch_get(&raster->sums, pat_shrink_scratch(area.width, raster->width), 1);
    if (samples == NULL || scratch == NULL)
        return pat_fail_memory(error, "an image at standard size");
    for (int c = 0; c < PAT_CHANNELS; c++) {
        pat_plane plane = image->plane[c];
        plane.data += area.y * plane.stride + area.x;
        plane.width = area.width;
        plane.height = area.height;
        raster->plane[c] = samples + (size_t)c * size;
        pat_plane_shrink(&plane, raster->width, raster->height, raster->plane[c], scratch);
    }
    return PAT_OK;
}

void pat_raster_release(pat_raster *raster)
{
    pat_scratch_release(&raster->samples);
    pat_scratch_release(&raster->sums);
    *raster = (pat_raster){0};
}

pat_status pat_image_reduce(const pat_image *image, int longest, pat_raster *raster, pat_image *out,
                            pat_error *error)
{
    pat_status status = pat_standard_size(image, pat_area_of(image), longest, raster, error);
    if (status == PAT_OK)
        status = pat_image_resize_canvas(out, raster->width, raster->height, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++) {
        const pat_plane *to = &out->plane[c];
        const float *from = raster->plane[c];
        for (int y = 0; y < to->height; y++, from += to->width)
            for (int x = 0; x < to->width; x++)
                to->data[y * to->stride + x] = (uint8_t)lrintf(from[x]);
    }
    return status;
}
