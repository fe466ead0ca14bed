/*
 * The body is split at its delimiters (RFC 2046): CR LF, two dashes and the boundary. The end of
 * the buffer may be the start of a delimiter, so the last bytes are kept until more arrive. The
 * first delimiter needs no CR LF if nothing precedes it, so the buffer initially contains one.
 */
#include "web/multipart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "web/limits.h"
#include "web/parameter.h"

enum {
    NAME_SIZE = 32,
    TEXT_SIZE = 64,
    FILE_SIZE = 1024,
    BOUNDARY_SIZE = 71, /* RFC 2046: 70 characters */
    DELIMITER_SIZE = BOUNDARY_SIZE + 4,
    BUFFER_SIZE = 32 << 10
};

/* The position of the buffer's first byte in the body. */
typedef enum place {
    PREAMBLE,  /* before the first delimiter */
    DELIMITED, /* after a delimiter */
    HEADER,    /* at the end of a delimiter's line */
    START,     /* at the end of a part's headers */
    CONTENT,   /* in a part */
    EPILOGUE,  /* after the last delimiter */
} place;

struct pat_multipart {
    const pat_form *form;
    uint64_t parts;
    bool has_image, in_image;
    char name[NAME_SIZE], text[TEXT_SIZE]; /* of the current parameter; "" if none */
    size_t text_size;
    place place;
    size_t delimiter_size, size;
    char delimiter[DELIMITER_SIZE], buffer[BUFFER_SIZE + 1];
};

static pat_status malformed(const char *what, pat_error *error)
{
    return pat_fail(error, PAT_MALFORMED,
                    "the multipart body %s; send the image as one part 'image', and each "
                    "parameter as a text part",
                    what);
}

/* ---- Parts ----------------------------------------------------------------------------------- */

/* Pass on the current parameter, which is complete. */
static pat_status end_part(pat_multipart *multipart, pat_error *error)
{
    static const char charset[] = "_charset_"; /* names the encoding; all our texts are ASCII */
    char name[NAME_SIZE];
    multipart->text[multipart->text_size] = '\0';
    strcpy(name, multipart->name);
    multipart->name[0] = '\0';
    if (name[0] == '\0' || strcmp(name, charset) == 0)
        return PAT_OK;
    if (strlen(multipart->text) != multipart->text_size)
        return malformed("has a NUL in a parameter", error);
    return multipart->form->field(multipart->form->context, name, multipart->text, error);
}

static pat_status begin_part(pat_multipart *multipart, const char *name, const char *file,
                             pat_error *error)
{
    if (++multipart->parts > multipart->form->parts_max)
        return malformed("has too many parts", error);
    multipart->text_size = 0;
    multipart->in_image = strcmp(name, "image") == 0;
    if (!multipart->in_image) {
        strcpy(multipart->name, name);
        return PAT_OK;
    }
    if (multipart->has_image)
        return malformed("has more than one part 'image'", error);
    multipart->has_image = true;
    return multipart->form->image(multipart->form->context, file, error);
}

/* Probably an image in a part that is not called 'image'. */
static pat_status too_long(const pat_multipart *multipart, pat_error *error)
{
    char what[NAME_SIZE + 96];
    snprintf(what, sizeof what, "has %s one called '%s' that is too long for a parameter",
             multipart->has_image ? "besides its part 'image'" : "no part 'image' but",
             multipart->name);
    return malformed(what, error);
}

static pat_status take(pat_multipart *multipart, const char *data, size_t size, pat_error *error)
{
    if (size == 0)
        return PAT_OK;
    if (multipart->in_image)
        return multipart->form->bytes(multipart->form->context, data, size, error);
    if (size >= TEXT_SIZE - multipart->text_size)
        return too_long(multipart, error);
    memcpy(multipart->text + multipart->text_size, data, size);
    multipart->text_size += size;
    return PAT_OK;
}

/* ---- Headers of a part ----------------------------------------------------------------------- */

/* The value of a header line, if it has the given name; else NULL. */
static const char *value_of(const char *line, const char *name)
{
    size_t length = strlen(name);
    return strncasecmp(line, name, length) == 0 && line[length] == ':'
               ? line + length + 1 + strspn(line + length + 1, " \t")
               : NULL;
}

/* Whether a Content-Transfer-Encoding changes the bytes. RFC 7578 deprecates this header. */
static bool is_encoded(const char *encoding)
{
    static const char *const plain[] = {"binary", "8bit", "7bit"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (pat_value_is(encoding, plain[i]))
            return false;
    return true;
}

static pat_status read_disposition(pat_multipart *multipart, const char *value, pat_error *error)
{
    char name[NAME_SIZE], file[FILE_SIZE];
    if (value == NULL || !pat_value_is(value, "form-data") ||
        pat_value_parameter(value, "name", name, sizeof name) != PAT_FOUND || name[0] == '\0')
        return malformed("has a part with no name, or one that is too long", error);
    pat_found found = pat_value_parameter(value, "filename", file, sizeof file);
    if (found == PAT_UNREADABLE_VALUE)
        return malformed("has a file name that is too long or malformed", error);
    return begin_part(multipart, name, found == PAT_FOUND ? file : NULL, error);
}

/* Read the headers of a part. A line that starts with white space continues the line before it. */
static pat_status read_header(pat_multipart *multipart, char *header, pat_error *error)
{
    const char *disposition = NULL, *encoding = NULL;
    char *line = header;
    for (char *at = header; (at = strstr(at, "\r\n")) != NULL; at++)
        if (at[2] == ' ' || at[2] == '\t')
            memcpy(at, "  ", 2);
    for (char *next; line != NULL; line = next) {
        if ((next = strstr(line, "\r\n")) != NULL) {
            *next = '\0';
            next += 2;
        }
        const char *value = value_of(line, "Content-Disposition");
        if (value != NULL && disposition != NULL)
            return malformed("has a part with two names", error);
        disposition = value != NULL ? value : disposition;
        value = value_of(line, "Content-Transfer-Encoding");
        encoding = value != NULL ? value : encoding;
    }
    if (encoding != NULL && is_encoded(encoding))
        return malformed("has a part with a Content-Transfer-Encoding", error);
    return read_disposition(multipart, disposition, error);
}

/* ---- The body -------------------------------------------------------------------------------- */

static void consume(pat_multipart *multipart, size_t size)
{
    multipart->size -= size;
    memmove(multipart->buffer, multipart->buffer + size, multipart->size);
}

/* A step handles the start of the buffer. *waits: whether it needs more bytes. */
typedef pat_status take_step(pat_multipart *multipart, bool *waits, pat_error *error);

/* Pass on the bytes before the next delimiter, and skip the delimiter. */
static pat_status until_delimiter(pat_multipart *multipart, bool *waits, pat_error *error)
{
    size_t kept = multipart->delimiter_size - 1;
    const char *found =
        memmem(multipart->buffer, multipart->size, multipart->delimiter, multipart->delimiter_size);
    size_t before = found != NULL            ? (size_t)(found - multipart->buffer)
                    : multipart->size > kept ? multipart->size - kept
                                             : 0;
    bool in_part = multipart->place == CONTENT;
    pat_status status = in_part ? take(multipart, multipart->buffer, before, error) : PAT_OK;
    *waits = found == NULL;
    consume(multipart, before + (found != NULL ? multipart->delimiter_size : 0));
    if (found != NULL)
        multipart->place = DELIMITED;
    if (status == PAT_OK && found != NULL && in_part)
        status = end_part(multipart, error);
    return status;
}

/* Handle what follows a delimiter: two dashes after the last one; after any other, white space up
 * to the end of the line. */
static pat_status after_delimiter(pat_multipart *multipart, bool *waits, pat_error *error)
{
    multipart->buffer[multipart->size] = '\0';
    size_t padding = strspn(multipart->buffer, " \t");
    if (padding > PAT_PART_HEADER_BYTES_MAX)
        return malformed("has a delimiter with too much white space", error);
    *waits = multipart->size < padding + 2;
    if (*waits)
        return PAT_OK;
    if (memcmp(multipart->buffer, "--", 2) == 0)
        multipart->place = EPILOGUE;
    else if (memcmp(multipart->buffer + padding, "\r\n", 2) == 0)
        multipart->place = HEADER;
    else
        return malformed("is malformed", error);
    consume(multipart, padding);
    return PAT_OK;
}

static pat_status header(pat_multipart *multipart, bool *waits, pat_error *error)
{
    static const char end[] = "\r\n\r\n";
    size_t kept = sizeof end - 2; /* the longest possible start of `end` */
    char *found = memmem(multipart->buffer, multipart->size, end, sizeof end - 1);
    size_t size = found != NULL            ? (size_t)(found - multipart->buffer)
                  : multipart->size > kept ? multipart->size - kept
                                           : 0;
    if (size > PAT_PART_HEADER_BYTES_MAX)
        return malformed("has a part whose headers are too long", error);
    *waits = found == NULL;
    if (found == NULL)
        return PAT_OK;
    *found = '\0';
    if (strlen(multipart->buffer) != size)
        return malformed("has a NUL in a header", error);
    pat_status status = read_header(multipart, multipart->buffer, error);
    multipart->place = START;
    consume(multipart, size + 2);
    return status;
}

static pat_status start(pat_multipart *multipart, bool *waits, pat_error *error)
{
    (void)error;
    *waits = multipart->size < multipart->delimiter_size;
    if (*waits)
        return PAT_OK;
    multipart->place = CONTENT;
    if (memcmp(multipart->buffer, multipart->delimiter, multipart->delimiter_size) != 0)
        consume(multipart, 2);
    return PAT_OK;
}

static pat_status epilogue(pat_multipart *multipart, bool *waits, pat_error *error)
{
    (void)error;
    *waits = true;
    multipart->size = 0;
    return PAT_OK;
}

static take_step *const steps[] = {
    [PREAMBLE] = until_delimiter, [DELIMITED] = after_delimiter, [HEADER] = header, [START] = start,
    [CONTENT] = until_delimiter,  [EPILOGUE] = epilogue,
};

/* ---- The parser ------------------------------------------------------------------------------ */

pat_status pat_multipart_create(const char *type, const pat_form *form, pat_multipart **out,
                                pat_error *error)
{
    char boundary[BOUNDARY_SIZE];
    *out = NULL;
    if (!pat_value_is(type, "multipart/form-data"))
        return malformed("is not multipart/form-data", error);
    if (pat_value_parameter(type, "boundary", boundary, sizeof boundary) != PAT_FOUND ||
        boundary[0] == '\0')
        return malformed("has no usable boundary", error);
    pat_multipart *multipart = calloc(1, sizeof *multipart);
    if (multipart == NULL)
        return pat_fail_memory(error, "a request");
    multipart->form = form;
    multipart->delimiter_size =
        (size_t)snprintf(multipart->delimiter, DELIMITER_SIZE, "\r\n--%s", boundary);
    memcpy(multipart->buffer, "\r\n", multipart->size = 2);
    *out = multipart;
    return PAT_OK;
}

pat_status pat_multipart_feed(pat_multipart *multipart, const char *bytes, size_t size,
                              pat_error *error)
{
    pat_status status = PAT_OK;
    while (size > 0 && status == PAT_OK) {
        size_t room = BUFFER_SIZE - multipart->size, count = size < room ? size : room;
        memcpy(multipart->buffer + multipart->size, bytes, count);
        multipart->size += count;
        bytes += count;
        size -= count;
        for (bool waits = false; !waits && status == PAT_OK;)
            status = steps[multipart->place](multipart, &waits, error);
    }
    return status;
}

pat_status pat_multipart_end(pat_multipart *multipart, pat_error *error)
{
    if (multipart == NULL)
        return PAT_OK;
    pat_status status = multipart->place == EPILOGUE ? PAT_OK : malformed("has no end", error);
    if (status == PAT_OK && !multipart->has_image)
        status = malformed("has no part 'image'", error);
    pat_multipart_free(multipart);
    return status;
}

void pat_multipart_free(pat_multipart *multipart)
{
    free(multipart);
}
