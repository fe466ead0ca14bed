/* Output files: complete or missing, with one writer at a time. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
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

#include "base/file.h"
#include "base/sha256.h"
#include "folder.h"
#include "patina/status.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool exists(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    struct stat info;
    return lstat(path_in(folder, name, path), &info) == 0;
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

/* Called once in pat_file_open(), between opening the partial file and locking it. */
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
    if (pat_file_open(file, path_in(folder, name, path), true, &error) != PAT_OK)
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

/* Opening `path` fails with a message that names it and the cause. */
static void assert_refused(const char *path, const char *because)
{
    pat_file file = {0};
    pat_error error = {0};
    pat_status status = pat_file_open(&file, path, true, &error);
    pat_file_abandon(&file, false);
    assert_int_equal(status, PAT_WRITE_FAILED);
    assert_int_equal(error.status, PAT_WRITE_FAILED);
    assert_non_null(strstr(error.message, path));
    if (strstr(error.message, because) == NULL)
        fail_msg("'%s' does not mention '%s'", error.message, because);
}

static void test_commit_makes_the_file_whole(void **state)
{
    enum { SIZE = 300000 };
    char *bytes = malloc(SIZE);
    assert_non_null(bytes);
    for (int i = 0; i < SIZE; i++)
        bytes[i] = (char)((unsigned)i * 2654435761u >> 24);
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

/* A file that comes to exist while another is being written is not replaced either. */
static void test_existing_file_is_replaced_only_on_request(void **state)
{
    char path[PATH_SIZE];
    pat_file file = {0};
    pat_error error = {0};
    put(*state, "out.csv", "first");
    path_in(*state, "out.csv", path);
    assert_int_equal(pat_file_open(&file, path, false, &error), PAT_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "--force"));
    assert_false(exists(*state, "out.csv.partial"));

    assert_int_equal(unlink(path), 0);
    assert_int_equal(pat_file_open(&file, path, false, &error), PAT_OK);
    append(&file, "second");
    put(*state, "out.csv", "first");
    assert_int_equal(pat_file_finish(&file, NULL, &error), PAT_OK);
    assert_int_equal(pat_file_place(&file, &error), PAT_INVALID_ARGUMENT);
    pat_file_abandon(&file, false);
    assert_text(*state, "out.csv", "first");
}

/* A planted link must not make patina overwrite what it points to. */
static void test_partial_file_that_is_a_link_is_refused(void **state)
{
    char path[PATH_SIZE], partial[PATH_SIZE], target[PATH_SIZE];
    put(*state, "target", "precious");
    assert_int_equal(
        symlink(path_in(*state, "target", target), path_in(*state, "out.csv.partial", partial)), 0);
    assert_refused(path_in(*state, "out.csv", path), "symbolic link");
    assert_text(*state, "target", "precious");
}

/* As in a backup made by `cp -al` of a folder with an unfinished run. */
static void test_partial_file_with_another_name_keeps_its_bytes(void **state)
{
    char partial[PATH_SIZE], target[PATH_SIZE];
    pat_file file = {0};
    put(*state, "target", "precious");
    assert_int_equal(
        link(path_in(*state, "target", target), path_in(*state, "out.csv.partial", partial)), 0);
    open_file(&file, *state, "out.csv");
    assert_text(*state, "target", "precious");
    append(&file, "rows");
    commit(&file, NULL);
    assert_text(*state, "out.csv", "rows");
    assert_text(*state, "target", "precious");
}

/* Somebody who opened the old file beforehand must not read the new contents. */
static void test_partial_file_is_a_new_file(void **state)
{
    char partial[PATH_SIZE], byte;
    pat_file file = {0};
    put(*state, "out.csv.partial", "");
    FILE *reader = fopen(path_in(*state, "out.csv.partial", partial), "r");
    assert_non_null(reader);
    open_file(&file, *state, "out.csv");
    append(&file, "rows");
    commit(&file, NULL);
    assert_int_equal(fread(&byte, 1, 1, reader), 0);
    fclose(reader);
}

static unsigned mode_of(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    struct stat info;
    assert_int_equal(stat(path_in(folder, name, path), &info), 0);
    return info.st_mode & 0777;
}

/* Nobody else can read a page before it is known whose images it shows, or afterwards. */
static void test_permissions(void **state)
{
    static const struct {
        unsigned mask, allowed, mode;
    } cases[] = {{022, 0666, 0644}, {022, 0600, 0600}, {022, 0660, 0640}, {077, 0666, 0600}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char path[PATH_SIZE];
        pat_file file = {0};
        pat_error error = {0};
        umask(cases[i].mask);
        put(*state, "out.html.partial", "left by a run that was killed");
        path_in(*state, "out.html", path);
        assert_int_equal(pat_file_open_private(&file, path, true, &error), PAT_OK);
        assert_int_equal(mode_of(*state, "out.html.partial"), 0600);
        assert_refused(path, "another");
        assert_int_equal(pat_file_permit(&file, cases[i].allowed, &error), PAT_OK);
        assert_int_equal(mode_of(*state, "out.html.partial"), cases[i].mode);
        assert_refused(path, "another");
        append(&file, "page");
        commit(&file, NULL);
        assert_int_equal(mode_of(*state, "out.html"), cases[i].mode);
        assert_text(*state, "out.html", "page");
    }
    umask(022);
}

static pat_file overtaking;
static const char *overtaking_folder;

static void overtake(void)
{
    open_file(&overtaking, overtaking_folder, "out.csv");
}

/* A second writer takes the first one's new file for an old one. It must be the only writer. */
static void test_writer_that_is_overtaken_is_refused(void **state)
{
    char path[PATH_SIZE];
    overtaking_folder = *state;
    before_locking = overtake;
    assert_refused(path_in(*state, "out.csv", path), "another");
    append(&overtaking, "second");
    commit(&overtaking, NULL);
    assert_text(*state, "out.csv", "second");
}

static pat_file finishing;

static void finish(void)
{
    commit(&finishing, NULL);
}

/* The second writer opens the first one's partial file, which then becomes the result. */
static void test_writer_that_locks_late_does_not_empty_the_result(void **state)
{
    char path[PATH_SIZE];
    pat_file late = {0};
    open_file(&finishing, *state, "out.csv");
    append(&finishing, "first");
    before_locking = finish;
    if (pat_file_open(&late, path_in(*state, "out.csv", path), true, NULL) == PAT_OK)
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

/* Like a full disk: some bytes are written, the rest is not. */
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

/* Retrying a failed write, after space was freed, writes every byte once. */
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

static void test_placing_respects_what_is_there(void **state)
{
    char partial[PATH_SIZE], path[PATH_SIZE];
    pat_error error = {0};
    path_in(*state, "x.partial", partial);
    path_in(*state, "x", path);
    put(*state, "x.partial", "first");
    assert_int_equal(pat_place(partial, path, false, &error), PAT_OK);
    assert_text(*state, "x", "first");
    assert_false(exists(*state, "x.partial"));

    put(*state, "x.partial", "second");
    assert_int_equal(pat_place(partial, path, false, &error), PAT_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, path));
    assert_non_null(strstr(error.message, "--force"));
    assert_text(*state, "x", "first");
    assert_true(exists(*state, "x.partial"));
    assert_int_equal(pat_place(partial, path, true, &error), PAT_OK);
    assert_text(*state, "x", "second");
    assert_int_equal(pat_place(partial, path, true, &error), PAT_WRITE_FAILED);
}

static void test_folders_are_made_as_needed(void **state)
{
    char path[PATH_SIZE];
    pat_error error = {0};
    path_in(*state, "a/b//c/x", path);
    for (int i = 0; i < 2; i++) /* the second time they exist */
        assert_int_equal(pat_make_folder_of(path, &error), PAT_OK);
    assert_true(exists(*state, "a/b/c"));
    assert_false(exists(*state, "a/b/c/x"));
    put(*state, "a/file", "");
    path_in(*state, "a/file/d/x", path);
    assert_int_equal(pat_make_folder_of(path, &error), PAT_WRITE_FAILED);
    assert_non_null(strstr(error.message, "cannot create the folder"));
    path_in(*state, "a/file/x", path); /* the last component is a file */
    error = (pat_error){0};
    assert_int_equal(pat_make_folder_of(path, &error), PAT_WRITE_FAILED);
    assert_non_null(strstr(error.message, "part of the path is a file, not a folder"));
    assert_int_equal(pat_make_folder_of("x", &error), PAT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(test_commit_makes_the_file_whole),
        FOLDER_TEST(test_nothing_appears_before_commit),
        FOLDER_TEST(test_empty_file_can_be_committed),
        FOLDER_TEST(test_old_file_stays_until_commit),
        FOLDER_TEST(test_abandon),
        FOLDER_TEST(test_second_writer_is_refused),
        FOLDER_TEST(test_writer_that_locks_late_does_not_empty_the_result),
        FOLDER_TEST(test_existing_file_is_replaced_only_on_request),
        FOLDER_TEST(test_partial_file_that_is_a_link_is_refused),
        FOLDER_TEST(test_partial_file_with_another_name_keeps_its_bytes),
        FOLDER_TEST(test_partial_file_is_a_new_file),
        FOLDER_TEST(test_writer_that_is_overtaken_is_refused),
        FOLDER_TEST(test_permissions),
        FOLDER_TEST(test_missing_folder),
        FOLDER_TEST(test_what_is_not_a_file_is_left_alone),
        FOLDER_TEST(test_partial_that_is_a_folder),
        FOLDER_TEST(test_failed_write_is_told_and_leaves_the_old_file),
        FOLDER_TEST(test_failed_commit_keeps_the_partial_file),
        FOLDER_TEST(test_write_can_be_tried_again),
        FOLDER_TEST(test_partial_file_removed_by_someone_else),
        FOLDER_TEST(test_placing_respects_what_is_there),
        FOLDER_TEST(test_folders_are_made_as_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
