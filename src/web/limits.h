/* The limits of a server with their defaults filled in; private to the library. */
#ifndef PAT_WEB_LIMITS_H
#define PAT_WEB_LIMITS_H

#include "patina/serve.h"

/* In numbers, bytes, pixels and seconds. */
typedef struct pat_limits {
    uint64_t value[PAT_SERVE_LIMITS];
} pat_limits;

/* Limits without an option. */
enum {
    PAT_HEADER_BYTES_MAX = 16 << 10,    /* of a request line with its header fields */
    PAT_DISCARD_BYTES_MAX = 64 << 20,   /* of a refused body, to be read and thrown away */
    PAT_PART_HEADER_BYTES_MAX = 8 << 10 /* of one part of a multipart body */
};

/* Fails with PAT_INVALID_ARGUMENT. */
PAT_MUST_CHECK pat_status pat_limits_init(pat_limits *limits, const pat_serve_options *options,
                                          pat_error *error);

#endif
