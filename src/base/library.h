/* A shared library that is loaded when it is first needed; private to the library. */
#ifndef PAT_BASE_LIBRARY_H
#define PAT_BASE_LIBRARY_H

#include <stddef.h>

#include "patina/status.h"

/* A function of the library, and where the caller's table holds the pointer to it. */
typedef struct pat_library_function {
    const char *name;
    size_t offset;
} pat_library_function;

/*
 * Load `file`, such as "libvips.so.42", and fill in `table`, a struct of function pointers.
 * Functions of libraries that it is linked with are found as well. The library stays loaded. Fails
 * with PAT_INTERNAL, where the message names what is missing and the Debian package to install, or
 * with PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_library_load(const char *file, const char *package,
                                           const pat_library_function *functions, size_t count,
                                           void *table, pat_error *error);

#endif
