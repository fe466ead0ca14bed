/* An incremental multipart/form-data parser; private to the library. */
#ifndef PAT_WEB_MULTIPART_H
#define PAT_WEB_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "patina/status.h"

/* Callbacks for the parts. If one fails, parsing stops with its error. */
typedef struct pat_form {
    void *context;
    /* The part `image` begins. file: its file name, or NULL. */
    pat_status (*image)(void *context, const char *file, pat_error *error);
    pat_status (*bytes)(void *context, const char *bytes, size_t size, pat_error *error);
    /* Any other part, complete. */
    pat_status (*field)(void *context, const char *name, const char *value, pat_error *error);
    uint64_t parts_max;
} pat_form;

typedef struct pat_multipart pat_multipart;

/* Create a parser. type: the Content-Type. form: borrowed. Fails with PAT_MALFORMED (not a form, or
 * no usable boundary) or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_multipart_create(const char *type, const pat_form *form,
                                               pat_multipart **multipart, pat_error *error);

/* Parse the next bytes. Fails with PAT_MALFORMED or a callback's error; do not call it again then.
 */
PAT_MUST_CHECK pat_status pat_multipart_feed(pat_multipart *multipart, const char *bytes,
                                             size_t size, pat_error *error);

/* Finish parsing and free the parser. Fails with PAT_MALFORMED if the body is incomplete, or with a
 * callback's error. Accepts NULL. */
PAT_MUST_CHECK pat_status pat_multipart_end(pat_multipart *multipart, pat_error *error);

/* Free the parser without finishing. Accepts NULL. */
void pat_multipart_free(pat_multipart *multipart);

#endif
