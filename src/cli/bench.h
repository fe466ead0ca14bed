/*
 * The parts of `patina bench`: whole runs over a range of settings (bench_sweep.c), the stages of
 * a pair one by one (bench_stages.c), and what is said about both (bench_table.c, bench_json.c).
 */
#ifndef PAT_CLI_BENCH_H
#define PAT_CLI_BENCH_H

#include "options.h"
#include "workspace.h"

enum { BENCH_REPEAT_MAX = 100, BENCH_ROWS_MAX = OPTION_LIST_MAX * OPTION_LIST_MAX };

typedef struct bench_options {
    source_arguments source;
    option_list jobs, batch;
    int repeat;     /* 1..BENCH_REPEAT_MAX: every figure is the median of so many */
    double seconds; /* what a run lasts at least, with most workers */
    bool single, json;
    progress_mode progress;
    const volatile sig_atomic_t *interrupt;
} bench_options;

/* Fill in an error and return its status. */
__attribute__((format(printf, 3, 4))) pat_status bench_fail(pat_error *error, pat_status status,
                                                            const char *format, ...);

/* PAT_INTERRUPTED after Ctrl-C. */
pat_status bench_check_interrupt(const bench_options *options, pat_error *error);

/* Seconds since an arbitrary start, monotonic. */
double bench_clock_s(void);

/* count: 1..BENCH_REPEAT_MAX. */
double bench_median(const double *value, int count);

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

typedef enum bench_stage {
    BENCH_READ,   /* the bytes of both files */
    BENCH_DECODE, /* both images */
    BENCH_GRID,   /* the winner */
    BENCH_FEATURES,
    BENCH_STEPS,                  /* the above are the steps of a pair */
    BENCH_GRID_ALL = BENCH_STEPS, /* the scores of all settings */
    BENCH_STAGES
} bench_stage;

/* A pair's medians. */
typedef struct bench_pair {
    int width, height; /* of the damaged image; 0 if the pair failed */
    double ms[BENCH_STAGES];
} bench_pair;

typedef struct bench_breakdown {
    bench_pair *pair; /* as many as there are pairs */
    size_t measured, failures;
    char failure[PAT_ERROR_MESSAGE_SIZE]; /* the first one's */
    /* Over the measured pairs: */
    int typical_width, typical_height; /* of the pair of median area */
    double mean_ms[BENCH_STAGES];
    double steps_ms; /* the mean sum of the steps */
    double megapixels_per_s;
    double ns_per_cell, ns_per_cell_all; /* cell: one sample of the damaged image, one setting */
} bench_breakdown;

/* Do the pairs in this process, stage by stage. Free breakdown->pair. */
pat_status bench_stages_run(const bench_options *options, const pat_pairs *pairs,
                            bench_breakdown *breakdown, pat_error *error);

void bench_table_begin(const bench_options *options, const pat_pairs *pairs);
void bench_table_sweep(const bench_options *options, const bench_sweep *sweep);
/* sweep: NULL if there was none. */
void bench_table_breakdown(const bench_breakdown *breakdown, const bench_sweep *sweep);

/* All in one document. sweep: likewise. Returns the exit status. */
int bench_json(const bench_options *options, const pat_pairs *pairs, const bench_sweep *sweep,
               const bench_breakdown *breakdown);

#endif
