#include "run/json.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patina/run.h"

/* `escaped`: room for four times the text. */
static void escape(const char *text, bool non_ascii, char *escaped)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '\\')
            escaped = stpcpy(escaped, "\\\\");
        else if (byte >= 0x80 && non_ascii)
            escaped += sprintf(escaped, "\\x%02x", byte);
        else
            *escaped++ = *text;
    }
    *escaped = '\0';
}

/* Were the backslash not doubled everywhere, a name that holds "\xff" in letters would look the
 * same. */
json_t *pat_json_text(const char *text)
{
    if (text == NULL)
        return json_null();
    char *escaped = malloc(4 * strlen(text) + 1);
    if (escaped == NULL)
        return NULL;
    escape(text, false, escaped);
    json_t *value = json_string(escaped);
    if (value == NULL) { /* not UTF-8 (or out of memory: then here too) */
        escape(text, true, escaped);
        value = json_string(escaped);
    }
    free(escaped);
    return value;
}

char *pat_json_string(const char *text)
{
    json_t *value = pat_json_text(text);
    char *string = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY);
    json_decref(value);
    return string;
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
