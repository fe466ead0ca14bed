/*
 * What a worker prints on stderr, such as a library's error message. An image may have taken over
 * the worker, so the text is sanitized and limited before it is shown. Private to the library.
 */
#ifndef PAT_WORKERS_PRINTED_H
#define PAT_WORKERS_PRINTED_H

#include <stdbool.h>
#include <stddef.h>

enum { PAT_PRINTED_LINE = 200, PAT_PRINTED_MAX = 8 << 10 };

/* Zero-initialize for each worker. */
typedef struct pat_printed {
    char line[PAT_PRINTED_LINE + 1];
    size_t length;   /* of the line so far */
    size_t received; /* bytes so far, including line ends */
} pat_printed;

/*
 * Add bytes, and call `notice` with each complete line: "a worker printed: ...". Long lines are
 * split; bytes that are not printable ASCII become '?'. notice: NULL drops the lines. Returns false
 * if there are more than PAT_PRINTED_MAX bytes; `notice` is then called with a message about it,
 * and the caller must drop the rest.
 */
bool pat_printed_add(pat_printed *printed, const char *bytes, size_t size,
                     void (*notice)(const char *text));

/* Show the last line even if it is incomplete. Call this when the worker has ended. */
void pat_printed_end(pat_printed *printed, void (*notice)(const char *text));

#endif
