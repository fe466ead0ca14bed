/* Of many names, those nearest to one that is not among them; private to the library. */
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
 * Take a name into account. Names that one holds the other of are nearest; else it is the number
 * of letters to be inserted, removed, replaced, or swapped with their neighbor (optimal string
 * alignment), whatever their case, another extension being one. Names for which that is more than a
 * third of the letters are passed over.
 */
void pat_nearest_add(pat_nearest *nearest, const char *name);

/* Append "; nearest are 'a', 'b'", or nothing. */
void pat_nearest_append(const pat_nearest *nearest, pat_buffer *out);

#endif
