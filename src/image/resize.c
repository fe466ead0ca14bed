/*
 * Bilinear resize of 8-bit planes, identical to OpenCV 4.6's INTER_LINEAR. Source of the
 * arithmetic: OpenCV 4.6 modules/imgproc/src/resize.cpp (HResizeLinear, VResizeLinear, and the area
 * path it takes when both sides halve).
 */
#include "image/resize.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"

enum { WEIGHT_ONE = 2048 };

/* The source position of a destination coordinate: whole part and fraction. */
static int position_of(int d, double scale, float *fraction)
{
    float position = (float)((d + 0.5) * scale - 0.5);
    int near = (int)floorf(position);
    *fraction = position - (float)near;
    return near;
}

static int near_weight(float fraction)
{
    return (int)lrintf((1.0f - fraction) * WEIGHT_ONE);
}

static int next_weight(float fraction)
{
    return (int)lrintf(fraction * WEIGHT_ONE);
}

/* Outside the image, columns drop the fraction. */
static void fill_columns(int32_t *nearest, int16_t *weights, int dst_size, int src_size)
{
    double scale = 1.0 / ((double)dst_size / src_size);
    for (int d = 0; d < dst_size; d++) {
        float fraction;
        int near = position_of(d, scale, &fraction);
        if (near < 0 || near >= src_size - 1) {
            fraction = 0;
            near = near < 0 ? 0 : src_size - 1;
        }
        nearest[d] = near;
        weights[2 * d] = (int16_t)near_weight(fraction);
        weights[2 * d + 1] = (int16_t)next_weight(fraction);
    }
}

static int clamp(int value, int limit)
{
    return value < 0 ? 0 : value > limit ? limit : value;
}

/* Rows keep the fraction and only clamp the rows read, so they round differently at the border. */
static void fill_rows(pat_resize_tap *rows, int dst_size, int src_size)
{
    double scale = 1.0 / ((double)dst_size / src_size);
    for (int d = 0; d < dst_size; d++) {
        float fraction;
        int near = position_of(d, scale, &fraction);
        rows[d] = (pat_resize_tap){clamp(near, src_size - 1), clamp(near + 1, src_size - 1),
                                   near_weight(fraction), next_weight(fraction)};
    }
}

/* Whether both sides halve exactly; each sample is then the mean of four. */
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
    size_t width = (size_t)dst_width, height = (size_t)dst_height;
    size_t per_column = sizeof(int32_t) + 2 * sizeof(int16_t) + 2 * sizeof(uint16_t);
    char *memory = pat_scratch_get(
        &resizer->memory, height * sizeof(pat_resize_tap) + width * per_column, sizeof *memory);
    if (memory == NULL)
        return pat_fail_memory(error, "resizing an image");
    resizer->src_width = src_width;
    resizer->src_height = src_height;
    resizer->dst_width = dst_width;
    resizer->dst_height = dst_height;
    resizer->rows = (pat_resize_tap *)(void *)memory;
    int32_t *near = (int32_t *)(void *)(resizer->rows + height);
    int16_t *weights = (int16_t *)(void *)(near + width);
    resizer->columns = (pat_resize_columns){near, weights};
    resizer->upper = (uint16_t *)(void *)(weights + 2 * width);
    resizer->lower = resizer->upper + width;
    fill_columns(near, weights, dst_width, src_width);
    fill_rows(resizer->rows, dst_height, src_height);
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

/* Resize a source row horizontally. */
static void resize_across(const pat_resizer *resizer, const uint8_t *row, uint16_t *out)
{
    pat_kernels_get()->resize_across(row, resizer->src_width, &resizer->columns, 0,
                                     resizer->dst_width, out);
}

static void resize_rows(const pat_resizer *resizer, const pat_plane *src, int first, int y,
                        const pat_plane *dst)
{
    const pat_kernels *kernels = pat_kernels_get();
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
            resize_across(resizer, src->data + (row->near - first) * src->stride, upper);
            upper_y = row->near;
        }
        if (row->next != lower_y) {
            resize_across(resizer, src->data + (row->next - first) * src->stride, lower);
            lower_y = row->next;
        }
        kernels->resize_down(upper, lower, row->near_weight, row->next_weight, dst->width,
                             dst->data + i * dst->stride);
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

pat_status pat_image_fit(const pat_image *image, const pat_image *original, pat_image *resized,
                         const pat_image **fitting, pat_error *error)
{
    *fitting = image;
    if (image->width == original->width && image->height == original->height)
        return PAT_OK;
    *fitting = resized;
    pat_status status = pat_image_resize_canvas(resized, original->width, original->height, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        status = pat_resize_linear(&image->plane[c], &resized->plane[c], error);
    return status;
}
