/* A request and its answer, independent of the connection; private to the library. receive.h
 * reads it, work.h passes its image to a worker. */
#ifndef PAT_WEB_EXCHANGE_H
#define PAT_WEB_EXCHANGE_H

#include "tasks/task_restore.h"
#include "web/multipart.h"
#include "web/routes.h"
#include "web/site.h"
#include "web/text.h"

enum { PAT_ARGUMENTS_MAX = 16 };

/* A request line and its header fields, borrowed from the connection; NULL if absent. */
typedef struct pat_request {
    const char *method, *path, *version;
    const char *host, *content_type, *content_length, *transfer_encoding, *accept, *expect, *origin,
        *site;
    bool repeated;       /* a field that must be unique occurs twice */
    bool has_nul;        /* in the path: it ends there for us, but maybe not for a proxy */
    size_t header_bytes; /* target and fields, roughly */
    int arguments;       /* in the query; those beyond PAT_ARGUMENTS_MAX are only counted */
    struct {
        const char *name, *value; /* value: NULL if missing or not text */
    } argument[PAT_ARGUMENTS_MAX];
} pat_request;

typedef enum pat_exchange_state {
    PAT_EXCHANGE_NEW,      /* waiting for its headers */
    PAT_EXCHANGE_READING,  /* reading its body */
    PAT_EXCHANGE_WORKING,  /* with a worker, or queued for one */
    PAT_EXCHANGE_ANSWERED, /* `answer` is ready; the rest of the body is ignored */
} pat_exchange_state;

typedef struct pat_exchange {
    pat_site *site;
    uint64_t id;
    pat_exchange_state state;
    double started_s;
    pat_request request;
    uint64_t length; /* Content-Length */
    pat_route_id route;
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

/* Add an upload to site->exchanges, until it fails or its answer has been sent. */
void pat_exchange_admit(pat_exchange *exchange);

/* Answer with an error, and withdraw the image from the workers. */
void pat_exchange_fail(pat_exchange *exchange, pat_problem problem, const char *message);

void pat_exchange_release(pat_exchange *exchange);

#endif
