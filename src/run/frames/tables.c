/* The tables of the frames of a camera, of its scenes and of what failed. */
#include <stdio.h>

#include "data/csv.h"
#include "run/film/cells.h"
#include "run/frames/work.h"

static const char *state_word(pat_frame_state state)
{
    static const char *const words[] = {[PAT_FRAME_NONE] = "",
                                        [PAT_FRAME_MISSING] = "missing",
                                        [PAT_FRAME_WAITING] = "",
                                        [PAT_FRAME_FAILED] = "failed",
                                        [PAT_FRAME_DONE] = "written"};
    return words[state];
}

static bool is_right(const pat_frame_file *file)
{
    return file->state == PAT_FRAME_DONE || file->state == PAT_FRAME_NONE;
}

/* The columns that every frame has. */
static void put_files(pat_buffer *table, long number, const pat_frame_file files[PAT_RIG_PARTS])
{
    const pat_frame_file *depth = &files[PAT_RIG_DEPTH];
    pat_cells_count(table, "", number);
    pat_cells_count(table, ",", is_right(&files[PAT_RIG_COLOR]) && is_right(depth));
    for (int part = 0; part < PAT_RIG_PARTS; part++)
        pat_csv_text(table, state_word(files[part].state));
    if (depth->state != PAT_FRAME_DONE) {
        pat_buffer_append_text(table, ",,");
        return;
    }
    pat_cells_count(table, ",", depth->report.divided);
    pat_cells_count(table, ",", depth->report.guessed);
}

static void put_measures(const pat_frames_work *work, pat_buffer *table, size_t i,
                         const pat_film_guess *guess)
{
    const pat_film_record *record = &work->records[i];
    const pat_film_scene *scene = pat_frames_scene_of(work, i);
    pat_cells_count(table, ",", scene - work->scenes);
    pat_cells_number(table, record->luma);
    pat_cells_number(table, record->distance);
    pat_cells_guess(table, guess);
    for (int c = 0; c < PAT_CHANNELS; c++)
        pat_cells_number(table, record->gains.channel[c]);
    pat_cells_number(table, record->restored_luma);
    pat_cells_flicker(table, record);
    pat_cells_setting(table, &scene->setting);
}

/* The cells of an image that was not measured. */
static void put_no_measures(pat_buffer *table)
{
    enum { CELLS = 3 + PAT_FEATURE_COUNT + PAT_AXES + PAT_CHANNELS + 3 + PAT_AXES };
    for (int i = 0; i < CELLS; i++)
        pat_buffer_append_char(table, ',');
}

void pat_frames_put_frames(const pat_frames_work *work, pat_buffer *table)
{
    const pat_film_guess *guess = work->guesses, *end = guess + work->guess_count;
    size_t record = 0;
    pat_buffer_append_text(table, "frame,success,color,depth,depth_divided,depth_guessed,scene,"
                                  "luma,distance");
    pat_cells_guess_names(table);
    pat_buffer_append_text(table, ",red_gain_applied,green_gain_applied,blue_gain_applied,"
                                  "restored_luma,flicker_before,flicker_after");
    pat_cells_axis_names(table);
    for (size_t i = 0; i < work->camera.count; i++) {
        put_files(table, work->camera.frames[i].number, work->files[i]);
        if (record < work->count && work->frame_of[record] == i) {
            bool predicted = guess < end && guess->frame == record;
            put_measures(work, table, record++, predicted ? guess++ : NULL);
        } else {
            put_no_measures(table);
        }
        pat_buffer_append_char(table, '\n');
    }
}

void pat_frames_put_scenes(const pat_frames_work *work, pat_buffer *table)
{
    pat_buffer_append_text(table,
                           "scene,first_frame,frames,flicker_before,flicker_after,colors_held");
    pat_cells_axis_names(table);
    for (size_t s = 0; s < work->scene_count; s++) {
        const pat_film_scene *scene = &work->scenes[s];
        const pat_film_record *records = work->records + scene->first;
        pat_cells_count(table, "", (int64_t)s);
        pat_cells_count(table, ",", work->camera.frames[work->frame_of[scene->first]].number);
        pat_cells_count(table, ",", (int64_t)scene->count);
        pat_cells_number(table, pat_film_flicker(records, scene->count, false));
        pat_cells_number(table, pat_film_flicker(records, scene->count, true));
        pat_cells_count(table, ",", scene->held);
        pat_cells_setting(table, &scene->setting);
        pat_buffer_append_char(table, '\n');
    }
}

void pat_frames_put_failures(const pat_frames_work *work, pat_buffer *table)
{
    pat_buffer_append_text(table, "frame,file,stage,reason,message\n");
    for (size_t i = 0; i < work->failure_count; i++) {
        const pat_frame_failure *failure = &work->failures[i];
        pat_cells_count(table, "", work->camera.frames[failure->frame].number);
        pat_csv_text(table, pat_rig_part_name(failure->part));
        pat_csv_text(table, pat_stage_name(failure->stage));
        pat_csv_text(table, pat_status_name(failure->reason));
        pat_csv_text(table, failure->message);
        pat_csv_end_row(table);
    }
}
