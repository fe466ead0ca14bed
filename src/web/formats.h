/* The file formats in JSON; private to the library. */
#ifndef PAT_WEB_FORMATS_H
#define PAT_WEB_FORMATS_H

#include "base/buffer.h"

/* Append the answer to GET /api/v1/formats. A buffer that has failed stays as it is. */
void pat_formats_put(pat_buffer *out);

#endif
