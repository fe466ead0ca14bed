/* A window cut out of an image; private to the library. */
#ifndef PAT_DEGRADE_CROP_H
#define PAT_DEGRADE_CROP_H

#include "patina/image.h"

/* Its size in pixels, both 0 for the whole image, and where it lies: 0 at the left or top, just
 * under 1 at the right or bottom. */
typedef struct pat_crop {
    int width, height;
    double x, y;
} pat_crop;

/*
 * Copy the window out of `image` into `out` (another image; its memory is reused). name: how
 * messages call the image. Fails with PAT_TOO_SMALL where the window is larger than the image in
 * one direction, or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_crop_cut(const pat_crop *crop, const pat_image *image,
                                       const char *name, pat_image *out, pat_error *error);

#endif
