/* Compare a rebuilt row with the table's, cell by cell, and find out why they differ. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/error.h"
#include "base/number.h"
#include "data/row.h"
#include "data/table.h"
#include "patina/version.h"
#include "run/explain/explain_steps.h"

const char *pat_cell_verdict_name(pat_cell_verdict verdict)
{
    static const char *const names[PAT_CELL_VERDICTS] = {
        [PAT_CELL_SAME] = "same",       [PAT_CELL_REWRITTEN] = "rewritten",
        [PAT_CELL_ROUNDED] = "rounded", [PAT_CELL_OTHER] = "other",
        [PAT_CELL_MISSING] = "missing",
    };
    return names[verdict];
}

/* ---- Cells ----------------------------------------------------------------------------------- */

/* The rebuilt row as it would be written: column names and cells. */
struct rebuilt {
    pat_names column, cell;
};

/* Split a line of cells without quotes. */
static bool split(pat_buffer *line, pat_names *cells)
{
    pat_buffer_append_char(line, '\0');
    if (line->failed)
        return false;
    char *rest = line->data;
    rest[strcspn(rest, "\n")] = '\0';
    for (char *cell; (cell = strsep(&rest, ",")) != NULL;)
        if (!pat_names_add(cells, cell))
            return false;
    return true;
}

/* Leave out the name of the pair, because it may need quotes. */
static pat_status rebuild(const pat_search_report *report, const pat_columns *columns,
                          struct rebuilt *rebuilt, pat_error *error)
{
    pat_buffer header = {0}, line = {0};
    pat_row_put_header(&header, columns);
    pat_row_put(&line, columns,
                &(pat_row){.name = "-",
                           .scores = &report->best,
                           .features = report->features,
                           .setting = &report->setting,
                           .colors = report->colors});
    bool done = split(&header, &rebuilt->column) && split(&line, &rebuilt->cell);
    pat_buffer_release(&header);
    pat_buffer_release(&line);
    return done ? PAT_OK : pat_fail_memory(error, "the rebuilt row");
}

static void release(struct rebuilt *rebuilt)
{
    pat_names_release(&rebuilt->column);
    pat_names_release(&rebuilt->cell);
}

static bool is_rounded(double table, double rebuilt)
{
    enum { FEWEST = 3, MOST = 16 }; /* fewer digits could match by chance */
    for (int digits = FEWEST; digits <= MOST; digits++)
        if (pat_number_round(rebuilt, digits) == table)
            return true;
    return false;
}

static pat_cell_verdict judge(const char *column, const char *table, const char *rebuilt)
{
    double there, here;
    if (strcmp(table, rebuilt) == 0)
        return PAT_CELL_SAME;
    if (!pat_table_number(column, table, &there) || !pat_table_number(column, rebuilt, &here))
        return PAT_CELL_OTHER;
    if (there == here)
        return PAT_CELL_REWRITTEN;
    return is_rounded(there, here) ? PAT_CELL_ROUNDED : PAT_CELL_OTHER;
}

static pat_status add_cell(pat_explained_row *row, const char *column, const char *table,
                           const char *rebuilt, pat_error *error)
{
    pat_explained_cell *cell = &row->cell[row->cell_count++];
    cell->verdict = table == NULL ? PAT_CELL_MISSING : judge(column, table, rebuilt);
    row->differing += cell->verdict != PAT_CELL_SAME;
    cell->column = strdup(column);
    cell->table = strdup(table == NULL ? "" : table);
    cell->rebuilt = strdup(rebuilt);
    if (cell->column == NULL || cell->table == NULL || cell->rebuilt == NULL)
        return pat_fail_memory(error, "the cells of a row");
    return PAT_OK;
}

static const char *cell_of(const pat_found *found, size_t row, const char *column)
{
    for (size_t i = 0; i < found->header.count; i++)
        if (strcmp(pat_names_get(&found->header, i), column) == 0)
            return pat_names_get(&found->field[row], i);
    return NULL;
}

/* The filename column: the cell may be the name made safe for spreadsheets. */
static pat_status add_name(const pat_found *found, size_t index, pat_explanation *explanation,
                           pat_error *error)
{
    const char *table = cell_of(found, index, "filename");
    assert(table != NULL); /* the row was found by this cell */
    bool is_name = pat_explain_is_name(table, explanation->filename);
    return add_cell(&explanation->row[index], "filename", table,
                    is_name ? table : explanation->filename, error);
}

pat_status pat_explain_compare(const pat_found *found, const pat_search_report *report,
                               pat_explanation *explanation, pat_error *error)
{
    struct rebuilt rebuilt = {0};
    const pat_columns columns = {.extended = explanation->extended,
                                 .grid = &explanation->grid,
                                 .scores = explanation->scores};
    pat_status status = rebuild(report, &columns, &rebuilt, error);
    explanation->reproduced = explanation->row_count > 0;
    for (size_t i = 0; i < explanation->row_count && status == PAT_OK; i++) {
        pat_explained_row *row = &explanation->row[i];
        status = add_name(found, i, explanation, error);
        for (size_t k = 1; k < rebuilt.column.count && status == PAT_OK; k++) {
            const char *column = pat_names_get(&rebuilt.column, k);
            status = add_cell(row, column, cell_of(found, i, column),
                              pat_names_get(&rebuilt.cell, k), error);
        }
        explanation->reproduced = explanation->reproduced && row->differing == 0;
    }
    release(&rebuilt);
    return status;
}

/* ---- Reasons --------------------------------------------------------------------------------- */

static void __attribute__((format(printf, 2, 3)))
add_reason(pat_explanation *explanation, const char *format, ...)
{
    va_list values;
    if (explanation->reason_count == PAT_EXPLAINED_REASONS_MAX)
        return;
    va_start(values, format);
    vsnprintf(explanation->reason[explanation->reason_count++], PAT_EXPLAINED_REASON_SIZE, format,
              values);
    va_end(values);
}

/* The number of cells with this verdict. */
static size_t count_cells(const pat_explained_row *row, pat_cell_verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < row->cell_count; i++)
        count += row->cell[i].verdict == verdict;
    return count;
}

static bool is_feature(const char *column)
{
    for (int i = 0; i < PAT_FEATURES_MAX; i++)
        if (strcmp(column, pat_feature_name(i)) == 0)
            return true;
    return false;
}

/* Whether the similarity differs although the PSNR and SSIM that it is computed from do not. */
static bool contradicts_itself(const pat_explained_row *row)
{
    bool other[3] = {false, false, false};
    static const char *const columns[3] = {"psnr", "ssim", "similarity_score"};
    for (size_t i = 0; i < row->cell_count; i++)
        for (int k = 0; k < 3; k++)
            if (strcmp(row->cell[i].column, columns[k]) == 0)
                other[k] = row->cell[i].verdict == PAT_CELL_OTHER ||
                           (k < 2 && row->cell[i].verdict == PAT_CELL_MISSING);
    return other[2] && !other[0] && !other[1];
}

/* The number of other values that a different search could explain. */
static size_t count_other(const pat_explained_row *row)
{
    return count_cells(row, PAT_CELL_OTHER) - contradicts_itself(row);
}

static void give_reasons_of_cells(const pat_explained_row *row, pat_explanation *explanation)
{
    size_t rounded = count_cells(row, PAT_CELL_ROUNDED);
    size_t rewritten = count_cells(row, PAT_CELL_REWRITTEN);
    size_t other = count_other(row), features = 0;
    for (size_t i = 0; i < row->cell_count; i++)
        features += row->cell[i].verdict == PAT_CELL_OTHER && is_feature(row->cell[i].column);
    if (rounded > 0)
        add_reason(explanation,
                   "%zu cell%s the rebuilt number with fewer digits: the table was saved by a "
                   "spreadsheet or another program that rounds",
                   rounded, rounded == 1 ? " has" : "s have");
    if (rewritten > 0)
        add_reason(explanation,
                   "%zu cell%s the same number written differently: the table was saved by another "
                   "program",
                   rewritten, rewritten == 1 ? " has" : "s have");
    if (count_cells(row, PAT_CELL_MISSING) > 0)
        add_reason(explanation, "the table lacks columns that every data set has");
    if (contradicts_itself(row))
        add_reason(explanation, "similarity_score is computed from PSNR and SSIM, which match the "
                                "rebuilt values: the cell was changed");
    if (features > 0)
        add_reason(explanation,
                   "%zu feature%s, and features depend only on the damaged image: it is not the "
                   "file that was searched, or cells were changed",
                   features, features == 1 ? " differs" : "s differ");
    else if (other > 0)
        add_reason(explanation,
                   "the features match the table, so the damaged image is the same: the original "
                   "is a different file, the grid was different, or cells were changed");
}

static const char *cell_called(const pat_explained_row *row, const char *column)
{
    for (size_t i = 0; i < row->cell_count; i++)
        if (strcmp(row->cell[i].column, column) == 0)
            return row->cell[i].table;
    return "";
}

/* Read the setting from the table's cells. False if they have none. */
static bool read_setting(const pat_explained_row *row, pat_setting *setting)
{
    *setting = (pat_setting){{0}};
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        const char *text = cell_called(row, pat_axis_of(axis)->column);
        if (pat_axis_of(axis)->is_optional && *text == '\0')
            setting->value[axis] = pat_setting_left_out(setting, axis);
        else if (!pat_value_parse(axis, text, &setting->value[axis]))
            return false;
    }
    return true;
}

/* Add a reason if the table's setting is not in the grid. */
static void give_reason_of_grid(const pat_explained_row *row, pat_explanation *explanation)
{
    const pat_grid *grid = &explanation->grid;
    pat_setting setting;
    char words[PAT_SETTING_TEXT_SIZE];
    if (!read_setting(row, &setting) || pat_grid_find(grid, &setting) < pat_grid_count(grid))
        return;
    add_reason(explanation,
               "the table's setting (%s) is not among those tried now: use --grid to specify the "
               "grid that was searched",
               pat_setting_is_idle(&setting) ? "nothing done"
                                             : pat_setting_describe(&setting, words));
}

static void give_reason_of_file(const pat_explained_file *file, pat_explanation *explanation)
{
    if (file->modified[0] == '\0' || explanation->record_finished[0] == '\0' ||
        strcmp(file->modified, explanation->record_finished) <= 0) /* both are ISO 8601, in UTC */
        return;
    add_reason(explanation, "%.300s was modified at %s, after the run ended at %s", file->path,
               file->modified, explanation->record_finished);
}

static void give_reasons_of_record(const pat_explain_options *options,
                                   const pat_explain_record *record, bool searched_otherwise,
                                   pat_explanation *explanation)
{
    pat_explained_file table = {0};
    char cpu[sizeof record->cpu];
    if (searched_otherwise) {
        give_reason_of_file(&explanation->damaged, explanation);
        give_reason_of_file(&explanation->undamaged, explanation);
    }
    pat_explain_look(options->data, &table);
    if (record->sha256[0] != '\0' && table.sha256[0] == '\0')
        add_reason(explanation, "whether the table was changed after it was written is unknown: it "
                                "cannot be read again; check the disk");
    if (record->sha256[0] != '\0' && table.sha256[0] != '\0' &&
        strcmp(record->sha256, table.sha256) != 0)
        add_reason(explanation, "the table was changed after it was written: its SHA-256 differs "
                                "from the one in the run record");
    if (strcmp(explanation->record_version, pat_version()) != 0)
        add_reason(explanation, "the table was made by patina %s; this is patina %s",
                   explanation->record_version, pat_version());
    pat_cpu_model(cpu, sizeof cpu);
    if (searched_otherwise && record->cpu[0] != '\0' && strcmp(record->cpu, cpu) != 0)
        add_reason(explanation,
                   "the table was made on a different processor (%.100s), where the last digits of "
                   "features may differ",
                   record->cpu);
}

void pat_explain_reasons(const pat_explain_options *options, const pat_explain_record *record,
                         pat_explanation *explanation)
{
    const pat_explained_row *row = NULL;
    bool searched_otherwise = true; /* if cells were only rounded, that is reason enough */
    for (size_t i = explanation->row_count; i-- > 0;)
        if (explanation->row[i].differing > 0)
            row = &explanation->row[i];
    if (explanation->matching > 1)
        add_reason(explanation,
                   "%zu rows have this name, but the images belong to only one of them: give each "
                   "row a unique name",
                   explanation->matching);
    if (row != NULL && row->cell_count > 0) {
        give_reasons_of_cells(row, explanation);
        searched_otherwise = count_other(row) > 0;
        if (searched_otherwise)
            give_reason_of_grid(row, explanation);
    }
    if (explanation->has_record)
        give_reasons_of_record(options, record, searched_otherwise, explanation);
}
