#include "data/keys.h"

#include <regex.h>
#include <string.h>

#include "base/error.h"
#include "base/unicode.h"
#include "data/listing.h"

enum {
    GROUPS = 2,     /* the whole match and its first group */
    TEXT_MAX = 1000 /* maximum size of a pattern or suffix, in bytes */
};

/* How to find keys. */
struct rule {
    const pat_pair_source *source;
    const char *suffix; /* "" if the names have none */
    regex_t pattern;
};

static pat_status fail_pattern(const struct rule *rule, int code, pat_error *error)
{
    char cause[128];
    regerror(code, &rule->pattern, cause, sizeof cause);
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "--match: '%s' is not a regular expression (%s); see --help",
                    rule->source->pattern, cause);
}

static pat_status compile(struct rule *rule, pat_error *error)
{
    const pat_pair_source *source = rule->source;
    if (strlen(rule->suffix) > TEXT_MAX ||
        (source->match == PAT_MATCH_PATTERN && strlen(source->pattern) > TEXT_MAX))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "the pattern or suffix has more than %d bytes; shorten it", TEXT_MAX);
    if (source->match != PAT_MATCH_PATTERN)
        return PAT_OK;
    int code = regcomp(&rule->pattern, source->pattern, REG_EXTENDED);
    if (code == REG_ESPACE)
        return pat_fail_memory(error, "a regular expression");
    if (code != 0)
        return fail_pattern(rule, code, error);
    if (rule->pattern.re_nsub > 0)
        return PAT_OK;
    regfree(&rule->pattern);
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "--match: '%s' is neither name nor stem nor a regular expression with a group; "
                    "put what both names share in parentheses, as in 'scan_([0-9]+)'",
                    source->pattern);
}

/* Find the key of a name: the text that the group matches. False if there is none. */
static bool find_group(const struct rule *rule, const char *name, pat_buffer *key)
{
    regmatch_t group[GROUPS];
    if (regexec(&rule->pattern, name, GROUPS, group, 0) != 0 || group[1].rm_eo <= group[1].rm_so)
        return false;
    pat_buffer_append(key, name + group[1].rm_so, (size_t)(group[1].rm_eo - group[1].rm_so));
    return true;
}

/* Find the key of a name: its stem without the suffix. False if the stem does not end in the suffix
 * or consists only of it. */
static bool find_stem(const struct rule *rule, const char *name, pat_buffer *key)
{
    const char *slash = strrchr(name, '/'), *base = slash == NULL ? name : slash + 1;
    size_t suffix = strlen(rule->suffix), stem = pat_stem_length(name);
    if (stem <= suffix + (size_t)(base - name) ||
        memcmp(name + stem - suffix, rule->suffix, suffix) != 0)
        return false;
    pat_buffer_append(key, name, stem - suffix);
    return true;
}

static bool add_key(pat_names *list, const pat_buffer *text, bool fold)
{
    pat_buffer spelled = {0};
    if (text->size > 0)
        pat_unicode_append(&spelled, text->data, text->size, fold);
    pat_buffer_append_char(&spelled, '\0');
    bool added = !text->failed && !spelled.failed && pat_names_add(list, spelled.data);
    pat_buffer_release(&spelled);
    return added;
}

static bool add_name(pat_keys *keys, const struct rule *rule, const char *name)
{
    pat_buffer key = {0};
    const pat_match match = rule->source->match;
    bool found =
        (match == PAT_MATCH_PATTERN ? find_group : find_stem)(rule, name, &key) || key.failed;
    bool added = add_key(&keys->loose, &key, true);
    if (found && match == PAT_MATCH_NAME)
        pat_buffer_append_text(&key, name + pat_stem_length(name));
    added = added && add_key(&keys->exact, &key, false);
    pat_buffer_release(&key);
    return added;
}

pat_status pat_keys_find(pat_keys *keys, const pat_names *names, const pat_pair_source *source,
                         bool of_damaged, pat_error *error)
{
    bool has_suffix = of_damaged && source->suffix != NULL && source->match != PAT_MATCH_PATTERN;
    struct rule rule = {.source = source, .suffix = has_suffix ? source->suffix : ""};
    pat_status status = compile(&rule, error);
    if (status != PAT_OK)
        return status;
    for (size_t i = 0; i < names->count && status == PAT_OK; i++)
        if (!add_name(keys, &rule, pat_names_get(names, i)))
            status = pat_fail_memory(error, "the list of pairs");
    if (source->match == PAT_MATCH_PATTERN)
        regfree(&rule.pattern);
    if (status == PAT_OK)
        status = pat_name_index_make(&keys->by_exact, &keys->exact, error);
    if (status == PAT_OK)
        status = pat_name_index_make(&keys->by_loose, &keys->loose, error);
    return status;
}

void pat_keys_release(pat_keys *keys)
{
    pat_name_index_release(&keys->by_exact);
    pat_name_index_release(&keys->by_loose);
    pat_names_release(&keys->exact);
    pat_names_release(&keys->loose);
}

size_t pat_keys_count(const pat_name_index *index, const char *name, size_t *first)
{
    size_t end = index->names->count, low = 0, high = end, found = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(pat_names_get(index->names, index->order[middle]), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + found < end &&
           strcmp(pat_names_get(index->names, index->order[low + found]), name) == 0)
        found++;
    if (found > 0)
        *first = index->order[low];
    return found;
}
