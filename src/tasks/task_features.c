/* PAT_TASK_FEATURES: the features of one image. */
#include "tasks/kind.h"

static pat_status measure(void *state, pat_work *work, const pat_job *job, pat_outcome *outcome,
                          pat_stage *stage, pat_error *error)
{
    (void)state, (void)job;
    return pat_work_measure(work, outcome, stage, error);
}

const pat_kind pat_features_kind = {.run = measure};
