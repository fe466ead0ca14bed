#include <stdio.h>

#include "patina/inspect.h"
#include "run/train.h"

/* A model learns nothing from labels that say nothing: what inspection finds bad is passed on. */
pat_status pat_train_warn(pat_train *train, pat_error *error)
{
    pat_train_report *report = train->report;
    pat_inspection inspection = {0};
    const pat_inspect_options options = {.data = train->options->data,
                                         .trials = train->options->trials};
    pat_status status = pat_inspect(&options, &inspection, error);
    for (size_t i = 0; status == PAT_OK && i < inspection.finding_count; i++) {
        const pat_finding *finding = &inspection.findings[i];
        if (finding->bad && report->warning_count < PAT_TRAIN_WARNINGS_MAX)
            snprintf(report->warnings[report->warning_count++], PAT_TRAIN_WARNING_SIZE, "%s",
                     finding->text);
    }
    pat_inspection_release(&inspection);
    return status;
}
