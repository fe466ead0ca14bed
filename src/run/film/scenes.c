#include "run/film/scenes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/csv.h"

enum { NO_COLUMN = -1 };

/* Where the columns are. */
struct columns {
    int first_frame, axis[PAT_AXES];
    size_t count;
};

static int find(const pat_csv_row *header, const char *name)
{
    for (size_t i = 0; i < header->count; i++)
        if (strcmp(header->field[i], name) == 0)
            return (int)i;
    return NO_COLUMN;
}

static pat_status find_columns(const char *path, const pat_csv_row *header, struct columns *columns,
                               pat_error *error)
{
    columns->count = header->count;
    columns->first_frame = find(header, "first_frame");
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        columns->axis[axis] = find(header, pat_axis_of(axis)->column);
    if (columns->first_frame == NO_COLUMN)
        return pat_fail(error, PAT_MALFORMED,
                        "%s: has no column first_frame; use the table of scenes that patina film "
                        "wrote",
                        path);
    return PAT_OK;
}

/* Read the setting of a row; *has: whether there is one. */
static pat_status read_setting(const char *path, const pat_csv_row *row,
                               const struct columns *columns, pat_setting *setting, bool *has,
                               pat_error *error)
{
    *setting = (pat_setting){0};
    *has = false;
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        const char *name = pat_axis_of(axis)->column;
        const char *cell = columns->axis[axis] == NO_COLUMN ? "" : row->field[columns->axis[axis]];
        double value;
        if (*cell == '\0')
            continue;
        if (!pat_value_parse(axis, cell, &value) || isnan(value))
            return pat_fail(error, PAT_MALFORMED, "%s: line %zu: '%s' is no %s; correct it", path,
                            row->line, cell, name);
        setting->value[axis] = value;
        *has = true;
    }
    pat_error cause = {0};
    if (*has && pat_setting_check(setting, &cause) != PAT_OK)
        return pat_fail(error, cause.status, "%s: line %zu: %s", path, row->line, cause.message);
    return PAT_OK;
}

static pat_status read_row(const char *path, const pat_csv_row *row, const struct columns *columns,
                           bool from_zero, pat_film_wanted *wanted, pat_error *error)
{
    const char *cell = row->field[columns->first_frame];
    double first;
    double least = wanted->count > 0 ? (double)wanted->scenes[wanted->count - 1].first + 1 : 0;
    if (!pat_number_parse(cell, &first) || first != floor(first) || first < least || first > 1e15 ||
        (from_zero && wanted->count == 0 && first != 0))
        return pat_fail(error, PAT_MALFORMED,
                        "%s: line %zu: first_frame is '%s', but must be %s, and greater from row "
                        "to row; correct it",
                        path, row->line, cell,
                        from_zero ? "0 in the first row" : "the number of a frame");
    if (!pat_array_reserve(&wanted->scenes, &wanted->capacity, wanted->count + 1,
                           sizeof *wanted->scenes) ||
        !pat_array_reserve(&wanted->has_setting, &wanted->flag_capacity, wanted->count + 1,
                           sizeof *wanted->has_setting))
        return pat_fail_memory(error, "the film's scenes");
    pat_film_scene *scene = &wanted->scenes[wanted->count];
    *scene = (pat_film_scene){.first = (size_t)first};
    pat_status status = read_setting(path, row, columns, &scene->setting,
                                     &wanted->has_setting[wanted->count], error);
    wanted->count += status == PAT_OK;
    return status;
}

pat_status pat_film_scenes_read(const char *path, bool from_zero, pat_film_wanted *wanted,
                                pat_error *error)
{
    pat_csv_reader *reader;
    pat_csv_row row;
    struct columns columns;
    pat_status status = pat_csv_open(&reader, path, error);
    if (status != PAT_OK)
        return status;
    status = pat_csv_next_header(reader, &row, error);
    if (status == PAT_OK)
        status = find_columns(path, &row, &columns, error);
    while (status == PAT_OK) {
        status = pat_csv_next(reader, &row, error);
        if (status != PAT_OK || row.count == 0)
            break;
        status = pat_csv_check_width(reader, &row, columns.count, error);
        if (status == PAT_OK)
            status = read_row(path, &row, &columns, from_zero, wanted, error);
    }
    if (status == PAT_OK && wanted->count == 0)
        status =
            pat_fail(error, PAT_MALFORMED, "%s: has no scenes; add a row for the first one", path);
    pat_csv_close(reader);
    return status;
}

void pat_film_scenes_release(pat_film_wanted *wanted)
{
    free(wanted->scenes);
    free(wanted->has_setting);
    *wanted = (pat_film_wanted){0};
}

pat_status pat_film_scenes_begin(const pat_film_wanted *wanted, const char *path,
                                 pat_film_record *records, size_t count, pat_error *error)
{
    for (size_t i = 0; i < count; i++)
        records[i].begins = false;
    for (size_t s = 0; s < wanted->count; s++) {
        if (wanted->scenes[s].first >= count)
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "%s: a scene begins at frame %zu, but the film has %zu frames, from 0 "
                            "on; correct it",
                            path, wanted->scenes[s].first, count);
        records[wanted->scenes[s].first].begins = true;
    }
    return PAT_OK;
}
