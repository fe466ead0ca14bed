/* Read the facts about the run that made a table, and about its input files. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "data/settings.h"
#include "data/table.h"
#include "inspect/rows.h"
#include "run/explain/explain_steps.h"
#include "run/record.h"

/* ---- The record ------------------------------------------------------------------------------ */

static void copy_text(const json_t *object, const char *key, char *text, size_t size)
{
    const char *value = json_string_value(json_object_get(object, key));
    snprintf(text, size, "%s", value == NULL ? "" : value);
}

static pat_status take_record(const json_t *value, const char *path, pat_explain_record *record,
                              pat_explanation *explanation, pat_error *error)
{
    const json_t *options = json_object_get(value, "options");
    const char *grid = json_string_value(json_object_get(json_object_get(value, "grid"), "text"));
    pat_error cause = {0};
    explanation->has_record = true;
    copy_text(value, "version", explanation->record_version, sizeof explanation->record_version);
    copy_text(value, "finished", explanation->record_finished, sizeof explanation->record_finished);
    copy_text(json_object_get(value, "results"), "sha256", record->sha256, sizeof record->sha256);
    copy_text(json_object_get(value, "machine"), "cpu", record->cpu, sizeof record->cpu);
    json_int_t max_pixels = json_integer_value(json_object_get(options, "max_pixels"));
    if (max_pixels > 0)
        record->max_pixels = (uint64_t)max_pixels;
    record->has_grid = grid != NULL;
    if (grid == NULL || pat_grid_parse(&record->grid, grid, &cause) == PAT_OK)
        return PAT_OK;
    return pat_fail(
        error, PAT_MALFORMED,
        "%s: its grid is invalid (%s); move the file away, and use --grid to specify the "
        "grid that was searched",
        path, cause.message);
}

pat_status pat_explain_read_record(const char *data, pat_explain_record *record,
                                   pat_explanation *explanation, pat_error *error)
{
    char path[PAT_PATH_SIZE];
    json_t *value;
    pat_status status = pat_run_record_read(data, path, &value, error);
    if (value == NULL)
        return status;
    status = take_record(value, path, record, explanation, error);
    json_decref(value);
    return status;
}

/* ---- The grid -------------------------------------------------------------------------------- */

/* The distinct settings of a table, in order of appearance. */
enum { SETTINGS_MAX = 4 * PAT_AXIS_MAX * PAT_AXIS_MAX };

struct settings {
    double value[PAT_AXES][SETTINGS_MAX];
    size_t count;
};

/* False if there are too many. */
static bool add_setting(struct settings *settings, const pat_setting *setting)
{
    for (size_t i = settings->count; i-- > 0;) {
        pat_setting known;
        for (int axis = 0; axis < PAT_AXES; axis++)
            known.value[axis] = settings->value[axis][i];
        if (pat_setting_equal(&known, setting))
            return true;
    }
    if (settings->count == SETTINGS_MAX)
        return false;
    for (int axis = 0; axis < PAT_AXES; axis++)
        settings->value[axis][settings->count] = setting->value[axis];
    settings->count++;
    return true;
}

static pat_status fail_unknown_grid(const char *path, pat_error *error)
{
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "%s: its settings have more values than a grid can have; use --grid to specify "
                    "the grid that was searched",
                    path);
}

static bool is_finite(const pat_setting *setting)
{
    for (int axis = 0; axis < PAT_AXES; axis++)
        if (!isfinite(setting->value[axis]))
            return false;
    return true;
}

static pat_status collect_settings(const char *path, struct settings *settings, pat_error *error)
{
    const char *columns[PAT_AXES];
    pat_table_reader *reader;
    pat_settings_columns(columns);
    pat_status status = pat_table_open(&reader, path, columns, PAT_AXES, error);
    while (status == PAT_OK) {
        pat_table_row row;
        status = pat_table_next(reader, &row, error);
        if (status != PAT_OK || row.filename == NULL)
            break;
        const pat_setting setting = pat_settings_read(row.value);
        if (is_finite(&setting) && !add_setting(settings, &setting))
            status = fail_unknown_grid(path, error);
    }
    pat_table_close(reader);
    return status;
}

static pat_status guess_grid(const char *path, pat_explanation *explanation, pat_error *error)
{
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL)
        return pat_fail_memory(error, "the settings of a table");
    pat_status status = collect_settings(path, settings, error);
    if (status == PAT_OK) {
        const double *value[PAT_AXES];
        for (int axis = 0; axis < PAT_AXES; axis++)
            value[axis] = settings->value[axis];
        pat_grid_origin origin = pat_grid_guess(value, settings->count, &explanation->grid);
        explanation->grid_origin =
            origin == PAT_GRID_DEFAULT ? PAT_EXPLAINED_GRID_DEFAULT : PAT_EXPLAINED_GRID_OBSERVED;
        if (origin == PAT_GRID_UNKNOWN)
            status = fail_unknown_grid(path, error);
    }
    free(settings);
    return status;
}

pat_status pat_explain_find_grid(const pat_explain_options *options,
                                 const pat_explain_record *record, pat_explanation *explanation,
                                 pat_error *error)
{
    if (options->grid == NULL && !record->has_grid)
        return guess_grid(options->data, explanation, error);
    explanation->grid = options->grid != NULL ? *options->grid : record->grid;
    explanation->grid_origin =
        options->grid != NULL ? PAT_EXPLAINED_GRID_GIVEN : PAT_EXPLAINED_GRID_RECORDED;
    return PAT_OK;
}

/* ---- Files ----------------------------------------------------------------------------------- */

void pat_explain_look(const char *path, pat_explained_file *file)
{
    struct stat info;
    struct tm utc;
    snprintf(file->path, sizeof file->path, "%s", path);
    errno = 0;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
        file->error_number = errno;
        return;
    }
    file->size = (uint64_t)info.st_size;
    strftime(file->modified, sizeof file->modified, "%Y-%m-%dT%H:%M:%SZ",
             gmtime_r(&info.st_mtim.tv_sec, &utc));
    if (pat_file_digest(path, file->sha256, NULL) != PAT_OK) {
        file->error_number = errno;
        file->sha256[0] = '\0';
    }
}
