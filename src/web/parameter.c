#include "web/parameter.h"

#include <string.h>
#include <strings.h>

static const char space[] = " \t";

bool pat_value_is(const char *value, const char *type)
{
    size_t length = strlen(type);
    if (strncasecmp(value, type, length) != 0)
        return false;
    value += length;
    return value[strspn(value, space)] == '\0' || value[strspn(value, space)] == ';';
}

/* A text of limited size. Bytes that do not fit are dropped but counted in `length`. */
struct text {
    char *bytes;
    size_t size, length;
};

static void put(struct text *text, char byte)
{
    if (text->length < text->size)
        text->bytes[text->length] = byte;
    text->length++;
}

/* Copy the quoted text at *at, and move past it. A backslash escapes only a quote or a backslash,
 * because browsers do not escape the backslashes of file names. False if there is no closing
 * quote. */
static bool copy_quoted(const char **at, struct text *out)
{
    for (const char *from = *at + 1; *from != '\0'; from++) {
        if (*from == '"') {
            *at = from + 1;
            return true;
        }
        if (*from == '\\' && (from[1] == '"' || from[1] == '\\'))
            from++;
        put(out, *from);
    }
    return false;
}

static void copy_plain(const char **at, struct text *out)
{
    size_t length = strcspn(*at, "; \t");
    for (size_t i = 0; i < length; i++)
        put(out, (*at)[i]);
    *at += length;
}

static size_t name_length(const char *at)
{
    return strcspn(at, "=; \t\"");
}

/* Read the parameter at *at, and move past it. False if it is malformed. */
static bool read_parameter(const char **at, struct text *out)
{
    size_t length = name_length(*at);
    *at += length;
    *at += strspn(*at, space);
    if (length == 0 || **at != '=')
        return false;
    *at += 1 + strspn(*at + 1, space);
    if (**at != '"')
        copy_plain(at, out);
    else if (!copy_quoted(at, out))
        return false;
    *at += strspn(*at, space);
    return **at == ';' || **at == '\0';
}

pat_found pat_value_parameter(const char *value, const char *name, char *text, size_t size)
{
    pat_found found = PAT_MISSING;
    const char *at = value + strcspn(value, ";");
    text[0] = '\0';
    while (found != PAT_UNREADABLE_VALUE && *(at += strspn(at, "; \t")) != '\0') {
        bool is_wanted =
            name_length(at) == strlen(name) && strncasecmp(at, name, strlen(name)) == 0;
        struct text out = {text, is_wanted ? size - 1 : 0, 0};
        bool is_read = read_parameter(&at, &out);
        if (!is_read || (is_wanted && (found == PAT_FOUND || out.length >= size))) {
            found = PAT_UNREADABLE_VALUE;
        } else if (is_wanted) {
            text[out.length] = '\0';
            found = PAT_FOUND;
        }
    }
    if (found == PAT_UNREADABLE_VALUE)
        text[0] = '\0';
    return found;
}
