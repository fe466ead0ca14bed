#include "workspace.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

char home[] = "/tmp/patina_test_XXXXXX";

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

int enter_folder(void **state)
{
    (void)state;
    strcpy(strchr(home, '\0') - 6, "XXXXXX");
    return mkdtemp(home) == NULL ? -1 : chdir(home);
}

int leave_folder(void **state)
{
    (void)state;
    return chdir("/") != 0 ? -1 : nftw(home, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

void assert_mentions(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not mention \"%s\"", text, part);
}

void assert_text(pat_buffer *buffer, const char *expected)
{
    pat_buffer_append_char(buffer, '\0');
    assert_false(buffer->failed);
    assert_string_equal(buffer->data, expected);
    pat_buffer_release(buffer);
}

static uint32_t random_state = 1;

uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)random_state * limit) >> 32);
}

void append_filler(pat_buffer *buffer, size_t size)
{
    for (size_t i = 0; i < size; i++)
        pat_buffer_append_char(buffer, (char)('a' + i % 26));
}

int count_entries(const char *folder)
{
    int count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 2;
}
