/* Messages between the driver and the workers of an evaluation; private to the library. */
#ifndef PAT_TASKS_TASK_EVALUATE_H
#define PAT_TASKS_TASK_EVALUATE_H

#include "base/buffer.h"
#include "patina/search.h"

/* setup.extra, packed. */
typedef struct pat_evaluate_setup {
    pat_grid grid;
    double max_harm; /* of the model; NaN: its own limit */
    pat_bytes model; /* its name, a NUL, and the bytes of its file; empty: no model */
} pat_evaluate_setup;

void pat_evaluate_setup_pack(pat_buffer *out, const pat_evaluate_setup *setup);
PAT_MUST_CHECK bool pat_evaluate_setup_unpack(pat_bytes bytes, pat_evaluate_setup *setup);

/* job.order: settings to score (pat_setting, as raw memory), at most PAT_CHOICES_MAX - 1; a scale
 * of PAT_SCALE_TO_FIT becomes the one that fits the image. */
enum { PAT_CHOICES_MAX = 16 };

/* The result for one setting. */
typedef struct pat_choice {
    pat_setting setting;
    pat_scores scores;
    double gain, harm; /* as in pat_prediction; 0 for ordered settings */
    uint64_t flagged;  /* likewise */
} pat_choice;

/* outcome.report, packed: the scores of the untouched image and of all grid settings; a choice for
 * each setting of the order; with a model, a choice for the model's setting; and other_shape. */
typedef struct pat_evaluate_report {
    pat_scores untouched;
    size_t trials, choices; /* their number */
    bool other_shape;       /* the images differ in shape */
} pat_evaluate_report;

void pat_evaluate_report_pack(pat_buffer *out, const pat_evaluate_report *report,
                              const pat_scores *trials, const pat_choice *choices);

/* report: the caller sets the counts; the rest and the arrays are filled in. False if the bytes are
 * not a report with these counts. */
PAT_MUST_CHECK bool pat_evaluate_report_unpack(pat_bytes bytes, pat_evaluate_report *report,
                                               pat_scores *trials, pat_choice *choices);

#endif
