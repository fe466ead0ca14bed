/* Request parameters; private to the library. */
#ifndef PAT_WEB_PARAMETERS_H
#define PAT_WEB_PARAMETERS_H

#include "tasks/task_restore.h"

/* Set a parameter (an axis key, format, quality or strip) from its text. Fails with
 * PAT_INVALID_ARGUMENT for an unknown parameter, an invalid value, or a parameter given twice.
 * given: bit mask of the parameters set so far, initially 0. */
PAT_MUST_CHECK pat_status pat_parameter_set(pat_restore_order *order, unsigned *given,
                                            const char *name, const char *value, pat_error *error);

#endif
