/* Server limits with defaults filled in; private to the library. */
#ifndef PAT_WEB_LIMITS_H
#define PAT_WEB_LIMITS_H

#include "patina/serve.h"

/* In numbers, bytes, pixels and seconds. */
typedef struct pat_limits {
    uint64_t value[PAT_SERVE_LIMITS];
} pat_limits;

/* Fixed limits. */
enum {
    PAT_HEADER_BYTES_MAX = 16 << 10,    /* request target and header fields */
    PAT_DISCARD_BYTES_MAX = 64 << 20,   /* of a refused body, read and discarded */
    PAT_PART_HEADER_BYTES_MAX = 8 << 10 /* headers of one part of a multipart body */
};

/* Fails with PAT_INVALID_ARGUMENT. */
PAT_MUST_CHECK pat_status pat_limits_init(pat_limits *limits, const pat_serve_options *options,
                                          pat_error *error);

#endif
