/* FFV1 for a film; private to this folder. */
#ifndef PAT_FILM_CODEC_H
#define PAT_FILM_CODEC_H

#include "film/libav.h"
#include "film/reader.h"

/* An open encoder of FFV1 for frames of this film. Fails as pat_film_encoder_create(); *codec is
 * then NULL. */
PAT_MUST_CHECK pat_status pat_film_codec_open(const pat_film_facts *facts, const char *name,
                                              AVCodecContext **codec, pat_error *error);

#endif
