/* What the driver and the workers of a restoration tell each other; private to the library. Both
 * are the same program, so structs travel as they are. */
#ifndef PAT_TASKS_TASK_RESTORE_H
#define PAT_TASKS_TASK_RESTORE_H

#include "patina/features.h"
#include "patina/model.h"
#include "patina/restoration.h"
#include "tasks/task.h"

/* setup.extra: this, then the bytes of the model's file if there is a model. */
typedef struct pat_restore_setup {
    bool predicts, strip;
    int quality;
    pat_format format; /* PAT_FORMAT_NONE: that of the input */
    pat_setting setting;
    char model_name[PAT_PATH_SIZE];
} pat_restore_setup;

/* job.order: what is asked for one image; none: what the setup says. */
typedef struct pat_restore_order {
    bool given[PAT_AXES]; /* these are taken from `setting`, whatever the model says */
    bool describes;       /* only features, setting and facts are wanted, no image */
    bool strip;
    int quality;
    pat_format format;
    pat_setting setting;
    uint64_t output_limit; /* bytes; 0: none */
} pat_restore_order;

/* outcome.report, as it lies in memory. Numbers alone: a worker that was taken over may send any
 * bytes. */
typedef struct pat_restore_report {
    uint32_t left_alone, copied, input_format, format, width, height, depth, channels, has_alpha,
        notes, extended;
    uint32_t unlike_count, unlike[PAT_UNLIKE_MAX];
    uint64_t input_bytes, output_bytes;
    pat_setting setting, predicted;
    double raw[PAT_TARGET_COUNT], features[PAT_FEATURES_MAX];
} pat_restore_report;

/*
 * The report of a job that succeeded, in words. told: input set, the rest 0; its notes are static.
 * name: of the image. Fails with PAT_INTERNAL if the report makes no sense.
 */
PAT_MUST_CHECK pat_status pat_restore_report_read(const pat_outcome *outcome, const char *name,
                                                  pat_restoration *told, pat_error *error);

#endif
