/*
 * Encode frames; private to the library.
 *
 * The same frames in the same segment give the same bytes, whichever worker encodes them. Of a
 * codec without segments, every frame stands by itself.
 */
#ifndef PAT_FILM_ENCODER_H
#define PAT_FILM_ENCODER_H

#include "base/buffer.h"
#include "film/codec.h"

typedef struct pat_film_encoder pat_film_encoder;

/* What has been encoded of a segment. Begin each with {0}, but for `bytes`, which can be reused. */
typedef struct pat_film_segment {
    size_t frames, packets;
    pat_film_packet packet[PAT_FILM_SEGMENT_MAX];
    pat_buffer bytes; /* of packets, one after the other; the caller may take and reset them */
} pat_film_segment;

/*
 * An encoder for frames of this film: size, samples, aspect and colors are those of `facts`. Fails
 * with PAT_UNSUPPORTED_FORMAT (the codec cannot hold such frames), PAT_OUT_OF_MEMORY or
 * PAT_INTERNAL; *encoder is then NULL. Borrows facts and name, which is the film's, for messages.
 */
PAT_MUST_CHECK pat_status pat_film_encoder_create(const pat_film_coding *coding,
                                                  const pat_film_facts *facts, const char *name,
                                                  pat_film_encoder **encoder, pat_error *error);
void pat_film_encoder_free(pat_film_encoder *encoder); /* accepts NULL */

/* Encode the next frame of a segment; the packets may come later. Fails with PAT_OUT_OF_MEMORY or
 * PAT_INTERNAL: the segment is then lost. */
PAT_MUST_CHECK pat_status pat_film_encode(pat_film_encoder *encoder, const pat_film_frame *frame,
                                          pat_film_segment *segment, pat_error *error);

/* End a segment of at least one frame: it then has as many packets as frames. Fails likewise. */
PAT_MUST_CHECK pat_status pat_film_encode_end(pat_film_encoder *encoder, pat_film_segment *segment,
                                              pat_error *error);

#endif
