/* Files embedded in a page; private to the library. */
#ifndef PAT_REPORT_DATA_URI_H
#define PAT_REPORT_DATA_URI_H

#include "base/buffer.h"

/* Append `bytes` as a Base64 data: URI, which needs no escaping in a quoted attribute. type: a
 * media type, such as "image/jpeg". */
void pat_data_uri_append(pat_buffer *out, const char *type, const void *bytes, size_t size);

#endif
