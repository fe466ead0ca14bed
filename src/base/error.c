#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

static bool continues_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80; /* UTF-8 */
}

/*
 * A message begins with a path and ends with the cause and what to do, so a message that does not
 * fit loses its middle. It is cut between characters to stay valid UTF-8, because the files that
 * store messages are read as UTF-8.
 */
static void shorten(const char *text, size_t length, char message[PAT_ERROR_MESSAGE_SIZE])
{
    static const char gap[] = " ... ";
    size_t head = PAT_ERROR_MESSAGE_SIZE / 3;
    size_t tail = PAT_ERROR_MESSAGE_SIZE - 1 - head - strlen(gap);
    const char *rest = text + length - tail;
    for (int i = 0; i < 3 && continues_character(text[head]); i++)
        head--;
    for (int i = 0; i < 3 && continues_character(*rest); i++)
        rest++;
    memcpy(message, text, head);
    strcpy(stpcpy(message + head, gap), rest);
}

/* Includes U+0080 to U+009F, which some terminals interpret. */
static void blank_controls(char *text)
{
    for (; *text != '\0'; text++) {
        bool above = text[0] == '\xc2' && continues_character(text[1]) && !(text[1] & 0x20);
        if (above)
            *text++ = '?';
        if (above || (unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
    }
}

pat_status pat_fail(pat_error *error, pat_status status, const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) { /* out of memory: truncate instead */
        va_start(args, format);
        vsnprintf(error->message, sizeof error->message, format, args);
        va_end(args);
    } else if ((size_t)length >= sizeof error->message) {
        shorten(text, (size_t)length, error->message);
    } else {
        memcpy(error->message, text, (size_t)length + 1);
    }
    if (length >= 0)
        free(text);
    error->status = status;
    blank_controls(error->message);
    return status;
}

pat_status pat_fail_memory(pat_error *error, const char *what)
{
    return pat_fail(error, PAT_OUT_OF_MEMORY,
                    "not enough memory for %s; free some memory, run fewer workers, or leave large "
                    "images out",
                    what);
}

static const char *advice(int error_number)
{
    switch (error_number) {
    case ENOENT:
        return "create the folder first";
    case ENOTDIR:
        return "part of the path is a file, not a folder; choose another path with -o";
    case EACCES:
    case EPERM:
    case EROFS:
        return "change the permissions, or choose another path with -o";
    case ENAMETOOLONG:
        return "choose a shorter name";
    case EFBIG:
        return "raise the file size limit (ulimit -f)";
    case ENOSPC:
    case EDQUOT:
        return "free some space and run again";
    default:
        return "check the disk and run again";
    }
}

pat_status pat_fail_to_write(const char *what, const char *path, pat_error *error)
{
    int cause = errno;
    return pat_fail(error, PAT_WRITE_FAILED, "%s: cannot %s (%s); %s", path, what, strerror(cause),
                    advice(cause));
}
