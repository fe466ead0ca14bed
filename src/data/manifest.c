#include "data/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/csv.h"
#include "patina/dataset.h"

enum { DAMAGED, UNDAMAGED, ID, ORIGINAL, COLUMNS };

static const char *const column_names[COLUMNS] = {"damaged", "undamaged", "id", "original"};

#define TAKEN "it must have the columns damaged and undamaged, and may have id and original"

/* Find the columns in the header; id and original may be missing, and are then row->count. */
static pat_status read_header(const char *path, const pat_csv_row *row, size_t column[COLUMNS],
                              pat_error *error)
{
    for (int i = 0; i < COLUMNS; i++) {
        column[i] = 0;
        while (column[i] < row->count && strcmp(row->field[column[i]], column_names[i]) != 0)
            column[i]++;
        for (size_t j = column[i] + 1; j < row->count; j++)
            if (strcmp(row->field[j], column_names[i]) == 0)
                return pat_fail(error, PAT_MALFORMED,
                                "%s: the manifest's first line has the column '%s' twice; " TAKEN,
                                path, column_names[i]);
        if (i < ID && column[i] == row->count)
            return pat_fail(error, PAT_MALFORMED,
                            "%s: the manifest's first line has no column '%s'; " TAKEN, path,
                            column_names[i]);
    }
    return PAT_OK;
}

static pat_status read_pair(const char *path, const pat_csv_row *row, const size_t column[COLUMNS],
                            pat_names *lists[COLUMNS], pat_error *error)
{
    for (int i = 0; i < COLUMNS; i++) {
        const char *field = column[i] < row->count ? row->field[column[i]] : "";
        if (i == ID && *field == '\0')
            field = row->field[column[DAMAGED]];
        if (*field == '\0' && i != ORIGINAL)
            return pat_fail(error, PAT_MALFORMED,
                            "%s: line %zu of the manifest has no '%s'; fill "
                            "it in or remove the line",
                            path, row->line, column_names[i]);
        if (strlen(path) + strlen(field) + 1 >= PAT_PATH_SIZE)
            return pat_fail(error, PAT_MALFORMED,
                            "%s: line %zu of the manifest: the path is too "
                            "long",
                            path, row->line);
        if (!pat_names_add(lists[i], field))
            return pat_fail_memory(error, "the list of pairs");
    }
    return PAT_OK;
}

/* Ids must be unique: from here on, only they identify the rows. */
static pat_status check_distinct(const char *path, const pat_names *ids, pat_error *error)
{
    pat_names sorted = {.text = ids->text, .count = ids->count};
    sorted.offset = pat_realloc_array(NULL, ids->count + 1, sizeof *sorted.offset);
    if (sorted.offset == NULL)
        return pat_fail_memory(error, "the list of pairs");
    if (ids->count > 0)
        memcpy(sorted.offset, ids->offset, ids->count * sizeof *sorted.offset);
    pat_names_sort(&sorted);
    pat_status status = PAT_OK;
    for (size_t i = 1; i < sorted.count && status == PAT_OK; i++)
        if (strcmp(pat_names_get(&sorted, i - 1), pat_names_get(&sorted, i)) == 0)
            status = pat_fail(error, PAT_MALFORMED,
                              "%s: two rows of the manifest have the id '%s'; give each its own id",
                              path, pat_names_get(&sorted, i));
    free(sorted.offset);
    return status;
}

pat_status pat_manifest_read(pat_manifest *manifest, const char *path, pat_error *error)
{
    pat_names *lists[COLUMNS] = {&manifest->damaged, &manifest->undamaged, &manifest->id,
                                 &manifest->original};
    size_t column[COLUMNS], width = 0;
    pat_csv_reader *reader;
    pat_csv_row row;
    pat_status status = pat_csv_open(&reader, path, error);
    if (status != PAT_OK)
        return status;
    status = pat_csv_next_header(reader, &row, error);
    if (status == PAT_OK) {
        width = row.count;
        status = read_header(path, &row, column, error);
    }
    while (status == PAT_OK) {
        status = pat_csv_next(reader, &row, error);
        if (status != PAT_OK || row.count == 0)
            break;
        status = pat_csv_check_width(reader, &row, width, error);
        if (status == PAT_OK)
            status = read_pair(path, &row, column, lists, error);
    }
    pat_csv_close(reader);
    return status == PAT_OK ? check_distinct(path, &manifest->id, error) : status;
}
