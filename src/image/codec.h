/* About the decoder; private to the library. Decoding itself is in patina/image.h. */
#ifndef PAT_IMAGE_CODEC_H
#define PAT_IMAGE_CODEC_H

#include "patina/image.h"

/* The version of libvips in use, after pat_codec_init(). Static. */
const char *pat_codec_version(void);

/* The functions of libvips, after pat_codec_init(). Static. */
const struct pat_vips *pat_codec_library(void);

/* The format of the image file in bytes[0..size-1], by its first bytes; PAT_FORMAT_NONE if it is
 * none of ours. */
pat_format pat_codec_format(const uint8_t *bytes, size_t size);

#endif
