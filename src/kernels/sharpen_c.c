/* Unsharp masking, and the error after it. Source of the arithmetic: restore/sharpen.c. */
#include <math.h>

#include "kernels/tiers.h"

static uint8_t clip(int v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* v is twice the result; halving rounds to even. Everything fits 16 bits, which vectorizes best. */
static inline uint8_t sharpen_doubled(uint8_t base, uint8_t blurred, int16_t doubled)
{
    int16_t difference = (int16_t)(base - blurred);
    int16_t v = (int16_t)(2 * base + (int16_t)(doubled * difference));
    int16_t half = (int16_t)(v >> 1);
    int16_t even = (int16_t)(half + (v & half & 1));
    int16_t low = even < 0 ? 0 : even;
    return (uint8_t)(low > 255 ? 255 : low);
}

void pat_sharpen_c(const uint8_t *base, const uint8_t *blurred, int doubled, int n, uint8_t *out)
{
    for (int i = 0; i < n; i++)
        out[i] = sharpen_doubled(base[i], blurred[i], (int16_t)doubled);
}

void pat_sharpen_any_c(const uint8_t *base, const uint8_t *blurred, float base_weight,
                       float blurred_weight, int n, uint8_t *out)
{
    float blurred_term[256];
    for (int v = 0; v < 256; v++)
        blurred_term[v] = (float)v * blurred_weight;
    for (int i = 0; i < n; i++)
        out[i] = clip((int)lrintf(fmaf((float)base[i], base_weight, blurred_term[blurred[i]])));
}

uint64_t pat_squared_error_c(const uint8_t *a, const uint8_t *b, int n)
{
    uint64_t sum = 0;
    for (int start = 0; start < n; start += 1 << 16) { /* 2^16 * 255^2 fits 32 bits */
        uint32_t part = 0;
        int end = n - start < 1 << 16 ? n : start + (1 << 16);
        for (int i = start; i < end; i++) {
            int16_t difference = (int16_t)(a[i] - b[i]);
            part += (uint32_t)(difference * difference);
        }
        sum += part;
    }
    return sum;
}

/* Works on parts of a row, which stay in the L1 cache for all strengths. */
static void add_row_errors(const uint8_t *base, const uint8_t *blurred, const uint8_t *original,
                           int n, const int *doubled, int count, uint64_t *errors)
{
    enum { PART = 1024 };
    uint8_t sharpened[PART];
    for (int start = 0; start < n; start += PART) {
        int length = n - start < PART ? n - start : PART;
        for (int k = 0; k < count; k++) {
            pat_sharpen_c(base + start, blurred + start, doubled[k], length, sharpened);
            errors[k] += pat_squared_error_c(original + start, sharpened, length);
        }
    }
}

void pat_sharpen_errors_c(const pat_sharpen_area *area, const int *doubled, int count,
                          uint64_t *errors)
{
    for (int y = 0; y < area->height; y++)
        add_row_errors(
            area->base.data + y * area->base.stride, area->blurred.data + y * area->blurred.stride,
            area->original.data + y * area->original.stride, area->width, doubled, count, errors);
}
