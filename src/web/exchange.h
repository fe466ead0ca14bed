/* A request and its response, independent of the connection; private to the library. receive.h
 * reads the request, work.h passes its image to a worker. */
#ifndef PAT_WEB_EXCHANGE_H
#define PAT_WEB_EXCHANGE_H

#include "tasks/task_restore.h"
#include "web/head.h"
#include "web/multipart.h"
#include "web/routes.h"
#include "web/site.h"
#include "web/text.h"

typedef enum pat_exchange_state {
    PAT_EXCHANGE_NEW,      /* waiting for its headers */
    PAT_EXCHANGE_READING,  /* reading its body */
    PAT_EXCHANGE_WORKING,  /* waits for a worker to process the image */
    PAT_EXCHANGE_ANSWERED, /* `answer` is ready; the rest of the body is ignored */
} pat_exchange_state;

typedef struct pat_exchange {
    pat_site *site;
    uint64_t id;
    pat_exchange_state state;
    double started_s;
    const char *own; /* the address that the client connected to; borrowed */
    pat_request request;
    pat_route_id route;
    bool shows_token; /* the query has the token, which must be removed from the address */
    pat_answer answer;
    uint64_t bytes_in;

    /* Uploads only: parameters and image. */
    bool admitted; /* listed in site->exchanges */
    struct pat_exchange *previous, *next;
    pat_client client;
    pat_restore_order order;
    unsigned given; /* bit mask of the parameters set so far */
    pat_form form;
    pat_multipart *multipart;       /* NULL: the body is the image itself */
    char name[PAT_IMAGE_NAME_SIZE]; /* the client's file name, cleaned; "" if none */
    bool wants_json;
    pat_stored input, output;
    pat_job job; /* borrowed by the service */
} pat_exchange;

/* Add an upload to site->exchanges, until it fails or its response has been sent. */
void pat_exchange_admit(pat_exchange *exchange);

/* Respond with an error, and withdraw the image from the workers. */
void pat_exchange_fail(pat_exchange *exchange, pat_problem problem, const char *message);

void pat_exchange_release(pat_exchange *exchange);

#endif
