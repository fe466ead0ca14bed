/* Encode samples as image files; private to the library. */
#ifndef PAT_IMAGE_ENCODE_H
#define PAT_IMAGE_ENCODE_H

#include "base/buffer.h"
#include "patina/image.h"

/*
 * Append `image` as a PNG file, 8 bits a sample, without metadata, to `png`. name: of the image,
 * for messages. Call pat_codec_init() first. The same samples give the same bytes with one version
 * of libvips. Fails with PAT_OUT_OF_MEMORY, or with PAT_INTERNAL (libvips refuses; where a small
 * allocation inside GLib fails, GLib aborts); png->size is then unchanged.
 */
PAT_MUST_CHECK pat_status pat_image_encode_png(const pat_image *image, const char *name,
                                               pat_buffer *png, pat_error *error);

#endif
