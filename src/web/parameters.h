/* The parameters of a request; private to the library. */
#ifndef PAT_WEB_PARAMETERS_H
#define PAT_WEB_PARAMETERS_H

#include "tasks/task_restore.h"

/* Set a parameter of the API from its text: color, sigma, strength, format, quality or strip. Fails
 * with PAT_INVALID_ARGUMENT: no such parameter, a value that is none, or one given twice. given:
 * those that were, zero at first. */
PAT_MUST_CHECK pat_status pat_parameter_set(pat_restore_order *order, unsigned *given,
                                            const char *name, const char *value, pat_error *error);

#endif
