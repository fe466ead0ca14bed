#include "film/colors.h"

#include <string.h>

/* Numbers of ITU-T H.273. */
enum {
    MATRIX_BT709 = 1,
    MATRIX_UNKNOWN = 2,
    MATRIX_SMPTE240 = 7,
    MATRIX_BT2020 = 9,
    MATRIX_BT2020_CONSTANT = 10,
    MATRIX_YCGCO = 8
};
enum { RANGE_FULL = 2, HD_ROWS = 720 };

pat_yuv_matrix pat_film_matrix(const pat_film_facts *facts)
{
    switch (facts->colors.matrix) {
    case MATRIX_BT709:
    case MATRIX_SMPTE240: /* nearly the same */
        return PAT_YUV_BT709;
    case MATRIX_BT2020:
    case MATRIX_BT2020_CONSTANT:
        return PAT_YUV_BT2020;
    case MATRIX_UNKNOWN:
        return facts->layout.height >= HD_ROWS ? PAT_YUV_BT709 : PAT_YUV_BT601;
    default:
        return PAT_YUV_BT601;
    }
}

bool pat_film_is_full_range(const pat_film_facts *facts)
{
    return facts->layout.full_range || facts->colors.range == RANGE_FULL;
}

static bool is_yuv(const pat_film_layout *layout)
{
    return !layout->is_rgb && layout->planes >= PAT_CHANNELS;
}

bool pat_film_has_fields(const pat_film_facts *facts)
{
    int shift = is_yuv(&facts->layout) ? facts->layout.shift_y : 0;
    return facts->layout.height % (2 << shift) == 0;
}

/* The first row of a part of a plane, and the bytes from row to row. */
static uint8_t *rows_of(const pat_film_layout *layout, pat_part part, uint8_t *samples, int plane,
                        size_t *stride)
{
    size_t whole = pat_film_stride(layout, plane);
    *stride = part == PAT_PART_WHOLE ? whole : 2 * whole;
    return samples + pat_film_offset(layout, plane) + (part == PAT_PART_BOTTOM ? whole : 0);
}

static pat_yuv yuv_of(const pat_film_facts *facts, pat_part part, uint8_t *samples)
{
    const pat_film_layout *layout = &facts->layout;
    pat_yuv yuv = {.width = layout->width,
                   .height = part == PAT_PART_WHOLE ? layout->height : layout->height / 2,
                   .depth = layout->depth,
                   .shift_x = layout->shift_x,
                   .shift_y = layout->shift_y,
                   .matrix = pat_film_matrix(facts),
                   .full_range = pat_film_is_full_range(facts)};
    for (int c = 0; c < PAT_CHANNELS; c++) {
        size_t stride;
        yuv.plane[c] = rows_of(layout, part, samples, c, &stride);
        yuv.stride[c] = (ptrdiff_t)stride;
    }
    return yuv;
}

static pat_rgb rgb_of(const pat_picture *picture)
{
    pat_rgb rgb = {0};
    bool deep = picture->depth == 16;
    for (int c = 0; c < PAT_CHANNELS; c++)
        rgb.plane[c] = deep ? (void *)picture->deep[c].data : (void *)picture->plane[c].data;
    rgb.stride = deep ? picture->deep[0].stride * 2 : picture->plane[0].stride;
    return rgb;
}

pat_status pat_frame_reserve(const pat_film_facts *facts, pat_part part, pat_picture *rgb,
                             pat_error *error)
{
    const pat_film_layout *layout = &facts->layout;
    int height = part == PAT_PART_WHOLE ? layout->height : layout->height / 2;
    if (rgb->block != NULL && rgb->width == layout->width && rgb->height == height)
        return PAT_OK;
    pat_picture_release(rgb);
    rgb->width = layout->width;
    rgb->height = height;
    rgb->depth = layout->depth > 8 ? 16 : 8;
    rgb->channels = layout->planes >= PAT_CHANNELS ? PAT_CHANNELS : 1;
    return pat_picture_reserve(rgb, error);
}

/* ---- Gray and RGB: more than 8 bits are stretched to 16 -------------------------------------- */

static void stretch_row(const uint8_t *in, int width, int depth, uint16_t *out)
{
    for (int x = 0; x < width; x++) {
        uint16_t sample;
        memcpy(&sample, in + 2 * x, sizeof sample);
        out[x] = (uint16_t)(sample << (16 - depth) | sample >> (2 * depth - 16));
    }
}

static void copy_planes(const pat_film_layout *layout, pat_part part, uint8_t *samples,
                        pat_picture *rgb)
{
    for (int c = 0; c < rgb->channels; c++) {
        size_t stride;
        const uint8_t *row = rows_of(layout, part, samples, c, &stride);
        for (int y = 0; y < rgb->height; y++, row += stride)
            if (rgb->depth == 8)
                memcpy(rgb->plane[c].data + rgb->plane[c].stride * y, row, (size_t)rgb->width);
            else
                stretch_row(row, rgb->width, layout->depth,
                            rgb->deep[c].data + rgb->deep[c].stride * y);
    }
}

static void change_row(uint8_t *row, const uint16_t *before, const uint16_t *after, int width,
                       int depth)
{
    int most = (1 << depth) - 1, shift = 16 - depth;
    for (int x = 0; x < width; x++) {
        uint16_t sample;
        memcpy(&sample, row + 2 * x, sizeof sample);
        int changed = sample + (after[x] >> shift) - (before[x] >> shift);
        sample = (uint16_t)(changed < 0 ? 0 : changed > most ? most : changed);
        memcpy(row + 2 * x, &sample, sizeof sample);
    }
}

static void change_planes(const pat_film_layout *layout, pat_part part, uint8_t *samples,
                          const pat_picture *before, const pat_picture *after)
{
    for (int c = 0; c < after->channels; c++) {
        size_t stride;
        uint8_t *row = rows_of(layout, part, samples, c, &stride);
        for (int y = 0; y < after->height; y++, row += stride)
            if (after->depth == 8)
                memcpy(row, after->plane[c].data + after->plane[c].stride * y,
                       (size_t)after->width);
            else
                change_row(row, before->deep[c].data + before->deep[c].stride * y,
                           after->deep[c].data + after->deep[c].stride * y, after->width,
                           layout->depth);
    }
}

/* ---- All kinds ------------------------------------------------------------------------------- */

pat_status pat_frame_to_rgb(const pat_film_facts *facts, pat_part part, uint8_t *samples,
                            pat_picture *rgb, pat_scratch *scratch, pat_error *error)
{
    pat_status status = pat_frame_reserve(facts, part, rgb, error);
    if (status != PAT_OK)
        return status;
    if (!is_yuv(&facts->layout)) {
        copy_planes(&facts->layout, part, samples, rgb);
        return PAT_OK;
    }
    const pat_yuv yuv = yuv_of(facts, part, samples);
    const pat_rgb colors = rgb_of(rgb);
    return pat_yuv_to_rgb(&yuv, &colors, scratch, error);
}

pat_status pat_frame_change(const pat_film_facts *facts, pat_part part, uint8_t *samples,
                            const pat_picture *before, const pat_picture *after,
                            pat_scratch *scratch, pat_error *error)
{
    if (!is_yuv(&facts->layout)) {
        change_planes(&facts->layout, part, samples, before, after);
        return PAT_OK;
    }
    const pat_yuv yuv = yuv_of(facts, part, samples);
    const pat_rgb old = rgb_of(before), new = rgb_of(after);
    return pat_yuv_change(&yuv, &old, &new, scratch, error);
}
