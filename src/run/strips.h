/*
 * Strips: the damaged, restored and original images of a pair side by side, scaled down or cropped
 * by workers for a page; private to the library.
 */
#ifndef PAT_RUN_STRIPS_H
#define PAT_RUN_STRIPS_H

#include "base/buffer.h"
#include "tasks/task_strip.h"
#include "workers/run.h"

enum { PAT_STRIP_SIDE_MAX = 2048 };

typedef struct pat_strip_job {
    size_t pair;           /* its index */
    pat_strip_order order; /* max_side: 1..PAT_STRIP_SIDE_MAX */
} pat_strip_job;

/* Set *pair to a pair. */
typedef void pat_strip_pair(const void *context, size_t index, pat_pair *pair);

/* All borrowed. */
typedef struct pat_strips_options {
    const pat_pairs *pairs;
    pat_strip_pair *pair_of; /* where the pairs come from instead; NULL: from `pairs` */
    const void *context;     /* of pair_of */
    const pat_strip_job *jobs;
    size_t count;
    const pat_run_options *run; /* `journal` is ignored */
} pat_strips_options;

/* The result of a job. */
typedef struct pat_strip {
    pat_status status; /* PAT_OK, or why there is no strip; then see `failure` */
    pat_failure failure;
    unsigned mode;               /* permissions that the files of both images have, as in 0666 */
    int width, height;           /* of each of the three images, in pixels */
    int full_width, full_height; /* of the original */
    /* JPEG files, indexed by PAT_STRIP_DAMAGED and so on. Treat them as untrusted bytes: only the
     * size, start and end are checked, and a malicious image may have taken over the worker. Pass
     * them only to readers that are safe for any bytes, such as browsers. */
    pat_buffer picture[PAT_STRIP_PICTURES];
} pat_strip;

/*
 * Make a strip for each job. Images are shown as the search sees them: decoded to 8 bits, restored
 * with the job's setting, and resized to the size of the original if they differ.
 *
 * strips: `count` of them, zeroed; call pat_strips_release() in any case. If a pair fails, only its
 * strip is missing. Fails with PAT_INVALID_ARGUMENT (a setting outside the limits of
 * patina/restore.h) or like pat_run_jobs().
 */
PAT_MUST_CHECK pat_status pat_strips_run(const pat_strips_options *options, pat_strip *strips,
                                         pat_error *error);

/* The permissions that the files of all images have: a page with these strips has no others. */
unsigned pat_strips_mode(const pat_strip *strips, size_t count);

void pat_strips_release(pat_strip *strips, size_t count);

#endif
