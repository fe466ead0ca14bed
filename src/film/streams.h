/*
 * The streams of a new film: its frames, and all that the original has besides, as far as the new
 * kind of file can hold it; private to this folder.
 */
#ifndef PAT_FILM_STREAMS_H
#define PAT_FILM_STREAMS_H

#include "film/container.h"
#include "film/muxer.h"
#include "film/part.h"
#include "film/subtitles.h"

/* What becomes of a stream of the original. */
typedef struct pat_film_stream {
    int index;                     /* in the output; -1: it is left out */
    pat_film_subtitles *subtitles; /* NULL: its packets are copied */
    int64_t last_time;             /* in the output, of decoding; AV_NOPTS_VALUE: none */
} pat_film_stream;

typedef struct pat_film_streams {
    const AVFormatContext *film; /* the original */
    const pat_film_facts *facts;
    const pat_film_muxer *muxer;
    pat_film_part part;
    int video;           /* of the output: the frames */
    pat_film_stream *of; /* for each stream of the original */
    unsigned losses;     /* bit i is pat_film_loss i */
} pat_film_streams;

/*
 * Add them to an output, which has none. Before, set film, facts, muxer and part; the rest
 * is zero. A stream that the muxer refuses, as it does one with a damaged header, is lost. frames:
 * an open encoder. Returns FFmpeg's code of an error, or 0.
 */
int pat_film_streams_add(pat_film_streams *streams, const AVCodecContext *frames,
                         AVFormatContext *output);
void pat_film_streams_release(pat_film_streams *streams);

#endif
