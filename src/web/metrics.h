/* Request counters; private to the library. */
#ifndef PAT_WEB_METRICS_H
#define PAT_WEB_METRICS_H

#include <stdint.h>

#include "web/problem.h"

enum { PAT_PATHS_MAX = 16, PAT_STATUS_KINDS = 21, PAT_DURATION_BUCKETS = 13 };

/* Statuses with their own counter (0: no response, or any other), and bounds of duration
 * buckets. */
extern const int pat_metric_status[PAT_STATUS_KINDS];
extern const double pat_metric_bound_s[PAT_DURATION_BUCKETS];

/* The requests to one path. */
typedef struct pat_path_metrics {
    const char *name; /* static; NULL: no request yet */
    uint64_t requests[PAT_STATUS_KINDS];
    uint64_t durations[PAT_DURATION_BUCKETS + 1]; /* the last: longer than all bounds */
    double seconds;
} pat_path_metrics;

/* Zero-initialize. */
typedef struct pat_metrics {
    pat_path_metrics path[PAT_PATHS_MAX];
    uint64_t refused[PAT_PROBLEMS];
    uint64_t bytes_in, bytes_out;
    uint64_t cut;       /* connections cut off: too slow, or the client left */
    uint64_t reclaimed; /* connections closed to make room for others */
} pat_metrics;

/* A finished request. */
typedef struct pat_traffic {
    int route;           /* 0..PAT_PATHS_MAX - 1, in output order */
    const char *path;    /* of the route; static */
    int status;          /* 0: ended without a response */
    pat_problem problem; /* PAT_PROBLEM_NONE on success */
    double seconds;
    uint64_t bytes_in, bytes_out;
} pat_traffic;

void pat_metrics_add(pat_metrics *metrics, const pat_traffic *traffic);

#endif
