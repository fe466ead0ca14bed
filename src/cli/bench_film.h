/* Whole runs over a film with a range of settings, for `patina bench --film`. */
#ifndef PAT_CLI_BENCH_FILM_H
#define PAT_CLI_BENCH_FILM_H

#include "bench_sweep.h"
#include "patina/film.h"

/* The runs with one setting. */
typedef struct bench_film_row {
    int jobs, batch;
    size_t frames_in_flight;
    double median_s;
    pat_film_time pass[PAT_FILM_PASSES]; /* the median of each number */
    double *seconds;                     /* of each run */
    pat_film_time (*run)[PAT_FILM_PASSES];
} bench_film_row;

typedef struct bench_film {
    const bench_options *options;
    const char *film;
    int frames; /* at most so many, from the first on */
    char model[PAT_PATH_SIZE];
    pat_film_summary summary; /* of the first run */
    bench_film_row row[BENCH_ROWS_MAX];
    size_t rows;
    size_t runs, different; /* runs, and those whose film differs from that of the first */
} bench_film;

/* The first of the rows, which ascend, that is almost as fast as the fastest. */
const bench_film_row *bench_film_recommended(const bench_film *bench);

void bench_film_table(const bench_film *bench);
int bench_film_json(const bench_film *bench);

/* Restore the first frames of the film with the default model, once to warm up, then once for each
 * setting and repetition, into `space`; print what was measured. Returns the exit status. */
int bench_film_run(const bench_options *options, const char *film, int frames,
                   const workspace *space);

#endif
