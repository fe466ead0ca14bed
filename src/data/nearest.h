/* Find the names nearest to a name that was not found; private to the library. */
#ifndef PAT_DATA_NEAREST_H
#define PAT_DATA_NEAREST_H

#include "base/buffer.h"

enum { PAT_NEAREST_MAX = 3, PAT_NEAREST_NAME_SIZE = 128 };

/* Zero-initialize but for `wanted`. */
typedef struct pat_nearest {
    const char *wanted;
    char name[PAT_NEAREST_MAX][PAT_NEAREST_NAME_SIZE]; /* nearest first; cut if longer */
    size_t distance[PAT_NEAREST_MAX];
    int count;
} pat_nearest;

/*
 * Consider a name. A name that contains the wanted one, or is contained in it, is nearest.
 * Otherwise the distance is the number of letters inserted, removed, replaced, or swapped with a
 * neighbor (optimal string alignment), ignoring case; another extension counts as one. Names with a
 * distance of more than a third of the letters are ignored.
 */
void pat_nearest_add(pat_nearest *nearest, const char *name);

/* Append text such as "; nearest are 'a', 'b'", or nothing. */
void pat_nearest_append(const pat_nearest *nearest, pat_buffer *out);

#endif
