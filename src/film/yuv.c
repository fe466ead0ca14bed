#include "film/yuv.h"

#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "kernels/kernels.h"

enum { LINES = 8, LINE_ALIGNMENT = 64 }; /* scratch rows of floats, enough for the most */

static const struct {
    double red, blue; /* weights of R and B in luma */
} weights[] = {
    [PAT_YUV_BT601] = {0.299, 0.114},
    [PAT_YUV_BT709] = {0.2126, 0.0722},
    [PAT_YUV_BT2020] = {0.2627, 0.0593},
};

/* The values of samples. */
struct range {
    double black;  /* Y of black */
    double luma;   /* Y of white, minus that of black */
    double middle; /* U and V of gray */
    double chroma; /* the greatest U or V, minus the least */
    double rgb;    /* white in RGB */
};

static struct range range_of(const pat_yuv *yuv)
{
    double unit = (double)(1 << (yuv->depth - 8)), most = (double)((1 << yuv->depth) - 1);
    struct range range = {
        .luma = most, .chroma = most, .middle = 128 * unit, .rgb = yuv->depth > 8 ? 65535 : 255};
    if (!yuv->full_range) {
        range.black = 16 * unit;
        range.luma = 219 * unit;
        range.chroma = 224 * unit;
    }
    return range;
}

static pat_to_rgb map_to_rgb(const pat_yuv *yuv)
{
    struct range range = range_of(yuv);
    double red = weights[yuv->matrix].red, blue = weights[yuv->matrix].blue;
    double green = 1 - red - blue, chroma = range.rgb / range.chroma;
    return (pat_to_rgb){
        .luma = (float)(range.rgb / range.luma),
        .red_v = (float)(2 * (1 - red) * chroma),
        .green_u = (float)(-2 * (1 - blue) * blue / green * chroma),
        .green_v = (float)(-2 * (1 - red) * red / green * chroma),
        .blue_u = (float)(2 * (1 - blue) * chroma),
        .black = (float)range.black,
        .middle = (float)range.middle,
        .most = (int)range.rgb,
    };
}

static pat_to_yuv map_to_yuv(const pat_yuv *yuv)
{
    struct range range = range_of(yuv);
    double red = weights[yuv->matrix].red, blue = weights[yuv->matrix].blue;
    double green = 1 - red - blue;
    double luma = range.luma / range.rgb, chroma = range.chroma / range.rgb / 2;
    return (pat_to_yuv){
        .luma = {(float)(red * luma), (float)(green * luma), (float)(blue * luma)},
        .u = {(float)(-red / (1 - blue) * chroma), (float)(-green / (1 - blue) * chroma),
              (float)chroma},
        .v = {(float)chroma, (float)(-green / (1 - red) * chroma),
              (float)(-blue / (1 - red) * chroma)},
        .black = (float)range.black,
        .most = (1 << yuv->depth) - 1,
    };
}

static bool is_deep(const pat_yuv *yuv)
{
    return yuv->depth > 8;
}

static void *row_of(void *plane, ptrdiff_t stride, int y)
{
    return (char *)plane + stride * y;
}

/* The number of samples of U or V across, or down. */
static int covered(int size, int shift)
{
    return (size + (1 << shift) - 1) >> shift;
}

/* `LINES` scratch rows of floats; they may hold samples as well. NULL when out of memory. */
static char *lines_of(const pat_yuv *yuv, pat_scratch *scratch, size_t *step)
{
    size_t bytes = (size_t)yuv->width * sizeof(float);
    *step = (bytes + LINE_ALIGNMENT - 1) / LINE_ALIGNMENT * LINE_ALIGNMENT;
    return pat_scratch_get(scratch, LINES, *step);
}

/* ---- To RGB ---------------------------------------------------------------------------------- */

/* Repeat each sample for all pixels that it covers. */
static void widen(const void *in, int shift, int width, bool deep, void *out)
{
    for (int x = 0; x < width && deep; x++)
        ((uint16_t *)out)[x] = ((const uint16_t *)in)[x >> shift];
    for (int x = 0; x < width && !deep; x++)
        ((uint8_t *)out)[x] = ((const uint8_t *)in)[x >> shift];
}

static void convert_row(const pat_yuv *yuv, const pat_to_rgb *map, const void *const in[3],
                        const pat_rgb *rgb, int y)
{
    const pat_kernels *kernels = pat_kernels_get();
    void *out[3];
    for (int c = 0; c < 3; c++)
        out[c] = row_of(rgb->plane[c], rgb->stride, y);
    if (is_deep(yuv))
        kernels->yuv_to_rgb_deep((const uint16_t *const[3]){in[0], in[1], in[2]}, map, yuv->width,
                                 (uint16_t *const[3]){out[0], out[1], out[2]});
    else
        kernels->yuv_to_rgb((const uint8_t *const[3]){in[0], in[1], in[2]}, map, yuv->width,
                            (uint8_t *const[3]){out[0], out[1], out[2]});
}

pat_status pat_yuv_to_rgb(const pat_yuv *yuv, const pat_rgb *rgb, pat_scratch *scratch,
                          pat_error *error)
{
    pat_to_rgb map = map_to_rgb(yuv);
    size_t step;
    char *lines = lines_of(yuv, scratch, &step);
    if (lines == NULL)
        return pat_fail_memory(error, "the colors of a frame");
    for (int y = 0; y < yuv->height; y++) {
        const void *in[3] = {row_of(yuv->plane[0], yuv->stride[0], y)};
        for (int c = 1; c < 3; c++) {
            in[c] = row_of(yuv->plane[c], yuv->stride[c], y >> yuv->shift_y);
            if (yuv->shift_x == 0)
                continue;
            char *wide = lines + (size_t)(c - 1) * step;
            if ((y & ((1 << yuv->shift_y) - 1)) == 0)
                widen(in[c], yuv->shift_x, yuv->width, is_deep(yuv), wide);
            in[c] = wide;
        }
        convert_row(yuv, &map, in, rgb, y);
    }
    return PAT_OK;
}

/* ---- A change back to YUV -------------------------------------------------------------------- */

/* The YUV of a row of blocks of one frame: its luma as samples, and the sums of its chroma. */
struct side {
    const pat_rgb *rgb;
    void *luma;   /* of the row converted last */
    float *u, *v; /* of the row converted last, then of the blocks */
    float *sum_u, *sum_v;
};

static void convert_back(const pat_yuv *yuv, const pat_to_yuv *map, const struct side *side, int y)
{
    const pat_kernels *kernels = pat_kernels_get();
    const void *in[3];
    for (int c = 0; c < 3; c++)
        in[c] = row_of(side->rgb->plane[c], side->rgb->stride, y);
    if (is_deep(yuv))
        kernels->rgb_to_yuv_deep((const uint16_t *const[3]){in[0], in[1], in[2]}, map, yuv->width,
                                 side->luma, side->u, side->v);
    else
        kernels->rgb_to_yuv((const uint8_t *const[3]){in[0], in[1], in[2]}, map, yuv->width,
                            side->luma, side->u, side->v);
}

static int clip(int sample, int most)
{
    return sample < 0 ? 0 : sample > most ? most : sample;
}

/* Add the difference of two rows of samples to a third. */
static void change_row(void *row, const void *before, const void *after, int n, int depth)
{
    int most = (1 << depth) - 1;
    uint16_t *deep = row;
    uint8_t *shallow = row;
    for (int x = 0; x < n && depth > 8; x++)
        deep[x] = (uint16_t)clip(
            deep[x] + ((const uint16_t *)after)[x] - ((const uint16_t *)before)[x], most);
    for (int x = 0; x < n && depth <= 8; x++)
        shallow[x] = (uint8_t)clip(
            shallow[x] + ((const uint8_t *)after)[x] - ((const uint8_t *)before)[x], most);
}

/* The sample of chroma for the mean of `n` pixels. Halves go up. */
static int chroma_sample(float sum, int n, float middle)
{
    return (int)(sum / (float)n + middle + 0.5f); /* never below 0 */
}

/* Add the difference of the means of the blocks to a row of chroma. rows: of pixels in a block. */
static void change_chroma(const pat_yuv *yuv, int plane, int y, const float *before,
                          const float *after, int rows)
{
    int most = (1 << yuv->depth) - 1, side = 1 << yuv->shift_x;
    float middle = (float)range_of(yuv).middle;
    void *row = row_of(yuv->plane[plane], yuv->stride[plane], y);
    for (int i = 0; i < covered(yuv->width, yuv->shift_x); i++) {
        int first = i * side, end = first + side < yuv->width ? first + side : yuv->width;
        float old = 0, new = 0;
        for (int x = first; x < end; x++) {
            old += before[x];
            new += after[x];
        }
        int n = rows * (end - first);
        int change = chroma_sample(new, n, middle) - chroma_sample(old, n, middle);
        if (is_deep(yuv))
            ((uint16_t *)row)[i] = (uint16_t)clip(((uint16_t *)row)[i] + change, most);
        else
            ((uint8_t *)row)[i] = (uint8_t)clip(((uint8_t *)row)[i] + change, most);
    }
}

static bool is_same_row(const pat_yuv *yuv, const pat_rgb *before, const pat_rgb *after, int y)
{
    size_t bytes = (size_t)yuv->width << is_deep(yuv);
    for (int c = 0; c < 3; c++)
        if (memcmp(row_of(before->plane[c], before->stride, y),
                   row_of(after->plane[c], after->stride, y), bytes) != 0)
            return false;
    return true;
}

static void add_row(const float *row, int n, bool first, float *sum)
{
    for (int x = 0; x < n; x++)
        sum[x] = first ? row[x] : sum[x] + row[x];
}

/* Rows top .. end - 1 share a row of chroma. */
static void change_block(const pat_yuv *yuv, const pat_to_yuv *map, const struct side side[2],
                         int top, int end)
{
    for (int y = top; y < end; y++) {
        for (int i = 0; i < 2; i++) {
            convert_back(yuv, map, &side[i], y);
            add_row(side[i].u, yuv->width, y == top, side[i].sum_u);
            add_row(side[i].v, yuv->width, y == top, side[i].sum_v);
        }
        change_row(row_of(yuv->plane[0], yuv->stride[0], y), side[0].luma, side[1].luma, yuv->width,
                   yuv->depth);
    }
    int row = top >> yuv->shift_y;
    change_chroma(yuv, 1, row, side[0].sum_u, side[1].sum_u, end - top);
    change_chroma(yuv, 2, row, side[0].sum_v, side[1].sum_v, end - top);
}

pat_status pat_yuv_change(const pat_yuv *yuv, const pat_rgb *before, const pat_rgb *after,
                          pat_scratch *scratch, pat_error *error)
{
    pat_to_yuv map = map_to_yuv(yuv);
    int height = 1 << yuv->shift_y;
    size_t step;
    char *lines = lines_of(yuv, scratch, &step);
    if (lines == NULL)
        return pat_fail_memory(error, "the colors of a frame");
#define LINE(i) ((void *)(lines + (size_t)(i)*step))
    /* Both sides are converted one after the other, so they share the rows of single pixels. */
    const struct side side[2] = {{before, LINE(0), LINE(1), LINE(2), LINE(3), LINE(4)},
                                 {after, LINE(5), LINE(1), LINE(2), LINE(6), LINE(7)}};
#undef LINE
    for (int top = 0; top < yuv->height; top += height) {
        int end = top + height < yuv->height ? top + height : yuv->height;
        bool same = true;
        for (int y = top; y < end && same; y++)
            same = is_same_row(yuv, before, after, y);
        if (!same)
            change_block(yuv, &map, side, top, end);
    }
    return PAT_OK;
}
