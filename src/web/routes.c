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

static const pat_route routes[PAT_ROUTES] = {
    [PAT_ROUTE_PAGE] = {"/", get_page, false},
    [PAT_ROUTE_STATIC] = {"/static/", get_static, false},
    [PAT_ROUTE_SAMPLES] = {"/samples/", get_samples, false},
    [PAT_ROUTE_RESTORE] = {"/api/v1/restore", NULL, false},
    [PAT_ROUTE_FEATURES] = {"/api/v1/features", NULL, false},
    [PAT_ROUTE_MODEL] = {"/api/v1/model", get_model, false},
    [PAT_ROUTE_FORMATS] = {"/api/v1/formats", get_formats, false},
    [PAT_ROUTE_AXES] = {"/api/v1/axes", get_axes, false},
    [PAT_ROUTE_OPENAPI] = {"/api/v1/openapi.json", get_openapi, false},
    [PAT_ROUTE_HEALTH] = {"/healthz", get_health, true},
    [PAT_ROUTE_METRICS] = {"/metrics", get_metrics, true},
    [PAT_ROUTE_OTHER] = {"other", NULL, false},
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
    return route->get != NULL ? "GET, HEAD" : "POST";
}

bool pat_route_takes(const pat_route *route, const char *method)
{
    if (route->get == NULL)
        return strcmp(method, "POST") == 0;
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}
