/* The file formats in JSON; private to the library. */
#ifndef PAT_WEB_FORMATS_H
#define PAT_WEB_FORMATS_H

#include "base/json.h"

/* What GET /api/v1/formats answers. NULL when memory runs out. */
json_t *pat_formats_value(void);

#endif
