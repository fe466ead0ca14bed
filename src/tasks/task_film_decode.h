/*
 * Decode the frames of a film, some at a time; private to the library.
 *
 * The jobs of a film are done in order, by one worker, which keeps its place. A worker that takes
 * over from one that died decodes again from the start, and leaves out what has been decoded. So
 * that no job takes too long, it skips only so many frames and then asks for the job again.
 *
 * input[0]: the film. output[0]: receives the samples of the frames. The setup has no `extra`.
 */
#ifndef PAT_TASKS_TASK_FILM_DECODE_H
#define PAT_TASKS_TASK_FILM_DECODE_H

#include "tasks/film.h"

/* job.order: decode frames first .. first + count - 1 of the range. */
typedef struct pat_film_decode_order {
    uint64_t first, count;
    int threads;        /* that decode */
    double from, until; /* the range: frames, or seconds after frame 0; until 0: until the end */
    bool in_seconds;
} pat_film_decode_order;

void pat_film_decode_order_pack(pat_buffer *out, const pat_film_decode_order *order);

enum { PAT_FILM_BATCH_MAX = 1000 };

/* outcome.report. */
typedef struct pat_film_decode_report {
    pat_film_facts facts;
    pat_film_counts counts; /* since the start of the film */
    bool again;             /* the frames lie farther on: order them again */
    bool ended;             /* no frames follow */
    size_t count;           /* of the frames decoded */
    pat_film_frame frame[PAT_FILM_BATCH_MAX];
} pat_film_decode_report;

/* Unpack a report of the job with this order. False if the bytes are none. */
PAT_MUST_CHECK bool pat_film_decode_report_unpack(pat_bytes bytes,
                                                  const pat_film_decode_order *order,
                                                  pat_film_decode_report *report);

#endif
