/* Checks of YUV to RGB and back: the bits of the C tier, near what double precision gives. */
#include <math.h>
#include <stdio.h>

#include "tiers/checks.h"
#include "tiers/patterns.h"

enum { SPANS = 6 };

/* Weights as of BT.709: with limited range at the first depth, full range at the second. */
static const pat_to_rgb to_rgb[] = {
    {1.1643835F, 1.7927411F, -0.2132486F, -0.5329093F, 2.1124017F, 16, 128, 255},
    {1, 1.5748F, -0.1873243F, -0.4681243F, 1.8556F, 0, 128, 255},
};
static const pat_to_rgb to_rgb_deep[] = {
    {74.8052980F, 115.175039F, -13.7001660F, -34.2369700F, 135.710910F, 64, 512, 65535},
    {1, 1.5748F, -0.1873243F, -0.4681243F, 1.8556F, 0, 32768, 65535},
};
static const pat_to_yuv to_yuv[] = {
    {{0.1825859F, 0.6142306F, 0.0620071F},
     {-0.1006437F, -0.3385720F, 0.4392157F},
     {0.4392157F, -0.3989422F, -0.0402735F},
     16,
     255},
    {{0.2126F, 0.7152F, 0.0722F},
     {-0.1145721F, -0.3854279F, 0.5F},
     {0.5F, -0.4541529F, -0.0458471F},
     0,
     255},
};
static const pat_to_yuv to_yuv_deep[] = {
    {{0.0028418F, 0.0095601F, 0.0009651F},
     {-0.0015664F, -0.0052696F, 0.0068360F},
     {0.0068360F, -0.0062092F, -0.0006268F},
     64,
     1023},
    {{0.2126F, 0.7152F, 0.0722F},
     {-0.1145721F, -0.3854279F, 0.5F},
     {0.5F, -0.4541529F, -0.0458471F},
     0,
     65535},
};

static double limited(double x, double most)
{
    return fmin(fmax(x, 0), most);
}

/* Three rows of samples and three more, each on a page of its own. */
struct planes {
    guarded_span span[SPANS];
    int n;
    bool deep;
};

static int sample(const struct planes *planes, int row, int x)
{
    const void *data = planes->span[row].data;
    return planes->deep ? ((const uint16_t *)data)[x] : ((const uint8_t *)data)[x];
}

static void fill(const struct planes *planes, int depth, int pattern, uint64_t *random)
{
    for (int row = 0; row < 3; row++) {
        int bytes = planes->n << planes->deep;
        uint8_t *data = planes->span[row].data;
        fill_pattern(&(sample_rows){data, bytes, bytes, 1}, (pattern + row) % PATTERNS, random);
        for (int x = 0; x < planes->n && planes->deep && depth < 16; x++)
            ((uint16_t *)(void *)data)[x] &= (uint16_t)((1 << depth) - 1);
    }
}

typedef void check_planes(const pat_kernels *tested, const struct planes *planes, int variant);

/* Lay the rows out in all ways, sizes and patterns. sizes: of an element in each row; depths: of
 * the samples of both variants. */
static void for_all(const pat_kernels *tested, uint64_t *random, const size_t sizes[SPANS],
                    bool deep, const int depths[2], check_planes *check)
{
    guarded_memory memory = guarded_create(SPANS, 2 * LARGEST_SIZE * sizeof(float));
    for (int s = 0; s < SIZES; s++)
        for (int i = 0; i < 2 * PLACEMENTS; i++) {
            struct planes planes = {.n = size_at(s), .deep = deep};
            placement where = (placement)(i / 2);
            int pattern = (s + i) % PATTERNS;
            for (int row = 0; row < SPANS; row++) {
                planes.span[row] =
                    guarded_span_at(&memory, row, (size_t)planes.n, sizes[row],
                                    where == INSIDE && sizes[row] > 1 ? AT_END : where);
                span_arm(&planes.span[row]);
            }
            fill(&planes, depths[i % 2], pattern, random);
            check_case("%d pixels, %s, %s, weights %d", planes.n, pattern_names[pattern],
                       placement_names[where], i % 2);
            check(tested, &planes, i % 2);
            for (int row = 3; row < SPANS; row++)
                check_intact(&planes.span[row]);
        }
    guarded_free(&memory);
}

/* Whether the tier has computed what the C tier computes. */
static void check_same(const struct planes *planes, const void *const plain[3])
{
    for (int row = 0; row < 3; row++)
        check_bytes(C_TIER, planes->span[3 + row].data, plain[row], planes->span[3 + row].size);
}

/* ---- To RGB ---- */

static void check_rgb_twin(const struct planes *planes, const pat_to_rgb *m)
{
    for (int x = 0; x < planes->n; x++) {
        double luma = (double)m->luma * (sample(planes, 0, x) - (double)m->black);
        double u = sample(planes, 1, x) - (double)m->middle;
        double v = sample(planes, 2, x) - (double)m->middle;
        double most = m->most, tolerance = 0.5 + most / (1 << 22);
        check_close(TWIN, sample(planes, 3, x), limited(luma + (double)m->red_v * v, most),
                    tolerance);
        check_close(TWIN, sample(planes, 4, x),
                    limited(luma + (double)m->green_u * u + (double)m->green_v * v, most),
                    tolerance);
        check_close(TWIN, sample(planes, 5, x), limited(luma + (double)m->blue_u * u, most),
                    tolerance);
    }
}

#define CHECK_TO_RGB(kernel, sample_type, weights)                                                 \
    static void check_##kernel##_at(const pat_kernels *tested, const struct planes *planes,        \
                                    int variant)                                                   \
    {                                                                                              \
        static sample_type plain[3][LARGEST_SIZE];                                                 \
        const guarded_span *span = planes->span;                                                   \
        const sample_type *const in[3] = {span[0].data, span[1].data, span[2].data};               \
        sample_type *const out[3] = {span[3].data, span[4].data, span[5].data};                    \
        tested->kernel(in, &weights[variant], planes->n, out);                                     \
        plain_kernels()->kernel(in, &weights[variant], planes->n,                                  \
                                (sample_type *const[3]){plain[0], plain[1], plain[2]});            \
        check_same(planes, (const void *const[3]){plain[0], plain[1], plain[2]});                  \
        check_rgb_twin(planes, &weights[variant]);                                                 \
    }

CHECK_TO_RGB(yuv_to_rgb, uint8_t, to_rgb)
CHECK_TO_RGB(yuv_to_rgb_deep, uint16_t, to_rgb_deep)

void check_yuv_to_rgb(const pat_kernels *tested, uint64_t *random)
{
    for_all(tested, random, (const size_t[SPANS]){1, 1, 1, 1, 1, 1}, false, (const int[2]){8, 8},
            check_yuv_to_rgb_at);
}

void check_yuv_to_rgb_deep(const pat_kernels *tested, uint64_t *random)
{
    for_all(tested, random, (const size_t[SPANS]){2, 2, 2, 2, 2, 2}, true, (const int[2]){10, 16},
            check_yuv_to_rgb_deep_at);
}

/* ---- And back ---- */

static double weighted(const struct planes *planes, const float weights[3], int x)
{
    double sum = 0;
    for (int c = 0; c < 3; c++)
        sum += (double)weights[c] * sample(planes, c, x);
    return sum;
}

static void check_yuv_twin(const struct planes *planes, const pat_to_yuv *m)
{
    const float *u = planes->span[4].data, *v = planes->span[5].data;
    for (int x = 0; x < planes->n; x++) {
        double most = m->most, error = most / (1 << 22);
        check_close(TWIN, sample(planes, 3, x),
                    limited(weighted(planes, m->luma, x) + (double)m->black, most), 0.5 + error);
        check_close(TWIN, (double)u[x], weighted(planes, m->u, x), error);
        check_close(TWIN, (double)v[x], weighted(planes, m->v, x), error);
    }
}

#define CHECK_TO_YUV(kernel, sample_type, weights)                                                 \
    static void check_##kernel##_at(const pat_kernels *tested, const struct planes *planes,        \
                                    int variant)                                                   \
    {                                                                                              \
        static sample_type plain[LARGEST_SIZE];                                                    \
        static float plain_u[LARGEST_SIZE], plain_v[LARGEST_SIZE];                                 \
        const guarded_span *span = planes->span;                                                   \
        const sample_type *const in[3] = {span[0].data, span[1].data, span[2].data};               \
        tested->kernel(in, &weights[variant], planes->n, span[3].data, span[4].data,               \
                       span[5].data);                                                              \
        plain_kernels()->kernel(in, &weights[variant], planes->n, plain, plain_u, plain_v);        \
        check_same(planes, (const void *const[3]){plain, plain_u, plain_v});                       \
        check_yuv_twin(planes, &weights[variant]);                                                 \
    }

CHECK_TO_YUV(rgb_to_yuv, uint8_t, to_yuv)
CHECK_TO_YUV(rgb_to_yuv_deep, uint16_t, to_yuv_deep)

void check_rgb_to_yuv(const pat_kernels *tested, uint64_t *random)
{
    for_all(tested, random, (const size_t[SPANS]){1, 1, 1, 1, 4, 4}, false, (const int[2]){8, 8},
            check_rgb_to_yuv_at);
}

void check_rgb_to_yuv_deep(const pat_kernels *tested, uint64_t *random)
{
    for_all(tested, random, (const size_t[SPANS]){2, 2, 2, 2, 4, 4}, true, (const int[2]){16, 16},
            check_rgb_to_yuv_deep_at);
}
