/* Buffers, scratch memory, arrays, error messages and SHA-256. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/sha256.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Makes AddressSanitizer's allocator return NULL on failure, like malloc. */
PAT_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* ---- buffer and memory ---- */

static void test_buffer_grows_and_keeps_its_bytes(void **state)
{
    (void)state;
    pat_buffer buffer = {0};
    for (int i = 0; i < 10000; i++) {
        pat_buffer_append_char(&buffer, (char)i);
        pat_buffer_append_text(&buffer, "ab");
    }
    assert_false(buffer.failed);
    assert_int_equal(buffer.size, 30000);
    for (int i = 0; i < 10000; i++) {
        assert_true(buffer.data[3 * i] == (char)i);
        assert_memory_equal(buffer.data + 3 * i + 1, "ab", 2);
    }
    pat_buffer_release(&buffer);
    assert_null(buffer.data);
    pat_buffer_release(&buffer);
}

static void test_buffer_consume_and_room(void **state)
{
    (void)state;
    pat_buffer buffer = {0};
    pat_buffer_append_text(&buffer, "12345");
    pat_buffer_consume(&buffer, 2);
    char *room = pat_buffer_room(&buffer, 1000);
    assert_non_null(room);
    assert_ptr_equal(room, buffer.data + 3);
    memset(room, 'x', 1000);
    buffer.size += 1000;
    assert_memory_equal(buffer.data, "345xx", 5);
    pat_buffer_consume(&buffer, 1003);
    assert_int_equal(buffer.size, 0);
    pat_buffer_consume(&buffer, 0);
    pat_buffer_append(&buffer, "", 0);
    assert_int_equal(buffer.size, 0);
    pat_buffer_release(&buffer);
}

static void test_empty_buffer_takes_nothing(void **state)
{
    (void)state;
    pat_buffer buffer = {0};
    pat_buffer_append_text(&buffer, "");
    pat_buffer_consume(&buffer, 0);
    assert_int_equal(buffer.size, 0);
    assert_non_null(pat_buffer_room(&buffer, 0));
    assert_false(buffer.failed);
    pat_buffer_release(&buffer);
}

static void test_buffer_failure_sticks_until_reset(void **state)
{
    (void)state;
    static const size_t too_much[] = {SIZE_MAX, SIZE_MAX - 5, SIZE_MAX / 2 + 1, (size_t)1 << 60};
    for (size_t i = 0; i < COUNT(too_much); i++) {
        pat_buffer buffer = {0};
        pat_buffer_append_text(&buffer, "kept");
        assert_null(pat_buffer_room(&buffer, too_much[i]));
        assert_true(buffer.failed);
        pat_buffer_append_text(&buffer, "lost");
        assert_int_equal(buffer.size, 4);
        assert_memory_equal(buffer.data, "kept", 4);

        pat_buffer_reset(&buffer);
        assert_false(buffer.failed);
        pat_buffer_append_text(&buffer, "new");
        assert_int_equal(buffer.size, 3);
        assert_memory_equal(buffer.data, "new", 3);
        pat_buffer_release(&buffer);
    }
}

static void test_scratch_is_aligned_and_reused(void **state)
{
    (void)state;
    pat_scratch scratch = {0};
    for (size_t size = 1; size < 100000; size = 3 * size + 1) {
        char *block = pat_scratch_get(&scratch, size, 2);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 64, 0);
        memset(block, 1, 2 * size);
        assert_ptr_equal(pat_scratch_get(&scratch, 1, 1), block);
        assert_ptr_equal(pat_scratch_get(&scratch, 2, size), block);
    }
    pat_scratch_release(&scratch);
    assert_null(scratch.data);
    assert_non_null(pat_scratch_get(&scratch, 0, 8));
    pat_scratch_release(&scratch);
    pat_scratch_release(&scratch);
}

static void test_scratch_overflow_and_failure(void **state)
{
    (void)state;
    static const struct {
        size_t count, size;
    } requests[] = {{SIZE_MAX, 1},         {SIZE_MAX, 8},
                    {SIZE_MAX / 8 + 1, 8}, {(size_t)1 << 32, (size_t)1 << 32},
                    {3, SIZE_MAX / 2},     {(size_t)1 << 60, 1}};
    for (size_t i = 0; i < COUNT(requests); i++) {
        pat_scratch scratch = {0};
        assert_non_null(pat_scratch_get(&scratch, 10, 1));
        assert_null(pat_scratch_get(&scratch, requests[i].count, requests[i].size));
        char *block = pat_scratch_get(&scratch, 1000, 1);
        assert_non_null(block);
        memset(block, 1, 1000);
        pat_scratch_release(&scratch);
    }
}

static void test_array_reserve(void **state)
{
    (void)state;
    int *items = NULL;
    size_t capacity = 0;
    for (size_t i = 0; i < 5000; i++) {
        assert_true(pat_array_reserve(&items, &capacity, i + 1, sizeof *items));
        assert_true(capacity > i);
        items[i] = (int)i;
    }
    assert_true(capacity < 4 * 5000);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(items[i], i);

    int *kept = items;
    size_t kept_capacity = capacity;
    static const size_t too_many[] = {SIZE_MAX, SIZE_MAX / 4, SIZE_MAX / 4 + 1, (size_t)1 << 58};
    for (size_t i = 0; i < COUNT(too_many); i++) {
        assert_false(pat_array_reserve(&items, &capacity, too_many[i], sizeof *items));
        assert_ptr_equal(items, kept);
        assert_int_equal(capacity, kept_capacity);
    }
    assert_null(pat_realloc_array(items, SIZE_MAX / 4 + 1, sizeof *items));
    assert_int_equal(items[4999], 4999);
    free(items);
}

/* ---- status and error ---- */

static void test_status_names_are_distinct_words(void **state)
{
    (void)state;
    for (int i = 0; i < PAT_STATUS_COUNT; i++) {
        const char *name = pat_status_name((pat_status)i);
        assert_non_null(name);
        assert_true(strlen(name) > 0);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(name, pat_status_name((pat_status)j));
    }
    assert_string_equal(pat_status_name(PAT_TOO_SMALL), "too_small");
    assert_string_equal(pat_status_name(PAT_WORKER_DIED), "worker_died");
    assert_non_null(pat_status_name(PAT_STATUS_COUNT));
    assert_non_null(pat_status_name((pat_status)4711));
}

static void test_fail_writes_status_and_message(void **state)
{
    (void)state;
    pat_error error = {0};
    assert_int_equal(pat_fail(&error, PAT_CORRUPT, "%s: %d bytes", "a.png", 12), PAT_CORRUPT);
    assert_int_equal(error.status, PAT_CORRUPT);
    assert_string_equal(error.message, "a.png: 12 bytes");
    assert_int_equal(pat_fail(NULL, PAT_EMPTY_FILE, "%s", "unread"), PAT_EMPTY_FILE);
    assert_int_equal(pat_fail_memory(&error, "a 512x512 image"), PAT_OUT_OF_MEMORY);
    assert_int_equal(error.status, PAT_OUT_OF_MEMORY);
    assert_non_null(strstr(error.message, "a 512x512 image"));
}

static void test_fail_replaces_control_characters(void **state)
{
    (void)state;
    pat_error error = {0};
    pat_fail(&error, PAT_CORRUPT, "%s", "a\nb\tc\x1b[31md\x7f\r\x01 \xc3\xa9~");
    assert_string_equal(error.message, "a?b?c?[31md??? \xc3\xa9~");
    pat_fail(&error, PAT_CORRUPT, "%s", "\xc2\x80 \xc2\x9b \xc2\xa0 \xc3\x9b \xc2");
    assert_string_equal(error.message, "?? ?? \xc2\xa0 \xc3\x9b \xc2"); /* U+0080, U+009B */
    for (int c = 1; c < 256; c++) {
        pat_fail(&error, PAT_CORRUPT, "%c", c);
        bool control = c < 0x20 || c == 0x7f;
        assert_int_equal((unsigned char)error.message[0], control ? '?' : c);
    }
}

static void test_fail_cuts_long_messages(void **state)
{
    (void)state;
    char text[3 * PAT_ERROR_MESSAGE_SIZE];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    struct {
        pat_error error;
        char after;
    } guarded = {.after = 'z'};
    pat_fail(&guarded.error, PAT_CORRUPT, "%s", text);
    assert_int_equal(strlen(guarded.error.message), PAT_ERROR_MESSAGE_SIZE - 1);
    assert_int_equal(guarded.after, 'z');
}

/* A UTF-8 message stays valid UTF-8 wherever it is cut, and keeps its end, which has the cause. */
static void test_fail_cuts_between_characters(void **state)
{
    (void)state;
    static const char *const characters[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x99\x82"};
    for (size_t i = 0; i < COUNT(characters); i++)
        for (size_t shift = 0; shift < 8; shift++) {
            char path[2 * PAT_ERROR_MESSAGE_SIZE] = "", ending[] = "no such file.......";
            size_t length = strlen(characters[i]), end = shift % 4;
            ending[sizeof ending - 1 - shift] = '\0';
            memset(path, 'b', end);
            while (end + length < sizeof path)
                end = (size_t)(stpcpy(path + end, characters[i]) - path);
            pat_error error;
            pat_fail(&error, PAT_CORRUPT, "%s%s", path, ending);
            size_t size = strlen(error.message);
            assert_in_range(size, PAT_ERROR_MESSAGE_SIZE - 7, PAT_ERROR_MESSAGE_SIZE - 1);
            char *gap = strstr(error.message, " ... "), *rest = gap + 5;
            assert_non_null(gap);
            assert_int_equal((gap - error.message - (ptrdiff_t)(shift % 4)) % (ptrdiff_t)length, 0);
            assert_memory_equal(error.message, path, (size_t)(gap - error.message));
            assert_int_equal((strlen(rest) - strlen(ending)) % length, 0);
            assert_string_equal(rest + strlen(rest) - strlen(ending), ending);
            assert_memory_equal(rest, characters[i], length);
        }
    pat_error stray;
    char text[2 * PAT_ERROR_MESSAGE_SIZE];
    memset(text, 0x80, sizeof text); /* not UTF-8 */
    text[sizeof text - 1] = '\0';
    pat_fail(&stray, PAT_CORRUPT, "%s", text);
    assert_in_range(strlen(stray.message), PAT_ERROR_MESSAGE_SIZE - 7, PAT_ERROR_MESSAGE_SIZE - 1);
}

/* ---- SHA-256: test vectors from the examples of FIPS 180-4 ---- */

static void test_sha256_known_vectors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *digest;
    } vectors[] = {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                   {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                   {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}};
    pat_sha256 hash;
    pat_sha256_init(&hash); /* only once: finishing resets it */
    for (size_t i = 0; i < COUNT(vectors); i++) {
        char digest[PAT_SHA256_TEXT_SIZE];
        for (const char *c = vectors[i].text; *c != '\0'; c++)
            pat_sha256_update(&hash, c, 1);
        pat_sha256_finish(&hash, digest);
        assert_string_equal(digest, vectors[i].digest);
    }
}

static void test_sha256_of_a_million_letters(void **state)
{
    (void)state;
    char block[1000], digest[PAT_SHA256_TEXT_SIZE];
    memset(block, 'a', sizeof block);
    pat_sha256 hash;
    pat_sha256_init(&hash);
    for (int i = 0; i < 1000; i++)
        pat_sha256_update(&hash, block, sizeof block);
    pat_sha256_finish(&hash, digest);
    assert_string_equal(digest, "cdc76e5c9914fb9281a1c7e284d73e67"
                                "f1809a48a497200e046d39ccc7112cd0");
    assert_true(strlen(pat_sha256_version()) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buffer_grows_and_keeps_its_bytes),
        cmocka_unit_test(test_buffer_consume_and_room),
        cmocka_unit_test(test_empty_buffer_takes_nothing),
        cmocka_unit_test(test_buffer_failure_sticks_until_reset),
        cmocka_unit_test(test_scratch_is_aligned_and_reused),
        cmocka_unit_test(test_scratch_overflow_and_failure),
        cmocka_unit_test(test_array_reserve),
        cmocka_unit_test(test_status_names_are_distinct_words),
        cmocka_unit_test(test_fail_writes_status_and_message),
        cmocka_unit_test(test_fail_replaces_control_characters),
        cmocka_unit_test(test_fail_cuts_long_messages),
        cmocka_unit_test(test_fail_cuts_between_characters),
        cmocka_unit_test(test_sha256_known_vectors),
        cmocka_unit_test(test_sha256_of_a_million_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
