/* Task kinds: what a worker does with a job once its images are decoded; private to the library. */
#ifndef PAT_TASKS_KIND_H
#define PAT_TASKS_KIND_H

#include "image/standard_size.h"
#include "patina/features.h"
#include "patina/search.h"
#include "tasks/task.h"

/* The current job, and what is reused from job to job. */
typedef struct pat_work {
    const pat_job *job;
    uint64_t max_pixels;              /* as in pat_task_setup */
    pat_stage stage;                  /* the current stage, reported if the job fails */
    pat_image_file file[PAT_INPUTS];  /* bytes are kept only if kind->keeps_bytes */
    pat_image damaged, undamaged;     /* undamaged: only if the kind takes pairs */
    pat_written written[PAT_OUTPUTS]; /* set by pat_work_write() */
    pat_feature_extractor *extractor;
    pat_image small; /* scratch */
    pat_raster raster;
} pat_work;

typedef struct pat_kind {
    bool takes_files; /* no images are read or decoded: the kind reads the files itself */
    bool takes_bytes; /* files are read, but not decoded */
    bool takes_pairs;
    bool keeps_bytes; /* keep the bytes of the damaged file after decoding */
    /* Whether these bytes, from an untrusted worker, are a valid report for a setup with this
     * `extra`. NULL: the command checks them in the driver. */
    bool (*accepts)(pat_bytes extra, pat_bytes report);
    /* Create the kind's own state, before the worker enters the sandbox. NULL: no state. Fails with
     * PAT_OUT_OF_MEMORY or an error of the kind's own; *state is then NULL. */
    pat_status (*create)(pat_bytes extra, void **state, pat_error *error);
    void (*free)(void *state); /* accepts NULL */
    /* Change the bytes of the damaged file before they are decoded. NULL: nothing to change. */
    pat_status (*prepare)(void *state, pat_work *work, pat_error *error);
    /* Do work->job, and append its result to the empty report. On failure, work->stage tells where.
     * The caller checks for failed appends to the report. */
    pat_status (*run)(void *state, pat_work *work, pat_buffer *report, pat_error *error);
} pat_kind;

#define PAT_DECLARE_KIND(VALUE, name) extern const pat_kind pat_##name##_kind;
PAT_TASK_TABLE(PAT_DECLARE_KIND)
#undef PAT_DECLARE_KIND

/* Write a whole image file to output `which` of the job. Fails with PAT_WRITE_FAILED, including
 * when the output could not be opened. */
PAT_MUST_CHECK pat_status pat_work_write(pat_work *work, int which, pat_bytes file,
                                         pat_error *error);

/* Measure the features of work->damaged, shrunk until its longer side has at most `longest` pixels;
 * 0: as it is. The extended ones are written only if `extended` is set. */
PAT_MUST_CHECK pat_status pat_work_measure(pat_work *work, bool extended, int longest,
                                           double features[PAT_FEATURES_MAX], pat_error *error);

/* Search the pair. every_setting: score all settings, not just the best. Fails with PAT_TOO_SMALL
 * or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_work_search(pat_work *work, pat_searcher *searcher,
                                          bool every_setting, pat_evaluation *evaluation,
                                          pat_error *error);

/* Whether the two images of the pair have different shapes, so that one must be stretched. */
bool pat_work_has_other_shape(const pat_work *work);

#endif
