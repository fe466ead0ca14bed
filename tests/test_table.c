/* Reading tables of numbers by the names of their columns. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data/table.h"
#include "workspace.h"

static const char *const columns[] = {"psnr", "color_method", "apply_color_correction"};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void read_table(pat_table *table, const char *text)
{
    pat_error error = {0};
    write_text("x.csv", text);
    if (pat_table_read(table, "x.csv", columns, COLUMNS, &error) != PAT_OK)
        fail_msg("%s", error.message);
    for (int i = 0; i < COLUMNS; i++)
        assert_ptr_equal(pat_table_column(table, columns[i]), table->value[i]);
}

static void test_columns_are_found_by_name(void **state)
{
    (void)state;
    pat_table table = {0};
    read_table(&table, "color_method,extra,psnr,filename,apply_color_correction\n"
                       "none,x,31.5,a.png,0\n"
                       "white_balance,,-inf,\"b,c.png\",1\n"
                       "levels,,1,d.png,1\n");
    assert_int_equal(table.rows, 3);
    assert_string_equal(pat_names_get(&table.filename, 0), "a.png");
    assert_string_equal(pat_names_get(&table.filename, 1), "b,c.png");
    assert_true(table.value[0][0] == 31.5 && table.value[0][1] == -INFINITY);
    assert_true(table.value[1][0] == 0 && table.value[1][1] == 1 && table.value[1][2] == 2);
    assert_true(table.value[2][0] == 0 && table.value[2][1] == 1);
    assert_int_equal(table.header.count, 5);
    assert_string_equal(pat_names_get(&table.header, 1), "extra");
    assert_null(pat_table_column(&table, "extra"));
    pat_table_release(&table);
}

/* As pandas writes numbers, booleans and what is missing. */
static void test_other_writers_forms_are_read(void **state)
{
    (void)state;
    pat_table table = {0};
    read_table(&table, "\xef\xbb\xbf,filename,psnr,color_method,apply_color_correction\r\n"
                       "0,a.png,3.150e+01,none,False\r\n"
                       "1,b.png,,white_balance,True\r\n"
                       "2,c.png,NaN,none,0.0\r\n");
    assert_int_equal(table.rows, 3);
    assert_true(table.value[0][0] == 31.5 && isnan(table.value[0][1]) && isnan(table.value[0][2]));
    assert_true(table.value[2][0] == 0 && table.value[2][1] == 1 && table.value[2][2] == 0);
    read_table(&table, "filename,psnr,color_method,apply_color_correction\n"); /* used again */
    assert_int_equal(table.rows + table.filename.count, 0);
    pat_table_release(&table);
}

static void test_many_rows_are_kept(void **state)
{
    (void)state;
    enum { ROWS = 5000 };
    pat_table table = {0};
    pat_buffer csv = {0};
    pat_buffer_append_text(&csv, "psnr,color_method,filename,apply_color_correction\n");
    for (int i = 0; i < ROWS; i++) {
        char line[64];
        snprintf(line, sizeof line, "%d.25,none,n%d,%d\n", i, i, i % 2);
        pat_buffer_append_text(&csv, line);
    }
    pat_buffer_append_char(&csv, '\0');
    read_table(&table, csv.data);
    assert_int_equal(table.rows, ROWS);
    for (int i = 0; i < ROWS; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        assert_string_equal(pat_names_get(&table.filename, (size_t)i), name);
        assert_true(table.value[0][i] == i + 0.25 && table.value[2][i] == i % 2);
    }
    pat_name_index index = {0};
    assert_int_equal(pat_name_index_make(&index, &table.filename, NULL), PAT_OK);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(pat_name_index_find(&index, pat_names_get(&table.filename, i)), i);
    assert_int_equal(pat_name_index_find(&index, "a"), ROWS);
    assert_int_equal(pat_name_index_find(&index, "n25000"), ROWS);
    assert_int_equal(pat_name_index_find(&index, "z"), ROWS);
    assert_int_equal(pat_name_index_repeated(&index), ROWS);
    assert_true(pat_names_add(&table.filename, "n7"));
    assert_int_equal(pat_name_index_make(&index, &table.filename, NULL), PAT_OK);
    assert_int_equal(pat_name_index_repeated(&index), ROWS);
    assert_int_equal(pat_name_index_find(&index, "n7"), 7);
    pat_name_index_release(&index);
    pat_buffer_release(&csv);
    pat_table_release(&table);
}

static void test_unusable_tables_are_refused(void **state)
{
    (void)state;
    static const char good[] = "filename,psnr,color_method,apply_color_correction\n";
    static const struct {
        const char *header, *rows, *mentions[2];
    } cases[] = {
        {"", "", {"'filename', 'psnr', 'color_method', 'apply_color_correction'", "columns"}},
        {"filename,psnr,color_method\n", "", {"'apply_color_correction'", "the column '"}},
        {"psnr,filename,psnr,color_method,apply_color_correction\n", "", {"'psnr'", "more than"}},
        {good, "a,1,none,0\nb,one,none,0\n", {"row 3 (b), column 'psnr'", "'one' is not a number"}},
        {good,
         "a,1,grey,0\n",
         {"column 'color_method'", "'grey' is not one of none, white_balance, levels, stretch"}},
        {good, "a,1,,0\n", {"column 'color_method'", "none, white_balance, levels, stretch"}},
        {good,
         "a,1,none,0\nb,1,none\n",
         {"row 3 (line 3) has 3 fields, but the first line has 4", "regenerate"}},
        {good,
         "a,1,none,0,5\n",
         {"row 2 (line 2) has 5 fields, but the first line has 4", "regenerate"}},
        {good, "a,0,5,none,0\n", {"row 2 (line 2) has 5 fields", "decimals with a point"}},
        {good, "a,\"0,5\",none,0\n", {"'0,5' is not a number", "decimals with a point"}},
        {good, "a,True,none,0\n", {"row 2 (a), column 'psnr'", "'True' is not a number"}},
        {good, "a,1,none,TRUE\n", {"column 'apply_color_correction'", "'TRUE' is not a number"}},
        {"filename;psnr\n", "a;0,5\n", {"separated by semicolons", "sep=';'"}},
        {"\"filename\"\t\"psnr\"\n", "\"a\"\t0,5\n", {"separated by tabs", "sep='\\t'"}},
        {good, "a,\"1,none,0\n", {"broken quoting", "fix"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_table table = {0};
        pat_error error = {0};
        char text[512];
        snprintf(text, sizeof text, "%s%s", cases[i].header, cases[i].rows);
        write_text("bad.csv", text);
        assert_int_equal(pat_table_read(&table, "bad.csv", columns, COLUMNS, &error),
                         PAT_MALFORMED);
        assert_mentions(error.message, "bad.csv: ");
        assert_mentions(error.message, cases[i].mentions[0]);
        assert_mentions(error.message, cases[i].mentions[1]);
        pat_table_release(&table);
    }
    pat_table table = {0};
    pat_error error = {0};
    assert_int_equal(pat_table_read(&table, "none.csv", columns, COLUMNS, &error), PAT_NOT_FOUND);
    pat_table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_columns_are_found_by_name),
        IN_FOLDER(test_other_writers_forms_are_read),
        IN_FOLDER(test_many_rows_are_kept),
        IN_FOLDER(test_unusable_tables_are_refused),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
