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
 * The kinds of tasks, one row each. KIND(VALUE, name) defines PAT_TASK_VALUE and refers to
 * pat_name_kind in tasks/task_name.c. tasks/task_name.h defines a setup's `extra`, a job's `order`
 * and an outcome's `report`.
 */
#define PAT_TASK_TABLE(KIND)                                                                       \
    KIND(SEARCH, search)               /* the best setting of a pair, and its features */          \
    KIND(FEATURES, features)           /* the features of one image */                             \
    KIND(DEGRADE, degrade)             /* make a damaged version of one image */                   \
    KIND(EVALUATE, evaluate)           /* score chosen settings on a pair, and the whole grid */   \
    KIND(RESTORE, restore)             /* restore one image */                                     \
    KIND(CHECK, check)                 /* whether the two images of a pair belong together */      \
    KIND(STRIP, strip)                 /* a pair and its restoration as small images */            \
    KIND(ACTIONS, actions)             /* what each action of a tone model gains on a pair */      \
    KIND(FILM_DECODE, film_decode)     /* the next frames of a film */                             \
    KIND(FILM_MEASURE, film_measure)   /* what frames are like, and how to restore them */         \
    KIND(FILM_RESTORE, film_restore)   /* restore and encode frames */                             \
    KIND(FILM_WRITE, film_write)       /* write frames, and all else that a film has */            \
    KIND(FRAME_MEASURE, frame_measure) /* likewise, of an image in a folder of frames */           \
    KIND(FRAME, frame)                 /* restore such an image, or convert a depth map */

typedef enum pat_task_kind {
#define PAT_NAME_KIND(VALUE, name) PAT_TASK_##VALUE,
    PAT_TASK_TABLE(PAT_NAME_KIND)
#undef PAT_NAME_KIND
        PAT_TASK_KINDS
} pat_task_kind;

/* The setup that all jobs of a run share. */
typedef struct pat_task_setup {
    pat_task_kind kind;
    uint64_t max_pixels;   /* this and the next two are filled in by pat_run_fill() */
    uint64_t memory_bytes; /* limit of a worker; 0: none, as in this process */
    bool requires_sandbox; /* a worker does not start without the whole sandbox */
    bool forgets;          /* jobs belong to different clients: see pat_task_forget() */
    bool stays;            /* a worker keeps a state, so it is not replaced when it has grown */
    bool loads_modules;    /* a worker loads the modules that few images need: see codec.h */
    pat_bytes extra;       /* for the kind; in a worker, valid until the task is created */
} pat_task_setup;

enum {
    PAT_INPUTS = 2, /* the damaged image and its original */
    PAT_OUTPUTS = 2 /* images that a job may write */
};

/* An image file that a job has written. All zero: none. */
typedef struct pat_written {
    uint64_t size;
    pat_fingerprint bytes;
} pat_written;

/* One pair, or one image (undamaged is then ""). */
typedef struct pat_job {
    const char *name; /* in the outputs; "" in a worker, which does not need it */
    const char *damaged, *undamaged;
    bool done_before;                      /* skip the job if the files still match `before` */
    pat_content before[PAT_INPUTS];        /* the state of the files when it was done */
    pat_bytes order;                       /* the request, in the form that the kind defines */
    const char *output_path[PAT_OUTPUTS];  /* files to write; NULL: none */
    const char *partial_path[PAT_OUTPUTS]; /* their names until they are complete */
    pat_opened input[PAT_INPUTS], output[PAT_OUTPUTS]; /* the files, after pat_job_open() */
} pat_job;

/* Open the files of a job; close them when the job is done or has been sent. Partial files are
 * created anew, with the permissions of the damaged image. Workers cannot open files and receive
 * the descriptors instead. */
void pat_job_open(pat_job *job);
void pat_job_close(pat_job *job);

/* Where a job failed. */
typedef enum pat_stage {
    PAT_STAGE_DECODE, /* the only image */
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

/* The outcome of one job. Zero-initialize; pat_outcome_release() when done. */
typedef struct pat_outcome {
    pat_content content[PAT_INPUTS]; /* of the files, when they were read */
    bool unchanged;                  /* the files are unchanged; no other member is set */
    pat_status status;
    pat_stage stage;                      /* meaningful on failure */
    char message[PAT_ERROR_MESSAGE_SIZE]; /* meaningful on failure */
    pat_written written[PAT_OUTPUTS];     /* meaningful on success */
    pat_buffer report;                    /* on success, in the form that the kind defines; owned */
} pat_outcome;

void pat_outcome_release(pat_outcome *outcome);

/* Make the outcome a failure. */
void pat_outcome_fail(pat_outcome *outcome, pat_stage stage, const pat_error *error);

/* The decoders, scratch memory and FFT plans for the jobs of one setup. */
typedef struct pat_task pat_task;

/* Fails with PAT_OUT_OF_MEMORY or PAT_INTERNAL (the decoders cannot start); *task is then NULL. */
PAT_MUST_CHECK pat_status pat_task_create(const pat_task_setup *setup, pat_task **task,
                                          pat_error *error);
void pat_task_free(pat_task *task);

/* Release the memory that holds the last job's images. If pat_memory_wipe_freed() has been called,
 * this process then has no copy of them left. Fails with PAT_OUT_OF_MEMORY; the task can then only
 * be freed. */
PAT_MUST_CHECK pat_status pat_task_forget(pat_task *task, pat_error *error);

/* Whether this outcome from an untrusted worker is valid. The command must also check it against
 * what only the command knows, such as the order. */
bool pat_task_accepts(const pat_task_setup *setup, const pat_outcome *outcome);

/* Do one job, whose files are open. If the job fails, the outcome reports it. */
void pat_task_run(pat_task *task, const pat_job *job, pat_outcome *outcome);

#endif
