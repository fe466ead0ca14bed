/* A multipart/form-data body, taken apart as it arrives; private to the library. */
#ifndef PAT_WEB_MULTIPART_H
#define PAT_WEB_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "patina/status.h"

struct MHD_Connection;

/* What becomes of the parts. A callback that fails ends it all with its error. */
typedef struct pat_form {
    void *context;
    /* The part `image` begins; file: the name that was given, or NULL. */
    pat_status (*image)(void *context, const char *file, pat_error *error);
    pat_status (*bytes)(void *context, const char *bytes, size_t size, pat_error *error);
    /* Another part, whole. */
    pat_status (*field)(void *context, const char *name, const char *value, pat_error *error);
    uint64_t parts_max;
} pat_form;

typedef struct pat_multipart pat_multipart;

/* form: borrowed. Fails with PAT_MALFORMED (no usable boundary) or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_multipart_create(struct MHD_Connection *connection,
                                               const pat_form *form, pat_multipart **multipart,
                                               pat_error *error);

/* Fails with PAT_MALFORMED, or as a callback did. Not to be called again then. */
PAT_MUST_CHECK pat_status pat_multipart_feed(pat_multipart *multipart, const char *bytes,
                                             size_t size, pat_error *error);

/* The body has ended, and the object with it. Fails with PAT_MALFORMED if that was too early, or as
 * a callback did. Accepts NULL. */
PAT_MUST_CHECK pat_status pat_multipart_end(pat_multipart *multipart, pat_error *error);

/* The same, ignoring what was sent. */
void pat_multipart_free(pat_multipart *multipart);

#endif
