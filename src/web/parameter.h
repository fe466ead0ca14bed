/* The parameters of a header value, such as `form-data; name="image"`; private to the library. */
#ifndef PAT_WEB_PARAMETER_H
#define PAT_WEB_PARAMETER_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a value is of the given type, in any case and with or without parameters. */
bool pat_value_is(const char *value, const char *type);

typedef enum pat_found { PAT_FOUND, PAT_MISSING, PAT_UNREADABLE_VALUE } pat_found;

/*
 * Find a parameter of a header value (RFC 2045, RFC 7578): its name in any case, its text as it is
 * or in quotes. Also accepted are spaces around `=`, empty parameters, and characters that should
 * be in quotes. text: the value; "" unless it is found. PAT_UNREADABLE_VALUE: the parameters
 * are malformed, the name occurs twice, or the text does not fit.
 */
pat_found pat_value_parameter(const char *value, const char *name, char *text, size_t size);

#endif
