/* Find the images that a data set was made from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "patina/training.h"
#include "run/record.h"

/* Copy a path of the record's options; "" if it has none. A relative path that does not exist here
 * is taken as relative to the data set. */
static pat_status take_path(const json_t *options, const char *key, const char *data,
                            char path[PAT_PATH_SIZE], pat_error *error)
{
    *path = '\0';
    const char *text = json_string_value(json_object_get(options, key));
    if (text == NULL)
        return PAT_OK;
    char *meant = pat_json_meant(text);
    if (meant == NULL)
        return pat_fail_memory(error, "the paths of the images");
    const char *slash = strrchr(data, '/');
    bool here = *meant == '/' || slash == NULL || access(meant, F_OK) == 0;
    int folder = here ? 0 : (int)(slash + 1 - data);
    int length = snprintf(path, PAT_PATH_SIZE, "%.*s%s", folder, data, meant);
    free(meant);
    return length < PAT_PATH_SIZE
               ? PAT_OK
               : pat_fail(error, PAT_INVALID_ARGUMENT,
                          "%s: its record names a path that is too long: %.60s...", data, path);
}

static size_t count_of(const json_t *options, const char *key)
{
    json_int_t count = json_integer_value(json_object_get(options, key));
    return count > 0 ? (size_t)count : 0;
}

static bool any_is_there(const pat_pairs *pairs)
{
    for (size_t i = 0; i < pat_pairs_count(pairs); i++) {
        pat_pair pair;
        pat_pairs_get(pairs, i, &pair);
        if (access(pair.damaged, R_OK) == 0 && access(pair.undamaged, R_OK) == 0)
            return true;
    }
    return false;
}

/* Copy a text of the record's options, to be freed; NULL if it has none. */
static pat_status take_text(const json_t *options, const char *key, char **text, pat_error *error)
{
    const char *told = json_string_value(json_object_get(options, key));
    *text = told == NULL ? NULL : pat_json_meant(told);
    return told == NULL || *text != NULL ? PAT_OK : pat_fail_memory(error, "the run record");
}

/* Find the pairs of a source whose names match as the record says. */
static pat_status find_matching(const json_t *options, pat_pair_source *source, pat_pairs **pairs,
                                pat_error *error)
{
    char *match = NULL, *suffix = NULL;
    pat_status status = take_text(options, "match", &match, error);
    if (status == PAT_OK)
        status = take_text(options, "suffix", &suffix, error);
    source->suffix = suffix;
    source->match = PAT_MATCH_PATTERN;
    source->pattern = match;
    if (match == NULL || strcmp(match, "name") == 0)
        source->match = PAT_MATCH_NAME;
    else if (strcmp(match, "stem") == 0)
        source->match = PAT_MATCH_STEM;
    if (status == PAT_OK)
        status = pat_pairs_find(source, pairs, error);
    free(match);
    free(suffix);
    return status;
}

static pat_status find(const json_t *options, const char *data, pat_recorded_pairs *found,
                       pat_error *error)
{
    char damaged[PAT_PATH_SIZE], undamaged[PAT_PATH_SIZE];
    pat_status status = take_path(options, "damaged", data, damaged, error);
    if (status == PAT_OK)
        status = take_path(options, "undamaged", data, undamaged, error);
    if (status == PAT_OK)
        status = take_path(options, "manifest", data, found->manifest, error);
    if (status != PAT_OK)
        return status;
    bool has_manifest = *found->manifest != '\0';
    pat_pair_source source = {
        .damaged = has_manifest ? NULL : damaged,
        .undamaged = has_manifest ? NULL : undamaged,
        .manifest = has_manifest ? found->manifest : NULL,
        .recursive = json_is_true(json_object_get(options, "recursive")),
        .limit = count_of(options, "limit"),
        .sample = count_of(options, "sample"),
    };
    pat_error cause = {0};
    status = find_matching(options, &source, &found->pairs, &cause);
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "the pairs");
    if (status == PAT_OK && any_is_there(found->pairs))
        return PAT_OK;
    pat_pairs_free(found->pairs);
    found->pairs = NULL;
    snprintf(found->missing, sizeof found->missing,
             "the images of the search are gone (%.300s), so no model is tested in pixels; name "
             "their folders or their manifest",
             status != PAT_OK ? cause.message
             : has_manifest   ? found->manifest
                              : damaged);
    return PAT_OK;
}

pat_status pat_recorded_pairs_find(const char *data, pat_recorded_pairs *found, pat_error *error)
{
    char path[PAT_PATH_SIZE];
    json_t *record;
    *found = (pat_recorded_pairs){0};
    pat_status status = pat_run_record_read(data, path, &record, error);
    if (record == NULL)
        return status;
    status = find(json_object_get(record, "options"), data, found, error);
    json_decref(record);
    return status;
}

void pat_recorded_pairs_release(pat_recorded_pairs *found)
{
    pat_pairs_free(found->pairs);
    *found = (pat_recorded_pairs){0};
}
