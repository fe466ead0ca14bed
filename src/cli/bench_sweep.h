/* Whole runs over a range of settings, for `patina bench`. */
#ifndef PAT_CLI_BENCH_SWEEP_H
#define PAT_CLI_BENCH_SWEEP_H

#include "bench_timing.h"
#include "workspace.h"

enum { BENCH_ROWS_MAX = OPTION_LIST_MAX * OPTION_LIST_MAX };

/* The runs with one setting. */
typedef struct bench_row {
    int jobs, batch;
    double seconds[BENCH_REPEAT_MAX]; /* as they came */
    double median_s;
} bench_row;

typedef struct bench_sweep {
    size_t times, pairs;           /* a run does each pair so many times, and that many in all */
    bench_row row[BENCH_ROWS_MAX]; /* ascending by jobs, then by batch */
    size_t rows;
    bench_row start_up, idle; /* runs without work: one pair, and many, whose files do not exist */
    char sha256[65];          /* of the first run's data set */
    size_t runs, different;   /* runs, and how many of them gave other bytes than the first */
    size_t failures;          /* pairs that failed in a run, at most */
    char failure[PAT_ERROR_MESSAGE_SIZE]; /* the first one's */
} bench_sweep;

/*
 * Run all settings in turn, so often as options->repeat says, on a list that holds each of the
 * pairs (at least one) several times if that is what it takes for a run to last options->seconds.
 * Everything is written in `space`. Nothing is decoded in this process.
 */
pat_status bench_sweep_run(const bench_options *options, const pat_pairs *pairs,
                           const workspace *space, bench_sweep *sweep, pat_error *error);

/* The fastest setting with the fewest workers: what others are compared to. */
const bench_row *bench_baseline(const bench_sweep *sweep);
double bench_speed_up(const bench_sweep *sweep, const bench_row *row);
/* The speed-up over the baseline per worker. */
double bench_efficiency(const bench_sweep *sweep, const bench_row *row);

/* How much slower than the best a setting may be that does with less. */
#define BENCH_NEAR_BEST 1.03
const bench_row *bench_recommended(const bench_sweep *sweep);

/* What the pool spends on a pair besides the work: a request, an answer, a row. */
double bench_pool_ms(const bench_sweep *sweep);

/* What a pair costs a run with one worker, without start and end; false if there was no such run or
 * it had failures. */
bool bench_worker_ms(const bench_sweep *sweep, double *ms);

#endif
