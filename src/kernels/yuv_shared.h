/*
 * YUV to RGB and back, the same for all tiers; private to this folder. Each tier's file compiles it
 * for its instructions: TIER(name) adds the tier's suffix. Every operation is rounded to single
 * precision and none is contracted, so all tiers give the same bits.
 */
#include "kernels/tiers.h"

/* The nearest integer in 0..most, halves to even, of a number below 2^22: with 1.5 * 2^23 added,
 * floats are the integers. Limits are integers, because compilers vectorize those. */
static inline int sample_of(float x, int most)
{
    int nearest = (int)((x + 12582912.0f) - 12582912.0f);
    nearest = nearest < 0 ? 0 : nearest;
    return nearest > most ? most : nearest;
}

/* Functions, because compilers rely on `restrict` only in parameters. */
#define TO_RGB(name, sample)                                                                       \
    static void name##_rows(const sample *restrict y, const sample *restrict u,                    \
                            const sample *restrict v, pat_to_rgb m, int n, sample *restrict r,     \
                            sample *restrict g, sample *restrict b)                                \
    {                                                                                              \
        for (int x = 0; x < n; x++) {                                                              \
            float luma = m.luma * ((float)y[x] - m.black);                                         \
            float blue = (float)u[x] - m.middle, red = (float)v[x] - m.middle;                     \
            r[x] = (sample)sample_of(luma + m.red_v * red, m.most);                                \
            g[x] = (sample)sample_of((luma + m.green_u * blue) + m.green_v * red, m.most);         \
            b[x] = (sample)sample_of(luma + m.blue_u * blue, m.most);                              \
        }                                                                                          \
    }                                                                                              \
    void TIER(name)(const sample *const yuv[3], const pat_to_rgb *map, int n,                      \
                    sample *const rgb[3])                                                          \
    {                                                                                              \
        name##_rows(yuv[0], yuv[1], yuv[2], *map, n, rgb[0], rgb[1], rgb[2]);                      \
    }

#define TO_YUV(name, sample)                                                                       \
    static void name##_rows(const sample *restrict r, const sample *restrict g,                    \
                            const sample *restrict b, pat_to_yuv m, int n, sample *restrict luma,  \
                            float *restrict u, float *restrict v)                                  \
    {                                                                                              \
        for (int x = 0; x < n; x++) {                                                              \
            float fr = (float)r[x], fg = (float)g[x], fb = (float)b[x];                            \
            float y = ((m.luma[0] * fr + m.luma[1] * fg) + m.luma[2] * fb) + m.black;              \
            luma[x] = (sample)sample_of(y, m.most);                                                \
            u[x] = (m.u[0] * fr + m.u[1] * fg) + m.u[2] * fb;                                      \
            v[x] = (m.v[0] * fr + m.v[1] * fg) + m.v[2] * fb;                                      \
        }                                                                                          \
    }                                                                                              \
    void TIER(name)(const sample *const rgb[3], const pat_to_yuv *map, int n, sample *luma,        \
                    float *u, float *v)                                                            \
    {                                                                                              \
        name##_rows(rgb[0], rgb[1], rgb[2], *map, n, luma, u, v);                                  \
    }

TO_RGB(pat_yuv_to_rgb, uint8_t)
TO_RGB(pat_yuv_to_rgb_deep, uint16_t)
TO_YUV(pat_rgb_to_yuv, uint8_t)
TO_YUV(pat_rgb_to_yuv_deep, uint16_t)
