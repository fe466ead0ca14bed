/* The parts of the web server that need no connection. What it answers: tests/web. */
#include <arpa/inet.h>
#include <math.h>
#include <nettle/base64.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "patina/restore.h"
#include "settings.h"
#include "tasks/task_restore.h"
#include "web/answer.h"
#include "web/guard.h"
#include "web/limits.h"
#include "web/listen.h"
#include "web/parameters.h"
#include "web/store.h"
#include "web/text.h"

/* ---- Addresses ------------------------------------------------------------------------------- */

static void test_listen(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good, loopback;
    } cases[] = {
        {"127.0.0.1:8080", true, true},
        {"127.9.9.9:1", true, true},
        {"localhost:0", true, true},
        {":8080", true, true},
        {"[::1]:65535", true, true},
        {"0.0.0.0:80", true, false},
        {"[::]:80", true, false},
        {"10.0.0.1:80", true, false},
        {"[fe80::1]:80", true, false},
        {"", false, false},
        {"80", false, false},
        {"127.0.0.1", false, false},
        {"127.0.0.1:", false, false},
        {"1.2.3.4:65536", false, false},
        {"1.2.3.4:+1", false, false},
        {"::1:80", false, false},
        {"[::1]80", false, false},
        {"[::1:80", false, false},
        {"a.example:80", false, false},
        {"[127.0.0.1]:80", false, false},
        {":", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_listener listener;
        pat_error error = {0};
        pat_status status = pat_listener_parse(&listener, cases[i].text, &error);
        assert_int_equal(status, cases[i].good ? PAT_OK : PAT_INVALID_ARGUMENT);
        if (cases[i].good)
            assert_int_equal(listener.loopback, cases[i].loopback);
        else
            assert_non_null(strstr(error.message, "--listen"));
    }
}

static pat_client client_of(const char *text)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return pat_client_of((const struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return pat_client_of((const struct sockaddr *)&six);
}

static void test_clients(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "::ffff:192.0.2.1", true},
        {"192.0.2.2", "::ffff:192.0.2.1", false},
        {"2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true},
        {"2001:db8::1", "2001:db8:0:1::1", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_client a = client_of(cases[i].a), b = client_of(cases[i].b);
        assert_int_equal(pat_client_equal(&a, &b), cases[i].same);
    }
}

static void test_guard(void **state)
{
    (void)state;
    static const char *const allowed[] = {"images.example", "[2001:db8::1]"};
    const pat_names names = {"192.0.2.1", allowed, 2}, none = {0};
    static const char *const known[] = {
        "localhost:8080", "localhost.",         "a.localhost",
        "[::1]:1",        "[0:0:0:0:0:0:0:1]",  "192.0.2.1:80",
        "127.9.9.9",      "images.EXAMPLE:443", "[2001:db8:0::1]:443",
    };
    static const char *const unknown[] = {
        "",          "alocalhost", "127.0.0.1.example",      "localhost:80@example",
        "192.0.2.2", "[::2]",      "[images.example]",       "a.images.example",
        "[::1",      "[::1]x",     "images.example.example",
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_true(pat_guard_knows(&names, known[i]));
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_false(pat_guard_knows(&names, unknown[i]));
    assert_true(pat_guard_is_ours(&names, NULL, NULL, "h"));
    assert_true(pat_guard_is_ours(&names, "http://h:1", "same-origin", "H:1"));
    assert_true(pat_guard_is_ours(&names, "https://images.example", NULL, "h"));
    assert_false(pat_guard_is_ours(&none, "https://images.example", NULL, "h"));
    assert_false(pat_guard_is_ours(&names, "http://h:1", "same-site", "h:1"));
    assert_false(pat_guard_is_ours(&names, "http://h:1", NULL, "h:2"));
    assert_false(pat_guard_is_ours(&names, "ftp://h:1", NULL, "h:1"));
    assert_false(pat_guard_is_ours(&names, "null", NULL, "null"));
}

/* ---- Texts ----------------------------------------------------------------------------------- */

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *given, *clean;
    } cases[] = {
        {"photo.jpg", "photo.jpg"},
        {"/etc/passwd", "passwd"},
        {"..\\..\\a", "a"},
        {"../", ""},
        {"...", ""},
        {".bashrc", "bashrc"},
        {"a\r\nSet-Cookie: b", "a__Set-Cookie_ b"},
        {"\"a\"", "_a_"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"\xff\xfe", "__"},
        {"\xc0\xaf", "__"},
        {"\xed\xa0\x80", "___"},
        {"\xe2\x80\xae"
         "a",
         "_a"},
        {"\xc2\x85", "_"},
        {"\xe2\x82\xac", "\xe2\x82\xac"},
        {"\xe2\x82", "__"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    };
    char name[PAT_IMAGE_NAME_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_clean_name(cases[i].given, name);
        assert_string_equal(name, cases[i].clean);
    }
    char longer[4 * PAT_IMAGE_NAME_SIZE + 1];
    for (size_t i = 0; i + 3 <= sizeof longer - 1; i += 3) /* it is not cut within a character */
        memcpy(longer + i, "\xe2\x82\xac", 4);
    pat_clean_name(longer, name);
    assert_int_equal(strlen(name), (PAT_IMAGE_NAME_SIZE - 1) / 3 * 3);
}

static void test_disposition(void **state)
{
    (void)state;
    pat_buffer out = {0};
    pat_put_disposition(&out, "caf\xc3\xa9 1.png");
    assert_true(pat_put_end(&out));
    assert_string_equal(out.data, "attachment; filename=\"caf__ 1.png\"; "
                                  "filename*=UTF-8''caf%C3%A9%201.png");
    pat_buffer_release(&out);
}

static void test_numbers(void **state)
{
    (void)state;
    pat_buffer out = {0};
    const double values[] = {0.1, 1e300, -0.0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        pat_put_number(&out, values[i]);
        pat_buffer_append_char(&out, ' ');
    }
    assert_true(pat_put_end(&out));
    assert_string_equal(out.data, "0.1 1e+300 -0 ");
    pat_buffer_release(&out);
}

static void test_json_answers(void **state)
{
    (void)state;
    pat_answer answer = {0};
    pat_answer_begin_json(&answer, "image", json_pack("{s:{s:s}}", "output", "base64", ""));
    pat_answer_leave_open(&answer);
    assert_true(pat_put_end(&answer.text));
    assert_string_equal(answer.text.data,
                        "{\"schema\": {\"name\": \"patina.image\", \"version\": 1}, "
                        "\"output\": {\"base64\": \"");
    answer.kind = PAT_BODY_TEXT;
    pat_answer_fail(&answer, PAT_PROBLEM_CORRUPT, "\"\n\xff");
    assert_true(pat_put_end(&answer.text));
    assert_string_equal(answer.text.data,
                        "{\"schema\": {\"name\": \"patina.error\", \"version\": 1}, \"error\": "
                        "{\"status\": 422, \"reason\": \"corrupt\", "
                        "\"message\": \"\\\"\\n\\\\xff\"}}\n");
    pat_answer_release(&answer);
    pat_answer_begin_json(&answer, "image", NULL); /* memory ran out for what it tells */
    pat_answer_leave_open(&answer);
    assert_true(pat_answer_failed(&answer));
    answer.kind = PAT_BODY_TEXT;
    pat_answer_release(&answer);
}

static void test_parameters(void **state)
{
    (void)state;
    pat_restore_order order = {0};
    pat_error error = {0};
    unsigned given = 0;
    assert_int_equal(pat_parameter_set(&order, &given, "color", "levels", &error), PAT_OK);
    assert_int_equal(pat_parameter_set(&order, &given, "sigma", "0.01", &error), PAT_OK);
    assert_int_equal(pat_parameter_set(&order, &given, "strength", "1e2", &error), PAT_OK);
    assert_int_equal(pat_parameter_set(&order, &given, "format", "webp", &error), PAT_OK);
    assert_int_equal(pat_parameter_set(&order, &given, "quality", "100", &error), PAT_OK);
    assert_int_equal(pat_parameter_set(&order, &given, "strip", "1", &error), PAT_OK);
    assert_true(order.given[PAT_AXIS_COLOR] && order.given[PAT_AXIS_SIGMA]);
    assert_true(order.given[PAT_AXIS_STRENGTH] && order.strip);
    assert_false(order.given[PAT_AXIS_FILTER]);
    assert_int_equal(order.setting.value[PAT_AXIS_COLOR], LEVELS);
    assert_true(order.setting.value[PAT_AXIS_SIGMA] == 0.01 &&
                order.setting.value[PAT_AXIS_STRENGTH] == 100);
    assert_string_equal(pat_format_name(order.format), "webp");
    assert_int_equal(order.quality, 100);
    static const char *const bad[][2] = {
        {"color", ""},       {"color", "Levels"}, {"sigma", "0.009"}, {"sigma", "nan"},
        {"strength", "-1"},  {"strength", " 1"},  {"format", "none"}, {"quality", "0"},
        {"quality", "1e99"}, {"strip", "yes"},    {"", "1"},          {"Sigma", "1"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        given = 0;
        assert_int_equal(pat_parameter_set(&order, &given, bad[i][0], bad[i][1], &error),
                         PAT_INVALID_ARGUMENT);
    }
    given = 0;
    assert_int_equal(pat_parameter_set(&order, &given, "strip", "0", &error), PAT_OK);
    assert_int_equal(pat_parameter_set(&order, &given, "strip", "0", &error), PAT_INVALID_ARGUMENT);
}

/* ---- Answers --------------------------------------------------------------------------------- */

/* Base64 read in pieces of any size is that of the whole. */
static void test_base64(void **state)
{
    (void)state;
    enum { SIZE_MAX_TESTED = 20000, PIECE_MAX = 40000 };
    static const size_t sizes[] = {0, 1, 2, 3, 4, 100, 12287, 12288, 12289, SIZE_MAX_TESTED};
    uint8_t bytes[SIZE_MAX_TESTED];
    static char expected[BASE64_ENCODE_RAW_LENGTH(SIZE_MAX_TESTED) + 100], piece[PIECE_MAX];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 13);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        pat_answer answer;
        pat_answer_begin(&answer, "application/json");
        pat_buffer_append_text(&answer.text, "{\"a\": {\"b\": \"");
        answer.kind = PAT_BODY_BASE64;
        answer.descriptor = memfd_create("test", MFD_CLOEXEC);
        answer.file_size = sizes[i];
        assert_int_equal(write(answer.descriptor, bytes, sizeof bytes), sizeof bytes);
        size_t length = (size_t)(stpcpy(expected, "{\"a\": {\"b\": \"") - expected);
        base64_encode_raw(expected + length, sizes[i], bytes);
        length += BASE64_ENCODE_RAW_LENGTH(sizes[i]);
        length += (size_t)(stpcpy(expected + length, "\"}}\n") - (expected + length));
        assert_int_equal(pat_answer_size(&answer), length);
        for (size_t room = 4; room < PIECE_MAX; room = room * 3 + 1)
            for (size_t at = 0; at < length;) {
                ssize_t count = pat_answer_read(&answer, at, piece, room);
                assert_true(count > 0 && (size_t)count <= room && at + (size_t)count <= length);
                assert_memory_equal(piece, expected + at, (size_t)count);
                at += (size_t)count;
            }
        pat_answer_release(&answer);
    }
}

static void test_problems(void **state)
{
    (void)state;
    for (int i = PAT_PROBLEM_NONE + 1; i < PAT_PROBLEMS; i++) {
        const pat_problem_info *info = pat_problem_describe((pat_problem)i);
        assert_true(info->status >= 400 && info->status <= 505);
        assert_int_equal(info->retry_after_s > 0, info->status == 429 || info->status == 503);
    }
    for (int i = PAT_OK + 1; i < PAT_STATUS_COUNT; i++)
        assert_int_not_equal(pat_problem_of((pat_status)i), PAT_PROBLEM_NONE);
}

/* ---- The store ------------------------------------------------------------------------------- */

static void test_store(void **state)
{
    (void)state;
    pat_error error = {0};
    pat_store store = {.limit = 10};
    pat_stored a = {0}, b = {0};
    assert_int_equal(pat_stored_create(&a, &store, &error), PAT_OK);
    assert_int_equal(pat_stored_append(&a, "123456", 6, &error), PAT_OK);
    assert_int_equal(pat_stored_create(&b, &store, &error), PAT_OK);
    assert_int_equal(pat_stored_append(&b, "12345", 5, &error), PAT_TOO_LARGE);
    assert_int_equal(pat_stored_append(&b, "1234", 4, &error), PAT_OK);
    assert_int_equal(pat_stored_close(&b, &error), PAT_OK);
    assert_int_equal(write(b.file.descriptor, "x", 1), -1); /* sealed */
    pat_stored_count(&a, 100);                              /* more than there may be */
    assert_int_equal(pat_stored_append(&a, "1", 1, &error), PAT_TOO_LARGE);
    pat_stored_release(&a);
    pat_stored_release(&b);
    assert_int_equal(store.used, 0);
    assert_int_equal(pat_stored_offer(&a, &store, 5, &error), PAT_OK);
    assert_int_equal(write(a.file.descriptor, "12345678", 5), 5);
    assert_int_equal(write(a.file.descriptor, "6", 1), -1); /* cannot grow */
    assert_int_equal(ftruncate(a.file.descriptor, 1), -1);  /* nor shrink */
    pat_stored_release(&a);
}

/* ---- A worker that was taken over ------------------------------------------------------------ */

static pat_status read_report(pat_restore_report report, pat_setting setting, size_t size)
{
    pat_outcome outcome = {0};
    report.setting = setting;
    pat_restoration told = {0};
    pat_error error = {0};
    pat_buffer_append(&outcome.report, &report, size);
    pat_status status = pat_restore_report_read(&outcome, "a", &told, &error);
    pat_outcome_release(&outcome);
    return status;
}

static void test_hostile_reports(void **state)
{
    (void)state;
    const pat_setting fine = SETTING(PAT_COLOR_NONE, 1, 1);
    const pat_restore_report good = {.input_format = 1,
                                     .format = 1,
                                     .width = 1,
                                     .height = 1,
                                     .depth = 8,
                                     .channels = 3,
                                     .notes = ~0u,
                                     .unlike_count = PAT_UNLIKE_MAX,
                                     .predicted = SETTING(LEVELS, 1, 0),
                                     .raw = {NAN, INFINITY, -1}};
    assert_int_equal(read_report(good, fine, sizeof good), PAT_OK);
    assert_int_equal(read_report(good, fine, sizeof good - 1), PAT_INTERNAL);
    const pat_setting settings[] = {
        SETTING(AFFINE + 1, 1, 1),
        SETTING(0.5, 1, 1),
        SETTING(-1, 1, 1),
        SETTING(NAN, 1, 1),
        {{PAT_COLOR_NONE, WIENER + 1, 1, 1}},
        {{PAT_COLOR_NONE, NAN, 1, 1}},
        SETTING(PAT_COLOR_NONE, NAN, 0),
        SETTING(PAT_COLOR_NONE, 0, 1),
        SETTING(PAT_COLOR_NONE, 21, 1),
        SETTING(PAT_COLOR_NONE, 1, NAN),
        SETTING(PAT_COLOR_NONE, 1, -1),
        SETTING(PAT_COLOR_NONE, 1, 101),
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        pat_restore_report lie = good;
        lie.predicted = settings[i];
        assert_int_equal(read_report(good, settings[i], sizeof good), PAT_INTERNAL);
        assert_int_equal(read_report(lie, fine, sizeof lie), PAT_INTERNAL);
    }
    const struct {
        size_t offset;
        uint32_t value;
    } lies[] = {
        {offsetof(pat_restore_report, input_format), pat_format_count() + 1},
        {offsetof(pat_restore_report, format), 0},
        {offsetof(pat_restore_report, format), pat_format_count() + 1},
        {offsetof(pat_restore_report, width), 0},
        {offsetof(pat_restore_report, height), 1u << 31},
        {offsetof(pat_restore_report, depth), 12},
        {offsetof(pat_restore_report, channels), 2},
        {offsetof(pat_restore_report, unlike_count), PAT_UNLIKE_MAX + 1},
        {offsetof(pat_restore_report, unlike), PAT_FEATURES_MAX},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        pat_restore_report lie = good;
        memcpy((char *)&lie + lies[i].offset, &lies[i].value, sizeof lies[i].value);
        assert_int_equal(read_report(lie, fine, sizeof lie), PAT_INTERNAL);
    }
    static const double no_operators[] = {AFFINE + 1, -1, 0.5, NAN, INFINITY};
    for (size_t i = 0; i < sizeof no_operators / sizeof *no_operators; i++) {
        pat_restore_report lie = good;
        lie.predicted.value[PAT_AXIS_COLOR] = no_operators[i];
        assert_int_equal(read_report(lie, fine, sizeof lie), PAT_INTERNAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listen),       cmocka_unit_test(test_clients),
        cmocka_unit_test(test_guard),        cmocka_unit_test(test_names),
        cmocka_unit_test(test_disposition),  cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_json_answers), cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_base64),       cmocka_unit_test(test_problems),
        cmocka_unit_test(test_store),        cmocka_unit_test(test_hostile_reports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
