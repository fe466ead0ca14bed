#include "data/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/affine_columns.h"
#include "data/csv.h"
#include "patina/grid.h"

static const char filename_column[] = "filename";

struct pat_table_reader {
    char *path;
    pat_csv_reader *csv;
    const char *const *columns;
    size_t count;
    pat_names header;
    size_t filename_field, *field; /* the position of each column in a row */
    double *value;
};

/* Whether the column may be missing: it belongs to an optional axis or to the best affine color. */
static bool is_optional(const char *column)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_axis_of(axis)->is_optional && strcmp(column, pat_axis_of(axis)->column) == 0)
            return true;
    return pat_is_affine_column(column);
}

/* The position of `name` in the header, or header->count. A required name that is missing is added
 * to `missing`, and a repeated one to `repeated`, so that all are reported together. */
static size_t find_column(const pat_names *header, const char *name, pat_buffer *missing,
                          pat_buffer *repeated)
{
    size_t found = header->count, times = 0;
    for (size_t i = header->count; i-- > 0;)
        if (strcmp(pat_names_get(header, i), name) == 0) {
            found = i;
            times++;
        }
    if (times != 1 && !(times == 0 && is_optional(name))) {
        pat_buffer *list = times == 0 ? missing : repeated;
        pat_buffer_append_text(list, list->size == 0 ? "'" : ", '");
        pat_buffer_append_text(list, name);
        pat_buffer_append_char(list, '\'');
    }
    return found;
}

static pat_status find_columns(pat_table_reader *reader, pat_error *error)
{
    pat_buffer missing = {0}, repeated = {0};
    pat_status status = PAT_OK;
    reader->filename_field = find_column(&reader->header, filename_column, &missing, &repeated);
    for (size_t i = 0; i < reader->count; i++)
        reader->field[i] = find_column(&reader->header, reader->columns[i], &missing, &repeated);
    if (missing.failed || repeated.failed)
        status = pat_fail_memory(error, "the columns of a table");
    else if (missing.size > 0)
        status = pat_fail(error, PAT_MALFORMED,
                          "%s: the first line lacks the column%s %.*s; is this the right file?",
                          reader->path, memchr(missing.data, ',', missing.size) == NULL ? "" : "s",
                          (int)missing.size, missing.data);
    else if (repeated.size > 0)
        status = pat_fail(
            error, PAT_MALFORMED,
            "%s: the first line names these columns more than once: %.*s; remove the extra ones",
            reader->path, (int)repeated.size, repeated.data);
    pat_buffer_release(&missing);
    pat_buffer_release(&repeated);
    return status;
}

static pat_status read_header(pat_table_reader *reader, pat_error *error)
{
    pat_csv_row row = {0};
    pat_status status = pat_csv_next_header(reader->csv, &row, error);
    for (size_t i = 0; i < row.count && status == PAT_OK; i++)
        if (!pat_names_add(&reader->header, row.field[i]))
            status = pat_fail_memory(error, "the columns of a table");
    return status == PAT_OK ? find_columns(reader, error) : status;
}

pat_status pat_table_open(pat_table_reader **out, const char *path, const char *const *columns,
                          size_t count, pat_error *error)
{
    *out = NULL;
    pat_table_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return pat_fail_memory(error, "reading a table");
    reader->columns = columns;
    reader->count = count;
    reader->path = strdup(path);
    reader->field = pat_realloc_array(NULL, count, sizeof *reader->field);
    reader->value = pat_realloc_array(NULL, count, sizeof *reader->value);
    pat_status status = PAT_OK;
    if (reader->path == NULL || reader->field == NULL || reader->value == NULL)
        status = pat_fail_memory(error, "reading a table");
    if (status == PAT_OK)
        status = pat_csv_open(&reader->csv, path, error);
    if (status == PAT_OK)
        status = read_header(reader, error);
    if (status == PAT_OK)
        *out = reader;
    else
        pat_table_close(reader);
    return status;
}

void pat_table_close(pat_table_reader *reader)
{
    if (reader == NULL)
        return;
    pat_csv_close(reader->csv);
    pat_names_release(&reader->header);
    free(reader->path);
    free(reader->field);
    free(reader->value);
    free(reader);
}

const pat_names *pat_table_header(const pat_table_reader *reader)
{
    return &reader->header;
}

/* Whether the column holds a boolean: whether an operator is applied, such as
 * apply_color_correction. */
static bool is_boolean(const char *column)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        const pat_axis_row *row = pat_axis_of(axis);
        if (row->is_choice && row->target != NULL && strcmp(column, row->target) == 0)
            return true;
    }
    return false;
}

bool pat_table_number(const char *column, const char *text, double *value)
{
    if (pat_number_parse(text, value))
        return true;
    bool yes = strcmp(text, "True") == 0, no = strcmp(text, "False") == 0;
    if (*text != '\0' && !((yes || no) && is_boolean(column)))
        return false;
    *value = *text == '\0' ? NAN : yes;
    return true;
}

/* The choice whose operator names the column holds, or PAT_AXES. */
static pat_axis choice_of(const char *column)
{
    pat_axis axis = 0;
    while (axis < PAT_AXES &&
           !(pat_axis_of(axis)->is_choice && strcmp(column, pat_axis_of(axis)->column) == 0))
        axis++;
    return axis;
}

static pat_status read_cell(pat_table_reader *reader, const pat_csv_row *row, size_t column,
                            pat_error *error)
{
    double *value = &reader->value[column];
    if (reader->field[column] == reader->header.count) { /* a missing optional column */
        *value = NAN;
        return PAT_OK;
    }
    const char *name = reader->columns[column], *text = row->field[reader->field[column]];
    char names[PAT_NAMES_TEXT_SIZE];
    const pat_axis choice = choice_of(name);
    if (choice < PAT_AXES ? pat_value_parse(choice, text, value)
                          : pat_table_number(name, text, value))
        return PAT_OK;
    return pat_fail(error, PAT_MALFORMED, "%s: row %zu (%s), column '%s': '%.40s' is not %s%s; %s",
                    reader->path, row->number, row->field[reader->filename_field], name, text,
                    choice < PAT_AXES ? "one of " : "a number",
                    choice < PAT_AXES ? pat_operator_names(choice, names) : "",
                    pat_csv_cell_advice(text));
}

pat_status pat_table_next(pat_table_reader *reader, pat_table_row *out, pat_error *error)
{
    pat_csv_row row;
    pat_status status = pat_csv_next(reader->csv, &row, error);
    *out = (pat_table_row){.number = row.number};
    if (status != PAT_OK || row.count == 0)
        return status;
    status = pat_csv_check_width(reader->csv, &row, reader->header.count, error);
    if (status != PAT_OK)
        return status;
    for (size_t i = 0; i < reader->count && status == PAT_OK; i++)
        status = read_cell(reader, &row, i, error);
    out->filename = row.field[reader->filename_field];
    out->value = reader->value;
    return status;
}

/* Make room for one more row in every column. If that fails halfway, `capacity` still holds for all
 * columns. */
static bool reserve_row(pat_table *table)
{
    size_t grown = table->capacity;
    for (size_t i = 0; i < table->column_count; i++) {
        grown = table->capacity;
        if (!pat_array_reserve(&table->value[i], &grown, table->rows + 1, sizeof(double)))
            return false;
    }
    table->capacity = grown;
    return true;
}

static pat_status add_row(pat_table *table, const pat_table_row *row, pat_error *error)
{
    if (!reserve_row(table) || !pat_names_add(&table->filename, row->filename))
        return pat_fail_memory(error, "the rows of a table");
    for (size_t i = 0; i < table->column_count; i++)
        table->value[i][table->rows] = row->value[i];
    table->rows++;
    return PAT_OK;
}

static pat_status read_rows(pat_table *table, pat_table_reader *reader, pat_error *error)
{
    for (;;) {
        pat_table_row row;
        pat_status status = pat_table_next(reader, &row, error);
        if (status != PAT_OK || row.filename == NULL)
            return status;
        status = add_row(table, &row, error);
        if (status != PAT_OK)
            return status;
    }
}

pat_status pat_table_read(pat_table *table, const char *path, const char *const *columns,
                          size_t count, pat_error *error)
{
    pat_table_reader *reader;
    pat_table_release(table);
    table->columns = columns;
    table->value = calloc(count + 1, sizeof *table->value);
    if (table->value == NULL)
        return pat_fail_memory(error, "the columns of a table");
    table->column_count = count;
    pat_status status = pat_table_open(&reader, path, columns, count, error);
    if (status == PAT_OK)
        status = read_rows(table, reader, error);
    if (status == PAT_OK) { /* move the header to the table */
        table->header = reader->header;
        reader->header = (pat_names){0};
    }
    pat_table_close(reader);
    return status;
}

void pat_table_release(pat_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        free(table->value[i]);
    free(table->value);
    pat_names_release(&table->filename);
    pat_names_release(&table->header);
    *table = (pat_table){0};
}

const double *pat_table_column(const pat_table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i], name) == 0)
            return table->value[i];
    return NULL;
}
