#include "web/connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "web/receive.h"

enum { IN_SIZE = PAT_HEADER_BYTES_MAX + 1, BLOCK = 64 << 10 };

/* What to do after a step. */
typedef enum move { GO_ON, WAIT, END } move;

/* ---- The end of a request -------------------------------------------------------------------- */

static void tell(const pat_connection *connection, int status, double seconds, uint64_t sent)
{
    const pat_exchange *exchange = &connection->exchange;
    const pat_serve_options *options = connection->site->options;
    const char *method = exchange->request.method;
    const pat_served served = {.address = connection->address,
                               .method = method != NULL ? method : "?",
                               .target = connection->target,
                               .status = status,
                               .seconds = seconds,
                               .bytes_in = exchange->bytes_in,
                               .bytes_out = sent};
    if (options->served != NULL)
        options->served(options->context, &served);
}

/* Log, count and release a request. status: 0 if the response was not sent completely. */
static void finish(pat_connection *connection, int status)
{
    pat_exchange *exchange = &connection->exchange;
    pat_site *site = connection->site;
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
    pat_sending_release(&connection->sending);
    free(connection->head);
    connection->head = NULL;
    connection->busy = false;
    site->requests--;
}

/* ---- Request line and headers ---------------------------------------------------------------- */

/* Remove the query from the target for the log if it has the token or cannot be read completely. */
static void show_target(pat_connection *connection, bool is_decoded)
{
    const pat_request *request = &connection->exchange.request;
    char *query = strchr(connection->target, '?');
    bool is_secret = !is_decoded;
    for (int i = 0; i < request->arguments && i < PAT_ARGUMENTS_MAX; i++)
        is_secret = is_secret || strcmp(request->argument[i].name, "token") == 0;
    if (query != NULL && (is_secret || request->arguments > PAT_ARGUMENTS_MAX))
        query[1] = '\0';
}

static pat_problem parse(pat_connection *connection, size_t size, const char **message)
{
    pat_request *request = &connection->exchange.request;
    pat_problem problem = pat_request_parse(request, connection->head, size, message);
    snprintf(connection->target, sizeof connection->target, "%s",
             request->target == NULL ? "?" : request->target);
    if (problem == PAT_PROBLEM_NONE)
        problem = pat_request_decode(request, message);
    show_target(connection, problem == PAT_PROBLEM_NONE);
    return problem;
}

static void begin_request(pat_connection *connection)
{
    pat_site *site = connection->site;
    pat_client client = connection->exchange.client;
    connection->since_s = pat_clock_seconds();
    connection->exchange = (pat_exchange){.site = site,
                                          .id = ++site->last_id,
                                          .route = PAT_ROUTE_OTHER,
                                          .started_s = connection->since_s,
                                          .client = client,
                                          .own = connection->own};
    connection->busy = true;
    connection->closes = connection->continued = false;
    connection->left = 0;
    strcpy(connection->target, "?");
    site->requests++;
}

static move begin_answer(pat_connection *connection)
{
    pat_exchange *exchange = &connection->exchange;
    const char *method = exchange->request.method;
    bool is_head = method != NULL && strcmp(method, "HEAD") == 0;
    if (pat_answer_failed(&exchange->answer))
        pat_exchange_fail(exchange, PAT_PROBLEM_OUT_OF_MEMORY,
                          "not enough memory for the response; try again later");
    connection->closes =
        connection->closes || exchange->request.closes || connection->site->stopping;
    connection->phase = PAT_PHASE_ANSWER;
    connection->active_s = pat_clock_seconds();
    return pat_sending_begin(&connection->sending, &exchange->answer, is_head, connection->closes)
               ? GO_ON
               : END;
}

/* Refuse a request without reading its body, whose end may be unknown. */
static move refuse(pat_connection *connection, pat_problem problem, const char *message)
{
    pat_exchange_fail(&connection->exchange, problem, message);
    connection->closes = true;
    return begin_answer(connection);
}

/* Send 100 Continue to a client that waits for it before it sends the body. HTTP/1.0 does not have
 * this status: an old proxy would take it for the response. */
static bool tell_to_continue(pat_connection *connection)
{
    static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const pat_exchange *exchange = &connection->exchange;
    const char *expect = exchange->request.expect;
    bool waits = expect != NULL && strcasecmp(expect, "100-continue") == 0 &&
                 strcmp(exchange->request.version, "HTTP/1.1") == 0 &&
                 exchange->state == PAT_EXCHANGE_READING && connection->in_size == 0;
    connection->continued = waits;
    return !waits || send(connection->socket, line, sizeof line - 1, MSG_NOSIGNAL) ==
                         (ssize_t)sizeof line - 1;
}

/* Take the request line and headers, which have `size` bytes, from the input and handle them. */
static move take_head(pat_connection *connection, size_t size)
{
    pat_exchange *exchange = &connection->exchange;
    const char *message;
    begin_request(connection);
    connection->head = malloc(size + 1);
    if (connection->head == NULL)
        return END;
    memcpy(connection->head, connection->in, size);
    connection->head[size] = '\0';
    connection->in_size -= size;
    memmove(connection->in, connection->in + size, connection->in_size);
    pat_problem problem = parse(connection, size, &message);
    if (problem != PAT_PROBLEM_NONE)
        return refuse(connection, problem, message);
    pat_receive_headers(exchange);
    connection->left = exchange->request.length;
    connection->phase = PAT_PHASE_BODY;
    return tell_to_continue(connection) ? GO_ON : END;
}

static move read_head(pat_connection *connection)
{
    size_t empty = 0; /* some old clients send an empty line after a body */
    while (connection->in_size - empty >= 2 && memcmp(connection->in + empty, "\r\n", 2) == 0)
        empty += 2;
    connection->in_size -= empty;
    if (empty > 0)
        memmove(connection->in, connection->in + empty, connection->in_size);
    if (connection->in_size == 0 || (connection->in_size == 1 && connection->in[0] == '\r'))
        return WAIT;
    size_t size = pat_head_size(connection->in, connection->in_size, &connection->scanned);
    if (size == 0 && connection->in_size < IN_SIZE)
        return WAIT;
    connection->scanned = 0;
    if (size > 0 && size < IN_SIZE)
        return take_head(connection, size);
    begin_request(connection);
    return refuse(connection, PAT_PROBLEM_HEADERS_TOO_LARGE,
                  "the header fields are longer than 16 KiB; send fewer");
}

/* ---- The body -------------------------------------------------------------------------------- */

static void take_body(pat_connection *connection, const char *bytes, size_t size)
{
    connection->left -= size;
    pat_receive_bytes(&connection->exchange, bytes, size);
}

/* Whether to respond without reading the rest of a refused body: it is too long to discard, or the
 * client may not send it. Other bodies are read and discarded, which keeps the connection open. */
static bool may_be_cut_off(const pat_connection *connection)
{
    const pat_exchange *exchange = &connection->exchange;
    bool may_wait = exchange->request.expect != NULL && !connection->continued;
    return exchange->state == PAT_EXCHANGE_ANSWERED &&
           (may_wait || connection->left > PAT_DISCARD_BYTES_MAX);
}

static move end_body(pat_connection *connection)
{
    pat_exchange *exchange = &connection->exchange;
    if (exchange->state == PAT_EXCHANGE_READING)
        pat_receive_end(exchange);
    if (exchange->state == PAT_EXCHANGE_ANSWERED)
        return begin_answer(connection);
    connection->phase = PAT_PHASE_WORK;
    return WAIT;
}

static move read_body(pat_connection *connection)
{
    if (connection->left > 0 && may_be_cut_off(connection)) {
        connection->closes = true;
        return begin_answer(connection);
    }
    size_t size = connection->in_size;
    if (size > connection->left)
        size = (size_t)connection->left;
    if (size > 0) {
        take_body(connection, connection->in, size);
        connection->in_size -= size;
        memmove(connection->in, connection->in + size, connection->in_size);
        return GO_ON;
    }
    return connection->left == 0 ? end_body(connection) : WAIT;
}

/* ---- Work, response and end ------------------------------------------------------------------ */

static move wait_for_worker(pat_connection *connection)
{
    return connection->exchange.state == PAT_EXCHANGE_ANSWERED ? begin_answer(connection) : WAIT;
}

static move send_answer(pat_connection *connection)
{
    pat_sending *sending = &connection->sending;
    uint64_t before = sending->sent;
    int sent = pat_sending_go_on(sending, &connection->exchange.answer, connection->socket);
    if (sending->sent > before)
        connection->active_s = pat_clock_seconds();
    if (sent <= 0)
        return sent < 0 ? END : WAIT;
    finish(connection, connection->exchange.answer.status);
    connection->phase = PAT_PHASE_HEAD;
    if (!connection->closes)
        return GO_ON;
    connection->phase = PAT_PHASE_LINGER;
    return shutdown(connection->socket, SHUT_WR) == 0 ? GO_ON : END;
}

static move discard(pat_connection *connection)
{
    connection->in_size = 0;
    return WAIT;
}

static move (*const act[])(pat_connection *connection) = {
    [PAT_PHASE_HEAD] = read_head,       [PAT_PHASE_BODY] = read_body,
    [PAT_PHASE_WORK] = wait_for_worker, [PAT_PHASE_ANSWER] = send_answer,
    [PAT_PHASE_LINGER] = discard,
};

/* ---- The connection -------------------------------------------------------------------------- */

/* Receive once. Request line and headers are added to the input; the rest of a body is handled at
 * once. */
static bool receive(pat_connection *connection)
{
    static char block[BLOCK];
    bool is_head = connection->phase == PAT_PHASE_HEAD;
    size_t room = is_head ? IN_SIZE - connection->in_size : sizeof block;
    if (is_head && connection->in == NULL && (connection->in = malloc(IN_SIZE)) == NULL)
        return false;
    if (connection->phase == PAT_PHASE_BODY && room > connection->left)
        room = (size_t)connection->left;
    char *to = is_head ? connection->in + connection->in_size : block;
    ssize_t count = recv(connection->socket, to, room, 0);
    if (count <= 0)
        return count < 0 && (errno == EAGAIN || errno == EINTR);
    connection->active_s = pat_clock_seconds();
    if (is_head)
        connection->in_size += (size_t)count;
    else if (connection->phase == PAT_PHASE_BODY)
        take_body(connection, block, (size_t)count);
    return true;
}

bool pat_connection_step(pat_connection *connection, unsigned events)
{
    bool reads = connection->phase == PAT_PHASE_HEAD || connection->phase == PAT_PHASE_BODY ||
                 connection->phase == PAT_PHASE_LINGER;
    if (connection->phase == PAT_PHASE_WORK && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        return false;
    if (reads && !receive(connection))
        return false;
    move next = GO_ON;
    while (next == GO_ON)
        next = act[connection->phase](connection);
    if (connection->in_size == 0) {
        free(connection->in);
        connection->in = NULL;
    }
    return next == WAIT;
}

unsigned pat_connection_wants(const pat_connection *connection)
{
    static const unsigned wanted[] = {
        [PAT_PHASE_HEAD] = EPOLLIN,    [PAT_PHASE_BODY] = EPOLLIN,   [PAT_PHASE_WORK] = EPOLLRDHUP,
        [PAT_PHASE_ANSWER] = EPOLLOUT, [PAT_PHASE_LINGER] = EPOLLIN,
    };
    bool is_answered = connection->phase == PAT_PHASE_WORK && !pat_connection_works(connection);
    return is_answered ? EPOLLOUT : wanted[connection->phase];
}

void pat_connection_fail(pat_connection *connection, pat_problem problem, const char *message)
{
    pat_exchange_fail(&connection->exchange, problem, message);
    connection->since_s = connection->active_s = pat_clock_seconds(); /* for the response */
}

bool pat_connection_works(const pat_connection *connection)
{
    return connection->phase == PAT_PHASE_WORK &&
           connection->exchange.state == PAT_EXCHANGE_WORKING;
}

bool pat_connection_is_spare(const pat_connection *connection)
{
    return !connection->busy || !connection->exchange.admitted;
}

pat_connection *pat_connection_create(pat_site *site, int socket, const struct sockaddr *peer,
                                      const struct sockaddr *own)
{
    const int yes = 1;
    pat_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return NULL;
    connection->site = site;
    connection->socket = socket;
    connection->since_s = connection->active_s = pat_clock_seconds();
    connection->exchange.client = pat_client_of(peer);
    pat_address_format(peer, connection->address);
    pat_address_format(own, connection->own);
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return connection;
}

void pat_connection_free(pat_connection *connection, bool abruptly)
{
    const struct linger none = {.l_onoff = 1};
    if (connection->busy)
        finish(connection, 0);
    if (abruptly)
        setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(connection->socket);
    free(connection->in);
    free(connection);
}
