/* Score chosen settings on many pairs, in workers; private to the library. */
#ifndef PAT_RUN_PIXELS_H
#define PAT_RUN_PIXELS_H

#include "tasks/predictor.h"
#include "tasks/task_evaluate.h"
#include "workers/run.h"

typedef struct pat_pixel_job {
    size_t pair;              /* index among the pairs */
    const pat_setting *order; /* the settings to score, `orders` of them */
} pat_pixel_job;

/* All borrowed. */
typedef struct pat_pixel_options {
    const pat_pairs *pairs;
    const pat_pixel_job *jobs;
    size_t count, orders;
    const pat_grid *grid;
    pat_bytes model; /* as in pat_evaluate_setup; its choice comes last; empty: no model */
    double max_harm; /* as in pat_evaluate_setup */
    const pat_run_options *run;
} pat_pixel_options;

/* The results of each job. Zero-initialize; pat_pixels_release() when done. */
typedef struct pat_pixels {
    size_t count, settings, choices;
    bool *scored; /* false: the job failed */
    pat_scores *untouched;
    pat_scores *trials; /* count x settings */
    pat_choice *choice; /* count x choices */
} pat_pixels;

/*
 * Do all jobs. The summary receives the counts, the first failures and a warning about pairs whose
 * images differ in shape. Fails like pat_run_jobs(). Release *pixels even on failure.
 */
PAT_MUST_CHECK pat_status pat_pixels_run(const pat_pixel_options *options, pat_pixels *pixels,
                                         pat_run_summary *summary, pat_error *error);
void pat_pixels_release(pat_pixels *pixels);

/* A key that all versions of one original share: the original's name in the manifest, or else the
 * path of the undamaged image. */
const char *pat_pixels_original(const pat_pair *pair);

#endif
