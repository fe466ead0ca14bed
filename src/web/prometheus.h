/* The metrics of a server for Prometheus; private to the library. */
#ifndef PAT_WEB_PROMETHEUS_H
#define PAT_WEB_PROMETHEUS_H

#include "web/site.h"

/* In the text format of Prometheus, version 0.0.4. */
void pat_prometheus_put(const pat_site *site, pat_buffer *out);

#endif
