/* Find the names nearest to a name that was not found; private to the library. */
#ifndef PAT_DATA_NEAREST_H
#define PAT_DATA_NEAREST_H

#include "base/buffer.h"

enum { PAT_NEAREST_MAX = 3, PAT_NEAREST_NAME_SIZE = 128 };

/* Set `wanted` and zero-initialize the rest. */
typedef struct pat_nearest {
    const char *wanted;
    char name[PAT_NEAREST_MAX][PAT_NEAREST_NAME_SIZE]; /* nearest first; truncated */
    size_t distance[PAT_NEAREST_MAX];
    int count;
} pat_nearest;

/*
 * Consider a name. A name that contains the wanted one, or is contained in it, has distance 0.
 * Otherwise the distance is the number of letters inserted, removed, replaced, or swapped with a
 * neighbor (optimal string alignment), ignoring case; a different extension counts as one. Names
 * whose distance exceeds a third of the wanted name's length are ignored.
 */
void pat_nearest_add(pat_nearest *nearest, const char *name);

/* Append text such as "; closest matches: 'a', 'b'", or nothing if no name is near. */
void pat_nearest_append(const pat_nearest *nearest, pat_buffer *out);

#endif
