/* Facts about the decoder; private to the library. Decoding itself is in patina/image.h. */
#ifndef PAT_IMAGE_CODEC_H
#define PAT_IMAGE_CODEC_H

/* The version of libvips in use, after pat_codec_init(). Static. */
const char *pat_codec_version(void);

#endif
