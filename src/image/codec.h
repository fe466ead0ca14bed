/* The decoder's libvips side; private to the library. pat_image_decode() is in patina/image.h. */
#ifndef PAT_IMAGE_CODEC_H
#define PAT_IMAGE_CODEC_H

#include "image/format.h"

/* The version of libvips in use, after pat_codec_init(). Static. */
const char *pat_codec_version(void);

/* The table of libvips functions, after pat_codec_init(). Static. */
const struct pat_vips *pat_codec_library(void);

/*
 * Load the libvips modules of all formats that need one, with some thirty libraries. Without this
 * call, a module is loaded when an image first needs it, which fails inside the sandbox. Most runs
 * need no module, so a worker starts without them. If it then gets an image that needs one, the
 * driver replaces it with a worker that loads the modules before it enters the sandbox.
 */
void pat_codec_load_modules(void);

/* Whether a module that an image needed could not be loaded since the last call. */
bool pat_codec_lacks_module(void);

/* Make sure that the format's module, if it has one, is loaded. name: the image's, for the message.
 * Fails with PAT_UNSUPPORTED_FORMAT. */
PAT_MUST_CHECK pat_status pat_codec_need(const pat_file_format *format, const char *name,
                                         pat_error *error);

/* Open a file of a format that libvips loads, to be read once from top to bottom. The bytes stay
 * borrowed until the caller unrefs the image. NULL on failure; libvips's error buffer then says
 * why. */
struct _VipsImage *pat_codec_open(const pat_file_format *format, pat_file_bytes file);

/* Implementation of pat_file_format.decode with libvips. */
PAT_MUST_CHECK pat_status pat_codec_decode(const struct pat_source *source, pat_recipe *recipe,
                                           pat_image *image);

#endif
