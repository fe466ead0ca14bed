/* Whole runs over a range of settings, for `patina bench`. */
#ifndef PAT_CLI_BENCH_SWEEP_H
#define PAT_CLI_BENCH_SWEEP_H

#include "bench_timing.h"
#include "workspace.h"

enum { BENCH_ROWS_MAX = OPTION_LIST_MAX * OPTION_LIST_MAX };

/* The runs with one setting. */
typedef struct bench_row {
    int jobs, batch;
    double seconds[BENCH_REPEAT_MAX]; /* in the order measured */
    double median_s;
} bench_row;

typedef struct bench_sweep {
    size_t times, pairs; /* how often a run processes each pair, and how many pairs in all */
    bench_row row[BENCH_ROWS_MAX]; /* ascending by jobs, then by batch */
    size_t rows;
    bench_row start_up, idle;             /* runs of one idle pair, and of many */
    char sandbox[PAT_SANDBOX_SIZE];       /* of the workers, as in pat_run_summary */
    char sha256[65];                      /* of the first run's data set */
    size_t runs, different;               /* runs, and those whose bytes differ from the first */
    size_t failures;                      /* the most pairs that failed in one run */
    char failure[PAT_ERROR_MESSAGE_SIZE]; /* the first failure */
} bench_sweep;

/*
 * Run all settings in turn, options->repeat times. If needed, the list has each pair several times,
 * so that a run lasts options->seconds. There must be at least one pair. All files are written to
 * `space`. Nothing is decoded in this process.
 */
pat_status bench_sweep_run(const bench_options *options, const pat_pairs *pairs,
                           const workspace *space, bench_sweep *sweep, pat_error *error);

/* The baseline: the fastest setting with the fewest workers. */
const bench_row *bench_baseline(const bench_sweep *sweep);
double bench_speed_up(const bench_sweep *sweep, const bench_row *row);
/* The speed-up over the baseline per worker. */
double bench_efficiency(const bench_sweep *sweep, const bench_row *row);

/* How much slower than the fastest setting the recommended one, with fewer resources, may be. */
#define BENCH_NEAR_BEST 1.03
const bench_row *bench_recommended(const bench_sweep *sweep);

/* The pool's overhead per pair: a request, a response, a row. */
double bench_pool_ms(const bench_sweep *sweep);

/* The time per pair in a run with one worker, without the run's start and end; false if there was
 * no such run or it had failures. */
bool bench_worker_ms(const bench_sweep *sweep, double *ms);

#endif
