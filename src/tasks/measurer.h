/*
 * What workers measure of the frames of a film, wherever a frame comes from; private to the
 * library. It is the same for PAT_TASK_FILM_MEASURE and PAT_TASK_FRAME_MEASURE.
 */
#ifndef PAT_TASKS_MEASURER_H
#define PAT_TASKS_MEASURER_H

#include "film/measure.h"
#include "patina/features.h"
#include "restore/image.h"
#include "tasks/predictor.h"

/* setup.extra. model: the bytes of a model file; none: nothing is predicted. */
typedef struct pat_measurer_setup {
    const char *model_name; /* for messages */
    double max_harm;        /* NaN: the model's own */
    pat_bytes model;
} pat_measurer_setup;

void pat_measurer_setup_pack(pat_buffer *out, const pat_measurer_setup *setup);

enum { PAT_FILM_COLORS = 8 /* at least as many as there are color operators */ };

/* What to do with a frame. */
typedef struct pat_measurer_order {
    bool predicts;   /* the setting, if there is a model */
    uint64_t colors; /* bit i: measure the ends of color operator i, which measures the image */
} pat_measurer_order;

typedef struct pat_measured {
    pat_frame_measure measure;
    pat_setting predicted; /* 0 if nothing was to be predicted, or nothing is to be done */
    bool flagged;
    /* Of the color operators to be measured, over about 256 of the frame's rows; else 0. */
    pat_color_ends ends[PAT_FILM_COLORS][PAT_CHANNELS];
    double features[PAT_FEATURE_COUNT]; /* of a frame whose setting is predicted; else 0 */
} pat_measured;

/* outcome.report has one of these for each frame. colors: as in the order. */
void pat_measured_pack(pat_buffer *out, uint64_t colors, const pat_measured *measured);

/* Unpack the report of a job that measured so many frames. False if the bytes are none. */
PAT_MUST_CHECK bool pat_measured_unpack(pat_bytes bytes, uint64_t colors, pat_measured *measured,
                                        size_t count);

/* In a worker. */
typedef struct pat_measurer {
    pat_predictor predictor; /* its model is NULL if there is none */
    pat_scratch scratch;
} pat_measurer;

/* Fails like pat_predictor_init_from(); release it in any case. */
PAT_MUST_CHECK pat_status pat_measurer_init(pat_measurer *measurer, pat_bytes extra,
                                            pat_error *error);
void pat_measurer_release(pat_measurer *measurer);

/* Whether a frame with this order has its setting predicted. */
bool pat_measurer_predicts(const pat_measurer *measurer, const pat_measurer_order *order);

/* Measure a frame. If its setting is predicted, work->damaged is the same frame as an image. Fails
 * with PAT_OUT_OF_MEMORY or like pat_predictor_run(). */
PAT_MUST_CHECK pat_status pat_measurer_run(pat_measurer *measurer, const pat_picture *rgb,
                                           pat_work *work, const pat_measurer_order *order,
                                           pat_measured *measured, pat_error *error);

#endif
