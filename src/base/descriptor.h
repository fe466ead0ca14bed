/* Reading and writing at an offset of an open file; private to the library. */
#ifndef PAT_BASE_DESCRIPTOR_H
#define PAT_BASE_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read up to `size` bytes at `offset`, fewer only at the end of the file. done: receives how many.
 * False on failure, with errno. */
bool pat_read_at(int file, void *bytes, size_t size, uint64_t offset, size_t *done);

/* Write all bytes at `offset`. False on failure, with errno. */
bool pat_write_at(int file, const void *bytes, size_t size, uint64_t offset);

#endif
