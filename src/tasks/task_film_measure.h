/*
 * Measure the frames of a film, and predict the settings of some; private to the library.
 *
 * input[0]: the samples of the frames, as PAT_TASK_FILM_DECODE writes them.
 */
#ifndef PAT_TASKS_TASK_FILM_MEASURE_H
#define PAT_TASKS_TASK_FILM_MEASURE_H

#include "film/measure.h"
#include "patina/features.h"
#include "patina/model.h"
#include "restore/image.h"
#include "tasks/film.h"
#include "tasks/predictor.h"

/* setup.extra. model: the bytes of a model file; none: nothing is predicted. */
typedef struct pat_film_measure_setup {
    const char *model_name; /* for messages */
    double max_harm;        /* NaN: the model's own */
    pat_bytes model;
} pat_film_measure_setup;

void pat_film_measure_setup_pack(pat_buffer *out, const pat_film_measure_setup *setup);

/* job.order: measure `count` frames of a film with these facts; predict the setting of each frame
 * for which `predicts` has a bit. */
enum { PAT_FILM_MEASURED_MAX = 64, PAT_FILM_COLORS = 8 };

typedef struct pat_film_measure_order {
    const pat_film_facts *facts;
    size_t count; /* 0 .. PAT_FILM_MEASURED_MAX */
    uint64_t predicts;
    uint64_t colors; /* bit i: measure the ends of color operator i, which measures the image */
} pat_film_measure_order;

void pat_film_measure_order_pack(pat_buffer *out, const pat_film_measure_order *order);

/* outcome.report: one for each frame. */
typedef struct pat_film_measured {
    pat_frame_measure measure;
    pat_setting predicted; /* 0 if nothing was to be predicted, or nothing is to be done */
    bool flagged;
    /* Of the color operators to be measured, over about 256 of the frame's rows; else 0. */
    pat_color_ends ends[PAT_FILM_COLORS][PAT_CHANNELS];
    double features[PAT_FEATURE_COUNT]; /* of a frame whose setting is predicted; else 0 */
} pat_film_measured;

/* colors: as in the order. */
void pat_film_measured_pack(pat_buffer *out, uint64_t colors, const pat_film_measured *measured);

/* Unpack a report of the job with this order. False if the bytes are none. */
PAT_MUST_CHECK bool pat_film_measured_unpack(pat_bytes bytes, const pat_film_measure_order *order,
                                             pat_film_measured measured[PAT_FILM_MEASURED_MAX]);

/* In a worker: load the model of a setup, if it has one; predict the setting of work->damaged; and
 * measure what color operators would do, on evenly spaced rows. The first two fail like
 * pat_predictor_init_from() and pat_predictor_run(). */
PAT_MUST_CHECK pat_status pat_film_predictor_init(pat_predictor *predictor, pat_bytes extra,
                                                  pat_error *error);
PAT_MUST_CHECK pat_status pat_film_predict(const pat_predictor *predictor, pat_work *work,
                                           pat_film_measured *measured, pat_error *error);
void pat_film_measure_ends(const pat_picture *rgb, uint64_t colors, pat_film_measured *measured);

#endif
