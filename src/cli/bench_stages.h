/* Time the stages of a pair one by one, for `patina bench`. */
#ifndef PAT_CLI_BENCH_STAGES_H
#define PAT_CLI_BENCH_STAGES_H

#include "bench_timing.h"

typedef enum bench_stage {
    BENCH_READ,   /* the bytes of both files */
    BENCH_DECODE, /* both images */
    BENCH_GRID,   /* finding the winner */
    BENCH_FEATURES,
    BENCH_STEPS,                  /* the stages above are the steps of a pair */
    BENCH_GRID_ALL = BENCH_STEPS, /* scoring all settings */
    BENCH_STAGES
} bench_stage;

/* The median times of a pair. */
typedef struct bench_pair {
    int width, height; /* of the damaged image; 0 if the pair failed */
    double ms[BENCH_STAGES];
} bench_pair;

typedef struct bench_breakdown {
    bench_pair *pair; /* one per pair */
    size_t measured, failures;
    char failure[PAT_ERROR_MESSAGE_SIZE]; /* the first failure */
    /* Over the measured pairs: */
    int typical_width, typical_height; /* of the pair with the median area */
    double mean_ms[BENCH_STAGES];
    double steps_ms; /* the sum of the mean times of the steps */
    double megapixels_per_s;
    double ns_per_cell, ns_per_cell_all; /* cell: one sample of the damaged image, one setting */
} bench_breakdown;

/* Process the pairs in this process, stage by stage. Free breakdown->pair. */
pat_status bench_stages_run(const bench_options *options, const pat_pairs *pairs,
                            bench_breakdown *breakdown, pat_error *error);

#endif
