/* What the driver and the workers of a restoration tell each other; private to the library. Both
 * are the same program, so structs travel as they are. */
#ifndef PAT_RUN_TASK_RESTORE_H
#define PAT_RUN_TASK_RESTORE_H

#include "patina/restoration.h"

/* setup.extra: this, then the bytes of the model's file if there is a model. */
typedef struct pat_restore_setup {
    bool predicts, strip;
    int quality;
    pat_format format; /* PAT_FORMAT_NONE: that of the input */
    pat_setting setting;
    char model_name[PAT_PATH_SIZE];
} pat_restore_setup;

/* outcome.report, besides the outcome's features and setting. Numbers alone: a worker that was
 * taken over may send any bytes. */
typedef struct pat_restore_report {
    uint32_t left_alone, copied, format, width, height, depth, channels, has_alpha, notes, extended;
    uint32_t unlike_count, unlike[PAT_UNLIKE_MAX];
    uint64_t input_bytes, output_bytes;
    double raw[3];
} pat_restore_report;

#endif
