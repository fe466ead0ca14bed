/* About the decoder; private to the library. Decoding itself is in patina/image.h. */
#ifndef PAT_IMAGE_CODEC_H
#define PAT_IMAGE_CODEC_H

#include "image/format.h"

/* The version of libvips in use, after pat_codec_init(). Static. */
const char *pat_codec_version(void);

/* The functions of libvips, after pat_codec_init(). Static. */
const struct pat_vips *pat_codec_library(void);

/* Open a file of a format that libvips loads, to be read once from top to bottom. The bytes stay
 * borrowed until the caller unrefs the image. NULL on failure: libvips says why. */
struct _VipsImage *pat_codec_open(const pat_file_format *format, pat_file_bytes file);

/* Decode with libvips: a value for pat_file_format.decode. */
PAT_MUST_CHECK pat_status pat_codec_decode(const struct pat_source *source, pat_recipe *recipe,
                                           pat_image *image);

#endif
