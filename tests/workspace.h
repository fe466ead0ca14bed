/* A temporary folder of its own for each test, which is also the current one. */
#ifndef TEST_WORKSPACE_H
#define TEST_WORKSPACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

/* The path of the folder. */
extern char home[];

int enter_folder(void **state);
int leave_folder(void **state);

void write_bytes(const char *path, const void *bytes, size_t size);
void write_text(const char *path, const char *text);

/* Entries of a folder, other than "." and "..". */
int count_entries(const char *folder);

void assert_mentions(const char *text, const char *part);

/* Also releases the buffer. */
void assert_text(pat_buffer *buffer, const char *expected);

/* The same numbers in every run. */
uint32_t random_below(uint32_t limit);

/* Append `size` letters. */
void append_filler(pat_buffer *buffer, size_t size);

#endif
