#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const status_names[PAT_STATUS_COUNT] = {
    [PAT_OK] = "ok",
    [PAT_INVALID_ARGUMENT] = "invalid_argument",
    [PAT_NOT_FOUND] = "not_found",
    [PAT_UNREADABLE] = "unreadable",
    [PAT_NOT_A_FILE] = "not_a_file",
    [PAT_EMPTY_FILE] = "empty_file",
    [PAT_UNSUPPORTED_FORMAT] = "unsupported_format",
    [PAT_CORRUPT] = "corrupt",
    [PAT_TOO_LARGE] = "too_large",
    [PAT_TOO_SMALL] = "too_small",
    [PAT_OUT_OF_MEMORY] = "out_of_memory",
    [PAT_WRITE_FAILED] = "write_failed",
    [PAT_MALFORMED] = "malformed",
    [PAT_NOTHING_TO_DO] = "nothing_to_do",
    [PAT_WORKER_DIED] = "worker_died",
    [PAT_INTERRUPTED] = "interrupted",
    [PAT_INTERNAL] = "internal",
};

const char *pat_status_name(pat_status status)
{
    if ((unsigned)status >= PAT_STATUS_COUNT)
        return "unknown";
    return status_names[status];
}

/* A text that did not fit may end within a UTF-8 character: files of text would then not be text.
 */
static void drop_cut_character(char *message)
{
    size_t length = strlen(message), start = length;
    while (start > 0 && length - start < 3 && ((unsigned char)message[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)message[--start];
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (length - start < wanted)
        message[start] = '\0';
}

pat_status pat_fail(pat_error *error, pat_status status, const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    if (length >= (int)sizeof error->message)
        drop_cut_character(error->message);
    error->status = status;
    for (char *c = error->message; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return status;
}

pat_status pat_fail_memory(pat_error *error, const char *what)
{
    return pat_fail(error, PAT_OUT_OF_MEMORY,
                    "not enough memory for %s; free some memory, run fewer workers, or leave large "
                    "images out",
                    what);
}
