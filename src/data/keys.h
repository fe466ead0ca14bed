/* Keys: the parts of file names that the two images of a pair share; private to the library. */
#ifndef PAT_DATA_KEYS_H
#define PAT_DATA_KEYS_H

#include "data/names.h"
#include "patina/dataset.h"

/* The keys of the names in a folder. Zero-initialize; pat_keys_release() when done. */
typedef struct pat_keys {
    pat_names exact; /* key of each name; "": it has none and cannot be paired */
    pat_names loose; /* without extension and letter case, to explain missing partners */
    pat_name_index by_exact, by_loose;
} pat_keys;

/* Find the keys of names. of_damaged: these are the names of the damaged images, whose stems end in
 * source->suffix. Fails with PAT_INVALID_ARGUMENT (the pattern or the suffix) or
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_keys_find(pat_keys *keys, const pat_names *names,
                                        const pat_pair_source *source, bool of_damaged,
                                        pat_error *error);
void pat_keys_release(pat_keys *keys);

/* Count the names in an index that are equal to `name`. *first: receives the number of one of them,
 * if there is any. */
size_t pat_keys_count(const pat_name_index *index, const char *name, size_t *first);

#endif
