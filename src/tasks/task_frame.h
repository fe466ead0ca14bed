/*
 * The frames of a film that are files, one for each image and depth map; private to the library.
 *
 * PAT_TASK_FRAME_MEASURE measures an image. setup.extra: pat_measurer_setup; job.order:
 * pat_measurer_order; outcome.report: a pat_measured.
 *
 * PAT_TASK_FRAME writes output[0]: a restored image, or a depth map in meters. job.order:
 * pat_frame_order; outcome.report: pat_frame_report. Driver and worker are the same program, so
 * structs are sent as raw memory.
 */
#ifndef PAT_TASKS_TASK_FRAME_H
#define PAT_TASKS_TASK_FRAME_H

#include "film/lines.h"
#include "rig/layout.h"
#include "tasks/measurer.h"

typedef struct pat_frame_order {
    pat_rig_part part;
    pat_rig_depth depth;               /* of a depth map: the kind of file */
    pat_film_line lines[PAT_CHANNELS]; /* of an image: these first, then the setting */
    pat_setting setting;
} pat_frame_order;

typedef struct pat_frame_report {
    uint32_t width, height;    /* as stored in the file */
    uint32_t copied;           /* an image: the file is a copy of the input */
    uint32_t notes;            /* an image: bit i: pat_note i, of what was lost */
    uint32_t divided, guessed; /* a depth map: see pat_depth_map */
    double luma;               /* an image: of what was written, as pat_frame_luma() */
} pat_frame_report;

/* False if the bytes are no report. */
PAT_MUST_CHECK bool pat_frame_report_read(pat_bytes bytes, pat_frame_report *report);

#endif
