#include "run/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sha256.h"

pat_status pat_path_beside(char path[PAT_PATH_SIZE], const char *output, const char *suffix,
                           pat_error *error)
{
    size_t length = strlen(output);
    if (length > 4 && strcasecmp(output + length - 4, ".csv") == 0)
        length -= 4;
    if (length + strlen(suffix) + sizeof ".partial" > PAT_PATH_SIZE)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%.60s...: the output name is too long; choose another", output);
    snprintf(path, PAT_PATH_SIZE, "%.*s%s", (int)length, output, suffix);
    return PAT_OK;
}

pat_status pat_run_record_write(json_t *record, pat_file *file, pat_error *error)
{
    char *text = pat_json_write(record, PAT_JSON_LINES);
    if (text == NULL)
        return pat_fail_memory(error, "the run record");
    pat_status status = pat_file_append(file, text, strlen(text), error);
    if (status == PAT_OK)
        status = pat_file_append(file, "\n", 1, error);
    if (status == PAT_OK)
        status = pat_file_finish(file, NULL, error);
    free(text);
    return status;
}

static pat_status read_object(const char *path, json_t **value, json_error_t *cause)
{
    enum { BYTES_MAX = 16 << 20 };
    struct stat file;
    *value = NULL;
    snprintf(cause->text, sizeof cause->text, "it is not a regular file");
    if (stat(path, &file) == 0 && !S_ISREG(file.st_mode)) /* opening a FIFO could block forever */
        return PAT_MALFORMED;
    pat_status status = pat_json_read(value, path, BYTES_MAX, cause);
    if (status != PAT_OK || json_is_object(*value))
        return status;
    json_decref(*value);
    *value = NULL;
    snprintf(cause->text, sizeof cause->text, "it is not an object");
    return PAT_MALFORMED;
}

pat_status pat_run_record_read(const char *data, char path[PAT_PATH_SIZE], json_t **record,
                               pat_error *error)
{
    json_error_t cause;
    *record = NULL;
    pat_status status = pat_path_beside(path, data, ".run.json", error);
    if (status != PAT_OK || access(path, F_OK) != 0)
        return status;
    status = read_object(path, record, &cause);
    if (status == PAT_OK)
        return PAT_OK;
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "the run record");
    return pat_fail(
        error, PAT_MALFORMED,
        "%s: is not a run record (%s); move it away if it does not belong to the data set", path,
        cause.text);
}

/* ---- An earlier run of the same command ------------------------------------------------------ */

/* Whether `object` has every member of `some`, with the same value. */
static bool has_members(const json_t *object, json_t *some)
{
    const char *name;
    json_t *value;
    json_object_foreach(some, name,
                        value) if (!json_equal(json_object_get(object, name), value)) return false;
    return some != NULL;
}

json_t *pat_run_record_of_same(const char *data, const char *identity, json_t *options)
{
    char path[PAT_PATH_SIZE];
    json_t *record;
    if (pat_run_record_read(data, path, &record, NULL) != PAT_OK || record == NULL)
        return NULL;
    const char *was = json_string_value(json_object_get(record, "identity"));
    if (was != NULL && strcmp(was, identity) == 0 &&
        has_members(json_object_get(record, "options"), options))
        return record;
    json_decref(record);
    return NULL;
}

static bool has_digest(const char *path, const char *expected)
{
    char digest[PAT_SHA256_TEXT_SIZE];
    return access(path, F_OK) == 0 && pat_file_digest(path, digest, NULL) == PAT_OK &&
           strcmp(digest, expected) == 0;
}

/* A run that was killed while it moved its files into place has left the others finished, with the
 * digests of the record, under their partial names. */
bool pat_run_record_has_file(const json_t *record, const char *digest_name, const char *path)
{
    char partial[PAT_PATH_SIZE + sizeof ".partial"];
    const char *digest =
        json_string_value(json_object_get(json_object_get(record, "results"), digest_name));
    snprintf(partial, sizeof partial, "%s.partial", path);
    return digest != NULL && (has_digest(path, digest) || has_digest(partial, digest));
}
