/* Files within a page; private to the library. */
#ifndef PAT_REPORT_DATA_URI_H
#define PAT_REPORT_DATA_URI_H

#include "base/buffer.h"

/* Append `bytes` as a data: URI, which may stand in a quoted attribute as it is: "data:", type,
 * ";base64,". type: a media type, as "image/jpeg". */
void pat_data_uri_append(pat_buffer *out, const char *type, const void *bytes, size_t size);

#endif
