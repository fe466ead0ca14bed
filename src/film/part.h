/* The part of a film that is written, and times in it; private to this folder. */
#ifndef PAT_FILM_PART_H
#define PAT_FILM_PART_H

#include <stdbool.h>

#include "film/libav.h"

typedef struct pat_film_part {
    bool is_part;        /* false: the whole film, whose times stay as they are */
    int64_t from, until; /* in these units; `from` becomes 0 */
    AVRational unit;     /* seconds */
} pat_film_part;

/* Whether something that begins at `first`, and ends at `last` or later, lies in the part. */
bool pat_film_part_has(const pat_film_part *part, int64_t first, int64_t last, AVRational unit);

/* A time as it is in the part; AV_NOPTS_VALUE stays. */
int64_t pat_film_part_time(const pat_film_part *part, int64_t time, AVRational unit);

/* Likewise, of the start or end of something: not outside the part. */
int64_t pat_film_part_start(const pat_film_part *part, int64_t time, AVRational unit);
int64_t pat_film_part_end(const pat_film_part *part, int64_t time, AVRational unit);

#endif
