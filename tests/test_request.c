/* What the web server parses: heads of requests, header values, forms and tokens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "web/head.h"
#include "web/limits.h"
#include "web/multipart.h"
#include "web/parameter.h"
#include "web/text.h"
#include "web/token.h"

/* ---- Requests -------------------------------------------------------------------------------- */

static pat_problem parse(pat_request *request, const char *text, size_t size)
{
    static char head[1024];
    const char *message = NULL;
    memcpy(head, text, size);
    head[size] = '\0';
    pat_problem problem = pat_request_parse(request, head, size, &message);
    if (problem == PAT_PROBLEM_NONE)
        problem = pat_request_decode(request, &message);
    assert_int_equal(problem != PAT_PROBLEM_NONE, message != NULL);
    return problem;
}

/* A head is complete at its empty line or at its first wrong byte, in whatever pieces it comes. */
static void test_head_size(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size, head;
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\nX", 19, 18},
        {"GET / HTTP/1.1\r\nA: b\r\n\r\n", 24, 24},
        {"GET / HTTP/1.1\r\nA: b\r\n\r", 23, 0},
        {"GET / HTTP/1.1\r\nA: b\r\n", 22, 0},
        {"G\nX", 3, 2},
        {"G\rX", 3, 2},
        {"G\0X", 3, 2},
        {"G\r", 2, 0},
        {"", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t whole = 0, scanned = 0, head = 0;
        assert_int_equal(pat_head_size(cases[i].bytes, cases[i].size, &whole), cases[i].head);
        for (size_t size = 0; size <= cases[i].size && head == 0; size++)
            head = pat_head_size(cases[i].bytes, size, &scanned);
        assert_true(head == cases[i].head);
    }
}

static void test_request(void **state)
{
    (void)state;
    static const char text[] = "POST /a%20b/+?x=1+2&token=%41&y&z=%00&%zz=1 HTTP/1.1\r\n"
                               "hOST:\tname \t\r\nContent-Length: 012\r\nOther: 1\r\n"
                               "Connection: a, close\r\nCookie:\r\n\r\n";
    pat_request request;
    assert_int_equal(parse(&request, text, sizeof text - 1), PAT_PROBLEM_NONE);
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.path, "/a b/+");
    assert_string_equal(request.version, "HTTP/1.1");
    assert_string_equal(request.host, "name");
    assert_string_equal(request.cookie, "");
    assert_null(request.accept);
    assert_true(request.has_length && request.closes);
    assert_int_equal(request.length, 12);
    assert_int_equal(request.arguments, 5);
    assert_string_equal(request.argument[0].value, "1 2");
    assert_string_equal(pat_request_argument(&request, "token"), "A");
    for (int i = 2; i < 5; i++)
        assert_null(request.argument[i].value);
    for (size_t size = 0; size < sizeof text - 1; size++) /* cut short */
        assert_int_equal(parse(&request, text, size), PAT_PROBLEM_MALFORMED);
    for (size_t i = 0; i + 3 < sizeof text; i++) { /* a control byte anywhere */
        char wrong[sizeof text];
        memcpy(wrong, text, sizeof text);
        wrong[i] = (char)(i % 32 == '\t' || i % 32 == '\r' || i % 32 == '\n' ? 0x7f : i % 32);
        assert_int_equal(parse(&request, wrong, sizeof text - 1), PAT_PROBLEM_MALFORMED);
    }
}

static void test_parameters_of_fields(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        pat_found found;
        const char *text;
    } cases[] = {
        {"a/b; name=x", PAT_FOUND, "x"},
        {"a/b;NAME=\"x; y\";z=1", PAT_FOUND, "x; y"},
        {"a/b; z=1 ; name = x ;", PAT_FOUND, "x"},
        {"a/b; z=\"; name=y\"; name=x", PAT_FOUND, "x"},
        {"a/b; name=\"a\\\"b\\\\c\\d\"", PAT_FOUND, "a\"b\\c\\d"},
        {"a/b; name=\"\"", PAT_FOUND, ""},
        {"a/b; name=", PAT_FOUND, ""},
        {"a/b; name=a=b", PAT_FOUND, "a=b"},
        {"a/b; name=1234567", PAT_FOUND, "1234567"},
        {"a/b; name=12345678", PAT_UNREADABLE_VALUE, ""},
        {"a/b; name=\"12345678\"", PAT_UNREADABLE_VALUE, ""},
        {"a/b; name=x; name=x", PAT_UNREADABLE_VALUE, ""},
        {"a/b; name=x y", PAT_UNREADABLE_VALUE, ""},
        {"a/b; name=\"x", PAT_UNREADABLE_VALUE, ""},
        {"a/b; name=\"x\"y", PAT_UNREADABLE_VALUE, ""},
        {"a/b; name", PAT_UNREADABLE_VALUE, ""},
        {"a/b; name=x; =", PAT_UNREADABLE_VALUE, ""},
        {"a/b; filename=x; names=x", PAT_MISSING, ""},
        {"a/b", PAT_MISSING, ""},
        {"", PAT_MISSING, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[8];
        assert_int_equal(pat_value_parameter(cases[i].value, "name", text, sizeof text),
                         cases[i].found);
        assert_string_equal(text, cases[i].text);
    }
    assert_true(pat_value_is("Form-Data ; x", "form-data"));
    assert_true(pat_value_is("form-data", "form-data"));
    assert_false(pat_value_is("form-data2", "form-data"));
}

/* ---- Forms ----------------------------------------------------------------------------------- */

/* What a form contains: "image(name):bytes;" and "name=value;". */
static char form_told[512];

static pat_status tell_image(void *context, const char *file, pat_error *error)
{
    (void)context;
    (void)error;
    sprintf(strchr(form_told, '\0'), "image(%s):", file == NULL ? "" : file);
    return PAT_OK;
}

static pat_status tell_bytes(void *context, const char *bytes, size_t size, pat_error *error)
{
    (void)context;
    (void)error;
    strncat(form_told, bytes, size);
    return PAT_OK;
}

static pat_status tell_field(void *context, const char *name, const char *value, pat_error *error)
{
    (void)context;
    (void)error;
    sprintf(strchr(form_told, '\0'), ";%s=%s;", name, value);
    return PAT_OK;
}

/* Parse a body in pieces of `step` bytes. */
static pat_status parse_form(const char *body, size_t size, size_t step)
{
    const pat_form form = {NULL, tell_image, tell_bytes, tell_field, 4};
    pat_multipart *multipart;
    pat_error error = {0};
    pat_status status =
        pat_multipart_create("multipart/form-data; boundary=B", &form, &multipart, &error);
    form_told[0] = '\0';
    for (size_t at = 0; at < size && status == PAT_OK; at += step)
        status =
            pat_multipart_feed(multipart, body + at, size - at < step ? size - at : step, &error);
    if (status == PAT_OK)
        return pat_multipart_end(multipart, &error);
    pat_multipart_free(multipart);
    return status;
}

#define PART(name) "\r\nContent-Disposition: form-data; name=" name "\r\n"

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *body, *told; /* told: NULL if it is malformed */
    } cases[] = {
        {"--B" PART("image") "\r\nx\r\n--B--\r\n", "image():x"},
        {"--B" PART("image") "\r\nx\r\n--B--", "image():x"},
        {"before\r\n--B" PART("image") "\r\nx\r\n--B-- \r\nafter\r\n--B\r\n", "image():x"},
        {"--B \t " PART("a") "\r\n1\r\n--B" PART("\"image\"; filename=\"f\"") "\r\nx\r\n--B--",
         ";a=1;image(f):x"},
        {"--B\r\ncontent-type: a/b\r\nCONTENT-DISPOSITION:form-data;\r\n name=\"image\";\r\n"
         "\tfilename=f\r\nContent-Transfer-Encoding: binary\r\n\r\nx\r\n--B--",
         "image(f):x"},
        {"--B" PART("image") "\r\n\r\n-\r\n--\r\n--A--B\r\r\n--B--",
         "image():\r\n-\r\n--\r\n--A--B\r"},
        {"--B" PART("image") "\r\n--B--", "image():"},
        {"--B" PART("image") "\r\n\r\n--B--", "image():"},
        {"--B" PART("_charset_") "\r\nUTF-8\r\n--B" PART("image") "\r\nx\r\n--B--", "image():x"},
        {"--B" PART("image") "\r\nx\r\n--B", NULL},
        {"--B" PART("image") "\r\nx\r\n--Bx--", NULL},
        {"--B" PART("image") "\r\nx\n--B--", NULL},
        {"--B--", NULL},
        {"", NULL},
        {"--B\r\n\r\nx\r\n--B--", NULL},
        {"--B" PART("image; name=image") "\r\nx\r\n--B--", NULL},
        {"--B" PART("image") "Content-Disposition: form-data; name=a\r\n\r\nx\r\n--B--", NULL},
        {"--B" PART("image") "Content-Transfer-Encoding: base64\r\n\r\nx\r\n--B--", NULL},
        {"--B\r\nContent-Disposition: file; name=image\r\n\r\nx\r\n--B--", NULL},
        {"--B" PART("a") "\r\n1\r\n--B--", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step<100; step += step> 4 ? 31 : 1) {
            pat_status status = parse_form(cases[i].body, strlen(cases[i].body), step);
            assert_int_equal(status, cases[i].told != NULL ? PAT_OK : PAT_MALFORMED);
            if (cases[i].told != NULL)
                assert_string_equal(form_told, cases[i].told);
        }
}

/* What may be long has the same limit in one piece and in many. */
static void test_long_forms(void **state)
{
    (void)state;
    enum { LIMIT = PAT_PART_HEADER_BYTES_MAX };
    static const struct {
        const char *start, *end; /* around the long part */
        size_t most, counted;    /* counted: bytes of `start` that belong to it */
        char filler;
    } cases[] = {
        {"--B" PART("image") "X: ", "\r\n\r\nx\r\n--B--", LIMIT, sizeof PART("image") + 2, 'x'},
        {"--B", PART("image") "\r\nx\r\n--B--", LIMIT, 0, ' '},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t over = 0; over < 5; over++) {
            char body[2 * LIMIT];
            size_t length = strlen(cases[i].start), filler = cases[i].most - cases[i].counted;
            memcpy(body, cases[i].start, length);
            memset(body + length, cases[i].filler, filler + over);
            strcpy(body + length + filler + over, cases[i].end);
            size_t size = strlen(body);
            for (size_t step = 1; step <= size; step = step == 1 ? size / 2 + 1 : 2 * step)
                assert_int_equal(parse_form(body, size, step), over == 0 ? PAT_OK : PAT_MALFORMED);
            assert_int_equal(parse_form(body, size, size), over == 0 ? PAT_OK : PAT_MALFORMED);
        }
}

/* ---- The token ------------------------------------------------------------------------------- */

static void test_token(void **state)
{
    (void)state;
    char path[] = "/tmp/test_web_token.XXXXXX", header[128];
    pat_token token = {0};
    pat_error error = {0};
    pat_buffer cookie = {0};
    int file = mkstemp(path);
    assert_int_equal(write(file, "abcdefgh12345678\n", 17), 17);
    close(file);
    assert_int_equal(pat_token_read(&token, path, &error), PAT_OK);
    unlink(path);
    pat_token_set_port(&token, 80);
    pat_token_put_cookie(&token, &cookie);
    assert_true(pat_put_end(&cookie));
    assert_true(strncmp(cookie.data, "patina_80=", 10) == 0);
    *strchr(cookie.data, ';') = '\0';
    snprintf(header, sizeof header, "a=b; %s", cookie.data);
    assert_true(token.is_needed && pat_token_is(&token, "abcdefgh12345678"));
    assert_false(pat_token_is(&token, "abcdefgh12345679"));
    assert_false(pat_token_is(&token, ""));
    assert_true(pat_token_is_in(&token, "Bearer  abcdefgh12345678", NULL));
    assert_false(pat_token_is_in(&token, "Bearer abcdefgh12345678 ", NULL));
    assert_true(pat_token_is_in(&token, NULL, header));
    header[strlen(header) - 1] ^= 1;
    assert_false(pat_token_is_in(&token, NULL, header));
    assert_false(pat_token_is_in(&token, NULL, NULL));
    pat_buffer_release(&cookie);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_size),
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_parameters_of_fields),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_long_forms),
        cmocka_unit_test(test_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
