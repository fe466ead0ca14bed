/* The frames of films: YUV to RGB and back, against formulas in double precision. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "film/yuv.h"
#include "tiers/patterns.h"

enum { SIDE = 40 }; /* the most */

/* A frame that owns its samples, which lie apart. */
struct frame {
    pat_yuv yuv;
    uint16_t samples[3][SIDE * SIDE];
};

struct colors {
    pat_rgb rgb;
    uint16_t samples[3][SIDE * SIDE];
};

static const double red_weight[] = {0.299, 0.2126, 0.2627}, blue_weight[] = {0.114, 0.0722, 0.0593};

static int covered(int size, int shift)
{
    return (size + (1 << shift) - 1) / (1 << shift);
}

static int plane_width(const pat_yuv *yuv, int c)
{
    return c == 0 ? yuv->width : covered(yuv->width, yuv->shift_x);
}

static int plane_height(const pat_yuv *yuv, int c)
{
    return c == 0 ? yuv->height : covered(yuv->height, yuv->shift_y);
}

static void *at(void *plane, ptrdiff_t stride, int size, int x, int y)
{
    return (char *)plane + y * stride + x * size;
}

static int get(void *plane, ptrdiff_t stride, int depth, int x, int y)
{
    void *sample = at(plane, stride, depth > 8 ? 2 : 1, x, y);
    return depth > 8 ? *(uint16_t *)sample : *(uint8_t *)sample;
}

static void set(void *plane, ptrdiff_t stride, int depth, int x, int y, int value)
{
    void *sample = at(plane, stride, depth > 8 ? 2 : 1, x, y);
    if (depth > 8)
        *(uint16_t *)sample = (uint16_t)value;
    else
        *(uint8_t *)sample = (uint8_t)value;
}

static int yuv_at(const pat_yuv *yuv, int c, int x, int y)
{
    return get(yuv->plane[c], yuv->stride[c], yuv->depth, x, y);
}

static int rgb_at(const struct colors *colors, const pat_yuv *yuv, int c, int x, int y)
{
    return get(colors->rgb.plane[c], colors->rgb.stride, yuv->depth, x, y);
}

static void lay_out(struct frame *frame, int width, int height, int depth, int shift_x, int shift_y)
{
    int size = depth > 8 ? 2 : 1;
    frame->yuv = (pat_yuv){
        .width = width, .height = height, .depth = depth, .shift_x = shift_x, .shift_y = shift_y};
    for (int c = 0; c < 3; c++) {
        frame->yuv.plane[c] = frame->samples[c];
        frame->yuv.stride[c] = (ptrdiff_t)plane_width(&frame->yuv, c) * size;
    }
}

static void lay_out_colors(struct colors *colors, const pat_yuv *yuv)
{
    for (int c = 0; c < 3; c++)
        colors->rgb.plane[c] = colors->samples[c];
    colors->rgb.stride = (ptrdiff_t)yuv->width * (yuv->depth > 8 ? 2 : 1);
}

static void fill(struct frame *frame, uint64_t *random)
{
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < plane_height(&frame->yuv, c); y++)
            for (int x = 0; x < plane_width(&frame->yuv, c); x++)
                set(frame->yuv.plane[c], frame->yuv.stride[c], frame->yuv.depth, x, y,
                    (int)next_random(random, 1U << frame->yuv.depth));
}

/* ---- The formulas ---- */

static double black_of(const pat_yuv *yuv)
{
    return yuv->full_range ? 0 : 16 * pow(2, yuv->depth - 8);
}

static double span_of(const pat_yuv *yuv, double limited)
{
    return yuv->full_range ? pow(2, yuv->depth) - 1 : limited * pow(2, yuv->depth - 8);
}

static double white(const pat_yuv *yuv)
{
    return yuv->depth > 8 ? 65535 : 255;
}

/* What a pixel's R, G and B are, without rounding. */
static void formula(const pat_yuv *yuv, int x, int y, double rgb[3])
{
    double red = red_weight[yuv->matrix], blue = blue_weight[yuv->matrix];
    double middle = pow(2, yuv->depth - 1), chroma = span_of(yuv, 224);
    double luma = (yuv_at(yuv, 0, x, y) - black_of(yuv)) / span_of(yuv, 219);
    double pb = (yuv_at(yuv, 1, x >> yuv->shift_x, y >> yuv->shift_y) - middle) / chroma;
    double pr = (yuv_at(yuv, 2, x >> yuv->shift_x, y >> yuv->shift_y) - middle) / chroma;
    rgb[0] = luma + 2 * (1 - red) * pr;
    rgb[2] = luma + 2 * (1 - blue) * pb;
    rgb[1] = (luma - red * rgb[0] - blue * rgb[2]) / (1 - red - blue);
    for (int c = 0; c < 3; c++)
        rgb[c] = fmin(fmax(rgb[c], 0), 1) * white(yuv);
}

/* The YUV of the mean of a block of pixels, without rounding or limits. */
static double back(const pat_yuv *yuv, const struct colors *colors, int c, int column, int row)
{
    double red = red_weight[yuv->matrix], blue = blue_weight[yuv->matrix], mean[3] = {0};
    int shift_x = c == 0 ? 0 : yuv->shift_x, shift_y = c == 0 ? 0 : yuv->shift_y, count = 0;
    for (int y = row << shift_y; y < (row + 1) << shift_y && y < yuv->height; y++)
        for (int x = column << shift_x; x < (column + 1) << shift_x && x < yuv->width; x++) {
            count++;
            for (int i = 0; i < 3; i++)
                mean[i] += rgb_at(colors, yuv, i, x, y) / white(yuv);
        }
    for (int i = 0; i < 3; i++)
        mean[i] /= count;
    double luma = red * mean[0] + (1 - red - blue) * mean[1] + blue * mean[2];
    if (c == 0)
        return black_of(yuv) + span_of(yuv, 219) * luma;
    double difference =
        c == 1 ? (mean[2] - luma) / (2 * (1 - blue)) : (mean[0] - luma) / (2 * (1 - red));
    return pow(2, yuv->depth - 1) + span_of(yuv, 224) * difference;
}

/* ---- The tests ---- */

typedef void check_frame(struct frame *frame, uint64_t *random);

/* All depths, matrices, ranges and shapes of chroma, at sizes that blocks divide and others. */
static void for_all(check_frame *check)
{
    static const int depths[] = {8, 9, 10, 12, 16},
                     shifts[][2] = {{0, 0}, {1, 0}, {1, 1}, {2, 0}, {2, 2}, {0, 1}};
    static struct frame frame;
    uint64_t random = 1;
    for (int d = 0; d < 5; d++)
        for (int s = 0; s < 6; s++)
            for (int variant = 0; variant < 12; variant++) {
                int width = variant % 2 ? SIDE : 1 + (int)next_random(&random, SIDE);
                int height = variant % 2 ? SIDE : 1 + (int)next_random(&random, SIDE);
                lay_out(&frame, width, height, depths[d], shifts[s][0], shifts[s][1]);
                frame.yuv.matrix = (pat_yuv_matrix)(variant / 2 % 3);
                frame.yuv.full_range = variant / 6;
                fill(&frame, &random);
                check(&frame, &random);
            }
}

static pat_scratch scratch;

static void convert(const pat_yuv *yuv, struct colors *colors)
{
    lay_out_colors(colors, yuv);
    assert_int_equal(pat_yuv_to_rgb(yuv, &colors->rgb, &scratch, NULL), PAT_OK);
}

static void check_to_rgb(struct frame *frame, uint64_t *random)
{
    static struct colors colors;
    (void)random;
    convert(&frame->yuv, &colors);
    for (int y = 0; y < frame->yuv.height; y++)
        for (int x = 0; x < frame->yuv.width; x++) {
            double wanted[3];
            formula(&frame->yuv, x, y, wanted);
            for (int c = 0; c < 3; c++) {
                double got = rgb_at(&colors, &frame->yuv, c, x, y);
                if (fabs(got - wanted[c]) > 0.52)
                    fail_msg("%d bits, (%d, %d), channel %d: %g is not %g", frame->yuv.depth, x, y,
                             c, got, wanted[c]);
            }
        }
}

static void test_to_rgb(void **state)
{
    (void)state;
    for_all(check_to_rgb);
}

/* A frame that nothing is done to keeps its samples, whatever RGB makes of them. */
static void check_untouched(struct frame *frame, uint64_t *random)
{
    static struct colors before, after;
    static struct frame copy;
    (void)random;
    convert(&frame->yuv, &before);
    after = before;
    lay_out_colors(&after, &frame->yuv);
    memcpy(copy.samples, frame->samples, sizeof copy.samples);
    assert_int_equal(pat_yuv_change(&frame->yuv, &before.rgb, &after.rgb, &scratch, NULL), PAT_OK);
    assert_memory_equal(copy.samples, frame->samples, sizeof copy.samples);
}

static void test_untouched(void **state)
{
    (void)state;
    for_all(check_untouched);
}

/* Elsewhere, samples change by the difference of the formulas, each rounded. */
static void check_changed(struct frame *frame, uint64_t *random)
{
    static struct colors before, after;
    static struct frame copy;
    const pat_yuv *yuv = &frame->yuv;
    int most = (1 << yuv->depth) - 1;
    copy.yuv = *yuv;
    memcpy(copy.samples, frame->samples, sizeof copy.samples);
    for (int c = 0; c < 3; c++)
        copy.yuv.plane[c] = copy.samples[c];
    convert(yuv, &before);
    after = before;
    lay_out_colors(&after, yuv);
    for (int i = 0; i < yuv->width * yuv->height / 4 + 1; i++)
        set(after.rgb.plane[next_random(random, 3)], after.rgb.stride, yuv->depth,
            (int)next_random(random, (uint32_t)yuv->width),
            (int)next_random(random, (uint32_t)yuv->height),
            (int)next_random(random, (uint32_t)white(yuv) + 1));
    assert_int_equal(pat_yuv_change(yuv, &before.rgb, &after.rgb, &scratch, NULL), PAT_OK);
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < plane_height(yuv, c); y++)
            for (int x = 0; x < plane_width(yuv, c); x++) {
                double was = back(yuv, &before, c, x, y), is = back(yuv, &after, c, x, y);
                double wanted = yuv_at(&copy.yuv, c, x, y) + is - was;
                double got = yuv_at(yuv, c, x, y);
                if (fabs(got - fmin(fmax(wanted, 0), most)) > 1.05)
                    fail_msg("%d bits, plane %d (%d, %d): %g is not %g", yuv->depth, c, x, y, got,
                             wanted);
                if (was == is && got != yuv_at(&copy.yuv, c, x, y))
                    fail_msg("plane %d (%d, %d) changed", c, x, y);
            }
}

static void test_changed(void **state)
{
    (void)state;
    for_all(check_changed);
}

/* The colors of test patterns, as everyone writes them: white, red, green, blue, black. */
static void test_known_colors(void **state)
{
    static const struct {
        pat_yuv_matrix matrix;
        uint8_t yuv[3], rgb[3];
    } known[] = {
        {PAT_YUV_BT601, {235, 128, 128}, {255, 255, 255}},
        {PAT_YUV_BT601, {82, 90, 240}, {255, 1, 0}},
        {PAT_YUV_BT601, {145, 54, 34}, {0, 255, 1}},
        {PAT_YUV_BT601, {41, 240, 110}, {0, 0, 255}},
        {PAT_YUV_BT709, {63, 102, 240}, {255, 1, 0}},
        {PAT_YUV_BT709, {173, 42, 26}, {0, 255, 1}},
        {PAT_YUV_BT709, {32, 240, 118}, {1, 0, 255}},
        {PAT_YUV_BT709, {16, 128, 128}, {0, 0, 0}},
    };
    static struct frame frame;
    static struct colors colors;
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        lay_out(&frame, 1, 1, 8, 0, 0);
        frame.yuv.matrix = known[i].matrix;
        for (int c = 0; c < 3; c++)
            set(frame.yuv.plane[c], 1, 8, 0, 0, known[i].yuv[c]);
        convert(&frame.yuv, &colors);
        for (int c = 0; c < 3; c++)
            assert_in_range(rgb_at(&colors, &frame.yuv, c, 0, 0),
                            known[i].rgb[c] == 0 ? 0 : known[i].rgb[c] - 1,
                            known[i].rgb[c] == 255 ? 255 : known[i].rgb[c] + 1);
    }
}

static int release(void **state)
{
    (void)state;
    pat_scratch_release(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_rgb),
        cmocka_unit_test(test_untouched),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_known_colors),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
