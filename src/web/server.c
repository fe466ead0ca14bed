/*
 * The main loop polls one epoll descriptor, which watches the listening socket and all connections.
 * The list of connections is in the order of since_s, so that the oldest can be closed to make
 * room.
 */
#include "web/server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "web/connection.h"

enum { EVENTS = 256, ACCEPTS = 256, TICKS_PER_SECOND = 20, LINGER_S = 5, COUNTER_BITS = 14 };

struct pat_server {
    pat_site *site;
    int poller;
    pat_connection *first, *last; /* the oldest and the newest */
    bool listens;                 /* epoll waits for the listening socket */
    double now_s;
    uint64_t seed;
    uint32_t count[1 << COUNTER_BITS]; /* the number of connections of each client, hashed */
};

/* ---- The list -------------------------------------------------------------------------------- */

static void append(pat_server *server, pat_connection *connection)
{
    connection->previous = server->last;
    connection->next = NULL;
    if (server->last != NULL)
        server->last->next = connection;
    else
        server->first = connection;
    server->last = connection;
}

static void take_off(pat_server *server, pat_connection *connection)
{
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        server->first = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    else
        server->last = connection->previous;
}

/* The number of connections of a client. Clients with the same hash share a counter; because of the
 * seed, nobody can know which clients do. */
static uint32_t *count_of(pat_server *server, const pat_client *client)
{
    const uint64_t golden = 0x9e3779b97f4a7c15u;
    uint64_t hash = (pat_client_key(client) ^ server->seed) * golden;
    return &server->count[hash >> (64 - COUNTER_BITS)];
}

static void close_connection(pat_server *server, pat_connection *connection, bool abruptly)
{
    --*count_of(server, &connection->exchange.client);
    take_off(server, connection);
    server->site->connections--;
    pat_connection_free(connection, abruptly);
}

static void cut(pat_server *server, pat_connection *connection)
{
    server->site->metrics.cut++;
    close_connection(server, connection, true);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static void wait_for(pat_server *server, pat_connection *connection)
{
    struct epoll_event event = {.events = pat_connection_wants(connection), .data.ptr = connection};
    if (event.events == connection->events)
        return;
    int change = connection->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    connection->events = event.events;
    epoll_ctl(server->poller, change, connection->socket, &event);
}

static void answered(void *context, struct pat_exchange *exchange)
{
    pat_connection *connection =
        (pat_connection *)(void *)((char *)exchange - offsetof(pat_connection, exchange));
    connection->active_s = pat_clock_seconds();
    wait_for(context, connection);
}

static void step(pat_server *server, pat_connection *connection, unsigned events)
{
    double since_s = connection->since_s;
    bool works = connection->phase == PAT_PHASE_WORK;
    if (!pat_connection_step(connection, events)) {
        server->site->metrics.cut += works; /* the client has left: free the worker for others */
        close_connection(server, connection, works);
        return;
    }
    wait_for(server, connection);
    if (connection->since_s > since_s) {
        take_off(server, connection);
        append(server, connection);
    }
}

/* ---- New connections ------------------------------------------------------------------------- */

/* Close the oldest connection without an image in progress. client: of this client; NULL: of any.
 * False if there is none. */
static bool reclaim(pat_server *server, const pat_client *client)
{
    for (pat_connection *at = server->first; at != NULL; at = at->next) {
        bool matches = client == NULL || pat_client_equal(&at->exchange.client, client);
        if (!matches || !pat_connection_is_spare(at))
            continue;
        server->site->metrics.reclaimed++;
        close_connection(server, at, true);
        return true;
    }
    return false;
}

/* Make room for a connection of a client, by closing an old one if necessary. One address gets at
 * most three quarters. False if there is no room. */
static bool make_room(pat_server *server, const pat_client *client)
{
    uint64_t limit = server->site->limits.value[PAT_SERVE_CONNECTIONS];
    uint64_t share = limit / 4 * 3;
    if (server->site->connections < share)
        return true;
    if (*count_of(server, client) >= share)
        return reclaim(server, client);
    return server->site->connections < limit || reclaim(server, NULL);
}

static void open_connection(pat_server *server, int socket, const struct sockaddr *peer)
{
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    pat_client client = pat_client_of(peer);
    pat_connection *connection = NULL;
    if (make_room(server, &client) && getsockname(socket, (struct sockaddr *)&own, &size) == 0)
        connection =
            pat_connection_create(server->site, socket, peer, (const struct sockaddr *)&own);
    if (connection == NULL) {
        close(socket);
        return;
    }
    server->site->connections++;
    ++*count_of(server, &client);
    append(server, connection);
    wait_for(server, connection);
}

static void set_listening(pat_server *server, bool listens)
{
    struct epoll_event event = {.events = EPOLLIN};
    if (server->listens == listens || server->site->listener.descriptor < 0)
        return;
    server->listens = listens;
    epoll_ctl(server->poller, listens ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
              server->site->listener.descriptor, &event);
}

/* Accept pending connections. If descriptors or memory run short, close the oldest connection
 * without an image; if there is none, stop listening until the next tick. */
static void accept_all(pat_server *server)
{
    for (int i = 0; i < ACCEPTS; i++) {
        struct sockaddr_storage peer = {0};
        socklen_t size = sizeof peer;
        int socket = accept4(server->site->listener.descriptor, (struct sockaddr *)&peer, &size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
        bool is_short = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (socket >= 0) {
            open_connection(server, socket, (const struct sockaddr *)&peer);
        } else if (is_short && !reclaim(server, NULL)) {
            set_listening(server, false);
            return;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

/* ---- Time ------------------------------------------------------------------------------------ */

/* Whether a worker has been processing the image for too long, or the request has taken too
 * long. */
static bool is_late(const pat_server *server, const pat_connection *connection)
{
    const pat_site *site = server->site;
    const uint64_t *limit = site->limits.value;
    if (server->now_s > connection->since_s + (double)limit[PAT_SERVE_DEADLINE])
        return true;
    return connection->exchange.state == PAT_EXCHANGE_WORKING &&
           pat_service_seconds(site->service, connection->exchange.id) >
               (double)limit[PAT_SERVE_IMAGE_TIME];
}

/* If the request waits for a worker, respond with an error; otherwise close the connection. */
static void expire(pat_server *server, pat_connection *connection)
{
    if (!pat_connection_works(connection)) {
        cut(server, connection);
        return;
    }
    pat_connection_fail(connection, PAT_PROBLEM_DEADLINE,
                        "the image took longer than this server allows; try a smaller one");
    take_off(server, connection);
    append(server, connection);
    wait_for(server, connection);
}

static void check_deadlines(pat_server *server)
{
    double now_s = pat_clock_seconds();
    if (now_s < server->now_s + 1.0 / TICKS_PER_SECOND)
        return;
    server->now_s = now_s;
    set_listening(server, true);
    double idle_s = (double)server->site->limits.value[PAT_SERVE_IDLE];
    for (pat_connection *at = server->first, *next; at != NULL; at = next) {
        next = at->next;
        bool lingers = at->phase == PAT_PHASE_LINGER && now_s > at->since_s + LINGER_S;
        bool is_idle = !pat_connection_works(at) && now_s > at->active_s + idle_s;
        if (lingers || is_idle)
            close_connection(server, at, is_idle);
        else if (is_late(server, at))
            expire(server, at);
    }
}

/* ---- The server ------------------------------------------------------------------------------ */

pat_status pat_server_create(pat_site *site, pat_server **out, pat_error *error)
{
    *out = NULL;
    pat_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return pat_fail_memory(error, "the server");
    server->site = site;
    server->poller = epoll_create1(EPOLL_CLOEXEC);
    bool is_seeded = getrandom(&server->seed, sizeof server->seed, 0) == sizeof server->seed;
    if (server->poller < 0 || !is_seeded) {
        if (server->poller >= 0)
            close(server->poller);
        free(server);
        return pat_fail(error, PAT_INTERNAL, "cannot start the HTTP server; free some memory");
    }
    site->answered = answered;
    site->server = server;
    set_listening(server, true);
    *out = server;
    return PAT_OK;
}

int pat_server_descriptor(const pat_server *server)
{
    return server->poller;
}

/* Accept new connections last: making room for them may close connections that have events. */
void pat_server_step(pat_server *server)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(server->poller, events, EVENTS, 0);
    bool accepts = false;
    for (int i = 0; i < count; i++)
        if (events[i].data.ptr == NULL)
            accepts = true;
        else
            step(server, events[i].data.ptr, events[i].events);
    if (accepts)
        accept_all(server);
    check_deadlines(server);
}

void pat_server_close(pat_server *server)
{
    set_listening(server, false);
    close(server->site->listener.descriptor);
    server->site->listener.descriptor = -1;
}

void pat_server_free(pat_server *server)
{
    if (server == NULL)
        return;
    while (server->first != NULL)
        close_connection(server, server->first, false);
    close(server->poller);
    free(server);
}
