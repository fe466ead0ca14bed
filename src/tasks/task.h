/*
 * What a worker does with one pair or image; private to the library.
 */
#ifndef PAT_TASKS_TASK_H
#define PAT_TASKS_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "image/file.h"

/*
 * The kinds of tasks, one row each. KIND(VALUE, name) makes PAT_TASK_VALUE and stands for
 * pat_name_kind in tasks/task_name.c. What a setup's `extra`, a job's `order` and an outcome's
 * `report` hold is in tasks/task_name.h.
 */
#define PAT_TASK_TABLE(KIND)                                                                       \
    KIND(SEARCH, search)     /* the best setting of a pair, and its features */                    \
    KIND(FEATURES, features) /* the features of one image */                                       \
    KIND(DEGRADE, degrade)   /* a damaged version of one image */                                  \
    KIND(EVALUATE, evaluate) /* chosen settings on a pair, beside the whole grid */                \
    KIND(RESTORE, restore)   /* one image restored */                                              \
    KIND(CHECK, check)       /* whether the two images of a pair belong together */                \
    KIND(STRIP, strip)       /* a pair and its restoration as small images, to be shown */

typedef enum pat_task_kind {
#define PAT_NAME_KIND(VALUE, name) PAT_TASK_##VALUE,
    PAT_TASK_TABLE(PAT_NAME_KIND)
#undef PAT_NAME_KIND
        PAT_TASK_KINDS
} pat_task_kind;

/* What all jobs of a run have in common. */
typedef struct pat_task_setup {
    pat_task_kind kind;
    uint64_t max_pixels;   /* filled in by pat_run_jobs(), like what follows */
    uint64_t memory_bytes; /* that a worker may use; 0: no limit, as in the process itself */
    pat_bytes extra;       /* what only the kind knows; in a worker, until the task is made */
} pat_task_setup;

enum {
    PAT_INPUTS = 2, /* the damaged image and its original */
    PAT_OUTPUTS = 2 /* images that a job may write */
};

/* One pair, or one image (undamaged is then ""). */
typedef struct pat_job {
    const char *name; /* in the outputs; "" in a worker, which has no use for it */
    const char *damaged, *undamaged;
    bool done_before;               /* and nothing is to be done if the files are the same still: */
    pat_content before[PAT_INPUTS]; /* what they were then */
    pat_bytes order;                /* what only the kind knows about this job */
    const char *output_path[PAT_OUTPUTS]; /* files to write, emptied first; NULL: none */
    pat_opened input[PAT_INPUTS], output[PAT_OUTPUTS]; /* the files, after pat_job_open() */
} pat_job;

/* Open the files of a job. A worker does not open any: it is sent the descriptors. They are to be
 * closed when the job is done or has been sent. */
void pat_job_open(pat_job *job);
void pat_job_close(pat_job *job);

/* Where a job failed. */
typedef enum pat_stage {
    PAT_STAGE_DECODE, /* of the only image */
    PAT_STAGE_DECODE_DAMAGED,
    PAT_STAGE_DECODE_UNDAMAGED,
    PAT_STAGE_SEARCH,
    PAT_STAGE_FEATURES,
    PAT_STAGE_WORKER,
    PAT_STAGE_WRITE, /* an image */
    PAT_STAGE_DEGRADE,
    PAT_STAGE_RESTORE,
    PAT_STAGE_CHECK,
    PAT_STAGE_COUNT
} pat_stage;

/* "decode", ...: the `stage` column of failures.csv. */
const char *pat_stage_name(pat_stage stage);

/* What came of one job. Zero-initialize; pat_outcome_release() when done. */
typedef struct pat_outcome {
    pat_content content[PAT_INPUTS]; /* of the files, when they were read */
    bool unchanged;                  /* they are as they were before; there is nothing else */
    pat_status status;
    pat_stage stage;                      /* meaningful on failure */
    char message[PAT_ERROR_MESSAGE_SIZE]; /* the same */
    pat_buffer report;                    /* what only the kind knows, of a success; owned */
} pat_outcome;

void pat_outcome_release(pat_outcome *outcome);

/* Turn the outcome into a failure. */
void pat_outcome_fail(pat_outcome *outcome, pat_stage stage, const pat_error *error);

/* The machinery for jobs of one setup: decoders, scratch memory, FFT plans. */
typedef struct pat_task pat_task;

/* Fails with PAT_OUT_OF_MEMORY or PAT_INTERNAL (the decoders do not start); *task is then NULL. */
PAT_MUST_CHECK pat_status pat_task_create(const pat_task_setup *setup, pat_task **task,
                                          pat_error *error);
void pat_task_free(pat_task *task);

/* Whether a worker, which may send anything, may have sent this as the outcome of a job. What only
 * the driver's command knows, such as what was ordered, it has to check itself. */
bool pat_task_accepts(const pat_task_setup *setup, const pat_outcome *outcome);

/* Write an image's bytes to output `which` of a job, which is open unless it could not be. Fails
 * with PAT_WRITE_FAILED. */
PAT_MUST_CHECK pat_status pat_job_write(const pat_job *job, int which, const void *bytes,
                                        size_t size, pat_error *error);

/* Do one job, whose files are open. A failure of the job is an outcome, not a failure of this
 * function. */
void pat_task_run(pat_task *task, const pat_job *job, pat_outcome *outcome);

#endif
