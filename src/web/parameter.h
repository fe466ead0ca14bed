/* The parameters of a header value, such as `form-data; name="image"`; private to the library. */
#ifndef PAT_WEB_PARAMETER_H
#define PAT_WEB_PARAMETER_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the value of Content-Type or a similar header has this type. Case and parameters are
 * ignored. */
bool pat_value_is(const char *value, const char *type);

typedef enum pat_found { PAT_FOUND, PAT_MISSING, PAT_UNREADABLE_VALUE } pat_found;

/*
 * Find a parameter of a header value (RFC 2045, RFC 7578). The case of its name is ignored. Spaces
 * around `=`, empty parameters, and characters that should be in quotes are accepted. text:
 * receives the value, without quotes; "" unless it is found. PAT_UNREADABLE_VALUE: the parameters
 * are malformed, the name occurs twice, or the value does not fit.
 */
pat_found pat_value_parameter(const char *value, const char *name, char *text, size_t size);

#endif
