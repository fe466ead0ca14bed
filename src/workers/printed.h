/*
 * What a worker prints on stderr, such as a library's last words. An image may have taken over the
 * worker, so the text is cleaned and limited before anyone sees it. Private to the library.
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
 * Take more bytes, and call `notice` with each complete line: "a worker printed: ...". Long lines
 * are split; bytes that are not printable ASCII become '?'. notice: NULL drops the lines. False
 * after PAT_PRINTED_MAX bytes: `notice` has been told, and the rest is to be dropped.
 */
bool pat_printed_add(pat_printed *printed, const char *bytes, size_t size,
                     void (*notice)(const char *text));

/* The worker prints no more: show the last line even if it is not complete. */
void pat_printed_end(pat_printed *printed, void (*notice)(const char *text));

#endif
