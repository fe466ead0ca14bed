/* What the driver and the workers of an evaluation tell each other; private to the library. Both
 * are the same program, so structs travel as they are. */
#ifndef PAT_TASKS_TASK_EVALUATE_H
#define PAT_TASKS_TASK_EVALUATE_H

#include "patina/search.h"

/*
 * setup.extra: nothing, or the name of a model, its NUL, and the bytes of its file.
 * setup.trials: true; the outcome has the scores of the whole grid.
 * job.order: settings (pat_setting) to score, at most PAT_CHOICES_MAX - 1.
 * outcome.report: a pat_choice for each of them, then one for what the model says.
 */
typedef struct pat_choice {
    pat_setting setting;
    pat_scores scores;
    uint64_t unlike; /* features unlike the model's training data */
} pat_choice;

enum { PAT_CHOICES_MAX = 16 };

#endif
