/* The tables of a film's frames and scenes. */
#include "run/film/cells.h"
#include "run/film/work.h"

static void put_head(pat_buffer *table)
{
    pat_buffer_append_text(table, "frame,pts,pts_time,scene,flagged,luma,distance");
    pat_cells_guess_names(table);
    pat_buffer_append_text(table, ",red_gain_applied,green_gain_applied,blue_gain_applied,"
                                  "restored_luma,flicker_before,flicker_after");
    pat_cells_axis_names(table);
}

static void put_time(pat_buffer *line, const pat_film_frame *frame, double unit)
{
    pat_buffer_append_char(line, ',');
    if (frame->time == PAT_FILM_NO_TIME) {
        pat_buffer_append_char(line, ',');
        return;
    }
    pat_cells_count(line, "", frame->time);
    pat_cells_number(line, (double)frame->time * unit);
}

void pat_film_put_frames(const pat_film_work *film, pat_buffer *table)
{
    double unit = (double)film->facts.time_base.over / film->facts.time_base.under;
    const pat_film_guess *guess = film->guesses, *end = guess + film->guess_count;
    put_head(table);
    for (size_t i = 0; i < film->count; i++) {
        const pat_film_record *record = &film->records[i];
        const pat_film_scene *scene = pat_film_scene_of(film, i);
        bool predicted = guess < end && guess->frame == i;
        pat_cells_count(table, "", (int64_t)i);
        put_time(table, &record->frame, unit);
        pat_cells_count(table, ",", scene - film->scenes);
        pat_cells_count(table, ",", record->frame.flagged);
        pat_cells_number(table, record->luma);
        pat_cells_number(table, record->distance);
        pat_cells_guess(table, predicted ? guess++ : NULL);
        for (int c = 0; c < PAT_CHANNELS; c++)
            pat_cells_number(table, record->gains.channel[c]);
        pat_cells_number(table, record->restored_luma);
        pat_cells_flicker(table, record);
        pat_cells_setting(table, &scene->setting);
        pat_buffer_append_char(table, '\n');
    }
}

void pat_film_put_scenes(const pat_film_work *film, pat_buffer *table)
{
    pat_buffer_append_text(table,
                           "scene,first_frame,frames,flicker_before,flicker_after,drift_before,"
                           "drift_after,colors_held");
    pat_cells_axis_names(table);
    for (size_t s = 0; s < film->scene_count; s++) {
        const pat_film_scene *scene = &film->scenes[s];
        pat_cells_count(table, "", (int64_t)s);
        pat_cells_count(table, ",", (int64_t)scene->first);
        pat_cells_count(table, ",", (int64_t)scene->count);
        pat_cells_number(table,
                         pat_film_flicker(film->records + scene->first, scene->count, false));
        pat_cells_number(table, pat_film_flicker(film->records + scene->first, scene->count, true));
        pat_cells_number(table, scene->drift_before);
        pat_cells_number(table, scene->drift_after);
        pat_cells_count(table, ",", scene->held);
        pat_cells_setting(table, &scene->setting);
        pat_buffer_append_char(table, '\n');
    }
}
