/* The token that clients must send; private to the library. */
#ifndef PAT_WEB_TOKEN_H
#define PAT_WEB_TOKEN_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/sha256.h"
#include "patina/status.h"

/* Zero-initialized: no token is needed. Only digests are kept. */
typedef struct pat_token {
    bool is_needed;
    char digest[PAT_SHA256_TEXT_SIZE]; /* of the token */
    char cookie[PAT_SHA256_TEXT_SIZE]; /* the value of the cookie */
    char name[24]; /* the name of the cookie; it includes the port, because a browser sends a cookie
                      to all ports of a host */
} pat_token;

/* Read the token, which is the only line of a file. path: NULL for no token. Fails with
 * PAT_UNREADABLE, or with PAT_INVALID_ARGUMENT if the line is not a token. */
PAT_MUST_CHECK pat_status pat_token_read(pat_token *token, const char *path, pat_error *error);

/* Set the name of the cookie. */
void pat_token_set_port(pat_token *token, unsigned port);

/* Whether a text is the token. The time taken does not depend on how many of its characters are
 * right. */
bool pat_token_is(const pat_token *token, const char *text);

/* Whether the Authorization header has the token, or the Cookie header the cookie (NULL if
 * absent). */
bool pat_token_is_in(const pat_token *token, const char *authorization, const char *cookie);

/* Append the value of Set-Cookie. */
void pat_token_put_cookie(const pat_token *token, pat_buffer *out);

#endif
