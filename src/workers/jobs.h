/* The source of jobs and the sink for outcomes; private to the library. */
#ifndef PAT_WORKERS_JOBS_H
#define PAT_WORKERS_JOBS_H

#include "tasks/task.h"

/* The jobs of a run, by index. */
typedef struct pat_job_list {
    size_t count;
    /* Fill in job `index`; its texts stay valid until the next call. */
    void (*get)(void *context, size_t index, pat_job *job);
    void *context;
    /* Called when job `index` is handed out: from then on, it may write its files. NULL: jobs write
     * no files. */
    void (*begin)(void *context, size_t index);
    /* Whether the files that the job wrote are unchanged since the recalled outcome. If not, the
     * job is done again. NULL: jobs write no files. */
    bool (*stands)(void *context, size_t index, const pat_outcome *outcome);
} pat_job_list;

/* Where outcomes go: called for index 0, 1, 2, ... in order. The outcome is borrowed. */
typedef struct pat_sink {
    pat_status (*put)(void *context, size_t index, const pat_outcome *outcome, pat_error *error);
    void *context;
} pat_sink;

#endif
