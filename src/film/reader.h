/*
 * Read the frames of a film, one after the other, from an open file; private to the library.
 *
 * Frames are decoded in order and never sought: seeking gives other frames where a file's index or
 * the order of its frames is odd. FFmpeg reports little damage as an error, so count what arrives:
 * packets, frames, and those that the decoder flagged.
 *
 * Several threads decode a whole film to the same frames as one, but a damaged one perhaps to
 * others each time. So at the first sign of damage the reader starts again from the first frame, in
 * one thread. Some damage gives no sign: whoever reads with threads must compare the frames with
 * those of one thread, by their fingerprints.
 */
#ifndef PAT_FILM_READER_H
#define PAT_FILM_READER_H

#include "film/samples.h"

typedef struct pat_film_reader pat_film_reader;

typedef struct pat_rational {
    int over, under; /* over / under; 0 / 1: unknown */
} pat_rational;

enum { PAT_FILM_WORD_SIZE = 32 };

/* What the samples mean, as FFmpeg numbers it, after ITU-T H.273; 2 is unknown, but for `range` and
 * `chroma`, where 0 is. */
typedef struct pat_film_colors {
    int range, primaries, transfer, matrix, chroma;
} pat_film_colors;

/* What the file says of itself. */
typedef struct pat_film_facts {
    char container[PAT_FILM_WORD_SIZE]; /* FFmpeg's names, such as "matroska,webm", "h264" */
    char codec[PAT_FILM_WORD_SIZE];
    char samples[PAT_FILM_WORD_SIZE]; /* "yuv420p" */
    pat_film_layout layout;
    pat_rational time_base; /* seconds of a unit of timestamps */
    pat_rational rate;      /* frames a second, on average */
    pat_rational aspect;    /* of a sample */
    pat_film_colors colors;
    int64_t frames;   /* as many as the file says that it has; 0: it does not say */
    int64_t expected; /* the same or, if it does not say, a guess from its duration; 0: none */
    int video_stream; /* which of the file's streams, from 0 */
    int streams;
} pat_film_facts;

/* What the decoder says of one frame. */
typedef struct pat_film_frame {
    int64_t number;       /* from 0 */
    int64_t time;         /* in units of time_base; PAT_FILM_NO_TIME: unknown */
    int64_t duration;     /* the same; 0: unknown */
    bool flagged;         /* damaged: some of it was concealed */
    bool interlaced;      /* two fields, of two moments */
    bool top_first;       /* the field of rows 0, 2, 4 .. is the earlier one */
    uint64_t fingerprint; /* of the samples */
    uint8_t *samples;     /* in the layout; borrowed until the next call */
} pat_film_frame;

#define PAT_FILM_NO_TIME INT64_MIN

/* What has been read so far. */
typedef struct pat_film_counts {
    int64_t packets, frames; /* of the video stream */
    int64_t flagged;         /* frames */
    int64_t refused;         /* packets that the decoder could not use at all */
    int64_t corrupt;         /* packets that the container calls damaged */
    int64_t broken;          /* 1: an error ended the film before its end */
    int64_t odd;             /* frames of another size or kind than the first, left out */
} pat_film_counts;

/*
 * Open the film in a file, which stays open while it is read. Of several video streams,
 * FFmpeg's choice is read; covers of albums do not count. name: for messages. max_pixels: limit on
 * width * height. threads: the most that decode at a time. Fails with
 * PAT_UNSUPPORTED_FORMAT (no film, no video stream, no decoder, strange samples), PAT_CORRUPT,
 * PAT_TOO_LARGE, PAT_OUT_OF_MEMORY or PAT_INTERNAL (FFmpeg is not installed); *reader is then NULL.
 */
PAT_MUST_CHECK pat_status pat_film_open(int file, const char *name, uint64_t max_pixels,
                                        int threads, pat_film_reader **reader, pat_error *error);
void pat_film_close(pat_film_reader *reader); /* accepts NULL */

/* Load FFmpeg's libraries, for a process that will not be able to open files when it first opens a
 * film. Fails with PAT_INTERNAL (they are not installed) or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_film_load(pat_error *error);

/* Continue with another descriptor of the same file. */
void pat_film_read_from(pat_film_reader *reader, int file);

const pat_film_facts *pat_film_facts_of(const pat_film_reader *reader);
pat_film_counts pat_film_counts_of(const pat_film_reader *reader);

/* Decode the next frame, or frame 0 again if the reader had to start again. *more: false at the end
 * of the film. Damage is no failure: what cannot be decoded is counted and left out. Fails with
 * PAT_OUT_OF_MEMORY, and after starting again also like pat_film_open(). */
PAT_MUST_CHECK pat_status pat_film_next(pat_film_reader *reader, pat_film_frame *frame, bool *more,
                                        pat_error *error);

#endif
