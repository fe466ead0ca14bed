#include "learn/split.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/memory.h"

/* A row with the place of its group in the order. */
struct place {
    pat_fingerprint key;
    const char *group;
    size_t row;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    if (p->key.high != q->key.high)
        return p->key.high < q->key.high ? -1 : 1;
    if (p->key.low != q->key.low)
        return p->key.low < q->key.low ? -1 : 1;
    return strcmp(p->group, q->group);
}

/* The fingerprint of "seed:group". */
static bool make_key(uint64_t seed, const char *group, pat_fingerprint *key)
{
    char *text;
    int length = asprintf(&text, "%" PRIu64 ":%s", seed, group);
    if (length < 0)
        return false;
    *key = pat_fingerprint_of(text, (size_t)length);
    free(text);
    return true;
}

/* All rows in the order of their groups' keys; NULL when memory runs out. */
static struct place *sort_rows(const pat_names *group, uint64_t seed)
{
    struct place *place = pat_realloc_array(NULL, group->count, sizeof *place);
    for (size_t row = 0; row < group->count && place != NULL; row++) {
        place[row] = (struct place){.group = pat_names_get(group, row), .row = row};
        if (!make_key(seed, place[row].group, &place[row].key)) {
            free(place);
            place = NULL;
        }
    }
    if (place != NULL)
        qsort(place, group->count, sizeof *place, compare_places);
    return place;
}

/* rank[row]: the number of the row's group, 0 .. *groups - 1, in the order of the keys. */
static pat_status rank_groups(const pat_names *group, uint64_t seed, int *rank, size_t *groups,
                              pat_error *error)
{
    struct place *place = sort_rows(group, seed);
    if (place == NULL)
        return pat_fail_memory(error, "dividing the training data");
    *groups = 0;
    for (size_t i = 0; i < group->count; i++) {
        if (i == 0 || compare_places(&place[i - 1], &place[i]) != 0)
            ++*groups;
        if (rank != NULL)
            rank[place[i].row] = (int)(*groups - 1);
    }
    free(place);
    return PAT_OK;
}

pat_status pat_split_folds(const pat_names *group, uint64_t seed, int folds, int *fold,
                           pat_error *error)
{
    size_t groups;
    if (folds < 2)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%d folds: cross-validation needs at least 2",
                        folds);
    pat_status status = rank_groups(group, seed, fold, &groups, error);
    if (status != PAT_OK)
        return status;
    if (groups < (size_t)folds)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%d folds need as many originals, and the data set has %zu; ask for fewer "
                        "folds, or add images",
                        folds, groups);
    for (size_t row = 0; row < group->count; row++)
        fold[row] %= folds;
    return PAT_OK;
}

pat_status pat_split_holdout(const pat_names *group, uint64_t seed, double share, int *fold,
                             pat_error *error)
{
    size_t groups;
    pat_status status = rank_groups(group, seed, fold, &groups, error);
    if (status != PAT_OK)
        return status;
    if (groups < 2)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "the data set has %zu original%s: holding some out for tests needs at "
                        "least 2; add images",
                        groups, groups == 1 ? "" : "s");
    double wanted = fmin(fmax(round(share * (double)groups), 1), (double)groups - 1);
    for (size_t row = 0; row < group->count; row++)
        fold[row] = fold[row] < (int)wanted ? 0 : 1;
    return PAT_OK;
}

size_t pat_split_rows(const int *fold, size_t rows, int which, bool inside, size_t *row)
{
    size_t count = 0;
    for (size_t i = 0; i < rows; i++)
        if ((fold[i] == which) == inside)
            row[count++] = i;
    return count;
}

pat_status pat_split_count_groups(const pat_names *group, size_t *count, pat_error *error)
{
    return rank_groups(group, 0, NULL, count, error);
}
