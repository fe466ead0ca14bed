/* Lists of names and lookups in them; private to the library. */
#ifndef PAT_DATA_NAMES_H
#define PAT_DATA_NAMES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "patina/status.h"

/* Names in one block of memory, addressed by offset. Zero-initialize. */
typedef struct pat_names {
    pat_buffer text;
    size_t *offset;
    size_t count, capacity;
} pat_names;

/* Add a name (copied). False when memory runs out. */
bool pat_names_add(pat_names *names, const char *name);
const char *pat_names_get(const pat_names *names, size_t index);
/* Sort in byte order. */
void pat_names_sort(pat_names *names);
/* The index of `name` in sorted names, or names->count. */
size_t pat_names_find(const pat_names *sorted, const char *name);
void pat_names_release(pat_names *names);

/* A sorted index of names; the names keep their order, and equal names are indexed in that order.
 * Borrows the names. */
typedef struct pat_name_index {
    const pat_names *names;
    size_t *order;
} pat_name_index;

/* Zero-initialize; free with pat_name_index_release(). Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_name_index_make(pat_name_index *index, const pat_names *names,
                                              pat_error *error);
/* The index of the first entry with this name, or names->count. */
size_t pat_name_index_find(const pat_name_index *index, const char *name);
/* The index of the second of two equal names, or names->count if all differ. */
size_t pat_name_index_repeated(const pat_name_index *index);
void pat_name_index_release(pat_name_index *index);

/* The length of the part of a file name that identifies its original: up to the last '~' in the
 * last path component ("a~2.png" is a version of "a"); the whole name if there is no '~'. */
size_t pat_group_of(const char *filename);

#endif
