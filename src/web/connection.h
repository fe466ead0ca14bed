/* A client's connection, which receives requests and sends responses; private to the library.
 * Nothing blocks. */
#ifndef PAT_WEB_CONNECTION_H
#define PAT_WEB_CONNECTION_H

#include "web/exchange.h"
#include "web/send.h"

typedef enum pat_phase {
    PAT_PHASE_HEAD,   /* waiting for a request, or reading its headers */
    PAT_PHASE_BODY,   /* reading its body */
    PAT_PHASE_WORK,   /* waiting for a worker, then for the socket to accept the response */
    PAT_PHASE_ANSWER, /* sending the response */
    PAT_PHASE_LINGER, /* the last response is sent: discarding input, because closing a socket with
                         unread input would also discard the response */
} pat_phase;

enum { PAT_TARGET_SIZE = 256 };

typedef struct pat_connection {
    struct pat_connection *previous, *next; /* in the server's list, in the order of since_s */
    pat_site *site;
    int socket;
    unsigned events; /* the events that epoll waits for */
    pat_phase phase;
    double since_s;  /* start of the deadline: when the connection opened, or a request began, timed
                        out or ended */
    double active_s; /* when bytes were last received or sent */
    char *in;        /* bytes received but not yet used; NULL if none */
    size_t in_size, scanned;
    bool busy;      /* `exchange` is in use */
    char *head;     /* request line and headers, which `exchange` borrows */
    uint64_t left;  /* bytes of the request body that are still to be received */
    bool closes;    /* close the connection after the response */
    bool continued; /* 100 Continue has been sent */
    pat_exchange exchange;
    pat_sending sending;
    char target[PAT_TARGET_SIZE]; /* for the log */
    char address[PAT_ADDRESS_TEXT_SIZE], own[PAT_ADDRESS_TEXT_SIZE];
} pat_connection;

/* Create the connection of a non-blocking socket, which it then owns. peer, own: the remote and the
 * local address. NULL if memory ran out; the socket is then left open. */
pat_connection *pat_connection_create(pat_site *site, int socket, const struct sockaddr *peer,
                                      const struct sockaddr *own);

/* Receive, process and send what the epoll events allow. False if the connection has ended. */
bool pat_connection_step(pat_connection *connection, unsigned events);

/* The epoll events to wait for. */
unsigned pat_connection_wants(const pat_connection *connection);

/* Respond with an error to a request that waits for a worker. */
void pat_connection_fail(pat_connection *connection, pat_problem problem, const char *message);

/* Whether it waits for a worker, not for the client. */
bool pat_connection_works(const pat_connection *connection);

/* Whether it may be closed to make room: it holds no image in progress. */
bool pat_connection_is_spare(const pat_connection *connection);

/* Close and free it. abruptly: discard data that the client has not received yet. */
void pat_connection_free(pat_connection *connection, bool abruptly);

#endif
