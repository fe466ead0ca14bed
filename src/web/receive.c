#include "web/receive.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "web/admission.h"
#include "web/assets.h"
#include "web/parameters.h"
#include "web/text.h"
#include "web/work.h"

/* ---- The image ------------------------------------------------------------------------------- */

static pat_status begin_image(void *context, const char *file, pat_error *error)
{
    pat_exchange *exchange = context;
    if (file != NULL)
        pat_clean_name(file, exchange->name);
    return pat_stored_create(&exchange->input, &exchange->site->store, error);
}

static pat_status take_bytes(void *context, const char *bytes, size_t size, pat_error *error)
{
    pat_exchange *exchange = context;
    return pat_stored_append(&exchange->input, bytes, size, error);
}

static pat_status take_field(void *context, const char *name, const char *value, pat_error *error)
{
    pat_exchange *exchange = context;
    return pat_parameter_set(&exchange->order, &exchange->given, name, value, error);
}

/* Respond to a failure while receiving a body. */
static void fail_body(pat_exchange *exchange, const pat_error *error)
{
    pat_problem problem = error->status == PAT_INVALID_ARGUMENT ? PAT_PROBLEM_PARAMETER
                          : error->status == PAT_MALFORMED      ? PAT_PROBLEM_MALFORMED
                          : error->status == PAT_TOO_LARGE      ? PAT_PROBLEM_STORE_FULL
                                                                : PAT_PROBLEM_OUT_OF_MEMORY;
    pat_exchange_fail(exchange, problem, error->message);
}

static pat_status begin_body(pat_exchange *exchange, pat_error *error)
{
    static const char multipart[] = "multipart/";
    const char *type = exchange->request.content_type;
    if (type == NULL || strncasecmp(type, multipart, sizeof multipart - 1) != 0)
        return begin_image(exchange, NULL, error);
    exchange->form = (pat_form){.context = exchange,
                                .image = begin_image,
                                .bytes = take_bytes,
                                .field = take_field,
                                .parts_max = exchange->site->limits.value[PAT_SERVE_PARTS]};
    return pat_multipart_create(type, &exchange->form, &exchange->multipart, error);
}

static pat_status read_query(pat_exchange *exchange, pat_error *error)
{
    const pat_request *request = &exchange->request;
    pat_status status = PAT_OK;
    if (request->arguments > PAT_ARGUMENTS_MAX)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "too many parameters; give each once");
    for (int i = 0; i < request->arguments && status == PAT_OK; i++)
        if (request->argument[i].value == NULL)
            status =
                pat_fail(error, PAT_INVALID_ARGUMENT, "a parameter has no value; write NAME=VALUE");
        else
            status =
                take_field(exchange, request->argument[i].name, request->argument[i].value, error);
    return status;
}

/* ---- The request --------------------------------------------------------------------------- */

/* Whether the client asks for JSON rather than an image. */
static bool prefers_json(const char *accept)
{
    return accept != NULL && strcasestr(accept, "application/json") != NULL &&
           strcasestr(accept, "image/") == NULL;
}

static void begin_upload(pat_exchange *exchange)
{
    const char *message;
    pat_error error = {0};
    pat_problem problem = pat_admission_of_image(exchange, &message);
    if (problem != PAT_PROBLEM_NONE) {
        pat_exchange_fail(exchange, problem, message);
        return;
    }
    pat_exchange_admit(exchange);
    exchange->state = PAT_EXCHANGE_READING;
    exchange->wants_json = prefers_json(exchange->request.accept);
    pat_status status = read_query(exchange, &error);
    if (status == PAT_OK)
        status = begin_body(exchange, &error);
    if (status != PAT_OK)
        fail_body(exchange, &error);
}

/* Show the log-in page instead of the error. */
static void show_login(pat_answer *answer)
{
    const pat_problem_info *info = pat_problem_describe(PAT_PROBLEM_UNAUTHORIZED);
    pat_answer_release(answer);
    pat_asset_get("login.html", answer);
    answer->status = info->status;
    answer->problem = PAT_PROBLEM_UNAUTHORIZED;
    answer->may_be_kept = false;
}

static void ask_for_token(pat_exchange *exchange, const char *message)
{
    pat_exchange_fail(exchange, PAT_PROBLEM_UNAUTHORIZED, message);
    if (exchange->route == PAT_ROUTE_PAGE)
        show_login(&exchange->answer);
    pat_buffer_append_text(pat_answer_field(&exchange->answer, "WWW-Authenticate"), "Bearer");
}

/* Set the cookie and redirect to the same page, but without the token in its address. */
static void take_token(pat_exchange *exchange)
{
    pat_answer *answer = &exchange->answer;
    pat_answer_begin(answer, "text/plain");
    answer->status = 303;
    pat_buffer_append_text(pat_answer_field(answer, "Location"), "/");
    pat_token_put_cookie(&exchange->site->token, pat_answer_field(answer, "Set-Cookie"));
}

static void begin_answer(pat_exchange *exchange, const pat_route *route, const char *rest)
{
    exchange->state = PAT_EXCHANGE_ANSWERED;
    if (exchange->shows_token)
        take_token(exchange);
    else
        route->answer(exchange->site, rest, &exchange->answer);
}

void pat_receive_headers(pat_exchange *exchange)
{
    const pat_request *request = &exchange->request;
    const char *rest, *message;
    exchange->route = pat_route_find(request->path, &rest);
    const pat_route *route = pat_route_get(exchange->route);
    pat_problem problem = pat_admission_check(exchange, &message);
    if (problem == PAT_PROBLEM_UNAUTHORIZED) {
        ask_for_token(exchange, message);
    } else if (problem != PAT_PROBLEM_NONE) {
        pat_exchange_fail(exchange, problem, message);
    } else if (exchange->route == PAT_ROUTE_OTHER) {
        pat_exchange_fail(exchange, PAT_PROBLEM_NOT_FOUND,
                          "no such path; GET /api/v1/openapi.json lists all paths");
    } else if (!pat_route_takes(route, request->method)) {
        pat_exchange_fail(exchange, PAT_PROBLEM_METHOD,
                          "this path does not support this method; see the Allow header");
        pat_buffer_append_text(pat_answer_field(&exchange->answer, "Allow"),
                               pat_route_methods(route));
    } else if (route->answer != NULL) {
        begin_answer(exchange, route, rest);
    } else {
        begin_upload(exchange);
    }
}

void pat_receive_bytes(pat_exchange *exchange, const char *bytes, size_t size)
{
    pat_error error = {0};
    exchange->bytes_in += size;
    if (exchange->state != PAT_EXCHANGE_READING)
        return;
    pat_status status = exchange->multipart != NULL
                            ? pat_multipart_feed(exchange->multipart, bytes, size, &error)
                            : take_bytes(exchange, bytes, size, &error);
    if (status != PAT_OK)
        fail_body(exchange, &error);
}

void pat_receive_end(pat_exchange *exchange)
{
    pat_error error = {0};
    pat_multipart *multipart = exchange->multipart;
    exchange->multipart = NULL;
    if (pat_multipart_end(multipart, &error) != PAT_OK)
        fail_body(exchange, &error);
    else if (exchange->input.counted == 0)
        pat_exchange_fail(exchange, PAT_PROBLEM_EMPTY_FILE, "the image is empty; send another");
    else
        pat_work_submit(exchange);
}
