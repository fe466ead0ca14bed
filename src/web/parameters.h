/* The parameters of a request; private to the library. */
#ifndef PAT_WEB_PARAMETERS_H
#define PAT_WEB_PARAMETERS_H

#include "tasks/task_restore.h"

/* Set a parameter of the API from its text: the key of an axis, format, quality or strip. Fails
 * with PAT_INVALID_ARGUMENT for an unknown parameter, an invalid value, or a parameter given twice.
 * given: the parameters so far, zero at first. */
PAT_MUST_CHECK pat_status pat_parameter_set(pat_restore_order *order, unsigned *given,
                                            const char *name, const char *value, pat_error *error);

#endif
