/* Find the row to explain: in the table, among the failures, and among the pairs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "data/csv.h"
#include "data/nearest.h"
#include "run/explain/explain_steps.h"
#include "run/record.h"
#include "tasks/task.h"

bool pat_explain_is_name(const char *cell, const char *name)
{
    if (strcmp(cell, name) == 0)
        return true;
    if (cell[0] != '\'' || strcmp(cell + 1, name) != 0)
        return false;
    pat_buffer text = {0};
    pat_csv_spreadsheet_text(&text, name);
    pat_buffer_append_char(&text, '\0');
    bool safe = !text.failed && text.data[text.data[0] == '"'] == '\'';
    pat_buffer_release(&text);
    return safe;
}

void pat_found_release(pat_found *found)
{
    pat_names_release(&found->header);
    for (int i = 0; i < PAT_EXPLAINED_ROWS_MAX; i++)
        pat_names_release(&found->field[i]);
}

/* ---- The table ------------------------------------------------------------------------------- */

static bool copy_row(pat_names *names, const pat_csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (!pat_names_add(names, row->field[i]))
            return false;
    return true;
}

/* The index of a column in the header; header->count if it is missing. */
static size_t column_of(const pat_names *header, const char *name)
{
    size_t i = 0;
    while (i < header->count && strcmp(pat_names_get(header, i), name) != 0)
        i++;
    return i;
}

static pat_status read_header(pat_csv_reader *csv, const char *path, pat_names *header,
                              size_t *filename, pat_error *error)
{
    pat_csv_row row;
    pat_status status = pat_csv_next_header(csv, &row, error);
    if (status == PAT_OK && !copy_row(header, &row))
        status = pat_fail_memory(error, "the columns of a table");
    if (status != PAT_OK)
        return status;
    *filename = column_of(header, "filename");
    if (*filename < header->count)
        return PAT_OK;
    return pat_fail(error, PAT_MALFORMED,
                    "%s: the first line lacks the column 'filename'; is it the right file?", path);
}

static pat_status take_row(pat_explanation *explanation, pat_found *found, const pat_csv_row *row,
                           pat_error *error)
{
    if (explanation->matching++ >= PAT_EXPLAINED_ROWS_MAX)
        return PAT_OK;
    size_t index = explanation->row_count++;
    explanation->row[index].number = row->number;
    return copy_row(&found->field[index], row) ? PAT_OK
                                               : pat_fail_memory(error, "a row of a table");
}

static pat_status read_rows(pat_csv_reader *csv, size_t filename, pat_explanation *explanation,
                            pat_found *found, pat_nearest *nearest, pat_error *error)
{
    for (;;) {
        pat_csv_row row;
        pat_status status = pat_csv_next(csv, &row, error);
        if (status != PAT_OK || row.count == 0)
            return status;
        status = pat_csv_check_width(csv, &row, found->header.count, error);
        if (status != PAT_OK)
            return status;
        explanation->rows++;
        const char *cell = row.field[filename];
        if (pat_explain_is_name(cell, explanation->filename))
            status = take_row(explanation, found, &row, error);
        else if (explanation->matching == 0)
            pat_nearest_add(nearest, cell);
        if (status != PAT_OK)
            return status;
    }
}

static pat_status find_rows(const char *path, pat_explanation *explanation, pat_found *found,
                            pat_nearest *nearest, pat_error *error)
{
    pat_csv_reader *csv;
    size_t filename;
    pat_status status = pat_csv_open(&csv, path, error);
    if (status != PAT_OK)
        return status;
    status = read_header(csv, path, &found->header, &filename, error);
    if (status == PAT_OK)
        status = read_rows(csv, filename, explanation, found, nearest, error);
    for (int i = PAT_FEATURE_COUNT; i < PAT_FEATURES_MAX; i++)
        if (column_of(&found->header, pat_feature_name(i)) < found->header.count)
            explanation->extended = true;
    explanation->scores = pat_score_set_default();
    for (int i = 0; i < pat_score_count(); i++)
        if (column_of(&found->header, pat_score_row(i)->column) < found->header.count)
            explanation->scores |= (pat_score_set)1 << i;
    pat_csv_close(csv);
    return status;
}

/* ---- The failures ---------------------------------------------------------------------------- */

static const char *known_stage(const char *name)
{
    for (int i = 0; i < PAT_STAGE_COUNT; i++)
        if (strcmp(name, pat_stage_name((pat_stage)i)) == 0)
            return pat_stage_name((pat_stage)i);
    return "unknown";
}

static pat_status known_reason(const char *name)
{
    int i = 1;
    while (i < PAT_STATUS_COUNT && strcmp(name, pat_status_name((pat_status)i)) != 0)
        i++;
    return i < PAT_STATUS_COUNT ? (pat_status)i : PAT_INTERNAL;
}

/* The columns of failures.csv. */
enum { FILENAME, STAGE, REASON, MESSAGE, FAILURE_COLUMNS };

static void take_failure(const pat_csv_row *row, const size_t column[FAILURE_COLUMNS],
                         pat_explanation *explanation)
{
    pat_failure *failure = &explanation->recorded;
    explanation->failed_before = true;
    snprintf(failure->name, sizeof failure->name, "%s", row->field[column[FILENAME]]);
    snprintf(failure->message, sizeof failure->message, "%s", row->field[column[MESSAGE]]);
    failure->stage = known_stage(row->field[column[STAGE]]);
    failure->reason = known_reason(row->field[column[REASON]]);
}

static pat_status read_failures(pat_csv_reader *csv, const char *path, const pat_names *header,
                                pat_explanation *explanation, pat_nearest *nearest,
                                pat_error *error)
{
    static const char *const names[FAILURE_COLUMNS] = {"filename", "stage", "reason", "message"};
    size_t column[FAILURE_COLUMNS];
    for (int i = 0; i < FAILURE_COLUMNS; i++) {
        column[i] = column_of(header, names[i]);
        if (column[i] == header->count)
            return pat_fail(
                error, PAT_MALFORMED,
                "%s: the first line lacks the column '%s'; remove the file if it does not "
                "belong to the data set",
                path, names[i]);
    }
    while (!explanation->failed_before) {
        pat_csv_row row;
        pat_status status = pat_csv_next(csv, &row, error);
        if (status == PAT_OK && row.count > 0)
            status = pat_csv_check_width(csv, &row, header->count, error);
        if (status != PAT_OK || row.count == 0)
            return status;
        const char *cell = row.field[column[FILENAME]];
        if (pat_explain_is_name(cell, explanation->filename))
            take_failure(&row, column, explanation);
        else
            pat_nearest_add(nearest, cell);
    }
    return PAT_OK;
}

static pat_status find_failure(const char *data, pat_explanation *explanation, pat_nearest *nearest,
                               pat_error *error)
{
    char path[PAT_PATH_SIZE];
    pat_csv_reader *csv;
    pat_names header = {0};
    size_t filename;
    pat_status status = pat_path_beside(path, data, ".failures.csv", error);
    if (status != PAT_OK || access(path, F_OK) != 0)
        return status;
    status = pat_csv_open(&csv, path, error);
    if (status != PAT_OK)
        return status;
    status = read_header(csv, path, &header, &filename, error);
    if (status == PAT_OK)
        status = read_failures(csv, path, &header, explanation, nearest, error);
    pat_csv_close(csv);
    pat_names_release(&header);
    return status;
}

/* ---- Not found ------------------------------------------------------------------------------- */

/* Find a file with this name that is in no pair, which explains why there is no row. */
static bool find_unpaired(const pat_pairs *pairs, const char *filename, pat_unpaired *unpaired)
{
    for (size_t i = 0; i < pat_pairs_unpaired_count(pairs); i++) {
        *unpaired = pat_pairs_unpaired(pairs, i);
        if (pat_explain_is_name(filename, unpaired->name))
            return true;
    }
    return false;
}

/* Show names in a form that can be typed and that pat_explain_find() accepts. */
static pat_status fail_to_find(const pat_pairs *pairs, const char *where, const char *what,
                               const char *filename, const pat_nearest *nearest, pat_error *error)
{
    pat_buffer hint = {0};
    pat_unpaired unpaired;
    pat_nearest_append(nearest, &hint);
    pat_buffer_append_char(&hint, '\0');
    char *name = pat_json_shown(filename), *others = hint.failed ? NULL : pat_json_shown(hint.data);
    pat_status status;
    if (name == NULL || others == NULL)
        status = pat_fail_memory(error, "the nearest names");
    else if (find_unpaired(pairs, filename, &unpaired))
        status =
            pat_fail(error, PAT_NOT_FOUND,
                     "%s%s '%s': the file is in %s but has no partner, so it is in no pair (%s)",
                     where, what, name, unpaired.folder, unpaired.reason);
    else
        status = pat_fail(error, PAT_NOT_FOUND, "%s%s '%s'%s", where, what, name, others);
    free(name);
    free(others);
    pat_buffer_release(&hint);
    return status;
}

static pat_status find_name(const pat_explain_options *options, pat_explanation *explanation,
                            pat_found *found, pat_error *error)
{
    pat_nearest nearest = {.wanted = explanation->filename};
    pat_found_release(found);
    explanation->rows = 0;
    pat_status status = find_rows(options->data, explanation, found, &nearest, error);
    if (status == PAT_OK)
        status = find_failure(options->data, explanation, &nearest, error);
    if (status == PAT_OK && explanation->matching == 0 && !explanation->failed_before)
        status = fail_to_find(options->pairs, options->data, ": no row or failure is named",
                              explanation->filename, &nearest, error);
    return status;
}

pat_status pat_explain_find(const pat_explain_options *options, pat_explanation *explanation,
                            pat_found *found, pat_error *error)
{
    pat_status status = find_name(options, explanation, found, error);
    if (status != PAT_NOT_FOUND || strchr(explanation->filename, '\\') == NULL)
        return status;
    char *meant = pat_json_meant(explanation->filename);
    if (meant == NULL)
        return pat_fail_memory(error, "a name");
    free(explanation->filename);
    explanation->filename = meant;
    return find_name(options, explanation, found, error);
}

pat_status pat_explain_find_pair(const pat_explain_options *options, size_t *index,
                                 pat_explanation *explanation, pat_error *error)
{
    pat_nearest nearest = {.wanted = explanation->filename};
    for (*index = 0; *index < pat_pairs_count(options->pairs); ++*index) {
        pat_pair pair;
        pat_pairs_get(options->pairs, *index, &pair);
        if (!pat_explain_is_name(explanation->filename, pair.name)) {
            pat_nearest_add(&nearest, pair.name);
            continue;
        }
        free(explanation->filename);
        explanation->filename = strdup(pair.name);
        return explanation->filename == NULL ? pat_fail_memory(error, "a name") : PAT_OK;
    }
    return fail_to_find(options->pairs, "", "no pair is named", explanation->filename, &nearest,
                        error);
}
