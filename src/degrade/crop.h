/* Cut a window out of an image; private to the library. */
#ifndef PAT_DEGRADE_CROP_H
#define PAT_DEGRADE_CROP_H

#include "patina/image.h"

/* The window's size in pixels, 0 x 0 for the whole image, and its position: 0 at the left or top,
 * just under 1 at the right or bottom. */
typedef struct pat_crop {
    int width, height;
    double x, y;
} pat_crop;

/*
 * Copy the window from `image` to `out`, a different image, whose memory is reused. name: the
 * image's name, for messages. Fails with PAT_TOO_SMALL if the window is wider or taller than the
 * image, or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_crop_cut(const pat_crop *crop, const pat_image *image,
                                       const char *name, pat_image *out, pat_error *error);

#endif
