/* CSV: a file that is read, written and read again is the same; a file equals itself. */
#include <stdbool.h>
#include <string.h>

#include "data/csv.h"
#include "fuzz/fuzz.h"
#include "patina/dataset.h"

typedef void write_function(pat_buffer *row, const char *text);

/* Our files have a header: without one, a name that begins with a byte-order mark would lose it. */
static const char header[] = "header\n";

/* Append a header and all rows of the file to `out`, using `write`. False if it is malformed. */
static bool rewrite(const char *path, write_function *write, pat_buffer *out)
{
    pat_csv_reader *reader;
    pat_csv_row row;
    size_t number = 0;
    pat_buffer_append_text(out, header);
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

/* Write a field without the quote that pat_csv_spreadsheet_text() added. */
static void write_without_quote(pat_buffer *row, const char *text)
{
    pat_csv_text(row, *text == '\'' ? text + 1 : text);
}

/* Rewriting the written file must yield the same bytes after one more header. */
static void check_again(const pat_buffer *written, write_function *write, const pat_buffer *wanted)
{
    pat_buffer again = {0};
    MUST(rewrite(fuzz_file(1, written->data, written->size), write, &again));
    MUST(again.size == strlen(header) + wanted->size);
    MUST(memcmp(again.data + strlen(header), wanted->data, wanted->size) == 0);
    pat_buffer_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pat_buffer exact = {0}, safe = {0};
    pat_difference difference;
    const char *path = fuzz_file(0, data, size);
    bool sound = rewrite(path, pat_csv_text, &exact);
    pat_status compared = pat_csv_compare(path, path, 0, 0, NULL, &difference, NULL);
    MUST((compared == PAT_OK && difference == PAT_IDENTICAL) || !sound ||
         compared == PAT_MALFORMED); /* columns that other characters separate */
    if (sound) {
        check_again(&exact, pat_csv_text, &exact);
        MUST(rewrite(path, pat_csv_spreadsheet_text, &safe));
        check_again(&safe, write_without_quote, &exact);
    }
    pat_buffer_release(&exact);
    pat_buffer_release(&safe);
    return 0;
}
