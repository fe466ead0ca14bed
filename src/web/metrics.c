#include "web/metrics.h"

/* 0: not in the table. */
const int pat_metric_status[PAT_STATUS_KINDS] = {0,   200, 204, 303, 400, 401, 403,
                                                 404, 405, 411, 413, 415, 421, 422,
                                                 429, 431, 500, 502, 503, 504, 505};
const double pat_metric_bound_s[PAT_DURATION_BUCKETS] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                         1,     2.5,  5,     10,   30,  60};

void pat_metrics_add(pat_metrics *metrics, const pat_traffic *traffic)
{
    pat_path_metrics *path = &metrics->path[traffic->route];
    int kind = PAT_STATUS_KINDS - 1, bucket = 0;
    while (kind > 0 && pat_metric_status[kind] != traffic->status)
        kind--;
    while (bucket < PAT_DURATION_BUCKETS && traffic->seconds > pat_metric_bound_s[bucket])
        bucket++;
    path->name = traffic->path;
    path->requests[kind]++;
    path->durations[bucket]++;
    path->seconds += traffic->seconds;
    if (traffic->problem != PAT_PROBLEM_NONE)
        metrics->refused[traffic->problem]++;
    metrics->bytes_in += traffic->bytes_in;
    metrics->bytes_out += traffic->bytes_out;
}
