#include "base/json.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* ---- Strings --------------------------------------------------------------------------------- */

/* Which bytes are written as \xNN. */
enum escaped { NONE = 0, NON_ASCII = 1, CONTROLS = 2 };

/* Includes U+0080 to U+009F, which some terminals interpret. */
static bool is_control(const char *text)
{
    unsigned char byte = (unsigned char)text[0], next = (unsigned char)text[1];
    return byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next >= 0x80 && next <= 0x9f);
}

/* escaped: room for 4 * strlen(text) + 1 bytes. */
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

/* The escaped text as a JSON string. `escaped` is as for escape(). */
static json_t *escaped_value(const char *text, unsigned which, char *escaped)
{
    escape(text, which, escaped);
    errno = 0;
    json_t *value = json_string(escaped);
    if (value == NULL && errno != ENOMEM) { /* not UTF-8 */
        escape(text, which | NON_ASCII, escaped);
        value = json_string(escaped);
    }
    return value;
}

/* Backslashes are doubled to tell the four characters \xff from an escaped byte. */
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
        bool byte = low >= 0 && high + low > 0; /* a C string cannot contain \x00 */
        text += text[0] == '\\' && text[1] == '\\';
        *end++ = byte ? (char)(16 * high + low) : *text;
        text += byte ? 4 : 1;
    }
    if (meant != NULL)
        *end = '\0';
    return meant;
}

/* ---- Values ---------------------------------------------------------------------------------- */

json_t *pat_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *pat_json_numbers(const double *value, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        pat_json_append(&array, json_real(value[i]));
    return array;
}

json_t *pat_json_count(uint64_t count)
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

void pat_json_set(json_t **object, const char *name, json_t *value)
{
    if (json_object_set_new(*object, name, value) != 0) {
        json_decref(*object);
        *object = NULL;
    }
}

json_t *pat_json_join(json_t *first, json_t *second)
{
    bool joined = json_object_update(first, second) == 0;
    json_decref(second);
    if (joined)
        return first;
    json_decref(first);
    return NULL;
}

json_t *pat_json_document(const char *name, int version, json_t *object)
{
    return pat_json_join(
        json_pack("{s:{s:s+, s:i}}", "schema", "name", "patina.", name, "version", version),
        object);
}

/* ---- Writing --------------------------------------------------------------------------------- */

/* The document being written. */
struct writing {
    pat_buffer *out;
    int levels;
};

static int append(const char *text, size_t size, void *out)
{
    pat_buffer_append(out, text, size);
    return 0;
}

static void put_plain(pat_buffer *out, const json_t *value)
{
    if (json_dump_callback(value, append, out, JSON_ENCODE_ANY) != 0)
        out->failed = true;
}

static void put_number(pat_buffer *out, double value)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    pat_number_format(value, text);
    pat_buffer_append_text(out, text);
    if (value == 0 && signbit(value)) /* "-0" would be read as the integer 0 */
        pat_buffer_append_text(out, ".0");
}

static void put_name(pat_buffer *out, const char *name)
{
    json_t *text = json_string(name);
    put_plain(out, text);
    pat_buffer_append_text(out, ": ");
    json_decref(text);
}

/* Write the separator before an item of an object or array at `depth`, or before its end. */
static void put_break(const struct writing *writing, int depth, bool first, bool end)
{
    bool lines = depth <= writing->levels;
    pat_buffer_append_text(writing->out, first || end ? "" : lines ? "," : ", ");
    if (!lines)
        return;
    pat_buffer_append_char(writing->out, '\n');
    for (int i = end ? 1 : 0; i < depth; i++)
        pat_buffer_append_text(writing->out, "  ");
}

static void put_value(const struct writing *writing, const json_t *value, int depth);

static void put_object(const struct writing *writing, const json_t *object, int depth)
{
    const char *name;
    json_t *value;
    bool first = true;
    pat_buffer_append_char(writing->out, '{');
    json_object_foreach((json_t *)object, name, value)
    {
        put_break(writing, depth, first, false);
        put_name(writing->out, name);
        put_value(writing, value, depth);
        first = false;
    }
    if (!first)
        put_break(writing, depth, first, true);
    pat_buffer_append_char(writing->out, '}');
}

static void put_array(const struct writing *writing, const json_t *array, int depth)
{
    size_t count = json_array_size(array);
    pat_buffer_append_char(writing->out, '[');
    for (size_t i = 0; i < count; i++) {
        put_break(writing, depth, i == 0, false);
        put_value(writing, json_array_get(array, i), depth);
    }
    if (count > 0)
        put_break(writing, depth, false, true);
    pat_buffer_append_char(writing->out, ']');
}

/* depth: that of the enclosing object or array. */
static void put_value(const struct writing *writing, const json_t *value, int depth)
{
    if (json_is_object(value))
        put_object(writing, value, depth + 1);
    else if (json_is_array(value))
        put_array(writing, value, depth + 1);
    else if (json_is_real(value))
        put_number(writing->out, json_real_value(value));
    else
        put_plain(writing->out, value);
}

void pat_json_put(pat_buffer *out, const json_t *value, int levels)
{
    put_value(&(struct writing){out, levels}, value, 0);
}

char *pat_json_write(json_t *value, int levels)
{
    pat_buffer text = {0};
    pat_json_put(&text, value, levels);
    json_decref(value);
    pat_buffer_append_char(&text, '\0');
    if (text.failed)
        pat_buffer_release(&text);
    return text.data;
}

/* ---- Reading --------------------------------------------------------------------------------- */

pat_status pat_json_parse(json_t **value, const char *text, size_t size, json_error_t *cause)
{
    errno = 0; /* when memory runs out, Jansson often calls the text invalid or gives no reason */
    *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, cause);
    if (*value != NULL)
        return PAT_OK;
    return errno == ENOMEM ? PAT_OUT_OF_MEMORY : PAT_MALFORMED;
}

static pat_status read_all(FILE *file, size_t limit, pat_buffer *text, json_error_t *cause)
{
    enum { BLOCK = 1 << 14 };
    size_t count = 1;
    while (count > 0 && text->size <= limit) {
        char *room = pat_buffer_room(text, BLOCK);
        if (room == NULL)
            return PAT_OUT_OF_MEMORY;
        count = fread(room, 1, BLOCK, file);
        text->size += count;
    }
    cause->line = 0;
    if (ferror(file))
        snprintf(cause->text, sizeof cause->text, "it cannot be read: %s", strerror(errno));
    else if (text->size > limit)
        snprintf(cause->text, sizeof cause->text, "it is larger than %zu bytes", limit);
    return ferror(file) || text->size > limit ? PAT_MALFORMED : PAT_OK;
}

pat_status pat_json_read(json_t **value, const char *path, size_t limit, json_error_t *cause)
{
    pat_buffer text = {0};
    *value = NULL;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        cause->line = 0;
        snprintf(cause->text, sizeof cause->text, "it cannot be opened: %s", strerror(errno));
        return PAT_NOT_FOUND;
    }
    pat_status status = read_all(file, limit, &text, cause);
    fclose(file);
    if (status == PAT_OK)
        status = pat_json_parse(value, text.data, text.size, cause);
    pat_buffer_release(&text);
    return status;
}
