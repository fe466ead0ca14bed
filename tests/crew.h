/* A run of made-up jobs by workers, and its results, for tests of the worker pool. */
#ifndef TEST_CREW_H
#define TEST_CREW_H

#include "tasks/task_features.h"
#include "tasks/task_search.h"
#include "workers/run.h"

enum { JOBS_MAX = 300, NEVER = JOBS_MAX };

/* A run of made-up jobs, and its results. */
struct crew {
    pat_task_kind kind;
    pat_search_setup search; /* for PAT_TASK_SEARCH */
    pat_run_options options;
    char path[JOBS_MAX][256];
    const char *undamaged;
    size_t count;
    int interrupt_by;
    size_t fail_at, interrupt_at;  /* job at which the sink fails; job whose request interrupts */
    pat_outcome outcome[JOBS_MAX]; /* without reports */
    pat_search_report report[JOBS_MAX]; /* for PAT_TASK_FEATURES only the features */
    size_t put, highest_before_first;   /* outcomes; highest job requested before the first one */
    size_t progress_calls;
    pat_progress progress;
    char trouble[128]; /* the last trouble that progress reported */
    pat_error error;
    int workers;
};
extern struct crew crew;

/* The command of a worker that misbehaves at images whose names ask for it. */
extern const char *const faulty_worker[];

/* Name job `index`, for example "segv_0007.png". */
void set_job(size_t index, const char *prefix);

/* `count` jobs without faults, for `jobs` workers that hold `batch` jobs each. */
void set_crew(size_t count, int jobs, int batch);

pat_status start_crew(void);

/* Do the crew's jobs and check that no descriptors, processes or signal handlers are left. */
pat_status run_crew(void);

void assert_crew_done(void);

void assert_job_done(size_t index);

void assert_job_lost(size_t index, const char *cause);

/* libuv's first run opens descriptors that stay open. */
int warm_up(void **state);

#endif
