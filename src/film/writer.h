/*
 * Write a restored film: its frames as given, and all other streams, chapters, attachments and tags
 * as they are in the original; private to the library.
 *
 * The file has no random numbers and no dates of its own: the same film gives the same bytes.
 */
#ifndef PAT_FILM_WRITER_H
#define PAT_FILM_WRITER_H

#include "base/buffer.h"
#include "film/losses.h"
#include "film/muxer.h"

typedef struct pat_film_writer pat_film_writer;

typedef struct pat_film_writer_options {
    int film; /* the original, open for reading; like the output until the writer is freed */
    const char *film_name;
    const pat_film_facts *facts;
    int output; /* empty, open for reading and writing */
    const char *output_name;
    const pat_film_muxer *muxer;
    pat_film_coding coding; /* of the frames */
    /* The part of the film that is written, in units of facts->time_base: from the time of its
     * first frame, which becomes 0, until that at which its last one ends. */
    bool is_part;
    int64_t from, until;
} pat_film_writer_options;

/* Borrows the names and the facts. Fails with PAT_UNSUPPORTED_FORMAT (the codec cannot hold such
 * frames), PAT_WRITE_FAILED, or like pat_film_open(); *writer is then NULL. */
PAT_MUST_CHECK pat_status pat_film_writer_create(const pat_film_writer_options *options,
                                                 pat_film_writer **writer, pat_error *error);

/* Begin the next segment, whose frames follow those written: 1 .. PAT_FILM_SEGMENT_MAX of them, in
 * the order in which they are shown. Of a codec without segments, any frames are one. */
void pat_film_begin_segment(pat_film_writer *writer, const pat_film_frame *frames, size_t count);

/* Write the segment's next packet, after everything that precedes it: as many as it has frames,
 * each with another one of them, in the order of decoding. Fails with PAT_WRITE_FAILED or
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_film_write(pat_film_writer *writer, const pat_film_packet *packet,
                                         const void *bytes, pat_error *error);

/* Write what is left, and finish the file. losses: bit i is pat_film_loss i. Fails as
 * pat_film_write(). */
PAT_MUST_CHECK pat_status pat_film_finish(pat_film_writer *writer, unsigned *losses,
                                          pat_error *error);

/* Continue with other descriptors of the same files. */
void pat_film_write_to(pat_film_writer *writer, int film, int output);
void pat_film_writer_free(pat_film_writer *writer); /* accepts NULL */

#endif
