#include "run/film/cells.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/number.h"

void pat_cells_number(pat_buffer *line, double value)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    pat_buffer_append_char(line, ',');
    pat_number_format(value, text);
    pat_buffer_append_text(line, text);
}

void pat_cells_setting(pat_buffer *line, const pat_setting *setting)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        char text[PAT_VALUE_TEXT_SIZE];
        pat_buffer_append_char(line, ',');
        pat_buffer_append_text(line, pat_value_format(axis, setting->value[axis], text));
    }
}

void pat_cells_axis_names(pat_buffer *line)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        pat_buffer_append_char(line, ',');
        pat_buffer_append_text(line, pat_axis_of(axis)->column);
    }
    pat_buffer_append_char(line, '\n');
}

void pat_cells_count(pat_buffer *line, const char *before, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%s%" PRId64, before, value);
    pat_buffer_append_text(line, text);
}

void pat_cells_guess_names(pat_buffer *table)
{
    for (int i = 0; i < PAT_FEATURE_COUNT; i++) {
        pat_buffer_append_char(table, ',');
        pat_buffer_append_text(table, pat_feature_name(i));
    }
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        pat_buffer_append_text(table, ",predicted_");
        pat_buffer_append_text(table, pat_axis_of(axis)->column);
    }
}

void pat_cells_guess(pat_buffer *line, const pat_film_guess *guess)
{
    for (int i = 0; i < PAT_FEATURE_COUNT + PAT_AXES && guess == NULL; i++)
        pat_buffer_append_char(line, ',');
    for (int i = 0; i < PAT_FEATURE_COUNT && guess != NULL; i++)
        pat_cells_number(line, guess->features[i]);
    if (guess != NULL)
        pat_cells_setting(line, &guess->setting);
}

void pat_cells_flicker(pat_buffer *line, const pat_film_record *record)
{
    if (record->begins) {
        pat_buffer_append_text(line, ",,");
        return;
    }
    pat_cells_number(line, fabs(record->luma - record[-1].luma));
    pat_cells_number(line, fabs(record->restored_luma - record[-1].restored_luma));
}
