/* The tables of a film's frames and scenes. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "patina/features.h"
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

static void put_head(pat_buffer *table)
{
    pat_buffer_append_text(table, "frame,pts,pts_time,scene,flagged,luma,distance");
    for (int i = 0; i < PAT_FEATURE_COUNT; i++) {
        pat_buffer_append_char(table, ',');
        pat_buffer_append_text(table, pat_feature_name(i));
    }
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        pat_buffer_append_text(table, ",predicted_");
        pat_buffer_append_text(table, pat_axis_of(axis)->column);
    }
    pat_buffer_append_text(table, ",red_gain_applied,green_gain_applied,blue_gain_applied,"
                                  "restored_luma,flicker_before,flicker_after");
    put_axes(table);
}

/* The features of a frame, and its predicted setting; NULL: empty cells. */
static void put_guess(pat_buffer *line, const pat_film_guess *guess)
{
    for (int i = 0; i < PAT_FEATURE_COUNT + PAT_AXES && guess == NULL; i++)
        pat_buffer_append_char(line, ',');
    for (int i = 0; i < PAT_FEATURE_COUNT && guess != NULL; i++)
        put_number(line, guess->features[i]);
    if (guess != NULL)
        put_setting(line, &guess->setting);
}

static void put_time(pat_buffer *line, const pat_film_frame *frame, double unit)
{
    pat_buffer_append_char(line, ',');
    if (frame->time == PAT_FILM_NO_TIME) {
        pat_buffer_append_char(line, ',');
        return;
    }
    put_count(line, "", frame->time);
    put_number(line, (double)frame->time * unit);
}

/* How much luma changes from the frame before, in the same scene. */
static void put_flicker(pat_buffer *line, const pat_film_record *record)
{
    if (record->begins) {
        pat_buffer_append_text(line, ",,");
        return;
    }
    put_number(line, fabs(record->luma - record[-1].luma));
    put_number(line, fabs(record->restored_luma - record[-1].restored_luma));
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
        put_count(table, "", (int64_t)i);
        put_time(table, &record->frame, unit);
        put_count(table, ",", scene - film->scenes);
        put_count(table, ",", record->frame.flagged);
        put_number(table, record->luma);
        put_number(table, record->distance);
        put_guess(table, predicted ? guess++ : NULL);
        for (int c = 0; c < PAT_CHANNELS; c++)
            put_number(table, record->gains.channel[c]);
        put_number(table, record->restored_luma);
        put_flicker(table, record);
        put_setting(table, &scene->setting);
        pat_buffer_append_char(table, '\n');
    }
}

void pat_film_put_scenes(const pat_film_work *film, pat_buffer *table)
{
    pat_buffer_append_text(table,
                           "scene,first_frame,frames,flicker_before,flicker_after,colors_held");
    put_axes(table);
    for (size_t s = 0; s < film->scene_count; s++) {
        const pat_film_scene *scene = &film->scenes[s];
        put_count(table, "", (int64_t)s);
        put_count(table, ",", (int64_t)scene->first);
        put_count(table, ",", (int64_t)scene->count);
        put_number(table, pat_film_flicker(film->records + scene->first, scene->count, false));
        put_number(table, pat_film_flicker(film->records + scene->first, scene->count, true));
        put_count(table, ",", scene->held);
        put_setting(table, &scene->setting);
        pat_buffer_append_char(table, '\n');
    }
}
