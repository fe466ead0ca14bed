/* Convert subtitles from one kind of text to another; private to this folder. */
#ifndef PAT_FILM_SUBTITLES_H
#define PAT_FILM_SUBTITLES_H

#include "film/libav.h"

typedef struct pat_film_subtitles pat_film_subtitles;

/*
 * Convert the subtitles of a stream, which must be text, to what FFmpeg calls `wanted`. *subtitles
 * is NULL if that cannot be done: they are images, or their header is damaged. Fails with
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_film_subtitles_create(const AVStream *stream, const char *wanted,
                                                    pat_film_subtitles **subtitles,
                                                    pat_error *error);
void pat_film_subtitles_free(pat_film_subtitles *subtitles); /* accepts NULL */

/* Describe the new stream. Returns FFmpeg's code of an error, or 0. */
int pat_film_subtitles_describe(const pat_film_subtitles *subtitles, AVCodecParameters *stream);

/* Convert a packet of the stream in place; its size is 0 if it shows nothing. Times stay in the
 * stream's unit. Returns FFmpeg's code of an error, or 0. */
int pat_film_subtitles_convert(pat_film_subtitles *subtitles, AVPacket *packet);

#endif
