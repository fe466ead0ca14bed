/* Server metrics for Prometheus; private to the library. */
#ifndef PAT_WEB_PROMETHEUS_H
#define PAT_WEB_PROMETHEUS_H

#include "web/site.h"

/* Append the metrics in the Prometheus text format, version 0.0.4. */
void pat_prometheus_put(const pat_site *site, pat_buffer *out);

#endif
