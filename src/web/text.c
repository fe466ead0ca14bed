#include "web/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

void pat_put_format(pat_buffer *out, const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        out->failed = true;
        return;
    }
    pat_buffer_append(out, text, (size_t)length);
    free(text);
}

void pat_put_number(pat_buffer *out, double value)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    pat_number_format(value, text);
    pat_buffer_append_text(out, text);
}

bool pat_put_end(pat_buffer *out)
{
    pat_buffer_append_char(out, '\0');
    if (!out->failed)
        out->size--;
    return !out->failed;
}

/* The length of the UTF-8 character at `at`; 0 if it is not well-formed. Surrogates and overlong
 * forms are not (RFC 3629). */
static size_t character_length(const unsigned char *at)
{
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (at[0] > 0xf4 || length == 0)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    bool outside = (at[0] == 0xed && at[1] > 0x9f) || (at[0] == 0xf4 && at[1] > 0x8f);
    return overlong || outside ? 0 : length;
}

/* False for C0, DEL and C1 (U+0080 to U+009F), for characters special to a shell or file system,
 * and for bidirectional controls (U+202A to U+202E, U+2066 to U+2069), which can disguise a name.
 */
static bool is_harmless(const unsigned char *at, size_t length)
{
    if (length == 1)
        return at[0] >= 0x20 && at[0] != 0x7f && strchr("\"'*/:<>?\\|`$;&", at[0]) == NULL;
    if (length == 2)
        return at[0] != 0xc2 || at[1] >= 0xa0;
    bool turns = length == 3 && at[0] == 0xe2 &&
                 ((at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae) ||
                  (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
    return !turns;
}

void pat_clean_name(const char *given, char name[PAT_IMAGE_NAME_SIZE])
{
    const char *start = given;
    for (const char *at = given; *at != '\0'; at++)
        if (*at == '/' || *at == '\\')
            start = at + 1;
    while (*start == '.') /* no hidden file, no ".." */
        start++;
    size_t size = 0;
    for (const unsigned char *at = (const unsigned char *)start; *at != '\0';) {
        size_t length = character_length(at);
        bool kept = length > 0 && is_harmless(at, length);
        if (size + (kept ? length : 1) >= PAT_IMAGE_NAME_SIZE)
            break;
        if (kept)
            memcpy(name + size, at, length);
        else
            name[size] = '_';
        size += kept ? length : 1;
        at += length > 0 ? length : 1;
    }
    name[size] = '\0';
}

void pat_put_disposition(pat_buffer *out, const char *name)
{
    pat_buffer_append_text(out, "attachment; filename=\"");
    for (const char *at = name; *at != '\0'; at++)
        pat_buffer_append_char(out, *at > 0 ? *at : '_');
    pat_buffer_append_text(out, "\"; filename*=UTF-8''");
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"; /* RFC 5987 */
    for (const char *at = name; *at != '\0'; at++)
        if (strchr(plain, *at) != NULL)
            pat_buffer_append_char(out, *at);
        else
            pat_put_format(out, "%%%02X", (unsigned)(unsigned char)*at);
}
