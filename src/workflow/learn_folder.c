#include "workflow/learn_folder.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

enum { RECORD_SIZE_MAX = 1 << 20, OPEN_FOLDERS = 16 };

/* ---- Paths ----------------------------------------------------------------------------------- */

static pat_status name_files(pat_learn_folder *folder, const char *output, pat_error *error)
{
    const struct {
        char *path;
        const char *name;
    } files[] = {{folder->path, ""},          {folder->record_path, "/learn.json"},
                 {folder->pairs, "/pairs"},   {folder->manifest, "/pairs/manifest.csv"},
                 {folder->data, "/data.csv"}, {folder->trials, "/data.trials.csv"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (snprintf(files[i].path, PAT_PATH_SIZE, "%s.work%s", output, files[i].name) >=
            PAT_PATH_SIZE)
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "%.60s...: the name is too long; choose another with -o", output);
    return PAT_OK;
}

static pat_status lock(pat_learn_folder *folder, pat_error *error)
{
    char path[PAT_PATH_SIZE + 8];
    snprintf(path, sizeof path, "%s/lock", folder->path);
    return pat_file_open(&folder->lock, path, true, error);
}

/* ---- Removing -------------------------------------------------------------------------------- */

/* nftw() passes no context. */
static _Thread_local const pat_learn_folder *emptied;

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info;
    (void)type;
    if (place->level == 0 || strcmp(path, emptied->record_path) == 0 ||
        strcmp(path, emptied->lock.partial_path) == 0)
        return 0;
    return remove(path);
}

/* Remove everything in the folder but its record and its lock. */
static pat_status empty(const pat_learn_folder *folder, pat_error *error)
{
    emptied = folder;
    if (nftw(folder->path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0)
        return pat_fail_to_write("remove the folder", folder->path, error);
    return PAT_OK;
}

pat_status pat_learn_folder_remove(pat_learn_folder *folder, pat_error *error)
{
    pat_status status = empty(folder, error);
    if (status != PAT_OK)
        return status;
    bool removed = unlink(folder->record_path) == 0;
    pat_file_abandon(&folder->lock, false);
    /* If another run has locked the folder since, it now owns the folder. */
    removed = removed && (rmdir(folder->path) == 0 || errno == ENOTEMPTY);
    return removed ? PAT_OK : pat_fail_to_write("remove the folder", folder->path, error);
}

/* ---- The record ------------------------------------------------------------------------------ */

static pat_status write_record(const pat_learn_folder *folder, pat_error *error)
{
    pat_buffer text = {0};
    pat_file file = {0};
    pat_json_put(&text, folder->record, PAT_JSON_LINES);
    pat_status status = text.failed ? pat_fail_memory(error, "the record of the run")
                                    : pat_file_open(&file, folder->record_path, true, error);
    if (status == PAT_OK)
        status = pat_file_append(&file, text.data, text.size, error);
    if (status == PAT_OK)
        status = pat_file_finish(&file, NULL, error);
    if (status == PAT_OK)
        status = pat_file_place(&file, error);
    pat_file_abandon(&file, false);
    pat_buffer_release(&text);
    return status;
}

/* Whether nothing is in the folder but files that are being written. */
static bool is_fresh(const char *path)
{
    bool fresh = true;
    DIR *folder = opendir(path);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        fresh = fresh && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                          (dot != NULL && strcmp(dot, ".partial") == 0));
    }
    if (folder != NULL)
        closedir(folder);
    return fresh;
}

/* A value for people: text without quotes. Free with free(). */
static char *shown(const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL ? strdup(text) : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
}

static pat_status fail_other_options(const pat_learn_folder *folder, const char *name,
                                     const json_t *before, const json_t *now, pat_error *error)
{
    char *old = before == NULL ? NULL : shown(before), *new = shown(now);
    pat_status status = pat_fail(
        error, PAT_INVALID_ARGUMENT,
        "%s: holds a run with other options (%s: %.200s, now %.200s); use the same options to "
        "continue it, --restart to discard it, or another name with -o",
        folder->path, name, old == NULL ? "none" : old, new == NULL ? "none" : new);
    free(old);
    free(new);
    return status;
}

static pat_status compare(const pat_learn_folder *folder, json_t *wanted, pat_error *error)
{
    const json_t *options = json_object_get(folder->record, "options");
    const char *name;
    json_t *value;
    json_object_foreach(wanted, name, value)
    {
        const json_t *before = json_object_get(options, name);
        if (!json_equal(before, value))
            return fail_other_options(folder, name, before, value, error);
    }
    return PAT_OK;
}

static pat_status read_record(pat_learn_folder *folder, pat_error *error)
{
    json_error_t cause;
    pat_status status =
        pat_json_read(&folder->record, folder->record_path, RECORD_SIZE_MAX, &cause);
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "the record of the run");
    if (status != PAT_OK || !json_is_object(json_object_get(folder->record, "options")))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: cannot be read (%s); start over with --restart, or choose another "
                        "name with -o",
                        folder->record_path, status == PAT_OK ? "it has no options" : cause.text);
    return PAT_OK;
}

static pat_status begin(pat_learn_folder *folder, json_t *description, pat_error *error)
{
    json_decref(folder->record);
    folder->record = pat_json_document("learning", 1, json_pack("{s:O}", "options", description));
    return write_record(folder, error);
}

/* With the lock held. */
static pat_status take_over(pat_learn_folder *folder, json_t *description, bool restart,
                            pat_error *error)
{
    pat_status status = PAT_OK;
    bool has_record = access(folder->record_path, F_OK) == 0;
    if (!has_record && !is_fresh(folder->path))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: is not a working folder of patina learn; move it, or choose another "
                        "name with -o",
                        folder->path);
    if (has_record && !restart) {
        status = read_record(folder, error);
        return status == PAT_OK ? compare(folder, description, error) : status;
    }
    if (has_record)
        status = empty(folder, error);
    return status == PAT_OK ? begin(folder, description, error) : status;
}

pat_status pat_learn_folder_open(pat_learn_folder *folder, const char *output, json_t *description,
                                 bool restart, pat_error *error)
{
    pat_status status = description == NULL ? pat_fail_memory(error, "the options of the run")
                                            : name_files(folder, output, error);
    if (status == PAT_OK)
        status = pat_make_folder_of(folder->record_path, error);
    if (status == PAT_OK)
        status = lock(folder, error);
    if (status == PAT_OK)
        status = take_over(folder, description, restart, error);
    json_decref(description);
    return status;
}

void pat_learn_folder_close(pat_learn_folder *folder)
{
    pat_file_abandon(&folder->lock, false);
    json_decref(folder->record);
    *folder = (pat_learn_folder){0};
}

/* ---- The model ------------------------------------------------------------------------------- */

pat_status pat_learn_folder_note_model(pat_learn_folder *folder, const char *output,
                                       double max_harm, pat_error *error)
{
    char digest[PAT_SHA256_TEXT_SIZE];
    pat_status status = pat_file_digest(output, digest, error);
    if (status != PAT_OK)
        return status;
    pat_json_set(&folder->record, "model",
                 json_pack("{s:s, s:f}", "sha256", digest, "max_harm", max_harm));
    return write_record(folder, error);
}

bool pat_learn_folder_owns(const pat_learn_folder *folder, const char *output)
{
    char digest[PAT_SHA256_TEXT_SIZE];
    const json_t *model = json_object_get(folder->record, "model");
    const char *noted = json_string_value(json_object_get(model, "sha256"));
    return noted != NULL && access(output, F_OK) == 0 &&
           pat_file_digest(output, digest, NULL) == PAT_OK && strcmp(noted, digest) == 0;
}

bool pat_learn_folder_has_model(const pat_learn_folder *folder, const char *output, double max_harm)
{
    const json_t *model = json_object_get(folder->record, "model");
    return json_number_value(json_object_get(model, "max_harm")) == max_harm &&
           pat_learn_folder_owns(folder, output);
}
