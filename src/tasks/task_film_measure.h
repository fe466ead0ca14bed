/*
 * Measure the frames of a film, and predict the settings of some; private to the library.
 *
 * setup.extra: pat_measurer_setup. input[0]: the samples of the frames, as PAT_TASK_FILM_DECODE
 * writes them. outcome.report: a pat_measured for each frame.
 */
#ifndef PAT_TASKS_TASK_FILM_MEASURE_H
#define PAT_TASKS_TASK_FILM_MEASURE_H

#include "tasks/film.h"
#include "tasks/measurer.h"

enum { PAT_FILM_MEASURED_MAX = 64 };

/* job.order: measure `count` frames of a film with these facts; predict the setting of each frame
 * for which `predicts` has a bit. */
typedef struct pat_film_measure_order {
    const pat_film_facts *facts;
    size_t count; /* 0 .. PAT_FILM_MEASURED_MAX */
    uint64_t predicts;
    uint64_t colors; /* as in pat_measurer_order */
} pat_film_measure_order;

void pat_film_measure_order_pack(pat_buffer *out, const pat_film_measure_order *order);

#endif
