#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/keys.h"
#include "data/listing.h"
#include "data/manifest.h"
#include "patina/dataset.h"

enum side { DAMAGED, UNDAMAGED, SIDES };

static const char *const side_names[SIDES] = {"damaged", "undamaged"};

/* A pair: indices into the two lists of names. */
struct entry {
    size_t damaged, undamaged;
};

struct unpaired {
    enum side side;
    pat_left_out kind;
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
    size_t ignored;
};

static bool add_entry(pat_pairs *pairs, size_t damaged, size_t undamaged)
{
    if (!pat_array_reserve(&pairs->entries, &pairs->capacity, pairs->count + 1,
                           sizeof *pairs->entries))
        return false;
    pairs->entries[pairs->count++] = (struct entry){damaged, undamaged};
    return true;
}

static bool add_unpaired(pat_pairs *pairs, enum side side, pat_left_out kind, const char *name,
                         const char *reason)
{
    if (!pat_array_reserve(&pairs->unpaired, &pairs->unpaired_capacity, pairs->unpaired_count + 1,
                           sizeof *pairs->unpaired))
        return false;
    size_t index = pairs->unpaired_text.count;
    pairs->unpaired[pairs->unpaired_count++] = (struct unpaired){side, kind, index, index + 1};
    return pat_names_add(&pairs->unpaired_text, name) &&
           pat_names_add(&pairs->unpaired_text, reason);
}

struct skip_context {
    pat_pairs *pairs;
    enum side side;
};

static bool note_skipped(void *context, const pat_unpaired *entry)
{
    struct skip_context *skip = context;
    if (entry->kind != PAT_LEFT_SYSTEM)
        return add_unpaired(skip->pairs, skip->side, entry->kind, entry->name, entry->reason);
    skip->pairs->ignored++;
    return true;
}

/* What the two names of a pair share. */
static const char *const shared_words[] = {
    [PAT_MATCH_NAME] = "name", [PAT_MATCH_STEM] = "stem", [PAT_MATCH_PATTERN] = "key"};

/* The two folders while their names are paired. */
struct matching {
    pat_pairs *pairs;
    const pat_pair_source *source;
    pat_keys keys[SIDES];
    bool *used; /* the undamaged files that were paired */
};

static bool add_without_key(struct matching *matching, enum side side, const char *name)
{
    char reason[PAT_PATH_SIZE];
    const pat_pair_source *source = matching->source;
    if (source->match == PAT_MATCH_PATTERN)
        snprintf(reason, sizeof reason, "the group of --match '%.200s' matches nothing in the name",
                 source->pattern);
    else
        snprintf(reason, sizeof reason, "the name does not end in '%.200s' before its extension",
                 source->suffix == NULL ? "" : source->suffix);
    return add_unpaired(matching->pairs, side, PAT_LEFT_NO_KEY, name, reason);
}

/* Report a file whose key no file in the other folder has, with a hint if one differs only in case
 * or extension. */
static bool add_unmatched(struct matching *matching, enum side side, size_t index, const char *key)
{
    const enum side there = side == DAMAGED ? UNDAMAGED : DAMAGED;
    const pat_match match = matching->source->match;
    const char *name = pat_names_get(&matching->pairs->names[side], index);
    const char *loose = pat_names_get(&matching->keys[side].loose, index), *hint = "";
    char reason[2 * PAT_PATH_SIZE], other[PAT_PATH_SIZE] = "";
    pat_left_out kind = PAT_LEFT_NO_PARTNER;
    size_t found;
    if (pat_keys_count(&matching->keys[there].by_loose, loose, &found) > 0) {
        const char *its_key = pat_names_get(&matching->keys[there].exact, found);
        size_t length = match == PAT_MATCH_NAME ? pat_stem_length(key) : strlen(key);
        bool has_stem = match == PAT_MATCH_NAME && length == pat_stem_length(its_key) &&
                        memcmp(key, its_key, length) == 0;
        kind = has_stem ? PAT_LEFT_OTHER_EXTENSION : PAT_LEFT_OTHER_CASE;
        hint = has_stem ? ": --match stem would pair them"
                        : ", which differs in upper and lower case: rename one of them";
        snprintf(other, sizeof other, ", but there is %s",
                 pat_names_get(&matching->pairs->names[there], found));
    }
    snprintf(reason, sizeof reason, "no %s image with this %s%s%s", side_names[there],
             shared_words[match], other, hint);
    return add_unpaired(matching->pairs, side, kind, name, reason);
}

static bool explain_missing(struct matching *matching, enum side side, size_t index)
{
    char reason[PAT_PATH_SIZE + 128];
    const enum side there = side == DAMAGED ? UNDAMAGED : DAMAGED;
    const char *name = pat_names_get(&matching->pairs->names[side], index);
    const char *key = pat_names_get(&matching->keys[side].exact, index);
    const char *shared = shared_words[matching->source->match];
    size_t found, count = pat_keys_count(&matching->keys[there].by_exact, key, &found);
    if (*key == '\0')
        return add_without_key(matching, side, name);
    if (count == 0)
        return add_unmatched(matching, side, index, key);
    if (side == DAMAGED)
        snprintf(reason, sizeof reason, "ambiguous: %zu undamaged files share this %s (%s ...)",
                 count, shared, pat_names_get(&matching->pairs->names[there], found));
    else
        snprintf(reason, sizeof reason, "not the partner of any damaged file with this %s", shared);
    return add_unpaired(matching->pairs, side, PAT_LEFT_AMBIGUOUS, name, reason);
}

/* Find the partner of a damaged file: the undamaged file with the same name, or the only one with
 * the same key. Returns the number of undamaged files if there is none. */
static size_t find_partner(const struct matching *matching, size_t index)
{
    const pat_names *undamaged = &matching->pairs->names[UNDAMAGED];
    const char *key = pat_names_get(&matching->keys[DAMAGED].exact, index);
    bool is_whole = matching->source->match != PAT_MATCH_PATTERN &&
                    (matching->source->suffix == NULL || *matching->source->suffix == '\0');
    size_t partner = undamaged->count;
    if (is_whole)
        partner = pat_names_find(undamaged, pat_names_get(&matching->pairs->names[DAMAGED], index));
    if (partner == undamaged->count && *key != '\0' &&
        pat_keys_count(&matching->keys[UNDAMAGED].by_exact, key, &partner) != 1)
        partner = undamaged->count;
    return partner;
}

static bool match_all(struct matching *matching)
{
    pat_pairs *pairs = matching->pairs;
    bool ok = true;
    for (size_t i = 0; i < pairs->names[DAMAGED].count && ok; i++) {
        size_t partner = find_partner(matching, i);
        if (partner == pairs->names[UNDAMAGED].count) {
            ok = explain_missing(matching, DAMAGED, i);
        } else {
            matching->used[partner] = true;
            ok = add_entry(pairs, i, partner);
        }
    }
    for (size_t i = 0; i < pairs->names[UNDAMAGED].count && ok; i++)
        if (!matching->used[i])
            ok = explain_missing(matching, UNDAMAGED, i);
    return ok;
}

static pat_status match_names(pat_pairs *pairs, const pat_pair_source *source, pat_error *error)
{
    struct matching matching = {.pairs = pairs, .source = source};
    pat_status status = PAT_OK;
    matching.used = calloc(pairs->names[UNDAMAGED].count + 1, sizeof *matching.used);
    for (int side = 0; side < SIDES && status == PAT_OK; side++)
        status = pat_keys_find(&matching.keys[side], &pairs->names[side], source, side == DAMAGED,
                               error);
    if (status == PAT_OK && (matching.used == NULL || !match_all(&matching)))
        status = pat_fail_memory(error, "the list of pairs");
    for (int side = 0; side < SIDES; side++)
        pat_keys_release(&matching.keys[side]);
    free(matching.used);
    return status;
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
    return match_names(pairs, source, error);
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
        .kind = unpaired->kind,
    };
}

size_t pat_pairs_ignored_count(const pat_pairs *pairs)
{
    return pairs->ignored;
}
