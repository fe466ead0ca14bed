/* CSV: what is read, written and read again is the same; a file equals itself. */
#include <stdbool.h>
#include <string.h>

#include "dataset/csv.h"
#include "fuzz/fuzz.h"
#include "patina/dataset.h"

typedef void write_function(pat_buffer *row, const char *text);

/* All fields of a file, each row ended by LF, by way of `write`. False if it is no CSV file. */
static bool rewrite(const char *path, write_function *write, pat_buffer *out)
{
    pat_csv_reader *reader;
    pat_csv_row row;
    size_t number = 0;
    MUST(pat_csv_open(&reader, path, NULL) == PAT_OK);
    pat_status status;
    while ((status = pat_csv_next(reader, &row, NULL)) == PAT_OK && row.count > 0) {
        MUST(row.number == ++number);
        for (size_t i = 0; i < row.count; i++)
            write(out, row.field[i]);
        pat_csv_end_row(out);
    }
    MUST(status == PAT_OK || status == PAT_MALFORMED);
    pat_csv_close(reader);
    MUST(!out->failed);
    return status == PAT_OK;
}

/* Undo what pat_csv_spreadsheet_text() does to a text. */
static void write_without_quote(pat_buffer *row, const char *text)
{
    pat_csv_text(row, *text == '\'' ? text + 1 : text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pat_buffer first = {0}, second = {0}, safe = {0};
    pat_difference difference;
    const char *path = fuzz_file(0, data, size);
    bool sound = rewrite(path, pat_csv_text, &first);
    pat_status compared = pat_csv_compare(path, path, 0, 0, NULL, &difference, NULL);
    MUST((compared == PAT_OK && difference == PAT_IDENTICAL) || (!sound && compared != PAT_OK));
    if (sound) {
        MUST(rewrite(fuzz_file(1, first.data, first.size), pat_csv_text, &second));
        MUST(first.size == second.size);
        MUST(first.size == 0 || memcmp(first.data, second.data, first.size) == 0);
        MUST(rewrite(path, pat_csv_spreadsheet_text, &safe));
        pat_buffer_reset(&second);
        MUST(rewrite(fuzz_file(1, safe.data, safe.size), write_without_quote, &second));
        MUST(first.size == second.size);
        MUST(first.size == 0 || memcmp(first.data, second.data, first.size) == 0);
    }
    pat_buffer_release(&first);
    pat_buffer_release(&second);
    pat_buffer_release(&safe);
    return 0;
}
