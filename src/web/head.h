/*
 * The head of a request: its request line and header fields; private to the library. The parser
 * accepts only what every program reads alike, so that no proxy in front of the server can see
 * another end of the request (request smuggling).
 */
#ifndef PAT_WEB_HEAD_H
#define PAT_WEB_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/problem.h"

enum { PAT_ARGUMENTS_MAX = 16 };

/* Texts are borrowed from the head; NULL if absent. */
typedef struct pat_request {
    const char *method, *version;
    char *target;     /* as sent; pat_request_decode() cuts it into `path` and arguments */
    const char *path; /* decoded */
    const char *host, *content_type, *content_length, *transfer_encoding, *accept, *expect, *origin,
        *site, *authorization, *cookie;
    bool has_length;
    uint64_t length; /* Content-Length, or 0 */
    bool closes;     /* the client will send no other request on this connection */
    int arguments;   /* in the query; those beyond PAT_ARGUMENTS_MAX are only counted */
    struct {
        const char *name, *value; /* decoded; value: NULL if missing or not text */
    } argument[PAT_ARGUMENTS_MAX];
} pat_request;

/*
 * The size of the head that `bytes` start with: up to its empty line, or up to the first byte that
 * no head may contain, which pat_request_parse() then refuses. 0: it is not complete. *scanned: how
 * many bytes need not be looked at again; initially 0.
 */
size_t pat_head_size(const char *bytes, size_t size, size_t *scanned);

/*
 * Parse a head, in place. Returns PAT_PROBLEM_NONE or why it is refused; *message is then static,
 * and the fields before the fault are set. The end of a refused request is unknown.
 */
pat_problem pat_request_parse(pat_request *request, char *head, size_t size, const char **message);

/* Decode the target, in place. Returns and sets as pat_request_parse(). */
pat_problem pat_request_decode(pat_request *request, const char **message);

/* The value of an argument; NULL if it is missing or not text. */
const char *pat_request_argument(const pat_request *request, const char *name);

#endif
