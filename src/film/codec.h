/*
 * The codecs in which films are stored; private to the library.
 *
 * A codec is a file, codec_NAME.c, and a row in the table of codec.c; nothing else knows its name.
 */
#ifndef PAT_FILM_CODEC_H
#define PAT_FILM_CODEC_H

#include "film/reader.h"

struct AVCodecContext;
struct AVDictionary;
struct pat_film_codec;

/* How the frames of a film are encoded. */
typedef struct pat_film_coding {
    const struct pat_film_codec *codec;
    double quality;             /* within the codec's limits */
    bool interlaced, top_first; /* some frames are two fields, and in this order */
} pat_film_coding;

typedef struct pat_film_codec {
    const char *name;    /* as users write it: "ffv1" */
    const char *title;   /* in messages: "FFV1" */
    const char *encoder; /* FFmpeg's name */
    const char *kinds;   /* extensions of the files that can hold it: ".mkv .avi" */
    /* Frames depend on each other, but only within a segment of consecutive ones. Else each frame
     * is encoded by itself. */
    bool in_segments;
    /* The range of the quality, and its default; all 0: there is none. */
    double least_quality, most_quality, usual_quality;
    const char *advice; /* what to do with a film that it cannot hold */
    /* Why it cannot hold frames of this layout: "its colors are RGB". NULL: it can. */
    const char *(*refuses)(const pat_film_layout *layout);
    /* What else the encoder needs. Returns FFmpeg's code of an error, or 0. */
    int (*set_up)(const pat_film_coding *coding, const pat_film_facts *facts,
                  struct AVCodecContext *context, struct AVDictionary **options);
} pat_film_codec;

extern const pat_film_codec pat_film_codec_ffv1, pat_film_codec_x264;

/* Codec 0, 1, ..; NULL past the last. Number 0 is the default. */
const pat_film_codec *pat_film_codec_at(int number);
int pat_film_codec_number(const pat_film_codec *codec);

/* Whether files with this extension, such as ".mkv", can hold it. */
bool pat_film_codec_fits(const pat_film_codec *codec, const char *extension);

/* Fails with PAT_UNSUPPORTED_FORMAT: the codec cannot hold the film's frames. name: of the film. */
PAT_MUST_CHECK pat_status pat_film_codec_check(const pat_film_codec *codec,
                                               const pat_film_facts *facts, const char *name,
                                               pat_error *error);

/*
 * The frames of a segment, 1 .. PAT_FILM_SEGMENT_MAX. It depends on nothing but the layout, so the
 * bytes do not depend on who encodes a film: 48 frames, or as many as fit in 128 MiB, at least 4.
 */
enum { PAT_FILM_SEGMENT_MAX = 64 };
size_t pat_film_segment_frames(const pat_film_layout *layout);

/* A packet of encoded bytes, which has one frame. Packets are in the order of decoding. */
typedef struct pat_film_packet {
    uint64_t size;
    size_t frame; /* which of its segment, from 0 */
    bool is_key;  /* decoding can begin here */
} pat_film_packet;

/* An open encoder for frames of this film. Fails with PAT_UNSUPPORTED_FORMAT, PAT_OUT_OF_MEMORY or
 * PAT_INTERNAL; *context is then NULL. name: of the film. */
PAT_MUST_CHECK pat_status pat_film_codec_open(const pat_film_coding *coding,
                                              const pat_film_facts *facts, const char *name,
                                              struct AVCodecContext **context, pat_error *error);

#endif
