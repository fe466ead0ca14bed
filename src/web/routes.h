/* The server's URL paths; private to the library. */
#ifndef PAT_WEB_ROUTES_H
#define PAT_WEB_ROUTES_H

#include <stdbool.h>

#include "web/answer.h"

struct pat_site;

typedef enum pat_route_id {
    PAT_ROUTE_PAGE,
    PAT_ROUTE_STATIC,
    PAT_ROUTE_SAMPLES,
    PAT_ROUTE_RESTORE,
    PAT_ROUTE_FEATURES,
    PAT_ROUTE_MODEL,
    PAT_ROUTE_FORMATS,
    PAT_ROUTE_AXES,
    PAT_ROUTE_OPENAPI,
    PAT_ROUTE_HEALTH,
    PAT_ROUTE_METRICS,
    PAT_ROUTE_LOGIN,
    PAT_ROUTE_OTHER, /* unknown path */
    PAT_ROUTES
} pat_route_id;

typedef struct pat_route {
    const char *path; /* ending in '/': a prefix, except for the page */
    /* Respond to a request. rest: the path after `path`. NULL: accepts images by POST. */
    void (*answer)(const struct pat_site *site, const char *rest, pat_answer *answer);
    bool by_post;       /* accepts POST instead of GET */
    bool when_stopping; /* available even while the server is stopping */
    bool is_public;     /* available without a token */
} pat_route;

/* Static. The path of PAT_ROUTE_OTHER is only a label for metrics. */
const pat_route *pat_route_get(pat_route_id id);

/* The route of a path. *rest: what follows the route's own path. */
pat_route_id pat_route_find(const char *path, const char **rest);

/* "GET, HEAD" or "POST". Static. */
const char *pat_route_methods(const pat_route *route);
bool pat_route_takes(const pat_route *route, const char *method);

#endif
