/*
 * Read tables such as regression_training_data.csv: columns of numbers by name, in any order, one
 * row per image; private to the library.
 *
 * Numbers may be written as pandas writes them: "1", "1.0", "1e-05", "inf", "nan" or an empty cell
 * (NaN). A column that holds 0 or 1, such as apply_color_correction, may also contain True and
 * False. In the column of a choice, such as color_method, operator names are read as their numbers.
 * The column of an optional axis may be missing; its cells are then all NaN.
 */
#ifndef PAT_DATA_TABLE_H
#define PAT_DATA_TABLE_H

#include "data/names.h"
#include "patina/status.h"

enum { PAT_TABLE_FIRST_ROW = 2 }; /* the number of row 0 in messages: the header is row 1 */

/* A table read row by row, in constant memory. */
typedef struct pat_table_reader pat_table_reader;

typedef struct pat_table_row {
    const char *filename; /* NULL at the end of the table */
    const double *value;  /* the requested columns, in their order */
    size_t number;        /* for messages: PAT_TABLE_FIRST_ROW, ... */
} pat_table_row;

/*
 * Open a table that has the column `filename` and the `count` named columns. Other columns are
 * ignored. `columns` is borrowed until the reader is closed. Fails with PAT_MALFORMED (the message
 * names each missing or repeated column) or as pat_csv_open(); *reader is then NULL. Close with
 * pat_table_close(), which accepts NULL.
 */
PAT_MUST_CHECK pat_status pat_table_open(pat_table_reader **reader, const char *path,
                                         const char *const *columns, size_t count,
                                         pat_error *error);
/* The next row, valid until the next call. Fails with PAT_MALFORMED (the message names row and
 * column), PAT_UNREADABLE or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_table_next(pat_table_reader *reader, pat_table_row *row,
                                         pat_error *error);
void pat_table_close(pat_table_reader *reader);

/* Parse a cell of this column. Return false and leave *value unchanged if `text` is not a number.
 * An empty cell counts as a number, NaN. */
bool pat_table_number(const char *column, const char *text, double *value);

/* The names of all columns in the file, in order; valid until the reader is closed. */
const pat_names *pat_table_header(const pat_table_reader *reader);

/* A whole table in memory, 8 bytes per number. Zero-initialize; pat_table_release() when done. */
typedef struct pat_table {
    const char *const *columns; /* the names requested */
    size_t column_count;
    size_t rows;
    pat_names filename; /* of each row */
    pat_names header;   /* the names of all columns in the file, in order */
    double **value;     /* value[column][row] */
    size_t capacity;    /* private: capacity in rows */
} pat_table;

/* Read a whole table. Fails as pat_table_open() and pat_table_next(). `columns` is borrowed while
 * the table is in use. A table without rows is not a failure. Release the table even on failure. */
PAT_MUST_CHECK pat_status pat_table_read(pat_table *table, const char *path,
                                         const char *const *columns, size_t count,
                                         pat_error *error);
void pat_table_release(pat_table *table);

/* The column of this name, `rows` numbers; NULL if it was not requested. */
const double *pat_table_column(const pat_table *table, const char *name);

#endif
