/*
 * Bilinear resize of 8-bit planes, bit for bit as OpenCV 4.6's INTER_LINEAR.
 * Source of the arithmetic: OpenCV 4.6 modules/imgproc/src/resize.cpp (HResizeLinear,
 * VResizeLinear, and the area path it takes when both sides halve).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "patina/image.h"

enum { WEIGHT_ONE = 2048 };

/* Where one destination coordinate comes from: (near * w0 + next * w1) / 2048. */
typedef struct tap {
    int near, next;
    int w0, w1;
} tap;

/* Columns: outside the image the fraction is dropped. Rows keep it and only clamp the rows read,
 * which gives other rounding at the border. */
static void fill_taps(tap *taps, int dst_size, int src_size, int drop_outside_fraction)
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
        taps[d].w0 = (int)lrintf((1.0f - fraction) * WEIGHT_ONE);
        taps[d].w1 = (int)lrintf(fraction * WEIGHT_ONE);
    }
}

static void copy_plane(const pat_plane *src, const pat_plane *dst)
{
    for (int y = 0; y < src->height; y++)
        memcpy(dst->data + y * dst->stride, src->data + y * src->stride, (size_t)src->width);
}

static void halve_plane(const pat_plane *src, const pat_plane *dst)
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

/* One source row resized horizontally, to 1/128 of a sample. */
static void resize_row(const uint8_t *src, const tap *columns, int width, int *out)
{
    for (int x = 0; x < width; x++)
        out[x] = (src[columns[x].near] * columns[x].w0 + src[columns[x].next] * columns[x].w1) >> 4;
}

static void resize_general(const pat_plane *src, const pat_plane *dst, const tap *columns,
                           const tap *rows, int *upper, int *lower)
{
    int upper_y = -1, lower_y = -1; /* the source rows now in the two buffers */
    for (int y = 0; y < dst->height; y++) {
        const tap *row = &rows[y];
        if (row->near == lower_y) {
            int *swap = upper;
            upper = lower;
            lower = swap;
            lower_y = upper_y;
            upper_y = row->near;
        } else if (row->near != upper_y) {
            resize_row(src->data + row->near * src->stride, columns, dst->width, upper);
            upper_y = row->near;
        }
        if (row->next != lower_y) {
            resize_row(src->data + row->next * src->stride, columns, dst->width, lower);
            lower_y = row->next;
        }
        uint8_t *out = dst->data + y * dst->stride;
        for (int x = 0; x < dst->width; x++)
            out[x] =
                (uint8_t)((((row->w0 * upper[x]) >> 16) + ((row->w1 * lower[x]) >> 16) + 2) >> 2);
    }
}

pat_status pat_resize_linear(const pat_plane *src, const pat_plane *dst, pat_error *error)
{
    if (src->width == dst->width && src->height == dst->height) {
        copy_plane(src, dst);
        return PAT_OK;
    }
    if (src->width == 2 * dst->width && src->height == 2 * dst->height) {
        halve_plane(src, dst);
        return PAT_OK;
    }
    tap *columns = malloc((size_t)dst->width * sizeof *columns);
    tap *rows = malloc((size_t)dst->height * sizeof *rows);
    int *lines = malloc(2 * (size_t)dst->width * sizeof *lines);
    pat_status status = PAT_OK;
    if (columns == NULL || rows == NULL || lines == NULL) {
        status = pat_fail_memory(error, "resizing an image");
    } else {
        fill_taps(columns, dst->width, src->width, 1);
        fill_taps(rows, dst->height, src->height, 0);
        resize_general(src, dst, columns, rows, lines, lines + dst->width);
    }
    free(columns);
    free(rows);
    free(lines);
    return status;
}
