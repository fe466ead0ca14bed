/* Reduced images for display; private to the library. */
#ifndef PAT_IMAGE_THUMBNAIL_H
#define PAT_IMAGE_THUMBNAIL_H

#include "patina/image.h"

/*
 * Shrink `image` to at most max_side (>= 1) pixels a side with libvips's box shrink and Lanczos 3,
 * keeping its aspect ratio as closely as whole pixels allow. An image that already fits is copied.
 * `small` must be initialized. Call pat_codec_init() first. With a given version of libvips, the
 * result is the same on every processor. Fails with PAT_OUT_OF_MEMORY or PAT_INTERNAL (libvips
 * refuses); `small` is then undefined. If a small allocation inside GLib fails, GLib aborts the
 * process.
 */
PAT_MUST_CHECK pat_status pat_image_shrink(const pat_image *image, int max_side, pat_image *small,
                                           pat_error *error);

/*
 * Copy the center of `image`, at most max_side (>= 1) pixels a side, to `middle`, which must be
 * initialized. Fails with PAT_OUT_OF_MEMORY; `middle` is then undefined.
 */
PAT_MUST_CHECK pat_status pat_image_cut_middle(const pat_image *image, int max_side,
                                               pat_image *middle, pat_error *error);

#endif
