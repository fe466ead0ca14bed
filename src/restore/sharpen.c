#include <math.h>

#include "patina/restore.h"

static uint8_t clip(int v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/*
 * A strength that is a multiple of 1/2 needs no floating point: with doubled = 2 * strength,
 * v = (2 + doubled) * base - doubled * blurred is twice the result, to be halved to even.
 */
static void sharpen_halves(const pat_plane *base, const pat_plane *blurred, int doubled,
                           const pat_plane *dst)
{
    for (int y = 0; y < base->height; y++) {
        const uint8_t *b = base->data + y * base->stride;
        const uint8_t *l = blurred->data + y * blurred->stride;
        uint8_t *out = dst->data + y * dst->stride;
        for (int x = 0; x < base->width; x++) {
            int v = (2 + doubled) * b[x] - doubled * l[x];
            out[x] = clip((v + ((v >> 1) & 1)) >> 1);
        }
    }
}

/*
 * Any strength. OpenCV's vector code works in float with a fused multiply-add, so the sum is
 * rounded once; with separate roundings some of the 65,536 inputs come out one off.
 */
static void sharpen_any(const pat_plane *base, const pat_plane *blurred, double strength,
                        const pat_plane *dst)
{
    float base_weight = (float)(1 + strength);
    float blurred_weight = (float)-strength;
    float blurred_term[256];
    for (int v = 0; v < 256; v++)
        blurred_term[v] = (float)v * blurred_weight;
    for (int y = 0; y < base->height; y++) {
        const uint8_t *b = base->data + y * base->stride;
        const uint8_t *l = blurred->data + y * blurred->stride;
        uint8_t *out = dst->data + y * dst->stride;
        for (int x = 0; x < base->width; x++)
            out[x] = clip((int)lrintf(fmaf((float)b[x], base_weight, blurred_term[l[x]])));
    }
}

void pat_sharpen(const pat_plane *base, const pat_plane *blurred, double strength,
                 const pat_plane *dst)
{
    double doubled = 2 * strength;
    if (doubled == floor(doubled))
        sharpen_halves(base, blurred, (int)doubled, dst);
    else
        sharpen_any(base, blurred, strength, dst);
}
