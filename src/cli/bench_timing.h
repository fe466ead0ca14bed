/* Options, clock and median for all measurements of `patina bench`. */
#ifndef PAT_CLI_BENCH_TIMING_H
#define PAT_CLI_BENCH_TIMING_H

#include "shared_options.h"

enum { BENCH_REPEAT_MAX = 100 };

typedef struct bench_options {
    source_arguments source;
    option_list jobs, batch;
    int repeat;  /* repetitions, 1..BENCH_REPEAT_MAX; the median is reported */
    int seconds; /* shortest duration of a run with the most workers */
    run_arguments run;
    const volatile sig_atomic_t *interrupt;
} bench_options;

/* Fill in an error and return its status. */
__attribute__((format(printf, 3, 4))) pat_status bench_fail(pat_error *error, pat_status status,
                                                            const char *format, ...);

/* Fails with PAT_INTERRUPTED after a signal. */
pat_status bench_check_interrupt(const bench_options *options, pat_error *error);

/* Seconds since an arbitrary start, monotonic. */
double bench_clock_s(void);

/* count: 1..BENCH_REPEAT_MAX. */
double bench_median(const double *value, int count);

#endif
