/* Encode samples as image files; private to the library. */
#ifndef PAT_IMAGE_ENCODE_H
#define PAT_IMAGE_ENCODE_H

#include "base/buffer.h"
#include "patina/image.h"

/*
 * Append `image` to `png` as a PNG file with 8 bits per sample and no metadata. name: the image's
 * name, for messages. Call pat_codec_init() first. With a given version of libvips, equal samples
 * give equal bytes. Fails with PAT_OUT_OF_MEMORY or PAT_INTERNAL (libvips refuses); png->size is
 * then unchanged. If a small allocation inside GLib fails, GLib aborts the process.
 */
PAT_MUST_CHECK pat_status pat_image_encode_png(const pat_image *image, const char *name,
                                               pat_buffer *png, pat_error *error);

#endif
