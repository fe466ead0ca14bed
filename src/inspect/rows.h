/* Inspect the rows of a data set; private to the library. */
#ifndef PAT_INSPECT_ROWS_H
#define PAT_INSPECT_ROWS_H

#include "data/labels.h"
#include "data/table.h"
#include "inspect/columns.h"
#include "patina/inspect.h"

/* Read the columns of a data set, and the extended features if it has them all. Fails as
 * pat_table_read(), or with PAT_NOTHING_TO_DO if there are no rows. */
PAT_MUST_CHECK pat_status pat_inspect_read(const char *path, pat_table *table, pat_error *error);

/* The gain of the best setting of a row over the untouched image; NaN for an identical pair. */
typedef struct pat_row_gain {
    double db, ssim;
} pat_row_gain;

/*
 * Guess the grid that settings come from: the study's if it contains them all, else the values that
 * occur, in order of appearance. value: a column for each axis; all NaN for a missing optional one.
 * Rows with non-finite numbers are skipped. *grid is undefined if the origin is PAT_GRID_UNKNOWN.
 */
pat_grid_origin pat_grid_guess(const double *const value[PAT_AXES], size_t rows, pat_grid *grid);

/* The state of an inspection. The pointers are borrowed. */
typedef struct pat_inspecting {
    const char *path; /* of the data set, for messages */
    const pat_table *table;
    const pat_name_index *names; /* of the rows */
    pat_inspection *report;
    pat_labels labels;
    pat_row_gain *gain; /* one per row, filled in if there are trials; may be NULL */
} pat_inspecting;

/* Inspect the rows. Fails as pat_inspect(). The findings are not sorted yet. */
PAT_MUST_CHECK pat_status pat_inspect_table(pat_inspecting *work, const char *trials,
                                            const pat_grid *grid, pat_error *error);

/* Add the findings about repeated names, and all other findings. The first returns false if memory
 * runs out; the second fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK bool pat_note_repeated_names(const pat_inspecting *work);
PAT_MUST_CHECK pat_status pat_give_verdict(const pat_inspecting *work, pat_error *error);

#endif
