#include "web/routes.h"

#include <string.h>

#include "web/assets.h"
#include "web/axes.h"
#include "web/formats.h"
#include "web/prometheus.h"
#include "web/site.h"

_Static_assert((int)PAT_ROUTES <= (int)PAT_PATHS_MAX, "every route is counted");

static void get_page(const pat_site *site, const char *rest, pat_answer *answer)
{
    (void)site;
    (void)rest;
    pat_asset_get("index.html", answer);
}

static void get_static(const pat_site *site, const char *rest, pat_answer *answer)
{
    (void)site;
    pat_asset_get(rest, answer);
}

static void get_openapi(const pat_site *site, const char *rest, pat_answer *answer)
{
    (void)site;
    (void)rest;
    pat_asset_get("openapi.json", answer);
}

static void get_samples(const pat_site *site, const char *rest, pat_answer *answer)
{
    if (rest[0] == '\0')
        pat_samples_list(&site->samples, answer);
    else
        pat_samples_get(&site->samples, rest, answer);
}

static void get_model(const pat_site *site, const char *rest, pat_answer *answer)
{
    (void)rest;
    pat_answer_begin(answer, "application/json");
    pat_buffer_append_text(&answer->text, site->model);
}

static void get_formats(const pat_site *site, const char *rest, pat_answer *answer)
{
    (void)site;
    (void)rest;
    pat_answer_begin_json(answer, "formats", pat_formats_value());
}

static void get_axes(const pat_site *site, const char *rest, pat_answer *answer)
{
    (void)site;
    (void)rest;
    pat_answer_begin_json(answer, "axes", pat_axes_value());
}

static void get_health(const pat_site *site, const char *rest, pat_answer *answer)
{
    (void)rest;
    pat_service_state state = pat_service_state_of(site->service);
    pat_answer_begin_json(answer, "health",
                          json_pack("{s:s, s:i, s:i, s:i, s:i, s:o, s:o}", "status",
                                    site->stopping ? "stopping" : "ok", "workers", state.workers,
                                    "ready", state.ready, "busy", state.busy, "waiting",
                                    state.waiting, "decoder", pat_json_text(state.decoder_version),
                                    "sandbox", pat_json_text(state.sandbox)));
    answer->status = site->stopping ? 503 : 200;
}

static void get_metrics(const pat_site *site, const char *rest, pat_answer *answer)
{
    (void)rest;
    pat_answer_begin(answer, "text/plain; version=0.0.4; charset=utf-8");
    pat_prometheus_put(site, &answer->text);
}

static void log_in(const pat_site *site, const char *rest, pat_answer *answer)
{
    (void)rest;
    pat_answer_begin(answer, "text/plain");
    answer->status = 204;
    if (site->token.is_needed)
        pat_token_put_cookie(&site->token, pat_answer_field(answer, "Set-Cookie"));
}

static const pat_route routes[PAT_ROUTES] = {
    [PAT_ROUTE_PAGE] = {.path = "/", get_page},
    [PAT_ROUTE_STATIC] = {.path = "/static/", get_static, .is_public = true},
    [PAT_ROUTE_SAMPLES] = {.path = "/samples/", get_samples},
    [PAT_ROUTE_RESTORE] = {.path = "/api/v1/restore", .by_post = true},
    [PAT_ROUTE_FEATURES] = {.path = "/api/v1/features", .by_post = true},
    [PAT_ROUTE_MODEL] = {.path = "/api/v1/model", get_model},
    [PAT_ROUTE_FORMATS] = {.path = "/api/v1/formats", get_formats},
    [PAT_ROUTE_AXES] = {.path = "/api/v1/axes", get_axes},
    [PAT_ROUTE_OPENAPI] = {.path = "/api/v1/openapi.json", get_openapi},
    [PAT_ROUTE_HEALTH] = {.path = "/healthz", get_health, .when_stopping = true},
    [PAT_ROUTE_METRICS] = {.path = "/metrics", get_metrics, .when_stopping = true},
    [PAT_ROUTE_LOGIN] = {.path = "/login", log_in, .by_post = true},
    [PAT_ROUTE_OTHER] = {.path = "other"},
};

const pat_route *pat_route_get(pat_route_id id)
{
    return &routes[id];
}

pat_route_id pat_route_find(const char *path, const char **rest)
{
    for (int i = 0; i < PAT_ROUTE_OTHER; i++) {
        size_t length = strlen(routes[i].path);
        bool is_folder = i != PAT_ROUTE_PAGE && routes[i].path[length - 1] == '/';
        *rest = path + length;
        if (strncmp(path, routes[i].path, length) == 0 && (is_folder || **rest == '\0'))
            return (pat_route_id)i;
    }
    *rest = path;
    return PAT_ROUTE_OTHER;
}

const char *pat_route_methods(const pat_route *route)
{
    return route->by_post ? "POST" : "GET, HEAD";
}

bool pat_route_takes(const pat_route *route, const char *method)
{
    if (route->by_post)
        return strcmp(method, "POST") == 0;
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}
