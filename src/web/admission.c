#include "web/admission.h"

#include <stdlib.h>
#include <string.h>

#include "web/guard.h"

bool pat_admission_is_ambiguous(const pat_request *request)
{
    return request->repeated || request->has_nul ||
           (request->transfer_encoding != NULL && request->content_length != NULL);
}

pat_problem pat_admission_check(const pat_exchange *exchange, const char **message)
{
    const pat_request *request = &exchange->request;
    const pat_site *site = exchange->site;
    bool is_old = strcmp(request->version, "HTTP/1.0") == 0;
    if (request->header_bytes > PAT_HEADER_BYTES_MAX) {
        *message = "the header fields are longer than 16 KiB; send fewer";
        return PAT_PROBLEM_HEADERS_TOO_LARGE;
    }
    if (pat_admission_is_ambiguous(request) || (request->host == NULL && !is_old)) {
        *message = "send exactly one Host, at most one length header, no other header twice, and "
                   "no NUL in the path";
        return PAT_PROBLEM_MALFORMED;
    }
    if (site->listener.loopback && request->host != NULL && !pat_guard_is_local(request->host)) {
        *message = "this server only serves this machine; use localhost as its name";
        return PAT_PROBLEM_HOST;
    }
    if (site->stopping && !pat_route_get(exchange->route)->when_stopping) {
        *message = "the server is stopping; try again later";
        return PAT_PROBLEM_STOPPING;
    }
    return PAT_PROBLEM_NONE;
}

/* Digits only, because programs disagree on other forms of numbers. */
static bool read_length(const char *text, uint64_t *length)
{
    enum { DIGITS_MAX = 18 };
    size_t digits = strspn(text, "0123456789");
    *length = strtoull(text, NULL, 10);
    return digits > 0 && digits <= DIGITS_MAX && text[digits] == '\0';
}

static pat_problem check_length(pat_exchange *exchange, const char **message)
{
    const pat_request *request = &exchange->request;
    if (request->transfer_encoding != NULL || request->content_length == NULL) {
        *message = "send the image with a Content-Length and without Transfer-Encoding";
        return PAT_PROBLEM_NO_LENGTH;
    }
    if (!read_length(request->content_length, &exchange->length)) {
        *message = "the Content-Length is not a number; send the size of the body in bytes";
        return PAT_PROBLEM_MALFORMED;
    }
    if (exchange->length > exchange->site->limits.value[PAT_SERVE_BODY]) {
        *message = "the body is larger than this server accepts; send a smaller image";
        return PAT_PROBLEM_BODY_TOO_LARGE;
    }
    if (exchange->length == 0) {
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
    if (store->used + exchange->length > store->limit) {
        *message = "the server's image memory is full; try again in a moment";
        return PAT_PROBLEM_STORE_FULL;
    }
    if (count_of_client(exchange) >= site->limits.value[PAT_SERVE_PER_ADDRESS]) {
        *message = "too many images at once from this address; wait for their answers";
        return PAT_PROBLEM_PER_ADDRESS;
    }
    return PAT_PROBLEM_NONE;
}

pat_problem pat_admission_of_image(pat_exchange *exchange, const char **message)
{
    const pat_request *request = &exchange->request;
    const char *host = request->host == NULL ? "" : request->host;
    if (!pat_guard_is_ours(request->origin, request->site, host)) {
        *message = "pages from other sites may not use this server";
        return PAT_PROBLEM_CROSS_SITE;
    }
    pat_problem problem = check_length(exchange, message);
    return problem == PAT_PROBLEM_NONE ? check_room(exchange, message) : problem;
}
