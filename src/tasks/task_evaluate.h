/* What the driver and the workers of an evaluation tell each other; private to the library. */
#ifndef PAT_TASKS_TASK_EVALUATE_H
#define PAT_TASKS_TASK_EVALUATE_H

#include "base/buffer.h"
#include "patina/search.h"

/* setup.extra, packed. */
typedef struct pat_evaluate_setup {
    pat_grid grid;
    pat_bytes model; /* its name, a NUL, and the bytes of its file; empty: no model */
} pat_evaluate_setup;

void pat_evaluate_setup_pack(pat_buffer *out, const pat_evaluate_setup *setup);
PAT_MUST_CHECK bool pat_evaluate_setup_unpack(pat_bytes bytes, pat_evaluate_setup *setup);

/* job.order: settings (pat_setting, as they lie in memory) to score, PAT_CHOICES_MAX - 1 at most.
 */
enum { PAT_CHOICES_MAX = 16 };

/* What came of one of them. */
typedef struct pat_choice {
    pat_setting setting;
    pat_scores scores;
    uint64_t unlike; /* features unlike the model's training data */
} pat_choice;

/* outcome.report, packed: the scores of the untouched image, of all settings of the grid, and a
 * choice for each setting of the order, then one for what the model says. */
typedef struct pat_evaluate_report {
    pat_scores untouched;
    size_t trials, choices; /* how many there are */
} pat_evaluate_report;

void pat_evaluate_report_pack(pat_buffer *out, const pat_evaluate_report *report,
                              const pat_scores *trials, const pat_choice *choices);

/* report: its counts are set; the rest, and the arrays, are filled in. False if the bytes are no
 * report with these counts. */
PAT_MUST_CHECK bool pat_evaluate_report_unpack(pat_bytes bytes, pat_evaluate_report *report,
                                               pat_scores *trials, pat_choice *choices);

#endif
