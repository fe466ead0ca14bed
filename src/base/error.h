/* Writing a pat_error; private to the library. */
#ifndef PAT_BASE_ERROR_H
#define PAT_BASE_ERROR_H

#include "patina/status.h"

/*
 * Store `status` and the formatted message in `error` (which may be NULL) and return `status`, so
 * that failing takes one statement: return pat_fail(error, PAT_CORRUPT, "...", ...); Control
 * characters in the message (a file name may contain a newline) are replaced by '?'.
 */
pat_status pat_fail(pat_error *error, pat_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Fail with PAT_OUT_OF_MEMORY. what: "a 512x512 image". */
pat_status pat_fail_memory(pat_error *error, const char *what);

/* Fail with PAT_WRITE_FAILED; the message has the cause, from errno, and advice. what: "write",
 * "sync". */
pat_status pat_fail_to_write(const char *what, const char *path, pat_error *error);

#endif
