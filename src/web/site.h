/* A server's state, except its connections; private to the library. */
#ifndef PAT_WEB_SITE_H
#define PAT_WEB_SITE_H

#include "web/limits.h"
#include "web/listen.h"
#include "web/metrics.h"
#include "web/samples.h"
#include "web/store.h"
#include "web/token.h"
#include "workers/service.h"

struct pat_exchange;

typedef struct pat_site {
    const pat_serve_options *options;
    pat_limits limits;
    pat_listener listener;
    pat_token token;
    pat_service *service;
    pat_store store;
    pat_metrics metrics;
    pat_samples samples;
    char *model;                    /* its description as JSON */
    struct pat_exchange *exchanges; /* uploads in progress */
    size_t requests, connections;   /* open at present */
    uint64_t last_id;
    bool stopping;
    /* Called when a worker has finished and the exchange's response is ready. */
    void (*answered)(void *server, struct pat_exchange *exchange);
    void *server;
} pat_site;

#endif
