/*
 * Status codes and error messages.
 *
 * Every fallible function returns a pat_status and takes a `pat_error *` last. The code is for
 * programs, the message for people: it names the file, the cause and what to do next, and is
 * written once, where the fact is known. The pointer may be NULL when only the code matters.
 */
#ifndef PATINA_STATUS_H
#define PATINA_STATUS_H

#include "patina/export.h"

typedef enum pat_status {
    PAT_OK = 0,
    PAT_INVALID_ARGUMENT,   /* a value the caller passed (an option, a grid text) is not usable */
    PAT_NOT_FOUND,          /* no such file or folder */
    PAT_UNREADABLE,         /* it exists but cannot be opened or read */
    PAT_NOT_A_FILE,         /* a folder, device, FIFO or socket where a regular file is needed */
    PAT_EMPTY_FILE,         /* zero bytes */
    PAT_UNSUPPORTED_FORMAT, /* not one of the image formats patina reads */
    PAT_CORRUPT,            /* truncated, or not fully decodable for another reason */
    PAT_TOO_LARGE,          /* more pixels than allowed */
    PAT_TOO_SMALL,          /* a side shorter than a score needs: 7 pixels for SSIM */
    PAT_OUT_OF_MEMORY,      /* an allocation failed */
    PAT_WRITE_FAILED,       /* an output file could not be created, written, synced or renamed */
    PAT_MALFORMED,          /* a CSV or a message does not have the expected form */
    PAT_NOTHING_TO_DO,      /* no pair or no image was found */
    PAT_WORKER_DIED,        /* the worker process crashed, was killed, or exited */
    PAT_INTERRUPTED,        /* stopped on request before the end */
    PAT_INTERNAL,           /* a defect in patina or in one of its libraries */
    PAT_STATUS_COUNT
} pat_status;

#define PAT_ERROR_MESSAGE_SIZE 1024

/* A failure. Zero-initialize; valid after a function returned something other than PAT_OK. */
typedef struct pat_error {
    pat_status status;
    /* One line, no trailing newline, always terminated. A text that is too long loses its
     * middle. */
    char message[PAT_ERROR_MESSAGE_SIZE];
} pat_error;

/*
 * The code as a lower-case word: "too_small", "worker_died". It is what the `reason` column of
 * failures.csv holds. Static storage; never NULL. Thread-safe.
 */
PAT_API const char *pat_status_name(pat_status status);

#endif
