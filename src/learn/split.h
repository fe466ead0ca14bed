/*
 * Divide rows into parts for training and testing; private to the library. All rows of a group go
 * into the same part. Groups are assigned in the order of a fingerprint of seed and group name, so
 * the parts do not depend on the order or number of rows.
 */
#ifndef PAT_LEARN_SPLIT_H
#define PAT_LEARN_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "data/listing.h"

/*
 * Assign the groups to `folds` parts whose sizes differ by at most one group. group: of each row.
 * fold[row]: 0 .. folds - 1. Fails with PAT_INVALID_ARGUMENT (folds < 2, or more folds than groups)
 * or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_split_folds(const pat_names *group, uint64_t seed, int folds,
                                          int *fold, pat_error *error);

/*
 * Set aside a share of the groups (rounded, at least one, and at least one is left) to test with.
 * share: 0..1, such as 0.2. fold[row]: 0 for testing, 1 for training. Fails with
 * PAT_INVALID_ARGUMENT (fewer than two groups) or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_split_holdout(const pat_names *group, uint64_t seed, double share,
                                            int *fold, pat_error *error);

/* The rows whose fold is `which` (inside), or is not (!inside), ascending, into `row`, which has
 * room for all. Returns their number. */
size_t pat_split_rows(const int *fold, size_t rows, int which, bool inside, size_t *row);

/* The number of different groups. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_split_count_groups(const pat_names *group, size_t *count,
                                                 pat_error *error);

#endif
