/* Cells of the tables of frames and scenes; private to the library. Each begins with a comma. */
#ifndef PAT_RUN_FILM_CELLS_H
#define PAT_RUN_FILM_CELLS_H

#include "base/buffer.h"
#include "run/film/plan.h"

void pat_cells_number(pat_buffer *line, double value);

/* before: ",", or "" at the start of a row. */
void pat_cells_count(pat_buffer *line, const char *before, int64_t value);

/* A setting; and the names of its columns, which end the row. */
void pat_cells_setting(pat_buffer *line, const pat_setting *setting);
void pat_cells_axis_names(pat_buffer *line);

/* The features of a frame, and its predicted setting (NULL: empty cells); and their names. */
void pat_cells_guess(pat_buffer *line, const pat_film_guess *guess);
void pat_cells_guess_names(pat_buffer *table);

/* How much luma changes from the record before, in the same scene: before and after. */
void pat_cells_flicker(pat_buffer *line, const pat_film_record *record);

#endif
