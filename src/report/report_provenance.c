/* Provenance: files, the record of the search, and the origin of the model. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "patina/version.h"
#include "report/report.h"
#include "run/record.h"

enum { LINES_MAX = 120, TEXT_MAX = 300 };

/* ---- JSON as lines --------------------------------------------------------------------------- */

struct lines {
    pat_shown *shown;
    json_t *rows;
    size_t count;
};

static json_t *value_words(const json_t *value)
{
    const char *text = json_string_value(value);
    if (text != NULL) /* already escaped by its writer */
        return strlen(text) <= TEXT_MAX ? json_string(text)
                                        : pat_words("(%zu characters)", strlen(text));
    if (json_is_integer(value))
        return pat_words("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (json_is_real(value))
        return pat_words("%.6g", json_real_value(value));
    return json_string(json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "–");
}

/* An array of plain values as "a, b, c". */
static json_t *list_words(const json_t *array)
{
    pat_buffer text = {0};
    for (size_t i = 0; i < json_array_size(array) && text.size < TEXT_MAX; i++) {
        json_t *words = value_words(json_array_get(array, i));
        pat_buffer_append_text(&text, i > 0 ? ", " : "");
        pat_buffer_append_text(&text, words == NULL ? "" : json_string_value(words));
        json_decref(words);
    }
    if (text.size >= TEXT_MAX)
        pat_buffer_append_text(&text, " ...");
    pat_buffer_append(&text, "", 1);
    json_t *value = text.failed ? NULL : json_string(text.data);
    pat_buffer_release(&text);
    return value;
}

/* "options: max pixels" */
static json_t *label_words(const char *prefix, const char *name)
{
    enum { NAME_MAX_SHOWN = 60 };
    char plain[NAME_MAX_SHOWN + 1];
    snprintf(plain, sizeof plain, "%.*s", NAME_MAX_SHOWN, name);
    for (char *at = plain; *at != '\0'; at++)
        *at = *at == '_' ? ' ' : *at;
    return pat_words("%s%s%s", prefix, *prefix == '\0' ? "" : ": ", plain);
}

/* Add a line for each member; members nested deeper than `depth` are left out. */
static void add_lines(struct lines *lines, const json_t *object, const char *prefix, int depth)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        json_t *label = label_words(prefix, name);
        if (json_is_object(value)) {
            if (depth > 0 && label != NULL)
                add_lines(lines, value, json_string_value(label), depth - 1);
        } else if (lines->count++ < LINES_MAX) {
            PAT_ROW(lines->shown, lines->rows, json_incref(label),
                    json_is_array(value) ? list_words(value) : value_words(value));
        }
        json_decref(label);
    }
}

static void show_lines(pat_shown *shown, json_t *section, const char *name, const json_t *object)
{
    struct lines lines = {shown, json_array(), 0};
    add_lines(&lines, object, "", 2);
    pat_show_table(shown, section, name, json_pack("[s, s]", "item", "value"), lines.rows);
}

/* ---- Files ----------------------------------------------------------------------------------- */

/* digest: out. expected: the recorded digest, or NULL. */
static pat_status show_file(pat_shown *shown, json_t *rows, const char *role, const char *path,
                            const char *expected, char digest[PAT_SHA256_TEXT_SIZE],
                            pat_error *error)
{
    struct stat file = {0};
    pat_status status = pat_file_digest(path, digest, error);
    if (status != PAT_OK)
        return status;
    stat(path, &file);
    const char *note = expected == NULL                ? ""
                       : strcmp(expected, digest) == 0 ? "as recorded"
                                                       : "changed since it was recorded";
    PAT_ROW(shown, rows, json_string(role), pat_json_text(pat_name_of_path(path)),
            pat_words("%s", pat_digits_of((size_t)file.st_size).text), json_string(digest),
            json_string(note));
    return PAT_OK;
}

static const char *digest_recorded(const json_t *record)
{
    return json_string_value(json_object_get(json_object_get(record, "results"), "sha256"));
}

static pat_status show_files(const pat_report *report, const json_t *record,
                             const char *record_path, pat_shown *shown, json_t *section,
                             pat_error *error)
{
    const pat_report_options *options = report->options;
    char digest[PAT_SHA256_TEXT_SIZE], other[PAT_SHA256_TEXT_SIZE];
    json_t *rows = json_array();
    pat_status status =
        show_file(shown, rows, "data", options->data, digest_recorded(record), digest, error);
    if (status == PAT_OK && options->trials != NULL)
        status = show_file(shown, rows, "trials", options->trials, NULL, other, error);
    if (status == PAT_OK && record != NULL)
        status = show_file(shown, rows, "record", record_path, NULL, other, error);
    if (status == PAT_OK && options->manifest != NULL)
        status = show_file(shown, rows, "manifest", options->manifest, NULL, other, error);
    if (status == PAT_OK && options->model != NULL)
        status = show_file(shown, rows, "model", options->model, NULL, other, error);
    pat_show_table(shown, section, "files",
                   json_pack("[s, s, s, s, s]", "file", "name", "bytes", "SHA-256", ""), rows);
    pat_trained_on trained = pat_report_trained_on(report);
    if (trained != PAT_TRAINED_UNTOLD)
        pat_show(shown, section, "trained_on",
                 json_string(trained == PAT_TRAINED_HERE
                                 ? "The model was trained on this data set."
                                 : "The model was trained on another data set."));
    return status;
}

static void show_model(const pat_report *report, pat_shown *shown, json_t *section)
{
    json_t *origin =
        json_pack("{s:O?, s:O?, s:O?, s:O?}", "kind", json_object_get(report->model, "kind"),
                  "grid", json_object_get(report->model, "grid"), "versions",
                  json_object_get(report->model, "versions"), "trained",
                  json_object_get(report->model, "provenance"));
    if (origin == NULL)
        shown->failed = true;
    show_lines(shown, section, "model", origin);
    json_decref(origin);
}

pat_status pat_report_provenance(const pat_report *report, pat_shown *shown, pat_error *error)
{
    char path[PAT_PATH_SIZE] = "";
    json_t *section = json_object(), *record;
    pat_error cause;
    pat_status read = pat_run_record_read(report->options->data, path, &record, &cause);
    pat_show(shown, shown->words, "provenance", section);
    pat_show(shown, section, "made_by", pat_words("patina %s", pat_version()));
    pat_status status = show_files(report, record, path, shown, section, error);
    if (record != NULL)
        show_lines(shown, section, "record", record);
    else if (read != PAT_OK)
        pat_show(shown, section, "no_record",
                 pat_words("Cannot use the record of the search: %s.", cause.message));
    else
        pat_show(shown, section, "no_record",
                 pat_words("There is no %s, the record of the search. Run the search again to "
                           "write it.",
                           pat_name_of_path(path)));
    if (report->model != NULL)
        show_model(report, shown, section);
    json_decref(record);
    return status;
}
