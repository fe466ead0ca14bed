/* What names of the two images of a pair have in common; private to the library. */
#ifndef PAT_DATA_KEYS_H
#define PAT_DATA_KEYS_H

#include "data/names.h"
#include "patina/dataset.h"

/* The keys of a folder's names, by which they pair. Zero-initialize; pat_keys_release() when done.
 */
typedef struct pat_keys {
    pat_names exact; /* of each name; "" if it has none: it cannot pair */
    pat_names loose; /* the same without extension and letter case, to explain what is missing */
    pat_name_index by_exact, by_loose;
} pat_keys;

/*
 * Find the keys of names. of_damaged: the names are those of damaged images, which end in
 * source->suffix. Fails with PAT_INVALID_ARGUMENT (the pattern) or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_keys_find(pat_keys *keys, const pat_names *names,
                                        const pat_pair_source *source, bool of_damaged,
                                        pat_error *error);
void pat_keys_release(pat_keys *keys);

/* The number of names in an index that are equal to `name`; *first: the index of one of them. */
size_t pat_keys_count(const pat_name_index *index, const char *name, size_t *first);

#endif
