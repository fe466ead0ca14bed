/* Inspect the rows of a data set; private to the library. */
#ifndef PAT_INSPECT_ROWS_H
#define PAT_INSPECT_ROWS_H

#include "data/labels.h"
#include "data/table.h"
#include "inspect/columns.h"
#include "patina/inspect.h"

/* Read these columns, and the extended features if all are there. Fails as pat_table_read(), and
 * with PAT_NOTHING_TO_DO if there is no row. */
PAT_MUST_CHECK pat_status pat_inspect_read(const char *path, pat_table *table, pat_error *error);

/* The gain of the best setting of a row over the untouched image; NaN for an identical pair. */
typedef struct pat_row_gain {
    double db, ssim;
} pat_row_gain;

/*
 * Guess the grid that settings come from: the study's if it contains all, else the values that
 * occur, in order of appearance. value: a column for each axis; NaN for a missing optional one.
 * Rows with numbers that are not finite are skipped. *grid is undefined if the origin is
 * PAT_GRID_UNKNOWN.
 */
pat_grid_origin pat_grid_guess(const double *const value[PAT_AXES], size_t rows, pat_grid *grid);

/* What an inspection works on. All but the counts is borrowed. */
typedef struct pat_inspecting {
    const char *path; /* of the data set, for messages */
    const pat_table *table;
    const pat_name_index *names; /* of its rows */
    pat_inspection *report;
    pat_labels labels;
    pat_row_gain *gain; /* room for one per row, filled in if there are trials; or NULL */
} pat_inspecting;

/* Inspect the rows. Fails as pat_inspect(). The findings are not sorted yet. */
PAT_MUST_CHECK pat_status pat_inspect_table(pat_inspecting *work, const char *trials,
                                            const pat_grid *grid, pat_error *error);

/* Add the findings about names that rows share; and all others. The first returns false when memory
 * runs out, the second fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK bool pat_note_repeated_names(const pat_inspecting *work);
PAT_MUST_CHECK pat_status pat_give_verdict(const pat_inspecting *work, pat_error *error);

#endif
