/* The answer to a request, before it is one of libmicrohttpd's; private to the library. */
#ifndef PAT_WEB_ANSWER_H
#define PAT_WEB_ANSWER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/json.h"
#include "web/problem.h"

enum { PAT_ANSWER_FIELDS_MAX = 12 };

typedef enum pat_body_kind {
    PAT_BODY_TEXT,   /* `text` */
    PAT_BODY_BYTES,  /* `bytes` */
    PAT_BODY_FILE,   /* the first file_size bytes of `descriptor` */
    PAT_BODY_BASE64, /* `text`, then these bytes in Base64, then `"}}\n` */
} pat_body_kind;

/* Zero-initialise; pat_answer_release() when done. */
typedef struct pat_answer {
    int status; /* 0: there is none yet */
    pat_problem problem;
    bool closes;      /* the connection is closed after it */
    bool may_be_kept; /* by a browser that checks first whether it has changed */
    const char *type; /* static */
    pat_body_kind kind;
    pat_buffer text;
    const char *bytes; /* static */
    uint64_t size;     /* of `bytes` */
    int descriptor;    /* owned where the kind says so */
    uint64_t file_size;
    int fields;
    struct {
        const char *name; /* static */
        pat_buffer value; /* a C string */
    } field[PAT_ANSWER_FIELDS_MAX];
} pat_answer;

/* Begin an answer of 200. type: static. */
void pat_answer_begin(pat_answer *answer, const char *type);

/* Begin an answer of 200 that is the JSON document patina.NAME of docs/json.md. Takes the object.
 */
void pat_answer_begin_json(pat_answer *answer, const char *name, json_t *value);

/* Leave open the text of such an answer that ends with an empty string within two objects: it is to
 * be filled with a file in Base64. */
void pat_answer_leave_open(pat_answer *answer);

/* A header field's value, to be filled; controls must not be in it. */
pat_buffer *pat_answer_field(pat_answer *answer, const char *name);

/* Replace the answer by an error in JSON, as docs/serve.md describes it. */
void pat_answer_fail(pat_answer *answer, pat_problem problem, const char *message);

/* Bytes of the body. */
uint64_t pat_answer_size(const pat_answer *answer);

/* Copy bytes of a PAT_BODY_BASE64 from `position` on to out[0..room-1], room >= 4. Returns how
 * many, or -1 when the file cannot be read. */
ssize_t pat_answer_read(const pat_answer *answer, uint64_t position, char *out, size_t room);

/* Whether memory ran out while it was made; it must not be sent then. */
bool pat_answer_failed(const pat_answer *answer);

void pat_answer_release(pat_answer *answer);

#endif
