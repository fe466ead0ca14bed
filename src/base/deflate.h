/* Lossless compression, by zlib; private to the library. */
#ifndef PAT_BASE_DEFLATE_H
#define PAT_BASE_DEFLATE_H

#include "base/buffer.h"
#include "patina/status.h"

/* Append `bytes`, compressed as well as possible. The same bytes and version of zlib give the same
 * result. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_deflate(pat_bytes bytes, pat_buffer *out, pat_error *error);

/* Append what was compressed; it must have exactly `size` bytes. Fails with PAT_CORRUPT (it is not
 * compressed data, or not of that size) or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_inflate(pat_bytes compressed, size_t size, pat_buffer *out,
                                      pat_error *error);

#endif
