/* One request and its answer, without the connection it came by; private to the library. How it
 * arrives is in receive.h, what workers do with it in work.h. */
#ifndef PAT_WEB_EXCHANGE_H
#define PAT_WEB_EXCHANGE_H

#include "tasks/task_restore.h"
#include "web/multipart.h"
#include "web/routes.h"
#include "web/site.h"
#include "web/text.h"

enum { PAT_ARGUMENTS_MAX = 16 };

/* A request as its headers have it. Borrowed from the connection; NULL where there is none. */
typedef struct pat_request {
    const char *method, *path, *version;
    const char *host, *content_type, *content_length, *transfer_encoding, *accept, *expect, *origin,
        *site;
    bool repeated;       /* one of those that must be one is there twice */
    bool has_nul;        /* in its path, which ends there for us, not for others */
    size_t header_bytes; /* of the fields, roughly */
    int arguments;       /* of the query; more than PAT_ARGUMENTS_MAX are counted, not kept */
    struct {
        const char *name, *value; /* value: NULL if it is no text */
    } argument[PAT_ARGUMENTS_MAX];
} pat_request;

typedef enum pat_exchange_state {
    PAT_EXCHANGE_NEW,      /* its headers are coming */
    PAT_EXCHANGE_READING,  /* its body is */
    PAT_EXCHANGE_WORKING,  /* a worker has it, or it waits for one */
    PAT_EXCHANGE_ANSWERED, /* `answer` is there; what is left of the body is of no interest */
} pat_exchange_state;

typedef struct pat_exchange {
    pat_site *site;
    uint64_t id;
    pat_exchange_state state;
    double started_s;
    pat_request request;
    uint64_t length; /* of the body, as announced */
    pat_route_id route;
    pat_answer answer;
    uint64_t bytes_in;

    /* What is wanted of an image, and the image itself. */
    bool admitted; /* and among site->exchanges */
    struct pat_exchange *previous, *next;
    pat_client client;
    pat_restore_order order;
    unsigned given; /* parameters */
    pat_form form;
    pat_multipart *multipart;       /* NULL: the body is the image */
    char name[PAT_IMAGE_NAME_SIZE]; /* of the client's file, cleaned; "" without a name */
    bool wants_json;
    pat_stored input, output;
    pat_job job; /* borrowed by the service */
} pat_exchange;

/* Let an image in: the exchange is then among site->exchanges until it is answered. */
void pat_exchange_admit(pat_exchange *exchange);

/* Answer with a problem; what a worker is doing for it ends. */
void pat_exchange_fail(pat_exchange *exchange, pat_problem problem, const char *message);

void pat_exchange_release(pat_exchange *exchange);

#endif
