/* CSV files: writing and reading. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "data/csv.h"
#include "workspace.h"

/* ---- Writing --------------------------------------------------------------------------------- */

static void test_fields_are_quoted_only_where_needed(void **state)
{
    (void)state;
    static const struct {
        const char *field[4], *line;
    } cases[] = {
        {{"a", "b", "c"}, "a,b,c\n"},
        {{"say \"hi\"", "\""}, "\"say \"\"hi\"\"\",\"\"\"\"\n"},
        {{"a,b", "c"}, "\"a,b\",c\n"},
        {{"a\nb", "c\rd", "\r\n"}, "\"a\nb\",\"c\rd\",\"\r\n\"\n"},
        {{"", "b"}, "\"\",b\n"},
        {{""}, "\"\"\n"},
        {{"a", "", ""}, "a,,\n"},
        {{"\xff\xfe", "caf\xc3\xa9"}, "\xff\xfe,caf\xc3\xa9\n"},
        {{" a ", "\tb;'"}, " a ,\tb;'\n"},
        {{"\n", "x"}, "\"\n\",x\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_buffer row = {0};
        for (int f = 0; f < 4 && cases[i].field[f] != NULL; f++)
            pat_csv_text(&row, cases[i].field[f]);
        pat_csv_end_row(&row);
        assert_text(&row, cases[i].line);
    }
}

/* The first field of a later row is recognized by the preceding line break. */
static void test_rows_follow_each_other_in_one_buffer(void **state)
{
    (void)state;
    pat_buffer rows = {0};
    for (int i = 0; i < 2; i++) {
        pat_csv_text(&rows, "");
        pat_csv_text(&rows, "x\n");
        pat_csv_end_row(&rows);
    }
    assert_text(&rows, "\"\",\"x\n\"\n\"\",\"x\n\"\n");
}

static void test_numbers_are_the_shortest_that_read_back(void **state)
{
    (void)state;
    pat_buffer row = {0};
    const double numbers[] = {0.1,  1,   0.1 + 0.2, 1.0 / 3, 1e-5,      5e-324,
                              -2.5, 0.0, 1e300,     NAN,     -INFINITY, INFINITY};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        pat_csv_number(&row, numbers[i]);
    assert_text(&row, "0.1,1,0.30000000000000004,0.3333333333333333,1e-05,5e-324,"
                      "-2.5,0,1e+300,nan,-inf,inf");
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* The rows of `path`, each field in <>, each row ended by ';'. */
static pat_status read_rows(const char *path, pat_buffer *out, pat_error *error)
{
    pat_csv_reader *reader;
    pat_csv_row row;
    size_t number = 0;
    pat_status status = pat_csv_open(&reader, path, error);
    if (status != PAT_OK) {
        assert_null(reader);
        return status;
    }
    while ((status = pat_csv_next(reader, &row, error)) == PAT_OK) {
        assert_int_equal(row.number, ++number);
        if (row.count == 0)
            break;
        for (size_t i = 0; i < row.count; i++) {
            pat_buffer_append_char(out, '<');
            pat_buffer_append_text(out, row.field[i]);
            pat_buffer_append_char(out, '>');
        }
        pat_buffer_append_char(out, ';');
    }
    if (status == PAT_OK) { /* reading past the end is allowed */
        assert_int_equal(pat_csv_next(reader, &row, error), PAT_OK);
        assert_int_equal(row.count, 0);
    }
    pat_csv_close(reader);
    return status;
}

static void assert_reads(const char *path, const char *rows)
{
    pat_error error = {0};
    pat_buffer out = {0};
    if (read_rows(path, &out, &error) != PAT_OK)
        fail_msg("%s", error.message);
    assert_text(&out, rows);
}

static void test_csv_forms_that_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"", ""},
        {"a,b\nc,d\n", "<a><b>;<c><d>;"},
        {"a,b\nc,d", "<a><b>;<c><d>;"},
        {"a,b\r\nc,d\r\n", "<a><b>;<c><d>;"},
        {"a,b\rc,d\r", "<a><b>;<c><d>;"},
        {"\xef\xbb\xbf"
         "a,b\nc,d\n",
         "<a><b>;<c><d>;"},
        {"\xef\xbb\xbf\"a\",b\n", "<a><b>;"},
        {"\xef\xbb\xbf", ""},
        {"a\n\xef\xbb\xbf"
         "b\n",
         "<a>;<\xef\xbb\xbf"
         "b>;"},
        {"\n\na\n\r\n\nb\n\n", "<a>;<b>;"},
        {"\"a\nb\",\"c\r\nd\"\n\"\n\"\n", "<a\nb><c\r\nd>;<\n>;"},
        {"\"say \"\"hi\"\"\",\"\"\"\"\n", "<say \"hi\"><\">;"},
        {" a , b\t\n\" c \",  \n   \n", "< a >< b\t>;< c ><  >;<   >;"},
        {",\n,,\n\"\"\n", "<><>;<><><>;<>;"},
        {"\xff,\xc3\xa9;'\n", "<\xff><\xc3\xa9;'>;"},
        {"a\nb,c\n", "<a>;<b><c>;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_text("x.csv", cases[i].text);
        assert_reads("x.csv", cases[i].rows);
    }
}

/* Fields with many special characters, in files of several blocks. */
static void test_nasty_fields_survive_the_round_trip(void **state)
{
    (void)state;
    static const char letters[] = "a,\"\r\n \t;\xff\xc3";
    pat_buffer csv = {0}, rows = {0};
    for (int r = 0; r < 20000; r++) {
        for (uint32_t fields = 1 + random_below(5); fields > 0; fields--) {
            char field[16];
            size_t length = random_below(sizeof field);
            for (size_t i = 0; i < length; i++)
                field[i] = letters[random_below(sizeof letters - 1)];
            field[length] = '\0';
            pat_csv_text(&csv, field);
            pat_buffer_append_char(&rows, '<');
            pat_buffer_append_text(&rows, field);
            pat_buffer_append_char(&rows, '>');
        }
        pat_csv_end_row(&csv);
        pat_buffer_append_char(&rows, ';');
    }
    pat_buffer_append_char(&rows, '\0');
    assert_true(csv.size > 4 << 16);
    write_bytes("x.csv", csv.data, csv.size);
    assert_reads("x.csv", rows.data);
    pat_buffer_release(&csv);
    pat_buffer_release(&rows);
}

/* The reader uses blocks of 64 KiB: quotes, escaped quotes and CRLF lie before, on and after the
 * border, and some rows are longer than a block. */
static void test_rows_cross_the_borders_of_blocks(void **state)
{
    (void)state;
    for (size_t filler = (1 << 16) - 14; filler <= (1 << 16) + 2; filler++)
        for (size_t blocks = 0; blocks < 3; blocks += 2) {
            pat_buffer csv = {0}, rows = {0};
            append_filler(&csv, filler + (blocks << 16));
            pat_buffer_append_text(&csv, ",\"x\"\"y\r\nz\"\r\n\"\",w\n");
            pat_buffer_append_char(&rows, '<');
            append_filler(&rows, filler + (blocks << 16));
            pat_buffer_append_text(&rows, "><x\"y\r\nz>;<><w>;");
            pat_buffer_append_char(&rows, '\0');
            write_bytes("x.csv", csv.data, csv.size);
            assert_reads("x.csv", rows.data);
            pat_buffer_release(&csv);
            pat_buffer_release(&rows);
        }
}

/* A byte-order mark is only removed at the start of the file, not at the start of a block. */
static void test_byte_order_mark_within_a_file_is_kept(void **state)
{
    (void)state;
    pat_buffer csv = {0}, rows = {0};
    append_filler(&csv, (1 << 16) - 1);
    pat_buffer_append_text(&csv, "\n\xef\xbb\xbfx");
    pat_buffer_append_char(&rows, '<');
    append_filler(&rows, (1 << 16) - 1);
    pat_buffer_append(&rows, ">;<\xef\xbb\xbfx>;", 10);
    write_bytes("x.csv", csv.data, csv.size);
    assert_reads("x.csv", rows.data);
    pat_buffer_release(&csv);
    pat_buffer_release(&rows);
}

static void assert_unreadable_csv(const char *path, pat_status status, const char *mentions)
{
    pat_error error = {0};
    pat_buffer out = {0};
    assert_int_equal(read_rows(path, &out, &error), status);
    assert_int_equal(error.status, status);
    assert_mentions(error.message, path);
    assert_mentions(error.message, mentions);
    pat_buffer_release(&out);
}

static void test_broken_csv_is_malformed(void **state)
{
    (void)state;
    static const char *const broken[] = {"a,b\nc,d\na\"b,c\n", "a\nb\n\"a\"b\n", "a\nb\n\"open",
                                         "a\nb\n\"open\n\n", "a\nb\n\"a\" ,b\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        write_text("x.csv", broken[i]);
        assert_unreadable_csv("x.csv", PAT_MALFORMED, "after row 2 ");
    }
    for (size_t lead = 1; lead < 1 << 17; lead += (1 << 16) - 1) { /* in block 1 or 2 */
        pat_buffer csv = {0};
        append_filler(&csv, lead);
        pat_buffer_append(&csv, "b\0c\n", 4);
        write_bytes("x.csv", csv.data, csv.size);
        assert_unreadable_csv("x.csv", PAT_MALFORMED, "NUL");
        pat_buffer_release(&csv);
    }
    write_bytes("x.csv", "a,\"b\0\"\n", 7);
    assert_unreadable_csv("x.csv", PAT_MALFORMED, "NUL");
}

#define BYTES(text) text, sizeof(text) - 1

static void test_files_of_another_kind_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *mentions;
    } cases[] = {
        {BYTES("\xff\xfe"
               "a\0,\0b\0\n\0"),
         "iconv -f UTF-16 -t UTF-8"},
        {BYTES("\xfe\xff\0a\0,\0b\0\n"), "UTF-16"},
        {BYTES("a\0,\0b\0\n\0"), "iconv -f UTF-16LE -t"},
        {BYTES("\0a\0,\0b\0\n"), "iconv -f UTF-16BE -t"},
        {BYTES("\xff\xfe\0\0a\0\0\0"), "is UTF-32 text"},
        {BYTES("\0\0\xfe\xff\0\0\0a"), "iconv -f UTF-32 -t UTF-8"},
        {BYTES("a\0\0\0,\0\0\0"), "iconv -f UTF-32LE -t"},
        {BYTES("\0\0\0a\0\0\0,"), "iconv -f UTF-32BE -t"},
        {BYTES("PK\3\4........"), "export it as CSV"},
        {BYTES("\x1f\x8b\x08....."), "gunzip"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_bytes("x.csv", cases[i].bytes, cases[i].size);
        assert_unreadable_csv("x.csv", PAT_MALFORMED, cases[i].mentions);
    }
}

static pat_status read_first(const char *text, pat_error *error)
{
    pat_csv_reader *reader;
    pat_csv_row row;
    write_text("x.csv", text);
    assert_int_equal(pat_csv_open(&reader, "x.csv", NULL), PAT_OK);
    pat_status status = pat_csv_next_header(reader, &row, error);
    pat_csv_close(reader);
    return status;
}

static void test_columns_that_no_comma_separates(void **state)
{
    (void)state;
    pat_error error = {0};
    assert_int_equal(read_first("a;b;c\n1;2;3\n", &error), PAT_MALFORMED);
    assert_mentions(error.message, "x.csv: the columns are separated by semicolons");
    assert_mentions(error.message, "sep=';', decimal=','");
    assert_int_equal(read_first("a\tb\n1\t2\n", &error), PAT_MALFORMED);
    assert_mentions(error.message, "sep='\\t'");
    assert_int_equal(read_first("a|b\n", &error), PAT_MALFORMED);
    assert_int_equal(read_first("\n\r\na;b\n", &error), PAT_MALFORMED);
    assert_int_equal(read_first("\"a;b\"\n", &error), PAT_MALFORMED);
    assert_int_equal(read_first("a;b,c\n", &error), PAT_OK);
    assert_int_equal(read_first("a\n1;2\n", &error), PAT_OK);
    assert_int_equal(read_first("", &error), PAT_OK);
}

/* R and LibreOffice quote all text, so the parser finds a separator where a quoted name ends. */
static void test_separators_after_quoted_names(void **state)
{
    (void)state;
    static const struct {
        const char *text, *mentions;
    } cases[] = {
        {"\"a\";\"b\"\n\"x\";1,5\n", "separated by semicolons"},
        {"\"a\";\"b\"\r\n\"x\";\"1,5\"\r\n", "separated by semicolons"},
        {"\xef\xbb\xbf\"a\"\t\"b\"\n", "separated by tabs"},
        {"\"a, \"\"b\"\"\n\"|c", "separated by bars"},
        {"a;b\n\"x\";1,5\n", "separated by semicolons"},
        {"a,b\n\"x\";1\n", "broken quoting after row 1 "},
        {"\"a\" ,b\n", "broken quoting after row 0 "},
        {"\"a\n;b\n", "broken quoting after row 0 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_error error = {0};
        assert_int_equal(read_first(cases[i].text, &error), PAT_MALFORMED);
        assert_mentions(error.message, cases[i].mentions);
    }
}

/* Rows begin after empty lines, line breaks in quotes, and every kind of line end. */
static void test_rows_know_their_lines(void **state)
{
    (void)state;
    static const size_t lines[] = {1, 3, 6, 8};
    pat_csv_reader *reader;
    pat_csv_row row;
    write_text("x.csv", "a,b\r\n\r\n\"c\r\nd\n\",e\nf,g\r\rh,\"i\"");
    assert_int_equal(pat_csv_open(&reader, "x.csv", NULL), PAT_OK);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_int_equal(pat_csv_next(reader, &row, NULL), PAT_OK);
        assert_int_equal(row.count, 2);
        assert_int_equal(row.line, lines[i]);
    }
    pat_csv_close(reader);
}

static void test_csv_that_cannot_be_opened(void **state)
{
    (void)state;
    assert_int_equal(mkdir("folder.csv", 0777), 0);
    assert_int_equal(mkfifo("fifo.csv", 0666), 0);
    write_text("x.csv", "a\n");
    assert_unreadable_csv("missing.csv", PAT_NOT_FOUND, "No such file");
    assert_unreadable_csv("folder.csv", PAT_NOT_A_FILE, "regular file");
    assert_unreadable_csv("fifo.csv", PAT_NOT_A_FILE, "regular file");
    assert_unreadable_csv("x.csv/y.csv", PAT_UNREADABLE, "Not a directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_are_quoted_only_where_needed),
        cmocka_unit_test(test_rows_follow_each_other_in_one_buffer),
        cmocka_unit_test(test_numbers_are_the_shortest_that_read_back),
        IN_FOLDER(test_csv_forms_that_are_read),
        IN_FOLDER(test_nasty_fields_survive_the_round_trip),
        IN_FOLDER(test_rows_cross_the_borders_of_blocks),
        IN_FOLDER(test_byte_order_mark_within_a_file_is_kept),
        IN_FOLDER(test_broken_csv_is_malformed),
        IN_FOLDER(test_files_of_another_kind_are_named),
        IN_FOLDER(test_columns_that_no_comma_separates),
        IN_FOLDER(test_separators_after_quoted_names),
        IN_FOLDER(test_rows_know_their_lines),
        IN_FOLDER(test_csv_that_cannot_be_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
