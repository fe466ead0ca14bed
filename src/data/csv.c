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

/* A completed row: its number of fields, and the line on which it begins. */
struct extent {
    size_t fields, line;
};

struct pat_csv_reader {
    char *path;
    int descriptor;
    struct csv_parser parser;
    bool started, ended;
    const struct separator *other; /* what separates the first row; NULL: the comma */
    bool holds_nul;                /* a field had a NUL byte, which is not allowed */
    size_t rows_returned;

    pat_buffer text;       /* completed fields, each NUL-terminated */
    pat_buffer rows;       /* a struct extent for each completed row */
    struct extent open;    /* the row being parsed */
    bool in_row, after_cr; /* a row has begun; the last byte was CR */
    size_t lines;          /* number of lines that have ended */
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
    reader->open.fields++;
}

static void row_done(int terminator, void *context)
{
    (void)terminator;
    pat_csv_reader *reader = context;
    pat_buffer_append(&reader->rows, &reader->open, sizeof reader->open);
    reader->open.fields = 0;
    reader->in_row = false;
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

/* Separators that other programs write instead of commas. */
static const struct separator {
    char byte;
    const char *name, *python;
} others[] = {{';', "semicolons", ";"}, {'\t', "tabs", "\\t"}, {'|', "bars", "|"}};

static pat_status fail_other_separator(const pat_csv_reader *reader, pat_error *error)
{
    return pat_fail(
        error, PAT_MALFORMED,
        "%s: the columns are separated by %s, but patina requires commas, and numbers with "
        "a decimal point; export the file that way, or convert it in Python: "
        "pandas.read_csv(FILE, sep='%s', decimal=',').to_csv(FILE, index=False)",
        reader->path, reader->other->name, reader->other->python);
}

/* After a quoted name, another separator looks like broken quoting to the parser. */
static pat_status malformed(pat_csv_reader *reader, pat_error *error)
{
    if (reader->other != NULL)
        return fail_other_separator(reader, error);
    return pat_fail(
        error, PAT_MALFORMED,
        "%s: not a CSV file: broken quoting after row %zu (%s); fix or regenerate the file",
        reader->path, reader->rows_returned + reader->rows.size / sizeof(struct extent),
        csv_strerror(csv_error(&reader->parser)));
}

static bool ends_line(char byte)
{
    return byte == '\n' || byte == '\r';
}

/* The separator of a first row that contains no comma outside quotes; NULL: it is the comma, or the
 * row is a single name. */
static const struct separator *find_other(const char *bytes, size_t size)
{
    bool quoted = false;
    size_t start = 0;
    while (start < size && ends_line(bytes[start]))
        start++;
    size_t end = start;
    for (; end < size && (quoted || !ends_line(bytes[end])); end++) {
        quoted = quoted != (bytes[end] == '"');
        if (bytes[end] == ',' && !quoted)
            return NULL;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others && !quoted; i++)
        if (memchr(bytes + start, others[i].byte, end - start) != NULL)
            return &others[i];
    return NULL;
}

/* The first bytes of files that are often mistaken for CSV files; '?' stands for any byte except
 * NUL. Where one form begins like another, the longer one comes first. */
static const struct {
    char bytes[5], size;
    const char *what;
} foreign[] = {
#define TEXT_IN(encoding)                                                                          \
    "is " encoding " text; save it as UTF-8 (in a spreadsheet: CSV UTF-8), or convert it with "    \
    "iconv -f " encoding " -t UTF-8"
    {"\xff\xfe\0\0", 4, TEXT_IN("UTF-32")},
    {"\0\0\xfe\xff", 4, TEXT_IN("UTF-32")},
    {"?\0\0\0", 4, TEXT_IN("UTF-32LE")},
    {"\0\0\0?", 4, TEXT_IN("UTF-32BE")},
    {"\xff\xfe", 2, TEXT_IN("UTF-16")},
    {"\xfe\xff", 2, TEXT_IN("UTF-16")},
    {"?\0?\0", 4, TEXT_IN("UTF-16LE")},
    {"\0?\0?", 4, TEXT_IN("UTF-16BE")},
    {"PK\3\4", 4,
     "is a spreadsheet or an archive, not a CSV file; export it as CSV (UTF-8, commas)"},
    {"\x1f\x8b", 2, "is compressed; unpack it with gunzip"},
};

static bool begins_with(const char *bytes, size_t size, const char *start, size_t start_size)
{
    if (size < start_size)
        return false;
    for (size_t i = 0; i < start_size; i++)
        if (start[i] == '?' ? bytes[i] == '\0' : bytes[i] != start[i])
            return false;
    return true;
}

/* Check the first bytes of the file. *skipped: receives the size of the byte-order mark, 0 if there
 * is none. */
static pat_status check_start(const pat_csv_reader *reader, const char *bytes, size_t size,
                              size_t *skipped, pat_error *error)
{
    static const char byte_order_mark[3] = {'\xef', '\xbb', '\xbf'};
    *skipped = begins_with(bytes, size, byte_order_mark, 3) ? 3 : 0;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (begins_with(bytes, size, foreign[i].bytes, (size_t)foreign[i].size))
            return pat_fail(error, PAT_MALFORMED, "%s: %s", reader->path, foreign[i].what);
    return PAT_OK;
}

/* Parse up to the next line end, because the parser does not report the lines on which rows begin.
 * Returns the number of bytes parsed; 0 if they are malformed. */
static size_t parse_line(pat_csv_reader *reader, const char *bytes, size_t size)
{
    size_t length = 0;
    while (length < size && !ends_line(bytes[length]))
        length++;
    bool is_empty = length == 0;
    length += length < size;
    const char last = bytes[length - 1];
    if (!reader->in_row)
        reader->open.line = reader->lines + 1;
    reader->in_row = reader->in_row || !is_empty;
    if (csv_parse(&reader->parser, bytes, length, field_done, row_done, reader) != length)
        return 0;
    reader->lines += last == '\r' || (last == '\n' && !(is_empty && reader->after_cr));
    reader->after_cr = last == '\r';
    return length;
}

/* Drop the rows already returned, then parse one more block of the file. */
static pat_status read_block(pat_csv_reader *reader, pat_error *error)
{
    pat_buffer_consume(&reader->text, reader->next_text);
    pat_buffer_consume(&reader->rows, reader->next_row * sizeof(struct extent));
    reader->next_text = reader->next_row = 0;

    char block[BLOCK_SIZE];
    ssize_t size;
    size_t at = 0, length;
    do
        size = read(reader->descriptor, block, sizeof block);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return pat_fail(error, PAT_UNREADABLE, "%s: cannot read (%s); check the disk", reader->path,
                        strerror(errno));
    pat_status status =
        reader->started ? PAT_OK : check_start(reader, block, (size_t)size, &at, error);
    if (status != PAT_OK)
        return status;
    if (!reader->started)
        reader->other = find_other(block + at, (size_t)size - at);
    reader->started = true;
    reader->ended = size == 0;
    if (reader->ended && csv_fini(&reader->parser, field_done, row_done, reader) != 0)
        return malformed(reader, error);
    for (; at < (size_t)size; at += length)
        if ((length = parse_line(reader, block + at, (size_t)size - at)) == 0)
            return malformed(reader, error);
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
    struct extent extent;
    while (reader->next_row * sizeof extent == reader->rows.size) {
        if (reader->ended) {
            *row = (pat_csv_row){.number = reader->rows_returned + 1};
            return PAT_OK;
        }
        pat_status status = read_block(reader, error);
        if (status != PAT_OK)
            return status;
    }
    memcpy(&extent, reader->rows.data + reader->next_row * sizeof extent, sizeof extent);
    if (extent.fields > reader->field_capacity) {
        char **grown = pat_realloc_array(reader->field, extent.fields, sizeof *grown);
        if (grown == NULL)
            return pat_fail_memory(error, "a row of a CSV file");
        reader->field = grown;
        reader->field_capacity = extent.fields;
    }
    for (size_t i = 0; i < extent.fields; i++) {
        reader->field[i] = reader->text.data + reader->next_text;
        reader->next_text += strlen(reader->field[i]) + 1;
    }
    reader->next_row++;
    *row =
        (pat_csv_row){reader->field, extent.fields, ++reader->rows_returned, .line = extent.line};
    return PAT_OK;
}

pat_status pat_csv_next_header(pat_csv_reader *reader, pat_csv_row *row, pat_error *error)
{
    pat_status status = pat_csv_next(reader, row, error);
    return status == PAT_OK && reader->other != NULL ? fail_other_separator(reader, error) : status;
}

pat_status pat_csv_check_width(const pat_csv_reader *reader, const pat_csv_row *row, size_t columns,
                               pat_error *error)
{
    if (row->count == columns)
        return PAT_OK;
    return pat_fail(
        error, PAT_MALFORMED,
        "%s: row %zu (line %zu) has %zu field%s, but the first line has %zu; %s", reader->path,
        row->number, row->line, row->count, row->count == 1 ? "" : "s", columns,
        row->count > columns ? "quote names that contain a comma, write decimals with a point, or "
                               "regenerate the file"
                             : "fix or regenerate the file");
}

const char *pat_csv_cell_advice(const char *cell)
{
    return strchr(cell, ',') != NULL ? "write decimals with a point, not a comma"
                                     : "fix or regenerate the file";
}

#define TEXT_OF(x) #x
#define VERSION_TEXT(major, minor, release) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(release)

const char *pat_csv_version(void)
{
    return VERSION_TEXT(CSV_MAJOR, CSV_MINOR, CSV_RELEASE);
}
