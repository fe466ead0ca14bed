/*
 * Bilinear resize of 8-bit planes, bit for bit as OpenCV 4.6's INTER_LINEAR.
 * Source of the arithmetic: OpenCV 4.6 modules/imgproc/src/resize.cpp (HResizeLinear,
 * VResizeLinear, and the area path it takes when both sides halve).
 */
#include "image/resize.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"

enum { WEIGHT_ONE = 2048 };

/* Columns: outside the image the fraction is dropped. Rows keep it and only clamp the rows read,
 * which gives other rounding at the border. */
static void fill_taps(pat_resize_tap *taps, int dst_size, int src_size, int drop_outside_fraction)
{
    double scale = 1.0 / ((double)dst_size / src_size);
    for (int d = 0; d < dst_size; d++) {
        float position = (float)((d + 0.5) * scale - 0.5);
        int near = (int)floorf(position);
        float fraction = position - (float)near;
        if (drop_outside_fraction && (near < 0 || near >= src_size - 1)) {
            fraction = 0;
            near = near < 0 ? 0 : src_size - 1;
        }
        int last = src_size - 1;
        taps[d].near = near < 0 ? 0 : near > last ? last : near;
        taps[d].next = near + 1 < 0 ? 0 : near + 1 > last ? last : near + 1;
        taps[d].near_weight = (int)lrintf((1.0f - fraction) * WEIGHT_ONE);
        taps[d].next_weight = (int)lrintf(fraction * WEIGHT_ONE);
    }
}

/* Both sides halve exactly: the mean of four. */
static bool halves(const pat_resizer *resizer)
{
    return resizer->src_width == 2 * resizer->dst_width &&
           resizer->src_height == 2 * resizer->dst_height;
}

static bool copies(const pat_resizer *resizer)
{
    return resizer->src_width == resizer->dst_width && resizer->src_height == resizer->dst_height;
}

pat_status pat_resizer_begin(pat_resizer *resizer, int src_width, int src_height, int dst_width,
                             int dst_height, pat_error *error)
{
    if (resizer->memory.data != NULL && resizer->src_width == src_width &&
        resizer->src_height == src_height && resizer->dst_width == dst_width &&
        resizer->dst_height == dst_height)
        return PAT_OK;
    size_t taps = (size_t)dst_width + (size_t)dst_height;
    size_t samples = 2 * (size_t)dst_width;
    size_t size = taps * sizeof(pat_resize_tap) + samples * sizeof(uint16_t);
    pat_resize_tap *columns = pat_scratch_get(&resizer->memory, size, 1);
    if (columns == NULL)
        return pat_fail_memory(error, "resizing an image");
    resizer->src_width = src_width;
    resizer->src_height = src_height;
    resizer->dst_width = dst_width;
    resizer->dst_height = dst_height;
    resizer->columns = columns;
    resizer->rows = columns + dst_width;
    resizer->upper = (uint16_t *)(columns + taps);
    resizer->lower = resizer->upper + dst_width;
    fill_taps(resizer->columns, dst_width, src_width, 1);
    fill_taps(resizer->rows, dst_height, src_height, 0);
    return PAT_OK;
}

void pat_resizer_release(pat_resizer *resizer)
{
    pat_scratch_release(&resizer->memory);
    *resizer = (pat_resizer){0};
}

void pat_resizer_source(const pat_resizer *resizer, int y, int rows, int *first, int *count)
{
    int end = resizer->rows[y + rows - 1].next + 1;
    *first = resizer->rows[y].near;
    if (copies(resizer) || halves(resizer)) {
        int scale = copies(resizer) ? 1 : 2;
        *first = scale * y;
        end = scale * (y + rows);
    }
    *count = end - *first;
}

static void halve_rows(const pat_plane *src, const pat_plane *dst)
{
    for (int y = 0; y < dst->height; y++) {
        const uint8_t *upper = src->data + 2 * y * src->stride;
        const uint8_t *lower = upper + src->stride;
        uint8_t *out = dst->data + y * dst->stride;
        for (int x = 0; x < dst->width; x++)
            out[x] =
                (uint8_t)((upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) >>
                          2);
    }
}

static void copy_rows(const pat_plane *src, const pat_plane *dst)
{
    for (int y = 0; y < dst->height; y++)
        memcpy(dst->data + y * dst->stride, src->data + y * src->stride, (size_t)dst->width);
}

/* One source row resized horizontally, to 1/128 of a sample. */
static void resize_across(const uint8_t *src, const pat_resize_tap *columns, int width,
                          uint16_t *out)
{
    for (int x = 0; x < width; x++) {
        const pat_resize_tap *tap = &columns[x];
        out[x] =
            (uint16_t)((src[tap->near] * tap->near_weight + src[tap->next] * tap->next_weight) >>
                       4);
    }
}

static void resize_down(const uint16_t *upper, const uint16_t *lower, const pat_resize_tap *row,
                        int width, uint8_t *out)
{
    uint32_t near_weight = (uint32_t)row->near_weight, next_weight = (uint32_t)row->next_weight;
    for (int x = 0; x < width; x++) {
        uint32_t near = (near_weight * upper[x]) >> 16, next = (next_weight * lower[x]) >> 16;
        out[x] = (uint8_t)((near + next + 2) >> 2);
    }
}

static void resize_rows(const pat_resizer *resizer, const pat_plane *src, int first, int y,
                        const pat_plane *dst)
{
    uint16_t *upper = resizer->upper, *lower = resizer->lower;
    int upper_y = -1, lower_y = -1; /* the source rows now in the two buffers */
    for (int i = 0; i < dst->height; i++) {
        const pat_resize_tap *row = &resizer->rows[y + i];
        if (row->near == lower_y) {
            uint16_t *swap = upper;
            upper = lower;
            lower = swap;
            lower_y = upper_y;
            upper_y = row->near;
        } else if (row->near != upper_y) {
            resize_across(src->data + (row->near - first) * src->stride, resizer->columns,
                          dst->width, upper);
            upper_y = row->near;
        }
        if (row->next != lower_y) {
            resize_across(src->data + (row->next - first) * src->stride, resizer->columns,
                          dst->width, lower);
            lower_y = row->next;
        }
        resize_down(upper, lower, row, dst->width, dst->data + i * dst->stride);
    }
}

void pat_resizer_rows(const pat_resizer *resizer, const pat_plane *src, int first, int y,
                      const pat_plane *dst)
{
    if (copies(resizer))
        copy_rows(src, dst);
    else if (halves(resizer))
        halve_rows(src, dst);
    else
        resize_rows(resizer, src, first, y, dst);
}

pat_status pat_resize_linear(const pat_plane *src, const pat_plane *dst, pat_error *error)
{
    pat_resizer resizer = {0};
    pat_status status =
        pat_resizer_begin(&resizer, src->width, src->height, dst->width, dst->height, error);
    if (status == PAT_OK)
        pat_resizer_rows(&resizer, src, 0, 0, dst);
    pat_resizer_release(&resizer);
    return status;
}
