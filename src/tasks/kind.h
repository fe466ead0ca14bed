/*
 * The kinds of tasks: what a worker does with a job once its images are decoded; private to the
 * library. A new kind is a value of pat_task_kind, a file task_KIND.c and a row of task.c's table.
 */
#ifndef PAT_TASKS_KIND_H
#define PAT_TASKS_KIND_H

#include "tasks/task.h"

/* A job's images, and what is reused from job to job. */
typedef struct pat_work {
    const pat_task_setup *setup;
    pat_image_file file[PAT_INPUTS]; /* the bytes only where the kind keeps them */
    pat_image damaged, undamaged;    /* the latter only where the kind takes pairs */
    pat_feature_extractor *extractor;
} pat_work;

typedef struct pat_kind {
    bool takes_pairs;
    bool keeps_bytes; /* of the damaged file, after decoding */
    /* What the kind needs besides, made before the worker locks itself up. NULL: nothing. Fails
     * with PAT_OUT_OF_MEMORY, or as the kind says; *state is then NULL. */
    pat_status (*create)(const pat_task_setup *setup, void **state, pat_error *error);
    void (*free)(void *state); /* accepts NULL */
    /* Do a job. On failure *stage says where. */
    pat_status (*run)(void *state, pat_work *work, const pat_job *job, pat_outcome *outcome,
                      pat_stage *stage, pat_error *error);
} pat_kind;

extern const pat_kind pat_search_kind, pat_features_kind, pat_degrade_kind, pat_evaluate_kind,
    pat_restore_kind, pat_check_kind, pat_strip_kind;

/* The features of work->damaged into the outcome: what most kinds end with. */
PAT_MUST_CHECK pat_status pat_work_measure(pat_work *work, pat_outcome *outcome, pat_stage *stage,
                                           pat_error *error);

/* Search the pair: all of a search's outcome but the features. Fails with PAT_TOO_SMALL or
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_work_search(pat_searcher *searcher, pat_work *work,
                                          const pat_job *job, pat_outcome *outcome,
                                          pat_stage *stage, pat_error *error);

#endif
