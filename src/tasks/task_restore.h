/* Messages between the driver and the workers of a restoration; private to the library. Both are
 * the same program, so structs are sent as raw memory. */
#ifndef PAT_TASKS_TASK_RESTORE_H
#define PAT_TASKS_TASK_RESTORE_H

#include "patina/features.h"
#include "patina/model.h"
#include "patina/restoration.h"
#include "tasks/task.h"

/* setup.extra: this, then the bytes of the model file if there is a model. */
typedef struct pat_restore_setup {
    bool predicts, strip;
    int quality, page;
    pat_format format; /* PAT_FORMAT_NONE: that of the input */
    pat_setting setting;
    double max_harm; /* NaN: the model's own limit */
    char model_name[PAT_PATH_SIZE];
} pat_restore_setup;

/* job.order: the request for one image; if empty, the setup's settings apply. */
typedef struct pat_restore_order {
    bool given[PAT_AXES]; /* take these values from `setting`, not from the model */
    bool describes;       /* report features, setting and facts only; write no image */
    bool strip;
    int quality;
    pat_format format;
    pat_setting setting;
    uint64_t output_limit; /* bytes; 0: none */
} pat_restore_order;

/* outcome.report, as raw memory. It holds only numbers, because a compromised worker may send any
 * bytes. */
typedef struct pat_restore_report {
    uint32_t left_alone, copied, input_format, format, width, height, depth, channels, has_alpha,
        notes, extended, flagged, page, pages;
    uint32_t unlike_count, unlike[PAT_UNLIKE_MAX];
    uint64_t input_bytes, output_bytes;
    pat_setting setting, predicted;
    double gain, harm, restored_at, raw[PAT_TARGET_COUNT], features[PAT_FEATURES_MAX];
} pat_restore_report;

/*
 * Turn the report of a successful job into a pat_restoration. told: zeroed by the caller except for
 * members that the report does not provide; its notes are static. name: the image's name, for the
 * message. Fails with PAT_INTERNAL if the report is invalid.
 */
PAT_MUST_CHECK pat_status pat_restore_report_read(const pat_outcome *outcome, const char *name,
                                                  pat_restoration *told, pat_error *error);

#endif
