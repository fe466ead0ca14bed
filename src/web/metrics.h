/* What is counted, and how Prometheus is told; private to the library. */
#ifndef PAT_WEB_METRICS_H
#define PAT_WEB_METRICS_H

#include "base/buffer.h"
#include "web/routes.h"

enum { PAT_STATUS_KINDS = 18, PAT_DURATION_BUCKETS = 13 };

/* Zero-initialise. */
typedef struct pat_metrics {
    uint64_t requests[PAT_ROUTES][PAT_STATUS_KINDS];
    uint64_t durations[PAT_ROUTES][PAT_DURATION_BUCKETS + 1]; /* the last: longer ones */
    double seconds[PAT_ROUTES];
    uint64_t refused[PAT_PROBLEMS];
    uint64_t bytes_in, bytes_out;
    uint64_t cut; /* connections that were ended by the deadline */
} pat_metrics;

/* status: 0 for a request that ended without an answer. */
void pat_metrics_add(pat_metrics *metrics, pat_route_id route, int status, pat_problem problem,
                     double seconds, uint64_t bytes_in, uint64_t bytes_out);

/* In the text format of Prometheus, version 0.0.4. */
void pat_metrics_put(const struct pat_site *site, pat_buffer *out);

#endif
