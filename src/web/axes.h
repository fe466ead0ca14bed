/* The axes of settings and their operators in JSON; private to the library. */
#ifndef PAT_WEB_AXES_H
#define PAT_WEB_AXES_H

#include "base/json.h"

/* What GET /api/v1/axes answers. NULL when memory runs out. */
json_t *pat_axes_value(void);

#endif
