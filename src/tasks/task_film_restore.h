/*
 * Restore the frames of a film, and encode them; private to the library.
 *
 * input[0]: the samples of the frames, as PAT_TASK_FILM_DECODE writes them. output[0]: receives the
 * packets, one after the other. The frames of a job are a segment. The setup has no `extra`.
 */
#ifndef PAT_TASKS_TASK_FILM_RESTORE_H
#define PAT_TASKS_TASK_FILM_RESTORE_H

#include "film/lines.h"
#include "patina/setting.h"
#include "tasks/film.h"
#include "tasks/film_strip.h"

enum { PAT_FILM_RESTORED_MAX = PAT_FILM_SEGMENT_MAX };

/* job.order */
typedef struct pat_film_restore_order {
    const pat_film_facts *facts;
    pat_film_coding coding;
    size_t count;   /* 0 .. PAT_FILM_RESTORED_MAX */
    uint64_t shows; /* bit i: make a strip of frame i */
    pat_film_frame frame[PAT_FILM_RESTORED_MAX];
    pat_film_line line[PAT_FILM_RESTORED_MAX][PAT_CHANNELS];
    pat_setting setting[PAT_FILM_RESTORED_MAX];
} pat_film_restore_order;

void pat_film_restore_order_pack(pat_buffer *out, const pat_film_restore_order *order);

/* outcome.report: of frame i, and of packet i in the order of decoding. */
typedef struct pat_film_restored {
    double luma; /* mean of the restored frame, as in pat_frame_measure */
    pat_film_packet packet;
} pat_film_restored;

/* The rest of a report: strips, which borrow from its bytes. */
typedef struct pat_film_shown {
    double encoding_s; /* of the time that the job took */
    size_t count;
    pat_film_strip strip[PAT_FILM_RESTORED_MAX];
} pat_film_shown;

/* Unpack a report of the job with this order. False if the bytes are none, or if the packets do not
 * have each frame once. */
PAT_MUST_CHECK bool pat_film_restored_unpack(pat_bytes bytes, size_t count,
                                             pat_film_restored restored[PAT_FILM_RESTORED_MAX],
                                             pat_film_shown *shown);

#endif
