#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/listing.h"
#include "data/manifest.h"
#include "patina/dataset.h"

enum side { DAMAGED, UNDAMAGED, SIDES };

/* A pair: indices into the two lists of names. */
struct entry {
    size_t damaged, undamaged;
};

struct unpaired {
    enum side side;
    size_t name, reason; /* indices into unpaired_text */
};

struct pat_pairs {
    char *folder[SIDES];
    pat_names names[SIDES];
    pat_names ids, originals; /* from a manifest; empty without one */
    struct entry *entries;
    size_t count, capacity;
    struct unpaired *unpaired;
    size_t unpaired_count, unpaired_capacity;
    pat_names unpaired_text;
};

static bool add_entry(pat_pairs *pairs, size_t damaged, size_t undamaged)
{
    if (!pat_array_reserve(&pairs->entries, &pairs->capacity, pairs->count + 1,
                           sizeof *pairs->entries))
        return false;
    pairs->entries[pairs->count++] = (struct entry){damaged, undamaged};
    return true;
}

static bool add_unpaired(pat_pairs *pairs, enum side side, const char *name, const char *reason)
{
    if (!pat_array_reserve(&pairs->unpaired, &pairs->unpaired_capacity, pairs->unpaired_count + 1,
                           sizeof *pairs->unpaired))
        return false;
    size_t index = pairs->unpaired_text.count;
    pairs->unpaired[pairs->unpaired_count++] = (struct unpaired){side, index, index + 1};
    return pat_names_add(&pairs->unpaired_text, name) &&
           pat_names_add(&pairs->unpaired_text, reason);
}

struct skip_context {
    pat_pairs *pairs;
    enum side side;
};

static bool note_skipped(void *context, const char *name, const char *reason)
{
    struct skip_context *skip = context;
    return add_unpaired(skip->pairs, skip->side, name, reason);
}

/* Order names by stem, so that equal stems are neighbors. */
static int compare_stems(const char *a, const char *b)
{
    size_t length_a = pat_stem_length(a), length_b = pat_stem_length(b);
    int order = memcmp(a, b, length_a < length_b ? length_a : length_b);
    return order != 0 ? order : (length_a > length_b) - (length_a < length_b);
}

static int compare_offsets_by_stem(const void *a, const void *b, void *context)
{
    const char *text = context;
    return compare_stems(text + *(const size_t *)a, text + *(const size_t *)b);
}

/* A folder's names ordered by stem, to look up partners. */
typedef struct stem_index {
    const pat_names *names;
    size_t *order; /* offsets into the names' text */
} stem_index;

static bool stem_index_init(stem_index *index, const pat_names *names)
{
    index->names = names;
    index->order = pat_realloc_array(NULL, names->count + 1, sizeof *index->order);
    if (index->order == NULL)
        return false;
    if (names->count > 0) {
        memcpy(index->order, names->offset, names->count * sizeof *index->order);
        qsort_r(index->order, names->count, sizeof *index->order, compare_offsets_by_stem,
                names->text.data);
    }
    return true;
}

/* The number of names that share the stem of `name`; *first is one of them if there are any. */
static size_t stem_index_find(const stem_index *index, const char *name, const char **first)
{
    const char *text = index->names->text.data;
    size_t low = 0, high = index->names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_stems(text + index->order[middle], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t found = 0;
    while (low + found < index->names->count &&
           compare_stems(text + index->order[low + found], name) == 0)
        found++;
    if (found > 0)
        *first = text + index->order[low];
    return found;
}

static bool explain_missing(pat_pairs *pairs, enum side here, const char *name, pat_match match,
                            const stem_index *others)
{
    char reason[PAT_PATH_SIZE + 128];
    const char *other = NULL;
    size_t found = stem_index_find(others, name, &other);
    const char *side_name = here == DAMAGED ? "undamaged" : "damaged";
    if (found == 0)
        snprintf(reason, sizeof reason, "no %s image with this %s", side_name,
                 match == PAT_MATCH_STEM ? "stem" : "name");
    else if (match == PAT_MATCH_NAME)
        snprintf(reason, sizeof reason,
                 "no %s image with this name, but there is %s: --match stem would pair them",
                 side_name, other);
    else if (here == DAMAGED)
        snprintf(reason, sizeof reason, "ambiguous: %zu undamaged files share this stem (%s ...)",
                 found, other);
    else
        snprintf(reason, sizeof reason, "not the partner of any damaged file with this stem");
    return add_unpaired(pairs, here, name, reason);
}

/* Pair each damaged file with its partner; `used` marks the undamaged files that were paired. */
static bool match_damaged(pat_pairs *pairs, pat_match match, const stem_index *others, bool *used)
{
    const pat_names *damaged = &pairs->names[DAMAGED], *undamaged = &pairs->names[UNDAMAGED];
    for (size_t i = 0; i < damaged->count; i++) {
        const char *name = pat_names_get(damaged, i), *other = NULL;
        size_t partner = pat_names_find(undamaged, name);
        if (partner == undamaged->count && match == PAT_MATCH_STEM &&
            stem_index_find(others, name, &other) == 1)
            partner = pat_names_find(undamaged, other);
        if (partner == undamaged->count) {
            if (!explain_missing(pairs, DAMAGED, name, match, others))
                return false;
        } else {
            used[partner] = true;
            if (!add_entry(pairs, i, partner))
                return false;
        }
    }
    return true;
}

static bool match_names(pat_pairs *pairs, pat_match match)
{
    const pat_names *undamaged = &pairs->names[UNDAMAGED];
    stem_index damaged_stems = {0}, undamaged_stems = {0};
    bool *used = calloc(undamaged->count + 1, sizeof *used);
    bool ok = used != NULL && stem_index_init(&damaged_stems, &pairs->names[DAMAGED]) &&
              stem_index_init(&undamaged_stems, undamaged) &&
              match_damaged(pairs, match, &undamaged_stems, used);
    for (size_t i = 0; i < undamaged->count && ok; i++)
        if (!used[i])
            ok = explain_missing(pairs, UNDAMAGED, pat_names_get(undamaged, i), match,
                                 &damaged_stems);
    free(damaged_stems.order);
    free(undamaged_stems.order);
    free(used);
    return ok;
}

static pat_status find_in_folders(pat_pairs *pairs, const pat_pair_source *source, pat_error *error)
{
    const char *folders[SIDES] = {source->damaged, source->undamaged};
    for (int i = 0; i < SIDES; i++) {
        struct skip_context skip = {pairs, (enum side)i};
        pairs->folder[i] = strdup(folders[i]);
        if (pairs->folder[i] == NULL)
            return pat_fail_memory(error, "a file name");
        pat_status status = pat_list_images(folders[i], source->recursive, &pairs->names[i],
                                            note_skipped, &skip, error);
        if (status != PAT_OK)
            return status;
    }
    return match_names(pairs, source->match) ? PAT_OK : pat_fail_memory(error, "the list of pairs");
}

static pat_status find_in_manifest(pat_pairs *pairs, const char *manifest, pat_error *error)
{
    const char *slash = strrchr(manifest, '/');
    for (int i = 0; i < SIDES; i++) {
        pairs->folder[i] =
            slash == NULL ? strdup(".") : strndup(manifest, (size_t)(slash - manifest) + 1);
        if (pairs->folder[i] == NULL)
            return pat_fail_memory(error, "a file name");
    }
    pat_manifest read = {0};
    pat_status status = pat_manifest_read(&read, manifest, error);
    pairs->names[DAMAGED] = read.damaged;
    pairs->names[UNDAMAGED] = read.undamaged;
    pairs->ids = read.id;
    pairs->originals = read.original;
    for (size_t i = 0; i < pairs->ids.count && status == PAT_OK; i++)
        if (!add_entry(pairs, i, i))
            status = pat_fail_memory(error, "the list of pairs");
    return status;
}

static int compare_unpaired(const void *a, const void *b, void *context)
{
    const struct unpaired *left = a, *right = b;
    const pat_names *text = context;
    if (left->side != right->side)
        return left->side < right->side ? -1 : 1;
    return strcmp(pat_names_get(text, left->name), pat_names_get(text, right->name));
}

/* The order in which a folder is read depends on the file system. */
static void sort_unpaired(pat_pairs *pairs)
{
    if (pairs->unpaired_count > 1)
        qsort_r(pairs->unpaired, pairs->unpaired_count, sizeof *pairs->unpaired, compare_unpaired,
                &pairs->unpaired_text);
}

/* Keep only `sample` pairs, evenly spaced. */
static void spread(pat_pairs *pairs, size_t sample)
{
    if (sample >= pairs->count)
        return;
    for (size_t i = 0; i < sample; i++)
        pairs->entries[i] = pairs->entries[i * pairs->count / sample];
    pairs->count = sample;
}

pat_status pat_pairs_find(const pat_pair_source *source, pat_pairs **out, pat_error *error)
{
    *out = NULL;
    pat_pairs *pairs = calloc(1, sizeof *pairs);
    if (pairs == NULL)
        return pat_fail_memory(error, "the list of pairs");
    pat_status status = source->manifest != NULL ? find_in_manifest(pairs, source->manifest, error)
                                                 : find_in_folders(pairs, source, error);
    if (status != PAT_OK) {
        pat_pairs_free(pairs);
        return status;
    }
    sort_unpaired(pairs);
    if (source->limit > 0 && pairs->count > source->limit)
        pairs->count = source->limit;
    if (source->sample > 0)
        spread(pairs, source->sample);
    *out = pairs;
    return PAT_OK;
}

void pat_pairs_free(pat_pairs *pairs)
{
    if (pairs == NULL)
        return;
    for (int i = 0; i < SIDES; i++) {
        free(pairs->folder[i]);
        pat_names_release(&pairs->names[i]);
    }
    pat_names_release(&pairs->ids);
    pat_names_release(&pairs->originals);
    pat_names_release(&pairs->unpaired_text);
    free(pairs->entries);
    free(pairs->unpaired);
    free(pairs);
}

size_t pat_pairs_count(const pat_pairs *pairs)
{
    return pairs->count;
}

/* The lengths were checked when the names were read. */
static void join_path(char path[PAT_PATH_SIZE], const char *folder, const char *name)
{
    bool bare = name[0] == '/' || strcmp(folder, ".") == 0;
    bool slashed = *folder != '\0' && folder[strlen(folder) - 1] == '/';
    if (bare)
        stpcpy(path, name);
    else
        stpcpy(stpcpy(stpcpy(path, folder), slashed ? "" : "/"), name);
}

void pat_pairs_get(const pat_pairs *pairs, size_t index, pat_pair *pair)
{
    struct entry entry = pairs->entries[index];
    const char *damaged = pat_names_get(&pairs->names[DAMAGED], entry.damaged);
    pair->name = pairs->ids.count > 0 ? pat_names_get(&pairs->ids, entry.damaged) : damaged;
    const char *original =
        pairs->originals.count > 0 ? pat_names_get(&pairs->originals, entry.damaged) : "";
    pair->original = *original != '\0' ? original : NULL;
    join_path(pair->damaged, pairs->folder[DAMAGED], damaged);
    join_path(pair->undamaged, pairs->folder[UNDAMAGED],
              pat_names_get(&pairs->names[UNDAMAGED], entry.undamaged));
}

size_t pat_pairs_unpaired_count(const pat_pairs *pairs)
{
    return pairs->unpaired_count;
}

pat_unpaired pat_pairs_unpaired(const pat_pairs *pairs, size_t index)
{
    const struct unpaired *unpaired = &pairs->unpaired[index];
    return (pat_unpaired){
        .folder = pairs->folder[unpaired->side],
        .name = pat_names_get(&pairs->unpaired_text, unpaired->name),
        .reason = pat_names_get(&pairs->unpaired_text, unpaired->reason),
    };
}
