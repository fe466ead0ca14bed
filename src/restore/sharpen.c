#include "restore/sharpen.h"

#include <math.h>

#include "kernels/kernels.h"

/*
 * A strength that is a multiple of 1/2 needs no floating point. For others OpenCV's vector code
 * uses float with a fused multiply-add, which rounds the sum once; with separate roundings some of
 * the 65,536 results would be off by one.
 */
int pat_doubled_strength(double strength)
{
    double doubled = 2 * strength;
    return doubled == floor(doubled) && doubled <= PAT_DOUBLED_MAX ? (int)doubled : -1;
}

void pat_sharpen(const pat_plane *base, const pat_plane *blurred, double strength,
                 const pat_plane *dst)
{
    const pat_kernels *kernels = pat_kernels_get();
    int doubled = pat_doubled_strength(strength);
    for (int y = 0; y < base->height; y++) {
        const uint8_t *b = base->data + y * base->stride;
        const uint8_t *l = blurred->data + y * blurred->stride;
        uint8_t *out = dst->data + y * dst->stride;
        if (doubled >= 0)
            kernels->sharpen(b, l, doubled, base->width, out);
        else
            kernels->sharpen_any(b, l, (float)(1 + strength), (float)-strength, base->width, out);
    }
}
