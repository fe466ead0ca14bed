/*
 * Write CSV fields as in RFC 4180, and read rows with libcsv; private to the library.
 */
#ifndef PAT_DATA_CSV_H
#define PAT_DATA_CSV_H

#include "base/buffer.h"
#include "patina/status.h"

/* Append a field, with a comma before it unless it is the first in its row. It is quoted if it
 * contains a comma, a quote or a line break; its bytes are otherwise unchanged. */
void pat_csv_text(pat_buffer *row, const char *text);
/*
 * The same for spreadsheets, which run some text as formulas: text that begins with = + - @, a tab
 * or a line break gets a single quote in front, and so does text that begins with a single quote,
 * so that different names stay different. Numbers are not changed. Text that contains ; or a tab is
 * quoted too.
 */
void pat_csv_spreadsheet_text(pat_buffer *row, const char *text);
void pat_csv_number(pat_buffer *row, double value);
/* End the row with LF. */
void pat_csv_end_row(pat_buffer *row);

/* One row: `count` NUL-terminated fields, valid until the next call on the reader. */
typedef struct pat_csv_row {
    char **field;
    size_t count;
    size_t number; /* 1 for the first row (the header) */
    size_t line;   /* line of the file on which the row begins, from 1 */
} pat_csv_row;

/* A CSV file read row by row in constant memory. */
typedef struct pat_csv_reader pat_csv_reader;

/* Fails with PAT_NOT_FOUND, PAT_UNREADABLE, PAT_NOT_A_FILE or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_csv_open(pat_csv_reader **reader, const char *path, pat_error *error);
/*
 * Read the next row. At the end of the file, the status is PAT_OK and row->count is 0. Empty lines
 * are skipped; a byte-order mark at the start is dropped. Fails with PAT_MALFORMED (broken quoting,
 * NUL bytes, UTF-16 or UTF-32, a compressed file), PAT_UNREADABLE or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_csv_next(pat_csv_reader *reader, pat_csv_row *row, pat_error *error);
/* Read the first row, which names the columns. Also fails with PAT_MALFORMED if the columns are not
 * separated by commas. */
PAT_MUST_CHECK pat_status pat_csv_next_header(pat_csv_reader *reader, pat_csv_row *row,
                                              pat_error *error);
/* Check that a row has as many fields as the header. Fails with PAT_MALFORMED. */
PAT_MUST_CHECK pat_status pat_csv_check_width(const pat_csv_reader *reader, const pat_csv_row *row,
                                              size_t columns, pat_error *error);
/* How to fix a cell that is invalid for its column, such as "fix or regenerate the file".
 * Static. */
const char *pat_csv_cell_advice(const char *cell);
void pat_csv_close(pat_csv_reader *reader);

/* The version of libcsv compiled against. Static. */
const char *pat_csv_version(void);

#endif
