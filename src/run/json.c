#include "run/json.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patina/run.h"

/* Which bytes are written as \xNN. */
enum escaped { NONE = 0, NON_ASCII = 1, CONTROLS = 2 };

/* U+0080 to U+009F, too: some terminals obey them. */
static bool is_control(const char *text)
{
    unsigned char byte = (unsigned char)text[0], next = (unsigned char)text[1];
    return byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next >= 0x80 && next <= 0x9f);
}

/* `escaped`: room for four times the text. */
static void escape(const char *text, unsigned which, char *escaped)
{
    bool above = false; /* the second byte of a control character */
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '\\')
            escaped = stpcpy(escaped, "\\\\");
        else if (above || (byte >= 0x80 && which & NON_ASCII) ||
                 (which & CONTROLS && is_control(text)))
            escaped += sprintf(escaped, "\\x%02x", byte);
        else
            *escaped++ = *text;
        above = which & CONTROLS && byte >= 0x80 && is_control(text);
    }
    *escaped = '\0';
}

/* The text escaped, as JSON. */
static json_t *escaped_value(const char *text, unsigned which, char *escaped)
{
    escape(text, which, escaped);
    json_t *value = json_string(escaped);
    if (value == NULL) { /* not UTF-8 (or out of memory: then here too) */
        escape(text, which | NON_ASCII, escaped);
        value = json_string(escaped);
    }
    return value;
}

/* Were the backslash not doubled everywhere, a name that holds "\xff" in letters would look the
 * same. */
json_t *pat_json_text(const char *text)
{
    if (text == NULL)
        return json_null();
    char *escaped = malloc(4 * strlen(text) + 1);
    json_t *value = escaped == NULL ? NULL : escaped_value(text, NONE, escaped);
    free(escaped);
    return value;
}

char *pat_json_shown(const char *text)
{
    char *escaped = malloc(4 * strlen(text) + 1);
    if (escaped != NULL)
        json_decref(escaped_value(text, CONTROLS, escaped));
    return escaped;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *digit = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));
    return digit == NULL ? -1 : (int)(digit - digits);
}

char *pat_json_meant(const char *text)
{
    char *meant = malloc(strlen(text) + 1), *end = meant;
    while (meant != NULL && *text != '\0') {
        int high = text[0] == '\\' && text[1] == 'x' ? hex_digit(text[2]) : -1;
        int low = high < 0 ? -1 : hex_digit(text[3]);
        bool byte = low >= 0 && high + low > 0; /* no text holds a NUL */
        text += text[0] == '\\' && text[1] == '\\';
        *end++ = byte ? (char)(16 * high + low) : *text;
        text += byte ? 4 : 1;
    }
    if (meant != NULL)
        *end = '\0';
    return meant;
}

char *pat_json_string(const char *text)
{
    json_t *value = pat_json_text(text);
    char *string = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY);
    json_decref(value);
    return string;
}

json_t *pat_json_setting(const pat_setting *setting)
{
    json_t *object = json_object();
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        double value = setting->value[axis];
        char text[PAT_VALUE_TEXT_SIZE];
        if (!pat_setting_shows(setting, axis))
            continue;
        json_t *field = pat_axis_of(axis)->is_choice
                            ? json_string(pat_value_format(axis, value, text))
                        : isfinite(value) ? json_real(value)
                                          : json_null();
        json_object_set_new(object, pat_axis_of(axis)->column, field);
    }
    return object;
}

json_t *pat_json_count(size_t count)
{
    return json_integer((json_int_t)count);
}

void pat_json_append(json_t **array, json_t *value)
{
    if (json_array_append_new(*array, value) != 0) {
        json_decref(*array);
        *array = NULL;
    }
}
