#include "web/admission.h"

#include <string.h>

#include "web/guard.h"

/* Whether the request has the token or the cookie, or needs none. Only the page accepts the token
 * in the query. The files in /static/, which include the log-in page, need none. */
static bool may_enter(pat_exchange *exchange)
{
    const pat_request *request = &exchange->request;
    const pat_token *token = &exchange->site->token;
    const char *given = pat_request_argument(request, "token");
    if (!token->is_needed || pat_route_get(exchange->route)->is_public)
        return true;
    exchange->shows_token =
        exchange->route == PAT_ROUTE_PAGE && given != NULL && pat_token_is(token, given);
    return exchange->shows_token || pat_token_is_in(token, request->authorization, request->cookie);
}

pat_problem pat_admission_check(pat_exchange *exchange, const char **message)
{
    const pat_request *request = &exchange->request;
    const pat_site *site = exchange->site;
    const pat_serve_options *options = site->options;
    const pat_names names = {exchange->own, options->allowed_hosts, options->allowed_host_count};
    bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
    if (request->host != NULL && !pat_guard_knows(&names, request->host)) {
        *message = "this server does not know the name in the Host header; use localhost or its "
                   "address, or start patina serve with --allow-host NAME";
        return PAT_PROBLEM_HOST;
    }
    if (!reads && !pat_guard_is_ours(&names, request->origin, request->site,
                                     request->host == NULL ? "" : request->host)) {
        *message = "this request comes from a page of another site; if that page is yours, start "
                   "patina serve with --allow-host and its name";
        return PAT_PROBLEM_CROSS_SITE;
    }
    if (!may_enter(exchange)) {
        *message = "this server needs a token; send the header Authorization: Bearer TOKEN, or log "
                   "in at / in a browser";
        return PAT_PROBLEM_UNAUTHORIZED;
    }
    if (site->stopping && !pat_route_get(exchange->route)->when_stopping) {
        *message = "the server is stopping; try again later";
        return PAT_PROBLEM_STOPPING;
    }
    return PAT_PROBLEM_NONE;
}

static pat_problem check_length(const pat_exchange *exchange, const char **message)
{
    const pat_request *request = &exchange->request;
    if (!request->has_length) {
        *message = "send the image with a Content-Length";
        return PAT_PROBLEM_NO_LENGTH;
    }
    if (request->length > exchange->site->limits.value[PAT_SERVE_BODY]) {
        *message = "the body is larger than this server accepts; send a smaller image";
        return PAT_PROBLEM_BODY_TOO_LARGE;
    }
    if (request->length == 0) {
        *message = "the body is empty; send an image";
        return PAT_PROBLEM_EMPTY_FILE;
    }
    return PAT_PROBLEM_NONE;
}

static uint64_t count_of_client(const pat_exchange *exchange)
{
    uint64_t count = 0;
    for (const pat_exchange *other = exchange->site->exchanges; other != NULL; other = other->next)
        count += pat_client_equal(&other->client, &exchange->client);
    return count;
}

/* Whether there is room now; pat_work_submit() checks the queue again after the body. */
static pat_problem check_room(const pat_exchange *exchange, const char **message)
{
    const pat_site *site = exchange->site;
    const pat_store *store = &site->store;
    pat_service_state state = pat_service_state_of(site->service);
    if ((uint64_t)state.waiting + (uint64_t)state.busy >=
        site->limits.value[PAT_SERVE_QUEUE] + (uint64_t)state.workers) {
        *message = "all workers are busy and the queue is full; try again in a moment";
        return PAT_PROBLEM_QUEUE_FULL;
    }
    if (store->used + exchange->request.length > store->limit) {
        *message = "the server's image memory is full; try again in a moment";
        return PAT_PROBLEM_STORE_FULL;
    }
    if (count_of_client(exchange) >= site->limits.value[PAT_SERVE_PER_ADDRESS]) {
        *message = "too many images at once from this address; wait for the responses";
        return PAT_PROBLEM_PER_ADDRESS;
    }
    return PAT_PROBLEM_NONE;
}

pat_problem pat_admission_of_image(const pat_exchange *exchange, const char **message)
{
    pat_problem problem = check_length(exchange, message);
    return problem == PAT_PROBLEM_NONE ? check_room(exchange, message) : problem;
}
