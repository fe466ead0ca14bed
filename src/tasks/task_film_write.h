/*
 * Write a restored film: encoded frames, and all else that the original has; private to the
 * library.
 *
 * The jobs are done in order, by one worker, which keeps its place: it cannot be replaced.
 * input[0]: has packets, as PAT_TASK_FILM_RESTORE writes them. input[1]: the original.
 * output[0]: the film.
 */
#ifndef PAT_TASKS_TASK_FILM_WRITE_H
#define PAT_TASKS_TASK_FILM_WRITE_H

#include "film/writer.h"
#include "tasks/film.h"

enum { PAT_FILM_WRITTEN_MAX = PAT_FILM_SEGMENT_MAX };

/* job.order */
typedef struct pat_film_write_order {
    const pat_film_facts *facts;
    pat_film_coding coding;
    const pat_film_muxer *muxer;
    bool is_part; /* as in pat_film_writer_options */
    int64_t from, until;
    uint64_t first;  /* which frame of the film is the first of these */
    size_t count;    /* 0 .. PAT_FILM_WRITTEN_MAX */
    bool is_last;    /* finish the film after these */
    uint64_t offset; /* of the first packet in input[0] */
    pat_film_frame frame[PAT_FILM_WRITTEN_MAX];
    pat_film_packet packet[PAT_FILM_WRITTEN_MAX]; /* of the same segment */
} pat_film_write_order;

void pat_film_write_order_pack(pat_buffer *out, const pat_film_write_order *order);

/* outcome.report: what has been lost, known with the last job. False if the bytes are none. */
PAT_MUST_CHECK bool pat_film_write_report_unpack(pat_bytes bytes, unsigned *losses);

#endif
