/* The kinds of files that films are written to; private to the library. */
#ifndef PAT_FILM_MUXER_H
#define PAT_FILM_MUXER_H

#include "film/codec.h"

/* What a kind of file can hold besides frames. */
typedef struct pat_film_muxer {
    const char *extension; /* ".mkv" */
    const char *name;      /* FFmpeg's */
    const char *subtitles; /* FFmpeg's name of the text of subtitles that it has; NULL: none */
    bool keeps_rotation, keeps_chapters, keeps_colors, keeps_fields, keeps_attachments;
    bool keeps_timecode; /* the tag: the hour, minute, second and frame of the first frame */
    bool keeps_covers;   /* such as those of albums */
    bool keeps_times;    /* false: the times of its frames follow from a constant rate */
} pat_film_muxer;

/* The row with this name of FFmpeg's; NULL: none. */
const pat_film_muxer *pat_film_muxer_find(const char *name);

/* The kind that the extension of a path names. Fails with PAT_INVALID_ARGUMENT: there is none, or
 * it cannot hold the codec; the message says which can. */
PAT_MUST_CHECK pat_status pat_film_muxer_for(const char *path, const pat_film_codec *codec,
                                             const pat_film_muxer **muxer, pat_error *error);

/* Whether the film tells something of its colors. */
bool pat_film_tells_colors(const pat_film_facts *facts);

#endif
