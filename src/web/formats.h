/* File formats as JSON; private to the library. */
#ifndef PAT_WEB_FORMATS_H
#define PAT_WEB_FORMATS_H

#include "base/json.h"

/* The body of GET /api/v1/formats. NULL when memory runs out. */
json_t *pat_formats_value(void);

#endif
