/* The response to a request, independent of the connection; private to the library. */
#ifndef PAT_WEB_ANSWER_H
#define PAT_WEB_ANSWER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/json.h"
#include "web/problem.h"

enum { PAT_ANSWER_FIELDS_MAX = 24 };

typedef enum pat_body_kind {
    PAT_BODY_TEXT,   /* `text` */
    PAT_BODY_BYTES,  /* `bytes` */
    PAT_BODY_FILE,   /* the first file_size bytes of `descriptor` */
    PAT_BODY_BASE64, /* `text`, the same bytes of the file in Base64, `"}}\n` */
} pat_body_kind;

/* Zero-initialize; pat_answer_release() when done. */
typedef struct pat_answer {
    int status; /* 0: no response yet */
    pat_problem problem;
    bool may_be_kept; /* a browser may cache it, but must revalidate it */
    const char *type; /* static */
    pat_body_kind kind;
    pat_buffer text;
    const char *bytes; /* static */
    uint64_t size;     /* of `bytes` */
    int descriptor;    /* owned; for PAT_BODY_FILE and PAT_BODY_BASE64 */
    uint64_t file_size;
    int fields;
    struct {
        const char *name; /* static */
        pat_buffer value; /* a C string */
    } field[PAT_ANSWER_FIELDS_MAX];
} pat_answer;

/* Start a response with status 200. type: static. */
void pat_answer_begin(pat_answer *answer, const char *type);

/* The same with the JSON document patina.NAME (docs/json.md). Takes ownership of `value`. */
void pat_answer_begin_json(pat_answer *answer, const char *name, json_t *value);

/* Turn a JSON response into PAT_BODY_BASE64. Its text must end with an empty string inside two
 * objects: the file goes there. */
void pat_answer_leave_open(pat_answer *answer);

/* Add a header field. Returns its value, to be filled in, without control characters. */
pat_buffer *pat_answer_field(pat_answer *answer, const char *name);

/* Replace the response with a JSON error as described in docs/serve.md. */
void pat_answer_fail(pat_answer *answer, pat_problem problem, const char *message);

/* The size of the body in bytes. */
uint64_t pat_answer_size(const pat_answer *answer);

/* Copy at most `room` >= 4 bytes of a PAT_BODY_BASE64, starting at `position`. Returns the number
 * copied, or -1 if the file cannot be read. */
ssize_t pat_answer_read(const pat_answer *answer, uint64_t position, char *out, size_t room);

/* Whether memory ran out while building it; if so, it must not be sent. */
bool pat_answer_failed(const pat_answer *answer);

void pat_answer_release(pat_answer *answer);

#endif
