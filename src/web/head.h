/*
 * Parse the head of a request, which is its request line and headers; private to the library. The
 * parser accepts only what all programs read in the same way, so that a proxy in front of the
 * server always agrees where the request ends (request smuggling).
 */
#ifndef PAT_WEB_HEAD_H
#define PAT_WEB_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/problem.h"

enum { PAT_ARGUMENTS_MAX = 16 };

/* Strings are borrowed from the head; NULL if absent. */
typedef struct pat_request {
    const char *method, *version;
    char *target;     /* as sent; pat_request_decode() splits it into `path` and arguments */
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
 * The size of the head at the start of `bytes`. It ends with the empty line or with the first byte
 * that is not allowed, which pat_request_parse() then refuses. 0: the head is incomplete. *scanned:
 * the number of bytes that need not be scanned again; initially 0.
 */
size_t pat_head_size(const char *bytes, size_t size, size_t *scanned);

/*
 * Parse a head in place. Returns PAT_PROBLEM_NONE, or why it is refused; *message is then static,
 * and what was parsed before the error is set. It is unknown where a refused request ends.
 */
pat_problem pat_request_parse(pat_request *request, char *head, size_t size, const char **message);

/* Decode the target in place. Returns and sets *message like pat_request_parse(). */
pat_problem pat_request_decode(pat_request *request, const char **message);

/* The value of an argument; NULL if it is missing or not text. */
const char *pat_request_argument(const pat_request *request, const char *name);

#endif
