/* The base room: number text, memory, error messages, SHA-256, output files, CPU limits. */
#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <ftw.h>
#include <locale.h>
#include <math.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/cpu.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/sha256.h"
#include "patina/patina.h"
#include "ref/naive_number.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Lets AddressSanitizer's allocator fail as malloc does. */
PAT_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

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
        fail_msg("'%s' is %.17g, not %.17g", text, got, want);
}

/* Digits and notation (%g's with 15, 16 or 17 digits) are what trying every precision finds. */
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
        fail_msg("%s is not the shortest of %a: its digits are %s, the first 1e%d", text, value,
                 want.digits, want.exponent);
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

/* Below a power of two doubles lie twice as dense, so its decimals are chosen otherwise. */
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
            fail_msg("'%s' was taken for the number %g", bad[i], value);
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

/* Switch the process to a locale with a decimal comma, installed or made in `folder`. */
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
    if (system(command) != 0) /* none, or it lacks the definitions */
        return false;
    setenv("LOCPATH", folder, 1);
    return setlocale(LC_ALL, "de_DE.UTF-8") != NULL && has_decimal_comma();
}

static void test_numbers_have_points_in_a_locale_of_commas(void **state)
{
    if (!enter_comma_locale(*state)) {
        print_message("no locale with a decimal comma, and localedef cannot make one\n");
        skip();
    }
    char text[PAT_NUMBER_TEXT_SIZE];
    double value = 0;
    snprintf(text, sizeof text, "%g", 0.5);
    assert_string_equal(text, "0,5"); /* the locale is in force */

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

/* ---- SHA-256: the vectors of FIPS 180-4's examples ---- */

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
    pat_sha256_init(&hash); /* once: finishing starts it anew */
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

/* ---- a folder for each test that needs one ---- */

static int make_folder(void **state)
{
    char *folder = strdup("/tmp/patina-test-base-XXXXXX");
    *state = folder;
    return folder == NULL || mkdtemp(folder) == NULL;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info, (void)type, (void)where;
    return remove(path);
}

/* Also undoes what a failed test may have left set in the process. */
static int remove_folder(void **state)
{
    setlocale(LC_ALL, "C");
    unsetenv("LOCPATH");
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
    int result = nftw(*state, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return result;
}

enum { PATH_SIZE = 512 };

static const char *path_in(const char *folder, const char *name, char path[PATH_SIZE])
{
    assert_true(snprintf(path, PATH_SIZE, "%s/%s", folder, name) < PATH_SIZE);
    return path;
}

static bool exists(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    struct stat info;
    return lstat(path_in(folder, name, path), &info) == 0;
}

/* Write a file, creating the folders on the way. */
static void put(const char *folder, const char *name, const char *text)
{
    char path[PATH_SIZE];
    path_in(folder, name, path);
    for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_contents(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[PATH_SIZE];
    FILE *file = fopen(path_in(folder, name, path), "r");
    assert_non_null(file);
    char *contents = malloc(size + 1);
    assert_non_null(contents);
    size_t read = fread(contents, 1, size + 1, file);
    fclose(file);
    assert_int_equal(read, size);
    assert_memory_equal(contents, bytes, size);
    free(contents);
}

static void assert_text(const char *folder, const char *name, const char *text)
{
    assert_contents(folder, name, text, strlen(text));
}

/* ---- output files ---- */

/* Called once in the middle of pat_file_open(), between opening the partial file and locking it. */
static void (*before_locking)(void);

PAT_API int flock(int descriptor, int operation)
{
    void (*act)(void) = before_locking;
    before_locking = NULL;
    if (act != NULL)
        act();
    return (int)syscall(SYS_flock, descriptor, operation);
}

static void open_file(pat_file *file, const char *folder, const char *name)
{
    char path[PATH_SIZE];
    pat_error error = {0};
    if (pat_file_open(file, path_in(folder, name, path), &error) != PAT_OK)
        fail_msg("%s", error.message);
}

static void append(pat_file *file, const char *text)
{
    assert_int_equal(pat_file_append(file, text, strlen(text), NULL), PAT_OK);
}

static void commit(pat_file *file, char digest[PAT_SHA256_TEXT_SIZE])
{
    pat_error error = {0};
    if (pat_file_finish(file, digest, &error) != PAT_OK || pat_file_place(file, &error) != PAT_OK)
        fail_msg("%s", error.message);
    pat_file_abandon(file, false);
}

/* Opening `path` fails with a message that names it, and leaves no partial file. */
static void assert_refused(const char *path, const char *because)
{
    pat_file file = {0};
    pat_error error = {0};
    pat_status status = pat_file_open(&file, path, &error);
    pat_file_abandon(&file, false);
    assert_int_equal(status, PAT_WRITE_FAILED);
    assert_int_equal(error.status, PAT_WRITE_FAILED);
    assert_non_null(strstr(error.message, path));
    if (strstr(error.message, because) == NULL)
        fail_msg("'%s' does not tell '%s'", error.message, because);
}

static void test_commit_makes_the_file_whole(void **state)
{
    enum { SIZE = 300000 };
    char *bytes = malloc(SIZE);
    assert_non_null(bytes);
    for (int i = 0; i < SIZE; i++)
        bytes[i] = (char)random_bits();
    pat_sha256 hash;
    char want[PAT_SHA256_TEXT_SIZE], got[PAT_SHA256_TEXT_SIZE];
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, bytes, SIZE);
    pat_sha256_finish(&hash, want);

    pat_file file = {0};
    open_file(&file, *state, "out.csv");
    size_t piece = 1;
    for (size_t done = 0; done < SIZE; done += piece, piece = piece * 2 % 90001) {
        piece = piece < SIZE - done ? piece : SIZE - done;
        assert_int_equal(pat_file_append(&file, bytes + done, piece, NULL), PAT_OK);
    }
    commit(&file, got);
    assert_string_equal(got, want);
    assert_contents(*state, "out.csv", bytes, SIZE);
    assert_false(exists(*state, "out.csv.partial"));
    free(bytes);
}

static void test_nothing_appears_before_commit(void **state)
{
    pat_file file = {0};
    open_file(&file, *state, "out.csv");
    assert_true(exists(*state, "out.csv.partial"));
    append(&file, "a,b\n");
    assert_int_equal(pat_file_flush(&file, NULL), PAT_OK);
    assert_text(*state, "out.csv.partial", "a,b\n");
    assert_false(exists(*state, "out.csv"));
    append(&file, "1,2\n");
    commit(&file, NULL);
    assert_text(*state, "out.csv", "a,b\n1,2\n");
}

static void test_empty_file_can_be_committed(void **state)
{
    pat_file file = {0};
    char digest[PAT_SHA256_TEXT_SIZE];
    open_file(&file, *state, "empty");
    commit(&file, digest);
    assert_text(*state, "empty", "");
    assert_memory_equal(digest, "e3b0c442", 8);
}

static void test_old_file_stays_until_commit(void **state)
{
    put(*state, "out.csv", "the old one");
    put(*state, "out.csv.partial", "left by a run that was killed, longer than the new one");
    pat_file file = {0};
    open_file(&file, *state, "out.csv");
    append(&file, "new");
    assert_int_equal(pat_file_flush(&file, NULL), PAT_OK);
    assert_text(*state, "out.csv", "the old one");
    assert_text(*state, "out.csv.partial", "new");
    commit(&file, NULL);
    assert_text(*state, "out.csv", "new");
}

static void test_abandon(void **state)
{
    pat_file file = {0};
    pat_file_abandon(&file, false);
    put(*state, "out.csv", "old");
    open_file(&file, *state, "out.csv");
    append(&file, "rows so far");
    assert_int_equal(pat_file_flush(&file, NULL), PAT_OK);
    pat_file_abandon(&file, true);
    assert_text(*state, "out.csv.partial", "rows so far");
    assert_text(*state, "out.csv", "old");

    open_file(&file, *state, "out.csv");
    append(&file, "more");
    pat_file_abandon(&file, false);
    pat_file_abandon(&file, false);
    assert_false(exists(*state, "out.csv.partial"));
    assert_text(*state, "out.csv", "old");
}

static void test_second_writer_is_refused(void **state)
{
    pat_file first = {0};
    char path[PATH_SIZE];
    path_in(*state, "out.csv", path);
    open_file(&first, *state, "out.csv");
    append(&first, "first");
    assert_int_equal(pat_file_flush(&first, NULL), PAT_OK);
    assert_refused(path, "another");
    assert_text(*state, "out.csv.partial", "first");
    append(&first, " and only");
    commit(&first, NULL);
    assert_text(*state, "out.csv", "first and only");

    pat_file second = {0};
    open_file(&second, *state, "out.csv");
    append(&second, "second");
    commit(&second, NULL);
    assert_text(*state, "out.csv", "second");
}

static pat_file finishing;

static void finish(void)
{
    commit(&finishing, NULL);
}

/* The second writer has opened the partial file of the first, which then becomes the result. */
static void test_writer_that_locks_late_does_not_empty_the_result(void **state)
{
    char path[PATH_SIZE];
    pat_file late = {0};
    open_file(&finishing, *state, "out.csv");
    append(&finishing, "first");
    before_locking = finish;
    if (pat_file_open(&late, path_in(*state, "out.csv", path), NULL) == PAT_OK)
        append(&late, "second");
    assert_text(*state, "out.csv", "first");
    pat_file_abandon(&late, false);
    assert_text(*state, "out.csv", "first");
}

static void test_missing_folder(void **state)
{
    char path[PATH_SIZE];
    assert_refused(path_in(*state, "no/such/out.csv", path), "folder");
    assert_false(exists(*state, "no"));
}

static void test_what_is_not_a_file_is_left_alone(void **state)
{
    static const char *const names[] = {"folder", "fifo", "device"};
    char path[PATH_SIZE];
    assert_int_equal(mkdir(path_in(*state, "folder", path), 0777), 0);
    assert_int_equal(mkfifo(path_in(*state, "fifo", path), 0666), 0);
    assert_int_equal(symlink("/dev/null", path_in(*state, "device", path)), 0);
    for (size_t i = 0; i < COUNT(names); i++) {
        char partial[64];
        assert_refused(path_in(*state, names[i], path), "not a regular file");
        snprintf(partial, sizeof partial, "%s.partial", names[i]);
        assert_false(exists(*state, partial));
        assert_true(exists(*state, names[i]));
    }
    assert_refused("/dev/null", "not a regular file");
    struct stat info;
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
    assert_false(exists("/dev", "null.partial"));
}

static void test_partial_that_is_a_folder(void **state)
{
    char path[PATH_SIZE];
    assert_int_equal(mkdir(path_in(*state, "out.csv.partial", path), 0777), 0);
    assert_refused(path_in(*state, "out.csv", path), "create");
    assert_true(exists(*state, "out.csv.partial"));
}

/* As on a full disk: some bytes still go, the rest does not. */
static void limit_file_size(size_t size)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_failed_write_is_told_and_leaves_the_old_file(void **state)
{
    put(*state, "out.csv", "old");
    pat_file file = {0};
    pat_error error = {0};
    open_file(&file, *state, "out.csv");
    limit_file_size(100000);
    pat_status status = PAT_OK;
    int lines = 0;
    while (status == PAT_OK && lines++ < 100000)
        status = pat_file_append(&file, "0123456789\n", 11, &error);
    assert_int_equal(status, PAT_WRITE_FAILED);
    assert_int_equal(error.status, PAT_WRITE_FAILED);
    assert_non_null(strstr(error.message, "out.csv.partial"));
    assert_non_null(strstr(error.message, "File too large"));
    assert_text(*state, "out.csv", "old");
    pat_file_abandon(&file, false);
    assert_false(exists(*state, "out.csv.partial"));
}

static void test_failed_commit_keeps_the_partial_file(void **state)
{
    put(*state, "out.csv", "old");
    pat_file file = {0};
    pat_error error = {0};
    open_file(&file, *state, "out.csv");
    append(&file, "0123456789");
    limit_file_size(4);
    char digest[PAT_SHA256_TEXT_SIZE];
    assert_int_equal(pat_file_finish(&file, digest, &error), PAT_WRITE_FAILED);
    assert_int_equal(error.status, PAT_WRITE_FAILED);
    assert_text(*state, "out.csv", "old");
    pat_file_abandon(&file, true);
    assert_text(*state, "out.csv.partial", "0123");
}

/* Whoever tries again after a failed write (space was freed) gets every byte once. */
static void test_write_can_be_tried_again(void **state)
{
    pat_file file = {0};
    open_file(&file, *state, "out.csv");
    append(&file, "0123456789");
    limit_file_size(4);
    assert_int_equal(pat_file_flush(&file, NULL), PAT_WRITE_FAILED);
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    commit(&file, NULL);
    assert_text(*state, "out.csv", "0123456789");
}

static void test_partial_file_removed_by_someone_else(void **state)
{
    char path[PATH_SIZE];
    pat_file file = {0};
    pat_error error = {0};
    open_file(&file, *state, "out.csv");
    append(&file, "rows");
    assert_int_equal(unlink(path_in(*state, "out.csv.partial", path)), 0);
    assert_int_equal(pat_file_finish(&file, NULL, &error), PAT_OK);
    assert_int_equal(pat_file_place(&file, &error), PAT_WRITE_FAILED);
    assert_non_null(strstr(error.message, "out.csv"));
    pat_file_abandon(&file, false);
    assert_false(exists(*state, "out.csv"));
}

/* ---- CPUs ---- */

static void test_cgroup_version_2(void **state)
{
    static const struct {
        const char *limit;
        int cpus;
    } cases[] = {{"max 100000\n", 0},
                 {"150000 100000\n", 2},
                 {"100000 100000\n", 1},
                 {"100001 100000\n", 2},
                 {"1000 100000\n", 1},
                 {"400000 50000\n", 8},
                 {"0 100000\n", 0},
                 {"-1 100000\n", 0},
                 {"100000 0\n", 0},
                 {"100000\n", 0},
                 {"max\n", 0},
                 {"", 0},
                 {"\n", 0},
                 {"lots of it\n", 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        put(*state, "group/cpu.max", cases[i].limit);
        assert_int_equal(pat_cgroup_cpus("0::/group\n", *state), cases[i].cpus);
        assert_int_equal(pat_cgroup_cpus("0::/group", *state), cases[i].cpus);
    }
    assert_int_equal(pat_cgroup_cpus("0::/\n", *state), 0);
    assert_int_equal(pat_cgroup_cpus("0::/no/such\n", *state), 0);
}

static void test_cgroup_tightest_limit_of_the_hierarchy(void **state)
{
    put(*state, "a/b/c/cpu.max", "800000 100000\n");
    put(*state, "a/b/cpu.max", "max 100000\n");
    put(*state, "a/cpu.max", "400000 100000\n");
    put(*state, "other/cpu.max", "100000 100000\n");
    assert_int_equal(pat_cgroup_cpus("0::/a/b/c\n", *state), 4);
    assert_int_equal(pat_cgroup_cpus("0::/a/b\n", *state), 4);
    put(*state, "a/b/cpu.max", "200000 100000\n");
    assert_int_equal(pat_cgroup_cpus("0::/a/b/c\n", *state), 2);
    assert_int_equal(pat_cgroup_cpus("0::/a\n", *state), 4);
    assert_int_equal(pat_cgroup_cpus("0::/\n", *state), 0);
    put(*state, "cpu.max", "300000 100000\n"); /* a container sees its own limit at the root */
    assert_int_equal(pat_cgroup_cpus("0::/\n", *state), 3);
    assert_int_equal(pat_cgroup_cpus("0::/a/b/c\n", *state), 2);
    assert_int_equal(pat_cgroup_cpus("0::/unknown/here\n", *state), 3);
}

static void test_cgroup_version_1(void **state)
{
    static const char membership[] = "5:memory:/m\n4:cpu,cpuacct:/docker/x\n1:name=systemd:/\n";
    static const struct {
        const char *quota, *period;
        int cpus;
    } cases[] = {{"-1\n", "100000\n", 0},  {"250000\n", "100000\n", 3}, {"100000\n", "100000\n", 1},
                 {"0\n", "100000\n", 0},   {"100000\n", "0\n", 0},      {"100000\n", "", 0},
                 {"what\n", "100000\n", 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        put(*state, "cpu,cpuacct/docker/x/cpu.cfs_quota_us", cases[i].quota);
        put(*state, "cpu,cpuacct/docker/x/cpu.cfs_period_us", cases[i].period);
        assert_int_equal(pat_cgroup_cpus(membership, *state), cases[i].cpus);
    }
    put(*state, "cpu,cpuacct/cpu.cfs_quota_us", "500000\n");
    put(*state, "cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    assert_int_equal(pat_cgroup_cpus(membership, *state), 5);
    assert_int_equal(pat_cgroup_cpus("4:cpu,cpuacct:/not/mounted/here\n", *state), 5);
    put(*state, "cpu/cpu.cfs_quota_us", "700000\n");
    put(*state, "cpu/cpu.cfs_period_us", "100000\n");
    assert_int_equal(pat_cgroup_cpus("1:cpu:/\n", *state), 7);
}

static void test_cgroup_other_controllers_do_not_count(void **state)
{
    static const char *const controllers[] = {"cpuset", "cpuacct", "memory", "name=systemd"};
    for (size_t i = 0; i < COUNT(controllers); i++) {
        char name[64], membership[64];
        snprintf(name, sizeof name, "%s/cpu.cfs_quota_us", controllers[i]);
        put(*state, name, "100000\n");
        snprintf(name, sizeof name, "%s/cpu.cfs_period_us", controllers[i]);
        put(*state, name, "100000\n");
        snprintf(membership, sizeof membership, "3:%s:/\n", controllers[i]);
        assert_int_equal(pat_cgroup_cpus(membership, *state), 0);
    }
}

static void test_cgroup_both_versions_at_once(void **state)
{
    put(*state, "cpu/g/cpu.cfs_quota_us", "600000\n");
    put(*state, "cpu/g/cpu.cfs_period_us", "100000\n");
    put(*state, "g/cpu.max", "300000 100000\n");
    assert_int_equal(pat_cgroup_cpus("7:cpu:/g\n0::/g\n", *state), 3);
    put(*state, "g/cpu.max", "900000 100000\n");
    assert_int_equal(pat_cgroup_cpus("7:cpu:/g\n0::/g\n", *state), 6);
}

static void test_cgroup_garbage(void **state)
{
    static const char *const garbage[] = {"",       "\n\n",         "no colons", "0:",
                                          "0::",    ":::",          "0:cpu\n",   "0::relative",
                                          "4:cpu:", "::/../../..\n"};
    for (size_t i = 0; i < COUNT(garbage); i++)
        assert_int_equal(pat_cgroup_cpus(garbage[i], *state), 0);
    char text[9000];
    memset(text, '/', sizeof text);
    memcpy(text, "0::", 3);
    text[sizeof text - 1] = '\0';
    assert_int_equal(pat_cgroup_cpus(text, *state), 0);

    put(*state, "huge/cpu.max", "99999999999999999999999 100000\n");
    int cpus = pat_cgroup_cpus("0::/huge\n", *state);
    assert_true(cpus == 0 || cpus > 1000000);
}

static void test_available_cpus_follows_the_affinity(void **state)
{
    (void)state;
    cpu_set_t all, one;
    CPU_ZERO(&one);
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    size_t first = 0;
    while (!CPU_ISSET(first, &all))
        first++;
    CPU_SET(first, &one);

    int usual = pat_available_cpus();
    assert_true(usual >= 1 && usual <= CPU_COUNT(&all));
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    int restricted = pat_available_cpus();
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_int_equal(restricted, 1);
    assert_int_equal(pat_available_cpus(), usual);
}

static void test_cpu_model(void **state)
{
    (void)state;
    char name[128] = "", small[4] = "";
    pat_cpu_model(name, sizeof name);
    assert_true(strlen(name) > 0);
    assert_null(strchr(name, '\n'));
    pat_cpu_model(small, sizeof small);
    assert_int_equal(strncmp(small, name, 3), 0);
}

static void test_clock_moves_forward(void **state)
{
    (void)state;
    double start = pat_clock_seconds();
    usleep(20000);
    double elapsed = pat_clock_seconds() - start;
    assert_true(elapsed >= 0.02 && elapsed < 60);
}

static void test_version(void **state)
{
    (void)state;
    int major, minor, patch, length = 0;
    sscanf(pat_version(), "%d.%d.%d%n", &major, &minor, &patch, &length);
    assert_int_equal(length, strlen(pat_version()));
    assert_true(length >= 5);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

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
        cmocka_unit_test(test_sha256_known_vectors),
        cmocka_unit_test(test_sha256_of_a_million_letters),
        FOLDER_TEST(test_commit_makes_the_file_whole),
        FOLDER_TEST(test_nothing_appears_before_commit),
        FOLDER_TEST(test_empty_file_can_be_committed),
        FOLDER_TEST(test_old_file_stays_until_commit),
        FOLDER_TEST(test_abandon),
        FOLDER_TEST(test_second_writer_is_refused),
        FOLDER_TEST(test_writer_that_locks_late_does_not_empty_the_result),
        FOLDER_TEST(test_missing_folder),
        FOLDER_TEST(test_what_is_not_a_file_is_left_alone),
        FOLDER_TEST(test_partial_that_is_a_folder),
        FOLDER_TEST(test_failed_write_is_told_and_leaves_the_old_file),
        FOLDER_TEST(test_failed_commit_keeps_the_partial_file),
        FOLDER_TEST(test_write_can_be_tried_again),
        FOLDER_TEST(test_partial_file_removed_by_someone_else),
        FOLDER_TEST(test_cgroup_version_2),
        FOLDER_TEST(test_cgroup_tightest_limit_of_the_hierarchy),
        FOLDER_TEST(test_cgroup_version_1),
        FOLDER_TEST(test_cgroup_other_controllers_do_not_count),
        FOLDER_TEST(test_cgroup_both_versions_at_once),
        FOLDER_TEST(test_cgroup_garbage),
        cmocka_unit_test(test_available_cpus_follows_the_affinity),
        cmocka_unit_test(test_cpu_model),
        cmocka_unit_test(test_clock_moves_forward),
        cmocka_unit_test(test_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
