/*
 * Write a restored film: its frames as given, and all other streams, chapters, attachments and tags
 * as they are in the original; private to the library.
 *
 * The file has no random numbers and no dates of its own: the same film gives the same bytes.
 */
#ifndef PAT_FILM_WRITER_H
#define PAT_FILM_WRITER_H

#include "base/buffer.h"
#include "film/reader.h"

typedef struct pat_film_writer pat_film_writer;

/* What could not be taken over from the original. */
typedef enum pat_film_loss {
    PAT_FILM_LOST_ROTATION, /* the new file cannot tell players to turn the images */
    PAT_FILM_LOST_STREAMS,  /* streams that the new kind of file cannot hold */
    PAT_FILM_LOST_CHAPTERS, /* likewise, as are the next two */
    PAT_FILM_LOST_COLORS,
    PAT_FILM_LOST_FIELDS,
    PAT_FILM_LOST_PACKETS, /* of other streams, which were damaged */
    PAT_FILM_MOVED_TIMES,  /* of frames whose times were missing or not in order */
    PAT_FILM_LOSSES
} pat_film_loss;

/* In words: "the tag that tells players to turn the images". Static. */
const char *pat_film_loss_text(pat_film_loss loss);

/* The kind of file in which to write a film, by FFmpeg's name: the film's own if that can hold FFV1
 * and what the film tells of its colors; else "matroska". */
const char *pat_film_container_for(const pat_film_facts *facts);

typedef struct pat_film_writer_options {
    int film; /* the original, open for reading; like the output until the writer is freed */
    const char *film_name;
    const pat_film_facts *facts;
    int output; /* empty, open for reading and writing */
    const char *output_name;
    const char *container; /* FFmpeg's name of the kind of file */
    /* The part of the film that is written, in units of facts->time_base: from the time of its
     * first frame, which becomes 0, until that at which its last one ends. */
    bool is_part;
    int64_t from, until;
} pat_film_writer_options;

/* Borrows the names and the facts. Fails with PAT_UNSUPPORTED_FORMAT (the kind of file cannot hold
 * FFV1), PAT_WRITE_FAILED, or like pat_film_open(); *writer is then NULL. */
PAT_MUST_CHECK pat_status pat_film_writer_create(const pat_film_writer_options *options,
                                                 pat_film_writer **writer, pat_error *error);

/* Write the next encoded frame, after everything that precedes it. Fails with PAT_WRITE_FAILED or
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_film_write(pat_film_writer *writer, int64_t time, int64_t duration,
                                         pat_bytes frame, pat_error *error);

/* Write what is left, and finish the file. losses: bit i is pat_film_loss i. Fails as
 * pat_film_write(). */
PAT_MUST_CHECK pat_status pat_film_finish(pat_film_writer *writer, unsigned *losses,
                                          pat_error *error);

/* Continue with other descriptors of the same files. */
void pat_film_write_to(pat_film_writer *writer, int film, int output);
void pat_film_writer_free(pat_film_writer *writer); /* accepts NULL */

#endif
