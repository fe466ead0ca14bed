/* One client's connection: bytes in, requests, bytes out; private to the library. Nothing blocks.
 */
#ifndef PAT_WEB_CONNECTION_H
#define PAT_WEB_CONNECTION_H

#include "web/exchange.h"
#include "web/send.h"

typedef enum pat_phase {
    PAT_PHASE_HEAD,   /* waiting for a request, or reading its head */
    PAT_PHASE_BODY,   /* reading its body */
    PAT_PHASE_WORK,   /* its image is with a worker, or its answer waits for room to be sent */
    PAT_PHASE_ANSWER, /* sending the answer */
    PAT_PHASE_LINGER, /* the last answer is sent: discarding what still comes, because closing a
                         socket with unread bytes would also discard the answer */
} pat_phase;

enum { PAT_TARGET_SIZE = 256 };

typedef struct pat_connection {
    struct pat_connection *previous, *next; /* in a list in the order of since_s */
    pat_site *site;
    int socket;
    unsigned events; /* that epoll waits for */
    pat_phase phase;
    double
        since_s; /* start of the deadline: the connection opened, or its request began or ended */
    double active_s; /* when bytes last came or went */
    char *in;        /* bytes received but not yet used; NULL if none */
    size_t in_size, scanned;
    bool busy;      /* `exchange` is in use */
    char *head;     /* of its request, which borrows it */
    uint64_t left;  /* bytes of its body still to come */
    bool closes;    /* the connection ends with its answer */
    bool continued; /* it has been told to send its body */
    pat_exchange exchange;
    pat_sending sending;
    char target[PAT_TARGET_SIZE]; /* for the log */
    char address[PAT_ADDRESS_TEXT_SIZE], own[PAT_ADDRESS_TEXT_SIZE];
} pat_connection;

/* Wrap a connected non-blocking socket, which the connection then owns. peer, own: the addresses at
 * its ends. NULL if memory ran out; the socket is then left open. */
pat_connection *pat_connection_create(pat_site *site, int socket, const struct sockaddr *peer,
                                      const struct sockaddr *own);

/* Do what the events of epoll allow. False if the connection is over. */
bool pat_connection_step(pat_connection *connection, unsigned events);

/* The events to wait for. */
unsigned pat_connection_wants(const pat_connection *connection);

/* Answer a request whose image is with a worker with an error. */
void pat_connection_fail(pat_connection *connection, pat_problem problem, const char *message);

/* Whether its image is still with a worker, so that it is not up to the client to go on. */
bool pat_connection_works(const pat_connection *connection);

/* Whether it may be closed to make room: it holds no image in progress. */
bool pat_connection_is_spare(const pat_connection *connection);

/* Close it. abruptly: discard also what is on its way to the client. */
void pat_connection_free(pat_connection *connection, bool abruptly);

#endif
