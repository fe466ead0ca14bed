/* Compare two CSV files cell by cell. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/csv.h"
#include "patina/dataset.h"

enum { CELLS_SHOWN = 10 };

/* The differences in one column. */
struct column {
    char *name;
    size_t different;          /* cells beyond the tolerance */
    double largest_difference; /* of numbers */
    size_t largest_row;
};

struct comparison {
    double rtol, atol;
    FILE *report;            /* the text report; may be NULL */
    json_t *remarks, *cells; /* of the JSON document; NULL for a text report */
    struct column *columns;
    size_t column_count;
    size_t rows, unequal_cells, different_cells;
    bool shapes_differ;
};

/* One line of the report, or a remark. */
__attribute__((format(printf, 2, 3))) static void say(struct comparison *comparison,
                                                      const char *format, ...)
{
    if (comparison->report == NULL && comparison->remarks == NULL)
        return;
    char line[4096]; /* cells may have any length and contain any bytes */
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    size_t length = strlen(line);
    if (length > 0 && line[length - 1] == '\n')
        line[--length] = '\0';
    for (char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    if (comparison->report != NULL)
        fprintf(comparison->report, "%s\n", line);
    else
        pat_json_append(&comparison->remarks, pat_json_text(line));
}

static pat_status take_header(struct comparison *comparison, const pat_csv_row *a,
                              const pat_csv_row *b, pat_error *error)
{
    if (a->count != b->count) {
        say(comparison, "the headers have %zu and %zu columns\n", a->count, b->count);
        comparison->shapes_differ = true;
        return PAT_OK;
    }
    comparison->columns = calloc(a->count + 1, sizeof *comparison->columns);
    if (comparison->columns == NULL)
        return pat_fail_memory(error, "the columns of a CSV file");
    for (size_t i = 0; i < a->count; i++) {
        comparison->columns[i].name = strdup(a->field[i]);
        if (comparison->columns[i].name == NULL)
            return pat_fail_memory(error, "the columns of a CSV file");
        comparison->column_count++;
        if (strcmp(a->field[i], b->field[i]) != 0) {
            say(comparison, "column %zu is named %s and %s\n", i + 1, a->field[i], b->field[i]);
            comparison->shapes_differ = true;
        }
    }
    return PAT_OK;
}

static void show_cell(struct comparison *comparison, const pat_csv_row *row,
                      const struct column *column, const char *a, const char *b)
{
    if (comparison->report != NULL)
        say(comparison, "row %zu (%s), column %s: %s | %s\n", row->number, row->field[0],
            column->name, a, b);
    else
        pat_json_append(&comparison->cells,
                        json_pack("{s:o, s:o, s:o, s:o, s:o}", "row", pat_json_count(row->number),
                                  "name", pat_json_text(row->field[0]), "column",
                                  pat_json_text(column->name), "a", pat_json_text(a), "b",
                                  pat_json_text(b)));
}

static void compare_cell(struct comparison *comparison, const pat_csv_row *row,
                         struct column *column, const char *a, const char *b)
{
    double x, y;
    if (strcmp(a, b) == 0)
        return;
    comparison->unequal_cells++;
    if (pat_number_parse(a, &x) && pat_number_parse(b, &y)) {
        bool same = x == y || (isnan(x) && isnan(y)), finite = isfinite(x) && isfinite(y);
        double difference = same ? 0 : finite ? fabs(x - y) : INFINITY;
        if (difference > column->largest_difference) {
            column->largest_difference = difference;
            column->largest_row = row->number;
        }
        if (same || (finite && difference <= comparison->atol + comparison->rtol * fabs(y)))
            return;
    }
    column->different++;
    if (comparison->different_cells++ < CELLS_SHOWN)
        show_cell(comparison, row, column, a, b);
}

static void compare_row(struct comparison *comparison, const pat_csv_row *a, const pat_csv_row *b)
{
    comparison->rows++;
    if (a->count != comparison->column_count || b->count != comparison->column_count) {
        say(comparison, "row %zu has %zu and %zu fields, but the header has %zu\n", a->number,
            a->count, b->count, comparison->column_count);
        comparison->shapes_differ = true;
        return;
    }
    for (size_t i = 0; i < a->count; i++)
        compare_cell(comparison, a, &comparison->columns[i], a->field[i], b->field[i]);
}

static pat_status count_rest(pat_csv_reader *reader, size_t *count, pat_error *error)
{
    pat_csv_row row;
    pat_status status;
    while ((status = pat_csv_next(reader, &row, error)) == PAT_OK && row.count > 0)
        ++*count;
    return status;
}

static pat_status compare_rows(struct comparison *comparison, pat_csv_reader *reader_a,
                               pat_csv_reader *reader_b, pat_error *error)
{
    pat_csv_row a, b;
    pat_status status = pat_csv_next_header(reader_a, &a, error);
    if (status == PAT_OK)
        status = pat_csv_next_header(reader_b, &b, error);
    if (status == PAT_OK)
        status = take_header(comparison, &a, &b, error);
    while (status == PAT_OK && !comparison->shapes_differ) {
        if ((status = pat_csv_next(reader_a, &a, error)) != PAT_OK ||
            (status = pat_csv_next(reader_b, &b, error)) != PAT_OK ||
            (a.count == 0 && b.count == 0))
            return status;
        if (a.count > 0 && b.count > 0) {
            compare_row(comparison, &a, &b);
            continue;
        }
        size_t rows_a = comparison->rows + (a.count > 0), rows_b = comparison->rows + (b.count > 0);
        say(comparison, "row %zu (%s) is only in the %s file\n", a.number,
            a.count > 0 ? a.field[0] : b.field[0], a.count > 0 ? "first" : "second");
        status = count_rest(reader_a, &rows_a, error);
        if (status == PAT_OK)
            status = count_rest(reader_b, &rows_b, error);
        say(comparison, "the files have %zu and %zu rows\n", rows_a, rows_b);
        comparison->shapes_differ = true;
    }
    return status;
}

/* Cells with different text can hold the same number. */
static bool differs(const struct column *column)
{
    return column->largest_difference > 0 || column->different > 0;
}

static void report_columns(struct comparison *comparison)
{
    bool any = false;
    for (size_t i = 0; i < comparison->column_count; i++)
        any = any || differs(&comparison->columns[i]);
    if (!any || comparison->report == NULL)
        return;
    if (comparison->different_cells > CELLS_SHOWN)
        say(comparison, "... and %zu more cells\n", comparison->different_cells - CELLS_SHOWN);
    say(comparison, "%-24s %18s %10s %10s\n", "column", "largest difference", "at row",
        "beyond tol");
    for (size_t i = 0; i < comparison->column_count; i++) {
        const struct column *column = &comparison->columns[i];
        if (column->largest_difference > 0)
            say(comparison, "%-24s %18.6g %10zu %10zu\n", column->name, column->largest_difference,
                column->largest_row, column->different);
        else if (column->different > 0)
            say(comparison, "%-24s %18s %10s %10zu\n", column->name, "(text)", "",
                column->different);
    }
}

/* Whether the two files are identical byte for byte. */
static pat_status same_bytes(const char *path_a, const char *path_b, bool *same, pat_error *error)
{
    const char *path[2] = {path_a, path_b};
    FILE *file[2] = {NULL};
    pat_status status = PAT_OK;
    *same = true;
    for (int i = 0; i < 2 && status == PAT_OK; i++)
        if ((file[i] = fopen(path[i], "re")) == NULL)
            status =
                pat_fail(error, PAT_UNREADABLE, "%s: cannot open the file (%s); check the path",
                         path[i], strerror(errno));
    while (status == PAT_OK && *same) {
        char block[2][4096];
        size_t size[2] = {0};
        for (int i = 0; i < 2 && status == PAT_OK; i++) {
            size[i] = fread(block[i], 1, sizeof block[i], file[i]);
            if (ferror(file[i]))
                status = pat_fail(error, PAT_UNREADABLE, "%s: cannot be read (%s); check the disk",
                                  path[i], strerror(errno));
        }
        *same = size[0] == size[1] && memcmp(block[0], block[1], size[0]) == 0;
        if (size[0] == 0)
            break;
    }
    for (int i = 0; i < 2; i++)
        if (file[i] != NULL)
            fclose(file[i]);
    return status;
}

/* Fill in `comparison`, which must be released even on failure. */
static pat_status compare(struct comparison *comparison, const char *path_a, const char *path_b,
                          pat_difference *result, pat_error *error)
{
    pat_csv_reader *a = NULL, *b = NULL;
    bool identical = false;
    pat_status status = pat_csv_open(&a, path_a, error);
    if (status == PAT_OK)
        status = pat_csv_open(&b, path_b, error);
    if (status == PAT_OK)
        status = compare_rows(comparison, a, b, error);
    if (status == PAT_OK)
        status = same_bytes(path_a, path_b, &identical, error);
    if (status == PAT_OK) {
        bool different = comparison->shapes_differ || comparison->different_cells > 0;
        *result = identical ? PAT_IDENTICAL : different ? PAT_DIFFERENT : PAT_WITHIN_TOLERANCE;
    }
    pat_csv_close(a);
    pat_csv_close(b);
    return status;
}

static void release(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->column_count; i++)
        free(comparison->columns[i].name);
    free(comparison->columns);
    json_decref(comparison->remarks);
    json_decref(comparison->cells);
}

pat_status pat_csv_compare(const char *path_a, const char *path_b, double rtol, double atol,
                           FILE *report, pat_difference *result, pat_error *error)
{
    struct comparison comparison = {.rtol = rtol, .atol = atol, .report = report};
    pat_status status = compare(&comparison, path_a, path_b, result, error);
    if (status == PAT_OK)
        report_columns(&comparison);
    release(&comparison);
    return status;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *columns_value(const struct comparison *comparison)
{
    json_t *columns = json_array();
    for (size_t i = 0; i < comparison->column_count; i++) {
        const struct column *column = &comparison->columns[i];
        bool numbers = column->largest_difference > 0;
        if (!differs(column))
            continue;
        pat_json_append(
            &columns, json_pack("{s:o, s:o, s:o, s:o}", "column", pat_json_text(column->name),
                                "largest_difference",
                                pat_json_number(numbers ? column->largest_difference : NAN), "row",
                                numbers ? pat_json_count(column->largest_row) : json_null(),
                                "different_cells", pat_json_count(column->different)));
    }
    return columns;
}

static json_t *comparison_value(const struct comparison *comparison, pat_difference result)
{
    static const char *const results[] = {[PAT_IDENTICAL] = "identical",
                                          [PAT_WITHIN_TOLERANCE] = "within_tolerance",
                                          [PAT_DIFFERENT] = "different"};
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:O, s:O, s:o}", "result", results[result],
                     "rtol", pat_json_number(comparison->rtol), "atol",
                     pat_json_number(comparison->atol), "rows", pat_json_count(comparison->rows),
                     "unequal_cells", pat_json_count(comparison->unequal_cells), "different_cells",
                     pat_json_count(comparison->different_cells), "remarks", comparison->remarks,
                     "first_different_cells", comparison->cells, "columns",
                     columns_value(comparison));
}

pat_status pat_csv_compare_json(const char *path_a, const char *path_b, double rtol, double atol,
                                char **json, pat_difference *result, pat_error *error)
{
    struct comparison comparison = {
        .rtol = rtol, .atol = atol, .remarks = json_array(), .cells = json_array()};
    *json = NULL;
    pat_status status = compare(&comparison, path_a, path_b, result, error);
    if (status == PAT_OK) {
        json_t *value = pat_json_join(
            json_pack("{s:o, s:o}", "a", pat_json_text(path_a), "b", pat_json_text(path_b)),
            comparison_value(&comparison, *result));
        *json = pat_json_write(pat_json_document("compare", 1, value), PAT_JSON_LINES);
        if (*json == NULL)
            status = pat_fail_memory(error, "the comparison as JSON");
    }
    release(&comparison);
    return status;
}
