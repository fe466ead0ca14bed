/* What came of the frames of a camera. */
#include <stdio.h>
#include <stdlib.h>

#include "run/frames/work.h"

/* "color/frame_%06d" */
static void describe_files(const pat_camera *camera, pat_rig_part part,
                           char text[2 * PAT_FRAMES_NAME_SIZE])
{
    const pat_rig_pattern *pattern = &camera->pattern[part];
    snprintf(text, 2 * PAT_FRAMES_NAME_SIZE, "%s/%.200s%%0%dd", camera->folders->name[part],
             pattern->prefix, pattern->digits);
}

void pat_frames_summarize_camera(pat_frames_work *work)
{
    const pat_camera *camera = &work->camera;
    pat_frames_summary *summary = work->summary;
    pat_frames_gap gap;
    size_t at = 0;
    describe_files(camera, PAT_RIG_COLOR, summary->color_files);
    if (camera->has_depth)
        describe_files(camera, PAT_RIG_DEPTH, summary->depth_files);
    summary->frames = camera->count;
    summary->first = camera->frames[0].number;
    summary->last = camera->frames[camera->count - 1].number;
    while (pat_camera_next_gap(camera, &at, &gap)) {
        if (summary->gap_count < PAT_FRAMES_TOLD)
            summary->gaps[summary->gap_count] = gap;
        summary->gap_count++;
        summary->missing += (size_t)(gap.last - gap.first + 1);
    }
    summary->left_out = camera->left_out.count;
    for (size_t i = 0; i < camera->left_out.count && i < PAT_FRAMES_TOLD; i++)
        snprintf(summary->left_out_names[i], PAT_FRAMES_NAME_SIZE, "%s",
                 pat_names_get(&camera->left_out, i));
}

static int compare_failures(const void *a, const void *b)
{
    const pat_frame_failure *left = a, *right = b;
    if (left->frame != right->frame)
        return left->frame > right->frame ? 1 : -1;
    return (int)left->part - (int)right->part;
}

static bool has_failed(const pat_frame_file files[PAT_RIG_PARTS])
{
    for (int part = 0; part < PAT_RIG_PARTS; part++)
        if (files[part].state != PAT_FRAME_DONE && files[part].state != PAT_FRAME_NONE)
            return true;
    return false;
}

static void summarize_frames(pat_frames_work *work)
{
    pat_frames_summary *summary = work->summary;
    for (size_t i = 0; i < work->camera.count; i++) {
        const pat_frame_file *files = work->files[i];
        summary->failed += has_failed(files);
        summary->without_color += files[PAT_RIG_COLOR].state == PAT_FRAME_MISSING;
        summary->without_depth += files[PAT_RIG_DEPTH].state == PAT_FRAME_MISSING;
        summary->guessed += files[PAT_RIG_DEPTH].report.guessed;
    }
    summary->successful = summary->frames - summary->failed;
    if (work->failure_count > 0)
        qsort(work->failures, work->failure_count, sizeof *work->failures, compare_failures);
    summary->failures = work->failure_count;
    for (size_t i = 0; i < work->failure_count && i < PAT_FRAMES_TOLD; i++) {
        const pat_frame_failure *failure = &work->failures[i];
        pat_failure *told = &summary->first_failures[i];
        snprintf(told->name, sizeof told->name, "frame_%06ld %s",
                 work->camera.frames[failure->frame].number, pat_rig_part_name(failure->part));
        told->stage = pat_stage_name(failure->stage);
        told->reason = failure->reason;
        snprintf(told->message, sizeof told->message, "%s", failure->message);
    }
}

static void summarize_restoration(pat_frames_work *work)
{
    pat_frames_summary *summary = work->summary;
    for (size_t i = 0; i < work->count; i++) {
        pat_film_record *record = &work->records[i];
        bool done = work->files[work->frame_of[i]][PAT_RIG_COLOR].state == PAT_FRAME_DONE;
        if (!done) /* no flicker comes of it */
            record->restored_luma = i > 0 ? work->records[i - 1].restored_luma : record->luma;
        pat_film_line lines[PAT_CHANNELS];
        pat_setting setting;
        pat_film_plan_lines(&record->gains, pat_frames_scene_of(work, i), lines, &setting);
        summary->changed +=
            done && !(pat_film_lines_are_idle(lines) && pat_setting_is_idle(&setting));
    }
    summary->scenes = work->scene_count;
    summary->flicker_before = pat_film_flicker(work->records, work->count, false);
    summary->flicker_after = pat_film_flicker(work->records, work->count, true);
}

static void summarize_losses(pat_frames_work *work)
{
    pat_frames_summary *summary = work->summary;
    for (int note = 0; note < PAT_NOTES; note++) {
        pat_frames_loss loss = {.what = pat_note_text((pat_note)note)};
        for (size_t i = 0; i < work->camera.count; i++)
            loss.images += work->files[i][PAT_RIG_COLOR].report.notes >> note & 1;
        if (loss.images > 0)
            summary->losses[summary->loss_count++] = loss;
    }
}

void pat_frames_summarize(pat_frames_work *work)
{
    summarize_losses(work);
    summarize_frames(work);
    summarize_restoration(work);
}
