/* Comparison of tables. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "patina/dataset.h"
#include "workspace.h"

static char report_text[8192];

static pat_difference compare(const char *a, const char *b, double rtol, double atol)
{
    char *text;
    size_t size;
    pat_difference difference, silent;
    pat_error error = {0};
    write_text("a.csv", a);
    write_text("b.csv", b);
    FILE *report = open_memstream(&text, &size);
    if (pat_csv_compare("a.csv", "b.csv", rtol, atol, report, &difference, &error) != PAT_OK)
        fail_msg("%s", error.message);
    fclose(report);
    snprintf(report_text, sizeof report_text, "%s", text);
    free(text);
    assert_int_equal(pat_csv_compare("a.csv", "b.csv", rtol, atol, NULL, &silent, &error), PAT_OK);
    assert_int_equal(silent, difference);
    return difference;
}

static void test_identical_and_equal_files(void **state)
{
    (void)state;
    const char text[] = "name,psnr\na.png,31.5\nb.png,nan\n";
    assert_int_equal(compare(text, text, 0, 0), PAT_IDENTICAL);
    assert_string_equal(report_text, "");
    assert_int_equal(compare("", "", 0, 0), PAT_IDENTICAL);
    assert_int_equal(compare(text, "name,psnr\r\n\"a.png\",31.5\r\nb.png,nan", 0, 0),
                     PAT_WITHIN_TOLERANCE);
    assert_string_equal(report_text, "");
}

/* Compares a.csv and b.csv again, as JSON. */
static json_t *told_as_json(double rtol, double atol)
{
    char *text;
    pat_difference difference;
    pat_error error = {0};
    if (pat_csv_compare_json("a.csv", "b.csv", rtol, atol, &text, &difference, &error) != PAT_OK)
        fail_msg("%s", error.message);
    json_t *told = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(told);
    free(text);
    return told;
}

static void test_differences_as_json(void **state)
{
    (void)state;
    const char *name, *column, *a, *b, *remark;
    int row, rows, unequal, different, column_row, in_column;
    double largest;
    compare("filename,psnr,note\na,1,x\nb\xff,2,y\nc,3.0,z\n",
            "filename,psnr,note\na,1.25,x\nb\xff,2.5,w\nc,3,z\n", 0, 0.25);
    json_t *told = told_as_json(0, 0.25);
    assert_string_equal(json_string_value(json_object_get(told, "result")), "different");
    assert_int_equal(json_unpack(told, "{s:i, s:i, s:i}", "rows", &rows, "unequal_cells", &unequal,
                                 "different_cells", &different),
                     0);
    assert_true(rows == 3 && unequal == 4 && different == 2);
    json_t *cells = json_object_get(told, "first_different_cells");
    assert_int_equal(json_array_size(cells), 2);
    assert_int_equal(json_unpack(json_array_get(cells, 1), "{s:i, s:s, s:s, s:s, s:s !}", "row",
                                 &row, "name", &name, "column", &column, "a", &a, "b", &b),
                     0);
    assert_int_equal(row, 3);
    assert_string_equal(name, "b\\xff");
    assert_true(strcmp(column, "note") == 0 && strcmp(a, "y") == 0 && strcmp(b, "w") == 0);
    json_t *columns = json_object_get(told, "columns");
    assert_int_equal(json_array_size(columns), 2); /* not the filename */
    assert_int_equal(json_unpack(json_array_get(columns, 0), "{s:s, s:F, s:i, s:i !}", "column",
                                 &column, "largest_difference", &largest, "row", &column_row,
                                 "different_cells", &in_column),
                     0);
    assert_true(largest == 0.5 && column_row == 3 && in_column == 1);
    assert_true(json_is_null(json_object_get(json_array_get(columns, 1), "largest_difference")));
    json_decref(told);

    compare("filename,psnr\na,1\n", "filename\na\n", 0, 0);
    told = told_as_json(0, 0);
    assert_int_equal(json_unpack(told, "{s:[s !]}", "remarks", &remark), 0);
    assert_string_equal(remark, "the headers have 2 and 1 columns");
    json_decref(told);

    compare("filename\na\n", "filename\na\n", 0, 0);
    told = told_as_json(0, 0);
    assert_string_equal(json_string_value(json_object_get(told, "result")), "identical");
    json_decref(told);

    char *text = (char *)"";
    pat_difference difference;
    assert_int_equal(pat_csv_compare_json("a.csv", "none.csv", 0, 0, &text, &difference, NULL),
                     PAT_NOT_FOUND);
    assert_null(text);
}

static void test_cells_agree_within_the_tolerance(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        double rtol, atol;
        pat_difference difference;
    } cases[] = {
        {"1", "1.0", 0, 0, PAT_WITHIN_TOLERANCE},
        {"1", "1.0000001", 0, 0, PAT_DIFFERENT},
        {"100", "101", 0.00995, 0, PAT_WITHIN_TOLERANCE}, /* relative to the second */
        {"101", "100", 0.00995, 0, PAT_DIFFERENT},
        {"-100", "-101", 0.00995, 0, PAT_WITHIN_TOLERANCE},
        {"-101", "-100", 0.00995, 0, PAT_DIFFERENT},
        {"0", "1e-9", 0, 1e-8, PAT_WITHIN_TOLERANCE},
        {"0", "-1e-7", 0, 1e-8, PAT_DIFFERENT},
        {"100", "102", 0.01, 0.99, PAT_WITHIN_TOLERANCE}, /* the tolerances add up */
        {"100", "102", 0.01, 0, PAT_DIFFERENT},
        {"100", "102", 0, 0.99, PAT_DIFFERENT},
        {"1", "-1", 0.5, 0.5, PAT_DIFFERENT},
        {"nan", "NaN", 0, 0, PAT_WITHIN_TOLERANCE},
        {"nan", "1", 9, 9, PAT_DIFFERENT},
        {"1", "nan", 9, 9, PAT_DIFFERENT},
        {"nan", "1", INFINITY, INFINITY, PAT_DIFFERENT}, /* within no tolerance */
        {"1", "nan", INFINITY, INFINITY, PAT_DIFFERENT},
        {"nan", "inf", INFINITY, INFINITY, PAT_DIFFERENT},
        {"inf", "1", INFINITY, INFINITY, PAT_DIFFERENT},
        {"nan", "", INFINITY, INFINITY, PAT_DIFFERENT},
        {"1", "2", INFINITY, 0, PAT_WITHIN_TOLERANCE},
        {"inf", "Infinity", 0, 0, PAT_WITHIN_TOLERANCE},
        {"inf", "-inf", 9, 9, PAT_DIFFERENT},
        {"inf", "1", 9, 9, PAT_DIFFERENT},
        {"1", "inf", 9, 9, PAT_DIFFERENT},
        {"none", "white_balance", 9, 9, PAT_DIFFERENT},
        {"1", "one", 9, 9, PAT_DIFFERENT},
        {"", "0", 9, 9, PAT_DIFFERENT},
        {"1", " 1", 9, 9, PAT_DIFFERENT},
        {"\"x,\"\"y\"", "\"x,\"\"y\"", 0, 0, PAT_IDENTICAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char a[64], b[64];
        snprintf(a, sizeof a, "name,v\nr,%s\n", cases[i].a);
        snprintf(b, sizeof b, "name,v\nr,%s\n", cases[i].b);
        if (compare(a, b, cases[i].rtol, cases[i].atol) != cases[i].difference)
            fail_msg("%s and %s, rtol %g, atol %g: %s", cases[i].a, cases[i].b, cases[i].rtol,
                     cases[i].atol, report_text);
    }
}

/* Checks the line about `column` in the report's table. */
static void assert_column(const char *column, const char *largest, int row, int beyond)
{
    char name[64], difference[64], line_start[64];
    int found_row, found_beyond;
    snprintf(line_start, sizeof line_start, "\n%s ", column);
    const char *line = strstr(report_text, line_start);
    if (line == NULL)
        fail_msg("no line about column %s in: %s", column, report_text);
    assert_int_equal(sscanf(line, "%63s %63s %d %d", name, difference, &found_row, &found_beyond),
                     4);
    assert_string_equal(difference, largest);
    assert_int_equal(found_row, row);
    assert_int_equal(found_beyond, beyond);
}

static void test_report_names_row_column_and_values(void **state)
{
    (void)state;
    const char a[] = "name,psnr,ssim,method\na.png,1.5,0.5,none\nb.png,2,0.5,none\nc.png,3,1,x\n";
    const char b[] = "name,psnr,ssim,method\na.png,1.625,0.5,none\nb.png,4,0.5,none\nc.png,3,1,y\n";
    assert_int_equal(compare(a, b, 0, 0.25), PAT_DIFFERENT);
    assert_mentions(report_text, "row 3 (b.png), column psnr: 2 | 4\n");
    assert_mentions(report_text, "row 4 (c.png), column method: x | y\n");
    assert_null(strstr(report_text, "a.png"));
    assert_null(strstr(report_text, "ssim"));
    assert_column("psnr", "2", 3, 1);
    assert_mentions(report_text, "method                               (text)");
    assert_int_equal(compare(a, b, 0, 2), PAT_DIFFERENT);
    assert_column("psnr", "2", 3, 0);
}

static void test_long_reports_are_cut(void **state)
{
    (void)state;
    pat_buffer a = {0}, b = {0};
    pat_buffer_append_text(&a, "name,v\n");
    pat_buffer_append_text(&b, "name,v\n");
    for (int i = 0; i < 25; i++) {
        pat_buffer_append_text(&a, "r,1\n");
        pat_buffer_append_text(&b, "r,2\n");
    }
    pat_buffer_append_char(&a, '\0');
    pat_buffer_append_char(&b, '\0');
    assert_int_equal(compare(a.data, b.data, 0, 0), PAT_DIFFERENT);
    assert_mentions(report_text, "row 11 (r)");
    assert_null(strstr(report_text, "row 12 (r)"));
    assert_mentions(report_text, "and 15 more cells");
    assert_column("v", "1", 2, 25);
    pat_buffer_release(&a);
    pat_buffer_release(&b);
}

static void test_files_of_different_shapes(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b, *report;
    } cases[] = {
        {"n,v\na,1\nb,2\nc,3\n", "n,v\na,1\n",
         "row 3 (b) is only in the first file\nthe files have 3 and 1 rows"},
        {"n,v\na,1\n", "n,v\na,1\nb,2\nc,3\n",
         "row 3 (b) is only in the second file\nthe files have 1 and 3 rows"},
        {"n,v\n", "n,v\na,1\nb,,,,,,,,,,,,,,,,,,,,\n",
         "row 2 (a) is only in the second file\nthe files have 0 and 2 rows"},
        {"n,v\n", "n,v\na,1\n",
         "row 2 (a) is only in the second file\nthe files have 0 and 1 rows"},
        {"n,v\na,1\n", "n,v,w\na,1,2\n", "2 and 3 columns"},
        {"", "n,v\na,1\n", "0 and 2 columns"},
        {"n,v\na,1\n", "n,w\na,1\n", "column 2 is named v and w"},
        {"n,v\na,1\nb\n", "n,v\na,1\nb\n", ""},
        {"n,v\na,1\nb\n", "n,v\na,1\nb,2\n", "row 3 has 1 and 2 fields, but the header has 2"},
        {"n,v\na,1,9\n", "n,v\na,1\n", "row 2 has 3 and 2 fields, but the header has 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_difference expected = *cases[i].report == '\0' ? PAT_IDENTICAL : PAT_DIFFERENT;
        if (compare(cases[i].a, cases[i].b, 9, 9) != expected)
            fail_msg("case %zu: %s", i, report_text);
        assert_mentions(report_text, cases[i].report);
    }
}

static void test_files_that_cannot_be_compared(void **state)
{
    (void)state;
    pat_difference result = (pat_difference)77;
    pat_error error = {0};
    write_text("a.csv", "a\n1\n");
    write_text("bad.csv", "a\n\"1\n");
    assert_int_equal(pat_csv_compare("a.csv", "gone.csv", 0, 0, NULL, &result, &error),
                     PAT_NOT_FOUND);
    assert_mentions(error.message, "gone.csv");
    assert_int_equal(pat_csv_compare("gone.csv", "a.csv", 0, 0, NULL, &result, &error),
                     PAT_NOT_FOUND);
    assert_int_equal(pat_csv_compare("a.csv", ".", 0, 0, NULL, &result, &error), PAT_NOT_A_FILE);
    assert_int_equal(pat_csv_compare("bad.csv", "a.csv", 0, 0, NULL, &result, &error),
                     PAT_MALFORMED);
    assert_int_equal(pat_csv_compare("a.csv", "bad.csv", 0, 0, NULL, &result, &error),
                     PAT_MALFORMED);
    assert_int_equal(result, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_identical_and_equal_files),
        IN_FOLDER(test_cells_agree_within_the_tolerance),
        IN_FOLDER(test_differences_as_json),
        IN_FOLDER(test_report_names_row_column_and_values),
        IN_FOLDER(test_long_reports_are_cut),
        IN_FOLDER(test_files_of_different_shapes),
        IN_FOLDER(test_files_that_cannot_be_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
