/*
 * Encode frames as FFV1, without loss, each by itself; private to the library.
 *
 * FFV1 (RFC 9043, version 3) with every frame a key frame and checksums: the same samples give the
 * same bytes, whichever worker encodes them, and damage to one frame stays in it.
 */
#ifndef PAT_FILM_ENCODER_H
#define PAT_FILM_ENCODER_H

#include "base/buffer.h"
#include "film/reader.h"

typedef struct pat_film_encoder pat_film_encoder;

/*
 * An encoder for frames of this film: size, samples, aspect and colors are those of `facts`. Fails
 * with PAT_UNSUPPORTED_FORMAT (FFV1 cannot hold such samples), PAT_OUT_OF_MEMORY or PAT_INTERNAL;
 * *encoder is then NULL. name: of the film, for messages.
 */
PAT_MUST_CHECK pat_status pat_film_encoder_create(const pat_film_facts *facts, const char *name,
                                                  pat_film_encoder **encoder, pat_error *error);
void pat_film_encoder_free(pat_film_encoder *encoder); /* accepts NULL */

/* Append the encoded frame. Fails with PAT_OUT_OF_MEMORY or PAT_INTERNAL. */
PAT_MUST_CHECK pat_status pat_film_encode(pat_film_encoder *encoder, const pat_film_frame *frame,
                                          pat_buffer *out, pat_error *error);

#endif
