/* Reduced images for display; private to the library. */
#ifndef PAT_IMAGE_THUMBNAIL_H
#define PAT_IMAGE_THUMBNAIL_H

#include "patina/image.h"

/*
 * Shrink `image` to fit within max_side (>= 1) pixels a side, keeping its shape as far as whole
 * pixels allow: libvips' box shrink and Lanczos 3. An image that already fits is copied. small:
 * initialized. pat_codec_init() must have been called. The same samples give the same ones with one
 * version of libvips, on every processor. Fails with PAT_OUT_OF_MEMORY, or with PAT_INTERNAL
 * (libvips refuses; where a small allocation inside GLib fails, GLib aborts); `small` is then
 * undefined.
 */
PAT_MUST_CHECK pat_status pat_image_shrink(const pat_image *image, int max_side, pat_image *small,
                                           pat_error *error);

/*
 * The center of `image`, at most max_side (>= 1) pixels a side. middle: initialized. Fails with
 * PAT_OUT_OF_MEMORY; `middle` is then undefined.
 */
PAT_MUST_CHECK pat_status pat_image_cut_middle(const pat_image *image, int max_side,
                                               pat_image *middle, pat_error *error);

#endif
