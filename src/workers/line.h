/*
 * A production line: items pass through stages, each with workers of its own; private to the
 * library.
 *
 * Each stage may write a file in memory, which the next stage reads. A stage in order does one item
 * after the other, on one worker that may keep a state; the others do items in any order. Only so
 * many items are on the line at a time, so neither memory nor files grow with their number.
 */
#ifndef PAT_WORKERS_LINE_H
#define PAT_WORKERS_LINE_H

#include "patina/run.h"
#include "tasks/task.h"

enum { PAT_LINE_STAGES_MAX = 3, PAT_LINE_ITEMS_MAX = 64 };

typedef struct pat_line_stage {
    const pat_task_setup *setup; /* filled in, as by pat_run_fill() */
    int workers;                 /* 1 for a stage in order */
    bool in_order;
    bool writes; /* a file in memory, output[0] of its jobs, and input[0] of the next stage's */
} pat_line_stage;

/* What becomes of an item after a stage. */
typedef enum pat_line_verdict {
    PAT_LINE_DONE,
    PAT_LINE_LAST,   /* the same, of the first stage: no item follows this one */
    PAT_LINE_AGAIN,  /* the stage has not got far enough: it takes the item again */
    PAT_LINE_INVALID /* the worker must have been taken over: it is ended, and another does the item
                      * again */
} pat_line_verdict;

typedef struct pat_line_owner {
    /* Fill in the job of an item: names, order, and the files besides those between stages, which
     * must stay open until the item is done. False when out of memory: the line then ends. */
    bool (*order)(void *context, int stage, size_t item, pat_job *job);
    /* The outcome of that job; the callee may empty it. file: what the stage has written, or -1.
     * *verdict: PAT_LINE_DONE before the call. A failure ends the line. */
    pat_status (*done)(void *context, int stage, size_t item, pat_outcome *outcome, int file,
                       pat_line_verdict *verdict, pat_error *error);
    /* A tenth of a second has passed. NULL: nothing to do. */
    void (*ticked)(void *context);
    void *context;
} pat_line_owner;

typedef struct pat_line_options {
    const pat_line_stage *stages;
    int stage_count;
    int items;                  /* on the line at a time, 1 .. PAT_LINE_ITEMS_MAX */
    size_t first;               /* item */
    const pat_run_options *run; /* worker_command (NULL: in this process), timeout_s, patience_s
                                   and interrupt are used */
    pat_line_owner owner;
} pat_line_options;

/* Facts for the record, known when a line has run. */
typedef struct pat_line_facts {
    char sandbox[PAT_SANDBOX_SIZE];
    uint64_t deaths;                    /* of workers */
    double seconds;                     /* that it took */
    double busy_s[PAT_LINE_STAGES_MAX]; /* of each stage: from job to answer, of all its workers */
    /* Fingerprint of what the first stage's workers run on: base/platform.h. 0: they had no memory
     * to say it. */
    uint64_t platform;
} pat_line_facts;

/*
 * Send items through the stages, in order, until the last one has passed all. An item whose
 * worker dies is tried twice more at that stage. Fails with the owner's error, PAT_WORKER_DIED,
 * PAT_INTERRUPTED, PAT_OUT_OF_MEMORY or PAT_INTERNAL (no files in memory).
 */
PAT_MUST_CHECK pat_status pat_line_run(const pat_line_options *options, pat_line_facts *facts,
                                       pat_error *error);

#endif
