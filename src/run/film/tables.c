/* The tables of a film's frames and scenes. */
#include <inttypes.h>
#include <stdio.h>

#include "base/number.h"
#include "run/film/work.h"

static void put_number(pat_buffer *line, double value)
{
    char text[PAT_NUMBER_TEXT_SIZE];
    pat_buffer_append_char(line, ',');
    pat_number_format(value, text);
    pat_buffer_append_text(line, text);
}

static void put_setting(pat_buffer *line, const pat_setting *setting)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        char text[PAT_VALUE_TEXT_SIZE];
        pat_buffer_append_char(line, ',');
        pat_buffer_append_text(line, pat_value_format(axis, setting->value[axis], text));
    }
}

static void put_axes(pat_buffer *line)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        pat_buffer_append_char(line, ',');
        pat_buffer_append_text(line, pat_axis_of(axis)->column);
    }
    pat_buffer_append_char(line, '\n');
}

static void put_count(pat_buffer *line, const char *before, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%s%" PRId64, before, value);
    pat_buffer_append_text(line, text);
}

void pat_film_put_frames(const pat_film_work *film, pat_buffer *table)
{
    double unit = (double)film->facts.time_base.over / film->facts.time_base.under;
    pat_buffer_append_text(table, "frame,pts,pts_time,scene,flagged,luma,distance,red_gain_applied,"
                                  "green_gain_applied,blue_gain_applied,restored_luma");
    put_axes(table);
    for (size_t i = 0; i < film->count; i++) {
        const pat_film_record *record = &film->records[i];
        const pat_film_scene *scene = pat_film_scene_of(film, i);
        bool timed = record->frame.time != PAT_FILM_NO_TIME;
        put_count(table, "", (int64_t)i);
        pat_buffer_append_char(table, ',');
        if (timed)
            put_count(table, "", record->frame.time);
        if (timed)
            put_number(table, (double)record->frame.time * unit);
        else
            pat_buffer_append_char(table, ',');
        put_count(table, ",", scene - film->scenes);
        put_count(table, ",", record->frame.flagged);
        put_number(table, record->luma);
        put_number(table, record->distance);
        for (int c = 0; c < PAT_CHANNELS; c++)
            put_number(table, record->gains.channel[c]);
        put_number(table, record->restored_luma);
        put_setting(table, &scene->setting);
        pat_buffer_append_char(table, '\n');
    }
}

void pat_film_put_scenes(const pat_film_work *film, pat_buffer *table)
{
    pat_buffer_append_text(table, "scene,first_frame,frames,flicker_before,flicker_after");
    put_axes(table);
    for (size_t s = 0; s < film->scene_count; s++) {
        const pat_film_scene *scene = &film->scenes[s];
        put_count(table, "", (int64_t)s);
        put_count(table, ",", (int64_t)scene->first);
        put_count(table, ",", (int64_t)scene->count);
        put_number(table, pat_film_flicker(film->records + scene->first, scene->count, false));
        put_number(table, pat_film_flicker(film->records + scene->first, scene->count, true));
        put_setting(table, &scene->setting);
        pat_buffer_append_char(table, '\n');
    }
}
