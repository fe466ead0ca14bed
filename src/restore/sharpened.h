/* Unsharp masking as numbers, neither rounded nor clipped; private to the library. */
#ifndef PAT_RESTORE_SHARPENED_H
#define PAT_RESTORE_SHARPENED_H

#include "patina/restore.h"
#include "restore/channel.h"

typedef struct pat_sharpening {
    pat_gaussian kernel;
    double strength;
} pat_sharpening;

/* With the sigma and the strength of a setting. */
pat_sharpening pat_sharpening_of(const pat_setting *setting);

/*
 * One number. 8 bits (largest is 255): in single precision, with one fused multiply-add as OpenCV
 * does it; 16 bits: in double.
 */
double pat_sharpened(double sample, double blurred, double strength, int largest);

/* Scratch bytes that pat_sharpened_row() needs for a channel of this width; a multiple of 16. */
size_t pat_sharpened_scratch(int width);

/* Row y of the sharpened `source`, whose blurred samples are rounded: out[0 .. width - 1]. scratch:
 * aligned for any type. */
void pat_sharpened_row(const pat_sharpening *sharpening, const pat_channel *source, int y,
                       double *out, void *scratch);

#endif
