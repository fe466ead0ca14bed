/* The decoder's libvips side; private to the library. pat_image_decode() is in patina/image.h. */
#ifndef PAT_IMAGE_CODEC_H
#define PAT_IMAGE_CODEC_H

#include "image/format.h"

/* The version of libvips in use, after pat_codec_init(). Static. */
const char *pat_codec_version(void);

/* The table of libvips functions, after pat_codec_init(). Static. */
const struct pat_vips *pat_codec_library(void);

/* Open a file of a format that libvips loads, to be read once from top to bottom. The bytes stay
 * borrowed until the caller unrefs the image. NULL on failure; libvips's error buffer then says
 * why. */
struct _VipsImage *pat_codec_open(const pat_file_format *format, pat_file_bytes file);

/* Implementation of pat_file_format.decode with libvips. */
PAT_MUST_CHECK pat_status pat_codec_decode(const struct pat_source *source, pat_recipe *recipe,
                                           pat_image *image);

#endif
