/*
 * All use of libmicrohttpd, except for multipart bodies. It runs without a thread of its own: the
 * main loop polls its epoll descriptor together with the workers'. Its timeout is an idle timeout;
 * this file enforces the deadline of a whole request.
 */
#include "web/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "web/admission.h"
#include "web/exchange.h"
#include "web/receive.h"

enum { CONNECTION_MEMORY = 32 << 10, BASE64_BLOCK = 32 << 10, TARGET_SIZE = 256 };

struct connection {
    struct connection *previous, *next;
    struct MHD_Connection *handle;
    int socket;
    double since_s; /* start of the deadline: when the connection opened, or its request began
                       or ended */
    bool cut;
    bool busy; /* `exchange` is in use */
    bool begun, suspended;
    pat_exchange exchange;
    char target[TARGET_SIZE], address[PAT_ADDRESS_TEXT_SIZE];
};

struct pat_server {
    pat_site *site;
    struct MHD_Daemon *daemon;
    struct connection *connections;
    double now_s;
};

/* Header fields of every answer. The page needs only its own files. */
static const char *const fields[][2] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src "
     "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

/* ---- Requests in ----------------------------------------------------------------------------- */

/* The header fields to keep, and where. */
static const struct {
    const char *name;
    size_t offset;
} known[] = {
    {"Host", offsetof(pat_request, host)},
    {"Content-Type", offsetof(pat_request, content_type)},
    {"Content-Length", offsetof(pat_request, content_length)},
    {"Transfer-Encoding", offsetof(pat_request, transfer_encoding)},
    {"Accept", offsetof(pat_request, accept)},
    {"Expect", offsetof(pat_request, expect)},
    {"Origin", offsetof(pat_request, origin)},
    {"Sec-Fetch-Site", offsetof(pat_request, site)},
};

static enum MHD_Result note_field(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    (void)kind;
    pat_request *request = context;
    request->header_bytes += strlen(name) + (value == NULL ? 0 : strlen(value)) + 4;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(name, known[i].name) != 0)
            continue;
        const char **place = (const char **)(void *)((char *)request + known[i].offset);
        request->repeated =
            request->repeated || (*place != NULL && strcmp(known[i].name, "Accept") != 0);
        *place = value == NULL ? "" : value;
    }
    return MHD_YES;
}

static enum MHD_Result note_argument(void *context, enum MHD_ValueKind kind, const char *name,
                                     size_t name_size, const char *value, size_t value_size)
{
    (void)kind;
    pat_request *request = context;
    bool is_text =
        value != NULL && strlen(value) == value_size && name != NULL && strlen(name) == name_size;
    if (request->arguments < PAT_ARGUMENTS_MAX) {
        request->argument[request->arguments].name = name;
        request->argument[request->arguments].value = is_text ? value : NULL;
    }
    request->arguments++;
    return MHD_YES;
}

static void read_request(struct connection *connection, const char *path, const char *method,
                         const char *version)
{
    pat_request *request = &connection->exchange.request;
    *request = (pat_request){.method = method,
                             .path = path,
                             .version = version,
                             .header_bytes = strlen(connection->target)};
    const char *nul = strstr(connection->target, "%00");
    request->has_nul = nul != NULL && nul < strchrnul(connection->target, '?');
    MHD_get_connection_values(connection->handle, MHD_HEADER_KIND, note_field, request);
    MHD_get_connection_values_n(connection->handle, MHD_GET_ARGUMENT_KIND, note_argument, request);
}

/* ---- Answers out ----------------------------------------------------------------------------- */

static ssize_t read_base64(void *context, uint64_t position, char *out, size_t room)
{
    const pat_answer *answer = context;
    ssize_t count = pat_answer_read(answer, position, out, room);
    return count < 0 ? MHD_CONTENT_READER_END_WITH_ERROR : count;
}

static struct MHD_Response *make_response(pat_answer *answer)
{
    struct MHD_Response *response = NULL;
    switch (answer->kind) {
    case PAT_BODY_TEXT:
        return MHD_create_response_from_buffer(answer->text.size, answer->text.data,
                                               MHD_RESPMEM_MUST_COPY);
    case PAT_BODY_BYTES:
        return MHD_create_response_from_buffer(answer->size, (void *)answer->bytes,
                                               MHD_RESPMEM_PERSISTENT);
    case PAT_BODY_FILE:
        response = MHD_create_response_from_fd64(answer->file_size, answer->descriptor);
        if (response != NULL) {
            answer->kind = PAT_BODY_BYTES; /* the response now owns the descriptor */
            answer->size = answer->file_size;
        }
        return response;
    case PAT_BODY_BASE64:
        break;
    }
    return MHD_create_response_from_callback(pat_answer_size(answer), BASE64_BLOCK, read_base64,
                                             answer, NULL);
}

static bool add_fields(struct MHD_Response *response, pat_answer *answer, bool closes)
{
    bool added = MHD_add_response_header(response, "Content-Type", answer->type) == MHD_YES &&
                 MHD_add_response_header(response, "Cache-Control",
                                         answer->may_be_kept ? "no-cache" : "no-store") == MHD_YES;
    if (closes)
        added = added && MHD_add_response_header(response, "Connection", "close") == MHD_YES;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        added = added && MHD_add_response_header(response, fields[i][0], fields[i][1]) == MHD_YES;
    for (int i = 0; i < answer->fields && added; i++)
        added = pat_put_end(&answer->field[i].value) &&
                MHD_add_response_header(response, answer->field[i].name,
                                        answer->field[i].value.data) == MHD_YES;
    return added;
}

/* Send the answer of an exchange, or end the connection if it cannot be built. */
static enum MHD_Result send_answer(struct connection *connection)
{
    pat_exchange *exchange = &connection->exchange;
    pat_answer *answer = &exchange->answer;
    if (pat_answer_failed(answer))
        pat_exchange_fail(exchange, PAT_PROBLEM_OUT_OF_MEMORY,
                          "not enough memory for the answer; try again later");
    struct MHD_Response *response = pat_answer_failed(answer) ? NULL : make_response(answer);
    if (response == NULL)
        return MHD_NO;
    enum MHD_Result result = MHD_NO;
    if (add_fields(response, answer, answer->closes || exchange->site->stopping))
        result = MHD_queue_response(connection->handle, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- Connections ----------------------------------------------------------------------------- */

/* Whether to refuse a request without reading its body, and close the connection: the body is too
 * long to discard, or the client waits for 100 Continue before it sends it. Other bodies are read
 * and discarded, because a client that is still writing may not see the answer. */
static bool may_be_cut_off(const pat_request *request)
{
    const char *length = request->content_length;
    if (length == NULL)
        return request->transfer_encoding != NULL && request->expect != NULL;
    return request->expect != NULL || strtoull(length, NULL, 10) > PAT_DISCARD_BYTES_MAX;
}

static enum MHD_Result begin(struct connection *connection)
{
    pat_exchange *exchange = &connection->exchange;
    pat_receive_headers(exchange, connection->handle);
    if (pat_admission_is_ambiguous(&exchange->request)) /* so is the start of the next request */
        exchange->answer.closes = true;
    if (exchange->state != PAT_EXCHANGE_ANSWERED || !may_be_cut_off(&exchange->request))
        return MHD_YES;
    exchange->answer.closes = true;
    return send_answer(connection);
}

static enum MHD_Result end_body(struct connection *connection)
{
    pat_exchange *exchange = &connection->exchange;
    if (exchange->state == PAT_EXCHANGE_READING)
        pat_receive_end(exchange);
    if (exchange->state == PAT_EXCHANGE_ANSWERED)
        return send_answer(connection);
    MHD_suspend_connection(connection->handle);
    connection->suspended = true;
    return MHD_YES;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *mhd, const char *path,
                              const char *method, const char *version, const char *bytes,
                              size_t *size, void **request)
{
    (void)context;
    (void)mhd;
    struct connection *connection = *request;
    if (connection == NULL)
        return MHD_NO;
    pat_exchange *exchange = &connection->exchange;
    if (!connection->begun) {
        connection->begun = true;
        read_request(connection, path, method, version);
        return begin(connection);
    }
    if (*size == 0)
        return end_body(connection);
    pat_receive_bytes(exchange, bytes, *size);
    *size = 0;
    return exchange->bytes_in > PAT_DISCARD_BYTES_MAX && exchange->state == PAT_EXCHANGE_ANSWERED
               ? MHD_NO
               : MHD_YES;
}

/* Called after the request line. The returned pointer is passed to the other callbacks. */
static void *begin_request(void *context, const char *target, struct MHD_Connection *handle_of)
{
    pat_server *server = context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(handle_of, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct connection *connection = info == NULL ? NULL : info->socket_context;
    if (connection == NULL)
        return NULL;
    pat_site *site = server->site;
    pat_client client = connection->exchange.client;
    connection->since_s = pat_clock_seconds();
    connection->exchange = (pat_exchange){.site = site,
                                          .id = ++site->last_id,
                                          .route = PAT_ROUTE_OTHER,
                                          .started_s = connection->since_s,
                                          .client = client};
    snprintf(connection->target, sizeof connection->target, "%s", target);
    connection->busy = true;
    connection->begun = connection->suspended = false;
    site->requests++;
    return connection;
}

static void tell(const struct connection *connection, int status, double seconds, uint64_t sent)
{
    const pat_exchange *exchange = &connection->exchange;
    const pat_serve_options *options = exchange->site->options;
    const pat_served served = {.address = connection->address,
                               .method = connection->begun ? exchange->request.method : "?",
                               .target = connection->target,
                               .status = status,
                               .seconds = seconds,
                               .bytes_in = exchange->bytes_in,
                               .bytes_out = sent};
    if (options->served != NULL)
        options->served(options->context, &served);
}

/* Finish a request. status: 0 if the answer was not sent completely. */
static void finish(struct connection *connection, int status)
{
    pat_exchange *exchange = &connection->exchange;
    pat_site *site = exchange->site;
    uint64_t sent = status != 0 ? pat_answer_size(&exchange->answer) : 0;
    connection->since_s = pat_clock_seconds();
    double seconds = connection->since_s - exchange->started_s;
    tell(connection, status, seconds, sent);
    pat_metrics_add(&site->metrics, &(pat_traffic){.route = (int)exchange->route,
                                                   .path = pat_route_get(exchange->route)->path,
                                                   .status = status,
                                                   .problem = exchange->answer.problem,
                                                   .seconds = seconds,
                                                   .bytes_in = exchange->bytes_in,
                                                   .bytes_out = sent});
    pat_exchange_release(exchange);
    connection->busy = false;
    site->requests--;
}

static void end_request(void *context, struct MHD_Connection *mhd, void **request,
                        enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)mhd;
    struct connection *connection = *request;
    if (connection == NULL || !connection->busy)
        return;
    bool complete = code == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    finish(connection, complete ? connection->exchange.answer.status : 0);
}

static struct connection *open_connection(pat_server *server, struct MHD_Connection *mhd)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return NULL;
    const struct sockaddr *address =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    connection->handle = mhd;
    connection->socket =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    connection->since_s = pat_clock_seconds();
    connection->exchange.client = pat_client_of(address);
    pat_address_format(address, connection->address);
    connection->next = server->connections;
    if (server->connections != NULL)
        server->connections->previous = connection;
    server->connections = connection;
    server->site->connections++;
    return connection;
}

static void close_connection(pat_server *server, struct connection *connection)
{
    if (connection == NULL)
        return;
    if (connection->busy) /* end_request() is not called if the headers are malformed */
        finish(connection, 0);
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    server->site->connections--;
    free(connection);
}

static void note_connection(void *context, struct MHD_Connection *mhd, void **place,
                            enum MHD_ConnectionNotificationCode code)
{
    pat_server *server = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *place = open_connection(server, mhd);
    else
        close_connection(server, *place);
}

/* ---- Time ------------------------------------------------------------------------------------ */

static void resume(struct connection *connection)
{
    if (!connection->suspended)
        return;
    connection->suspended = false;
    MHD_resume_connection(connection->handle);
}

static void answered(void *context, struct pat_exchange *exchange)
{
    (void)context;
    resume((struct connection *)(void *)((char *)exchange - offsetof(struct connection, exchange)));
}

/* Shut down the socket, so that libmicrohttpd closes the connection. Data that the client has not
 * read is discarded. */
static void cut(struct connection *connection)
{
    const struct linger none = {.l_onoff = 1};
    setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    shutdown(connection->socket, SHUT_RDWR);
    connection->cut = true;
}

/* Past the deadline: answer a request that is with a worker; cut off any other. */
static void expire(pat_site *site, struct connection *connection)
{
    pat_exchange *exchange = &connection->exchange;
    if (connection->busy && exchange->state == PAT_EXCHANGE_WORKING) {
        pat_exchange_fail(exchange, PAT_PROBLEM_DEADLINE,
                          "the image took longer than this server allows; try a smaller one");
        connection->since_s = pat_clock_seconds(); /* a new deadline for the answer */
        resume(connection);
        return;
    }
    cut(connection);
    site->metrics.cut++;
}

/* Whether the client of a request with a worker has disconnected. libmicrohttpd does not check
 * suspended connections. */
static bool has_gone(const struct connection *connection)
{
    char byte;
    if (!connection->busy || connection->exchange.state != PAT_EXCHANGE_WORKING)
        return false;
    ssize_t count = recv(connection->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

/* The client has left: free the worker for other requests. */
static void abandon(pat_site *site, struct connection *connection)
{
    pat_exchange_fail(&connection->exchange, PAT_PROBLEM_MALFORMED, "the client disconnected");
    cut(connection);
    site->metrics.cut++;
    resume(connection);
}

static void check_deadlines(pat_server *server)
{
    enum { TICKS_PER_SECOND = 20 };
    double now_s = pat_clock_seconds();
    if (now_s < server->now_s + 1.0 / TICKS_PER_SECOND)
        return;
    server->now_s = now_s;
    double deadline_s = (double)server->site->limits.value[PAT_SERVE_DEADLINE];
    for (struct connection *at = server->connections; at != NULL; at = at->next)
        if (!at->cut && now_s > at->since_s + deadline_s)
            expire(server->site, at);
        else if (!at->cut && has_gone(at))
            abandon(server->site, at);
}

/* ---- The server ------------------------------------------------------------------------------ */

pat_status pat_server_create(pat_site *site, pat_server **out, pat_error *error)
{
    *out = NULL;
    pat_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return pat_fail_memory(error, "the server");
    unsigned connections = (unsigned)site->limits.value[PAT_SERVE_CONNECTIONS];
    server->site = site;
    site->answered = answered;
    site->server = server;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, server,
        MHD_OPTION_LISTEN_SOCKET, site->listener.descriptor, MHD_OPTION_CONNECTION_LIMIT,
        connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, connections / 4 * 3,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)site->limits.value[PAT_SERVE_IDLE],
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_URI_LOG_CALLBACK, begin_request, server, MHD_OPTION_NOTIFY_COMPLETED,
        end_request, server, MHD_OPTION_NOTIFY_CONNECTION, note_connection, server, MHD_OPTION_END);
    if (server->daemon == NULL) {
        free(server);
        return pat_fail(error, PAT_INTERNAL, "cannot start the HTTP server; free some memory");
    }
    site->listener.descriptor = -1;
    *out = server;
    return PAT_OK;
}

int pat_server_descriptor(const pat_server *server)
{
    return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int pat_server_timeout_ms(const pat_server *server)
{
    enum { LONG_MS = 60000 };
    MHD_UNSIGNED_LONG_LONG timeout_ms;
    if (MHD_get_timeout(server->daemon, &timeout_ms) != MHD_YES)
        return -1;
    return timeout_ms < LONG_MS ? (int)timeout_ms : LONG_MS;
}

void pat_server_step(pat_server *server)
{
    MHD_run(server->daemon);
    check_deadlines(server);
}

void pat_server_close(pat_server *server)
{
    int listener = MHD_quiesce_daemon(server->daemon);
    if (listener >= 0)
        close(listener);
}

/* libmicrohttpd must not be stopped while connections are suspended. */
void pat_server_free(pat_server *server)
{
    if (server == NULL)
        return;
    for (struct connection *at = server->connections; at != NULL; at = at->next)
        if (at->suspended) {
            pat_exchange_fail(&at->exchange, PAT_PROBLEM_STOPPING, "the server is stopping");
            resume(at);
        }
    MHD_run(server->daemon);
    MHD_stop_daemon(server->daemon);
    free(server);
}
