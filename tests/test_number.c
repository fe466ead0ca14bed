/* Numbers as text, including in a locale with a decimal comma. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"
#include "folder.h"
#include "ref/naive_number.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- numbers ---- */

static uint64_t random_bits(void)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static double double_of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void assert_same_bits(double got, double want, const char *text)
{
    if (memcmp(&got, &want, sizeof got) != 0)
        fail_msg("'%s' is read as %.17g instead of %.17g", text, got, want);
}

/* The digits are those found by trying every precision; the notation is that of %g with 15, 16 or
 * 17 digits. */
static void assert_shortest(double value)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    double back = 0;
    size_t length = pat_number_format(value, text);
    assert_int_equal(length, strlen(text));
    assert_true(pat_number_parse(text, &back));
    assert_same_bits(back, value, text);

    const char *magnitude = text + (*text == '-');
    decimal got = decimal_of_text(magnitude), want = naive_shortest(fabs(value));
    if (strcmp(got.digits, want.digits) != 0 || got.exponent != want.exponent)
        fail_msg("%s is not the shortest text for %a: its digits are %s, the first times 1e%d",
                 text, value, want.digits, want.exponent);
    int digits = (int)strlen(got.digits) > 15 ? (int)strlen(got.digits) : 15;
    bool wants_exponent = got.exponent < -4 || got.exponent >= digits;
    assert_int_equal(strchr(text, 'e') != NULL, wants_exponent);
}

static void test_number_examples(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } examples[] = {{0.5, "0.5"},
                    {1, "1"},
                    {-1, "-1"},
                    {0, "0"},
                    {-0.0, "-0"},
                    {1e-5, "1e-05"},
                    {0.0001, "0.0001"},
                    {0.1 + 0.2, "0.30000000000000004"},
                    {1.0 / 3, "0.3333333333333333"},
                    {2.0 / 3, "0.6666666666666666"},
                    {100000, "100000"},
                    {1e14, "100000000000000"},
                    {1e15, "1e+15"},
                    {1e22, "1e+22"},
                    {0x1p53, "9007199254740992"},
                    {0x1p-44, "5.684341886080802e-14"},
                    {DBL_MAX, "1.7976931348623157e+308"},
                    {DBL_MIN, "2.2250738585072014e-308"},
                    {INFINITY, "inf"},
                    {-INFINITY, "-inf"},
                    {NAN, "nan"},
                    {-NAN, "nan"}};
    for (size_t i = 0; i < COUNT(examples); i++) {
        char text[PAT_NUMBER_TEXT_SIZE];
        size_t length = pat_number_format(examples[i].value, text);
        assert_string_equal(text, examples[i].text);
        assert_int_equal(length, strlen(text));
    }
}

static void test_number_text_is_shortest_for_normal_numbers(void **state)
{
    (void)state;
    for (int i = 0; i < 6000; i++) {
        double value = double_of_bits(random_bits());
        if (isnormal(value))
            assert_shortest(value);
    }
    for (int i = 0; i < 4000; i++) /* scores and features */
        assert_shortest((double)(random_bits() >> 11) * 0x1p-53 * (i % 2 ? 1 : 100));
    for (int i = 1; i < 2000; i++)
        assert_shortest(i / 1000.0);
}

/* Doubles are twice as dense below a power of two, which changes its shortest decimal. */
static void test_number_text_is_shortest_around_powers_of_two(void **state)
{
    (void)state;
    for (int exponent = -1022; exponent <= 1023; exponent++) {
        double power = ldexp(1, exponent);
        assert_shortest(power);
        assert_shortest(-power);
        assert_shortest(nextafter(power, INFINITY));
        if (exponent > -1022)
            assert_shortest(nextafter(power, 0));
    }
    assert_shortest(DBL_MAX);
}

static void test_number_text_is_shortest_for_subnormals(void **state)
{
    (void)state;
    for (int exponent = -1074; exponent < -1022; exponent++)
        assert_shortest(ldexp(1, exponent));
    for (int i = 0; i < 1000; i++)
        assert_shortest(double_of_bits((random_bits() >> 12 >> i % 52) | 1));
    assert_shortest(nextafter(DBL_MIN, 0));
}

static void test_number_text_reads_back(void **state)
{
    (void)state;
    for (int i = 0; i < 200000; i++) {
        double value = double_of_bits(random_bits()), back = 0;
        char text[PAT_NUMBER_TEXT_SIZE];
        assert_true(pat_number_format(value, text) < sizeof text);
        assert_true(pat_number_parse(text, &back));
        if (isnan(value))
            assert_true(isnan(back));
        else
            assert_same_bits(back, value, text);
    }
}

static void test_number_parse_reads_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"1", 1},
                {"+1", 1},
                {"-1.5", -1.5},
                {"007", 7},
                {".5", 0.5},
                {"5.", 5},
                {"1e3", 1000},
                {"1E-3", 0.001},
                {"inf", INFINITY},
                {"-inf", -INFINITY},
                {"-0", -0.0},
                {"1e400", INFINITY},
                {"5e-324", 0x1p-1074},
                {"1e-400", 0},
                {"0.1", 0.1},
                {"123456789012345678901234567890", 123456789012345678901234567890.0}};
    for (size_t i = 0; i < COUNT(good); i++) {
        double value = 77;
        assert_true(pat_number_parse(good[i].text, &value));
        assert_same_bits(value, good[i].value, good[i].text);
    }
    double value = 77;
    assert_true(pat_number_parse("nan", &value));
    assert_true(isnan(value));
}

static void test_number_parse_refuses_all_else(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",  " ",   "\t",    " 1",  "\t1",  "\n1",  "\v1",   "1 ",  "1\n",   "1\r",  "1x",
        "x", "1,5", "1.5.2", "--1", "+-1",  "- 1",  "1e",    "1e+", "e5",    ".",    "-",
        "+", "1 2", "1;",    "in",  "infi", "nano", "nan x", "1_0", "\2401", "1\240"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        double value = 77;
        if (pat_number_parse(bad[i], &value))
            fail_msg("'%s' was accepted as the number %g", bad[i], value);
        assert_true(value == 77);
    }
}

static void test_number_round(void **state)
{
    (void)state;
    assert_true(pat_number_round(0.1 + 0.2, 12) == 0.3);
    assert_true(pat_number_round(0.1 + 0.2, 17) == 0.1 + 0.2);
    assert_true(pat_number_round(123456, 3) == 123000);
    assert_true(pat_number_round(-0.00987, 1) == -0.01);
    assert_true(pat_number_round(9.96, 2) == 10);
    assert_true(pat_number_round(INFINITY, 5) == INFINITY);
    assert_true(isnan(pat_number_round(NAN, 5)));
}

/* ---- the process's locale ---- */

static bool has_decimal_comma(void)
{
    return strcmp(localeconv()->decimal_point, ",") == 0;
}

/* Switch the process to a locale with a decimal comma, either installed or created in `folder`. */
static bool enter_comma_locale(const char *folder)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR", "nl_NL"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (setlocale(LC_ALL, names[i]) != NULL && has_decimal_comma())
            return true;
    char command[512];
    snprintf(command, sizeof command,
             "localedef --no-archive -i de_DE -f UTF-8 '%s/de_DE.UTF-8' >'%s/log' 2>&1", folder,
             folder);
    if (system(command) != 0) /* localedef or its definitions are missing */
        return false;
    setenv("LOCPATH", folder, 1);
    return setlocale(LC_ALL, "de_DE.UTF-8") != NULL && has_decimal_comma();
}

static void test_numbers_have_points_in_a_locale_of_commas(void **state)
{
    if (!enter_comma_locale(*state)) {
        print_message("no locale has a decimal comma, and localedef cannot create one\n");
        skip();
    }
    char text[PAT_NUMBER_TEXT_SIZE];
    double value = 0;
    snprintf(text, sizeof text, "%g", 0.5);
    assert_string_equal(text, "0,5"); /* the locale is active */

    pat_number_format(0.5, text);
    assert_string_equal(text, "0.5");
    pat_number_format(0x1p-44, text);
    assert_string_equal(text, "5.684341886080802e-14");
    assert_true(pat_number_parse("0.25", &value) && value == 0.25);
    assert_false(pat_number_parse("0,25", &value));
    assert_true(pat_number_round(0.1 + 0.2, 12) == 0.3);
    assert_true(has_decimal_comma());
}

static void test_numbers_leave_the_threads_locale_alone(void **state)
{
    (void)state;
    locale_t own = newlocale(LC_ALL_MASK, "POSIX", (locale_t)0);
    locale_t before = uselocale(own);
    char text[PAT_NUMBER_TEXT_SIZE];
    double value = 0;
    pat_number_format(0.1, text);
    assert_ptr_equal(uselocale((locale_t)0), own);
    assert_true(pat_number_parse("1", &value));
    assert_false(pat_number_parse("x", &value));
    assert_ptr_equal(uselocale((locale_t)0), own);
    value = pat_number_round(0.1, 3);
    assert_ptr_equal(uselocale(before), own);
    freelocale(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number_examples),
        cmocka_unit_test(test_number_text_is_shortest_for_normal_numbers),
        cmocka_unit_test(test_number_text_is_shortest_around_powers_of_two),
        cmocka_unit_test(test_number_text_is_shortest_for_subnormals),
        cmocka_unit_test(test_number_text_reads_back),
        cmocka_unit_test(test_number_parse_reads_numbers),
        cmocka_unit_test(test_number_parse_refuses_all_else),
        cmocka_unit_test(test_number_round),
        FOLDER_TEST(test_numbers_have_points_in_a_locale_of_commas),
        cmocka_unit_test(test_numbers_leave_the_threads_locale_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
