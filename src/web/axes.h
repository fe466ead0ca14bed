/* Setting axes and their operators as JSON; private to the library. */
#ifndef PAT_WEB_AXES_H
#define PAT_WEB_AXES_H

#include "base/json.h"

/* The body of GET /api/v1/axes. NULL when memory runs out. */
json_t *pat_axes_value(void);

#endif
