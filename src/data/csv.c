#include "data/csv.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"

/* Append `prefix` and `text` as one field, quoted if the text contains a byte of `special`. */
static void put_field(pat_buffer *row, const char *prefix, const char *text, const char *special)
{
    bool first = row->size == 0 || row->data[row->size - 1] == '\n';
    if (!first)
        pat_buffer_append_char(row, ',');
    bool plain = text[strcspn(text, special)] == '\0';
    bool invisible = first && *text == '\0'; /* would look like a missing field */
    if (plain && !invisible) {
        pat_buffer_append_text(row, prefix);
        pat_buffer_append_text(row, text);
        return;
    }
    pat_buffer_append_char(row, '"');
    pat_buffer_append_text(row, prefix);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            pat_buffer_append_char(row, '"');
        pat_buffer_append_char(row, *text);
    }
    pat_buffer_append_char(row, '"');
}

void pat_csv_text(pat_buffer *row, const char *text)
{
    put_field(row, "", text, ",\"\r\n");
}

void pat_csv_spreadsheet_text(pat_buffer *row, const char *text)
{
    double number;
    bool formula = *text != '\0' && strchr("=+-@\t\r\n'", *text) != NULL;
    put_field(row, formula && !pat_number_parse(text, &number) ? "'" : "", text, ",\"\r\n;\t");
}

void pat_csv_number(pat_buffer *row, double value)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    pat_number_format(value, text);
    pat_csv_text(row, text);
}

void pat_csv_end_row(pat_buffer *row)
{
    pat_buffer_append_char(row, '\n');
}

enum { BLOCK_SIZE = 1 << 16 };

struct pat_csv_reader {
    char *path;
    int descriptor;
    struct csv_parser parser;
    bool started, ended;
    bool holds_nul; /* a field had a NUL byte, which is not allowed */
    size_t rows_returned;

    pat_buffer text;    /* completed fields, each NUL-terminated */
    pat_buffer rows;    /* size_t each: the number of fields of a completed row */
    size_t open_fields; /* fields of the row being parsed */
    size_t next_text, next_row;
    char **field;
    size_t field_capacity;
};

static void field_done(void *text, size_t size, void *context)
{
    pat_csv_reader *reader = context;
    if (size > 0 && memchr(text, '\0', size) != NULL)
        reader->holds_nul = true;
    pat_buffer_append(&reader->text, text, size);
    pat_buffer_append_char(&reader->text, '\0');
    reader->open_fields++;
}

static void row_done(int terminator, void *context)
{
    (void)terminator;
    pat_csv_reader *reader = context;
    pat_buffer_append(&reader->rows, &reader->open_fields, sizeof reader->open_fields);
    reader->open_fields = 0;
}

/* Keeps libcsv from trimming blanks around fields, which may be part of a name. */
static int never_space(unsigned char c)
{
    (void)c;
    return 0;
}

pat_status pat_csv_open(pat_csv_reader **out, const char *path, pat_error *error)
{
    *out = NULL;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return pat_fail(error, errno == ENOENT ? PAT_NOT_FOUND : PAT_UNREADABLE,
                        "%s: cannot open the CSV file (%s); check the path", path, strerror(errno));
    struct stat info;
    if (fstat(descriptor, &info) == 0 && !S_ISREG(info.st_mode)) {
        close(descriptor);
        return pat_fail(error, PAT_NOT_A_FILE, "%s: is not a regular file; name a CSV file", path);
    }
    pat_csv_reader *reader = calloc(1, sizeof *reader);
    char *path_copy = strdup(path);
    if (reader == NULL || path_copy == NULL ||
        csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        free(reader);
        free(path_copy);
        close(descriptor);
        return pat_fail_memory(error, "reading a CSV file");
    }
    csv_set_space_func(&reader->parser, never_space);
    reader->path = path_copy;
    reader->descriptor = descriptor;
    *out = reader;
    return PAT_OK;
}

void pat_csv_close(pat_csv_reader *reader)
{
    if (reader == NULL)
        return;
    csv_free(&reader->parser);
    close(reader->descriptor);
    pat_buffer_release(&reader->text);
    pat_buffer_release(&reader->rows);
    free(reader->field);
    free(reader->path);
    free(reader);
}

static pat_status malformed(pat_csv_reader *reader, pat_error *error)
{
    return pat_fail(
        error, PAT_MALFORMED,
        "%s: not a CSV file: broken quoting after row %zu (%s); fix or regenerate the file",
        reader->path, reader->rows_returned + reader->rows.size / sizeof(size_t),
        csv_strerror(csv_error(&reader->parser)));
}

/* Drop the rows already returned, then parse one more block of the file. */
static pat_status read_block(pat_csv_reader *reader, pat_error *error)
{
    static const char byte_order_mark[3] = {'\xef', '\xbb', '\xbf'};
    pat_buffer_consume(&reader->text, reader->next_text);
    pat_buffer_consume(&reader->rows, reader->next_row * sizeof(size_t));
    reader->next_text = reader->next_row = 0;

    char block[BLOCK_SIZE], *bytes = block;
    ssize_t size;
    do
        size = read(reader->descriptor, block, sizeof block);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return pat_fail(error, PAT_UNREADABLE, "%s: cannot read (%s); check the disk", reader->path,
                        strerror(errno));
    if (!reader->started && size >= 3 && memcmp(block, byte_order_mark, 3) == 0) {
        bytes += 3;
        size -= 3;
    }
    reader->started = true;
    if (size == 0 && bytes == block) {
        reader->ended = true;
        if (csv_fini(&reader->parser, field_done, row_done, reader) != 0)
            return malformed(reader, error);
    } else if (csv_parse(&reader->parser, bytes, (size_t)size, field_done, row_done, reader) !=
               (size_t)size) {
        return malformed(reader, error);
    }
    if (reader->text.failed || reader->rows.failed)
        return pat_fail_memory(error, "a row of a CSV file");
    if (reader->holds_nul)
        return pat_fail(error, PAT_MALFORMED,
                        "%s: not a CSV file: it contains NUL bytes; fix or regenerate the file",
                        reader->path);
    return PAT_OK;
}

pat_status pat_csv_next(pat_csv_reader *reader, pat_csv_row *row, pat_error *error)
{
    while (reader->next_row * sizeof(size_t) == reader->rows.size) {
        if (reader->ended) {
            *row = (pat_csv_row){.number = reader->rows_returned + 1};
            return PAT_OK;
        }
        pat_status status = read_block(reader, error);
        if (status != PAT_OK)
            return status;
    }
    size_t fields;
    memcpy(&fields, reader->rows.data + reader->next_row * sizeof fields, sizeof fields);
    if (fields > reader->field_capacity) {
        char **grown = pat_realloc_array(reader->field, fields, sizeof *grown);
        if (grown == NULL)
            return pat_fail_memory(error, "a row of a CSV file");
        reader->field = grown;
        reader->field_capacity = fields;
    }
    for (size_t i = 0; i < fields; i++) {
        reader->field[i] = reader->text.data + reader->next_text;
        reader->next_text += strlen(reader->field[i]) + 1;
    }
    reader->next_row++;
    *row = (pat_csv_row){reader->field, fields, ++reader->rows_returned};
    return PAT_OK;
}

#define TEXT_OF(x) #x
#define VERSION_TEXT(major, minor, release) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(release)

const char *pat_csv_version(void)
{
    return VERSION_TEXT(CSV_MAJOR, CSV_MINOR, CSV_RELEASE);
}
