/* patina film on a folder: measure the images of a camera, plan, then write images and depth maps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "run/frames/work.h"

/* ---- Names ----------------------------------------------------------------------------------- */

static const char *const extensions[PAT_RIG_PARTS] = {"png", "npy"};

void pat_frames_name_input(pat_frames_work *work, size_t frame, pat_rig_part part)
{
    snprintf(work->input, sizeof work->input, "%s/%s/%s", work->camera.path,
             work->camera.folders->name[part], work->camera.frames[frame].file[part]);
}

void pat_frames_name_output(pat_frames_work *work, size_t frame, pat_rig_part part)
{
    snprintf(work->output, sizeof work->output, "%s/%s/frame_%06ld.%s", work->summary->output,
             pat_rig_part_name(part), work->camera.frames[frame].number, extensions[part]);
    snprintf(work->partial, sizeof work->partial, "%s.partial", work->output);
}

const char *pat_frames_path(pat_frames_work *work, const char *name)
{
    snprintf(work->path, sizeof work->path, "%s/%s", work->summary->output, name);
    return work->path;
}

size_t pat_frames_record_of(const pat_frames_work *work, size_t frame)
{
    size_t low = 0, high = work->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (work->frame_of[middle] < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low < work->count && work->frame_of[low] == frame ? low : SIZE_MAX;
}

const pat_film_scene *pat_frames_scene_of(const pat_frames_work *work, size_t record)
{
    return pat_film_scene_at(work->scenes, work->scene_count, record);
}

/* ---- Failures -------------------------------------------------------------------------------- */

pat_status pat_frames_fail(pat_frames_work *work, size_t frame, pat_rig_part part, pat_stage stage,
                           pat_status reason, const char *message, pat_error *error)
{
    pat_frame_failure failure = {frame, part, stage, reason, strdup(message)};
    if (failure.message == NULL ||
        !pat_array_reserve(&work->failures, &work->failure_capacity, work->failure_count + 1,
                           sizeof *work->failures)) {
        free(failure.message);
        return pat_fail_memory(error, "the list of failures");
    }
    work->failures[work->failure_count++] = failure;
    if (work->files[frame][part].state == PAT_FRAME_WAITING)
        work->files[frame][part].state = PAT_FRAME_FAILED;
    return PAT_OK;
}

/* Note the state of each file, and that some are missing. */
static pat_status look_at_files(pat_frames_work *work, pat_error *error)
{
    const pat_camera *camera = &work->camera;
    pat_error missing;
    work->files = calloc(camera->count, sizeof *work->files);
    work->jobs = calloc(camera->count * PAT_RIG_PARTS, sizeof *work->jobs);
    if (work->files == NULL || work->jobs == NULL)
        return pat_fail_memory(error, "the list of frames");
    pat_status status = PAT_OK;
    for (size_t i = 0; i < camera->count && status == PAT_OK; i++)
        for (pat_rig_part part = 0; part < PAT_RIG_PARTS && status == PAT_OK; part++) {
            pat_frame_state *state = &work->files[i][part].state;
            *state = PAT_FRAME_WAITING;
            if (part == PAT_RIG_DEPTH && !camera->has_depth)
                *state = PAT_FRAME_NONE;
            else if (camera->frames[i].file[part] == NULL)
                *state = PAT_FRAME_MISSING;
            if (*state != PAT_FRAME_MISSING)
                continue;
            (void)pat_fail(&missing, PAT_NOT_FOUND,
                           "%s/%s: has no file for frame %ld; copy it again", camera->path,
                           camera->folders->name[part], camera->frames[i].number);
            status = pat_frames_fail(work, i, part, PAT_STAGE_DECODE, missing.status,
                                     missing.message, error);
        }
    return status;
}

/* ---- The output ------------------------------------------------------------------------------ */

static pat_status name_output(pat_frames_work *work, const pat_frames_trial *trial,
                              pat_error *error)
{
    const pat_frames_options *options = work->options;
    pat_frames_summary *summary = work->summary;
    snprintf(summary->trial, sizeof summary->trial, "%s", trial->name);
    snprintf(summary->camera, sizeof summary->camera, "%s", options->camera);
    summary->single = trial->single;
    if (snprintf(summary->output, sizeof summary->output, "%s/%s/%s", options->output, trial->name,
                 options->camera) >= (int)sizeof summary->output)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%.60s...: the folder name is too long; choose another with -o",
                        options->output);
    if (pat_lies_in(summary->output, options->folder))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: lies in the folder that is read; choose another with -o",
                        summary->output);
    return PAT_OK;
}

/* Whether an earlier run has written files: its journal is there. */
static bool is_begun(pat_frames_work *work)
{
    return access(pat_frames_path(work, ".patina-film.journal"), F_OK) == 0;
}

/* Before the first image is measured: no file may be in the way, unless an earlier run wrote it. */
static pat_status check_outputs(pat_frames_work *work, pat_error *error)
{
    pat_status status = PAT_OK;
    if (is_begun(work))
        return PAT_OK;
    for (size_t i = 0; i < work->camera.count; i++)
        for (pat_rig_part part = 0; part < PAT_RIG_PARTS && status == PAT_OK; part++)
            if (work->files[i][part].state == PAT_FRAME_WAITING) {
                pat_frames_name_output(work, i, part);
                status = pat_check_free(work->output, work->options->run.force, error);
            }
    return status;
}

static pat_status make_folders(pat_frames_work *work, pat_error *error)
{
    pat_status status = PAT_OK;
    for (pat_rig_part part = 0; part < PAT_RIG_PARTS && status == PAT_OK; part++)
        if (part == PAT_RIG_COLOR || work->camera.has_depth) {
            pat_frames_name_output(work, 0, part);
            status = pat_make_folder_of(work->output, error);
        }
    return status;
}

enum { FRAMES, SCENES, FAILURES, METADATA, TABLES };

static const struct {
    const char *name;
    void (*put)(const pat_frames_work *work, pat_buffer *table);
} tables[TABLES] = {
    [FRAMES] = {"frames.csv", pat_frames_put_frames},
    [SCENES] = {"scenes.csv", pat_frames_put_scenes},
    [FAILURES] = {"failures.csv", pat_frames_put_failures},
    [METADATA] = {"metadata.json", pat_frames_put_metadata},
};

/* Open metadata.json, whose lock keeps a second run away. The tables may be replaced if a run that
 * did not get so far has left a journal. */
static pat_status open_table(pat_frames_work *work, int which, pat_file *file, pat_error *error)
{
    bool replace = work->options->run.force || (which != METADATA && is_begun(work));
    return pat_file_open(file, pat_frames_path(work, tables[which].name), replace, error);
}

static pat_status open_tables(pat_frames_work *work, pat_file files[TABLES], pat_error *error)
{
    pat_status status = open_table(work, METADATA, &files[METADATA], error);
    for (int i = 0; i < METADATA && status == PAT_OK; i++)
        if (i != SCENES || !work->options->ingest_only)
            status = open_table(work, i, &files[i], error);
    return status;
}

/* metadata.json is placed last: it tells that all else is there. */
static pat_status write_tables(pat_frames_work *work, pat_file files[TABLES], pat_error *error)
{
    pat_status status = PAT_OK;
    for (int i = 0; i < TABLES && status == PAT_OK; i++) {
        pat_buffer table = {0};
        if (files[i].path == NULL)
            continue;
        tables[i].put(work, &table);
        status = table.failed ? pat_fail_memory(error, "the table of frames")
                              : pat_file_append(&files[i], table.data, table.size, error);
        pat_buffer_release(&table);
        if (status == PAT_OK)
            status = pat_file_finish(&files[i], NULL, error);
    }
    for (int i = 0; i < TABLES && status == PAT_OK; i++)
        if (files[i].path != NULL)
            status = pat_file_place(&files[i], error);
    return status;
}

/* ---- The run --------------------------------------------------------------------------------- */

pat_status pat_frames_run_jobs(pat_frames_work *work, const pat_task_setup *setup,
                               const pat_sink *sink, pat_journal *journal, pat_error *error)
{
    pat_frames_summary *summary = work->summary;
    pat_run run = {.setup = setup,
                   .jobs = &work->list,
                   .sink = sink,
                   .options = &work->options->run,
                   .journal = journal};
    if (work->list.count == 0)
        return PAT_OK;
    pat_status status = pat_run_jobs(&run, error);
    summary->recalled = run.recalled; /* in the last pass */
    summary->workers = run.worker_count > summary->workers ? run.worker_count : summary->workers;
    memcpy(summary->sandbox, run.sandbox, sizeof summary->sandbox);
    return status;
}

static void begin_pass(const pat_frames_work *work, int pass)
{
    if (work->options->begin_pass != NULL)
        work->options->begin_pass(work->options->pass_context, pass);
}

static pat_status read_scenes(pat_frames_work *work, pat_error *error)
{
    const char *path = work->options->how.scenes;
    if (path == NULL || work->options->ingest_only)
        return PAT_OK;
    if (pat_same_file(path, pat_frames_path(work, tables[SCENES].name)))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: would be replaced; copy it to another name, or name another output",
                        path);
    return pat_film_scenes_read(path, false, &work->wanted, error);
}

static pat_status run_passes(pat_frames_work *work, pat_error *error)
{
    pat_status status = PAT_OK;
    if (!work->options->ingest_only) {
        begin_pass(work, 1);
        status = pat_frames_measure(work, error);
        if (status == PAT_OK)
            status = pat_frames_plan(work, error);
    }
    if (status != PAT_OK)
        return status;
    begin_pass(work, 2);
    return pat_frames_write(work, error);
}

static pat_status prepare(pat_frames_work *work, const pat_frames_trial *trial, pat_error *error)
{
    const pat_frames_options *options = work->options;
    if (options->range.in_seconds)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: frames in folders have no times; give the range in numbers of frames, "
                        "such as 240:480",
                        options->folder);
    pat_status status = name_output(work, trial, error);
    if (status == PAT_OK)
        status = pat_camera_open(&work->camera, trial, options, error);
    if (status == PAT_OK)
        status = look_at_files(work, error);
    if (status == PAT_OK)
        pat_frames_summarize_camera(work);
    return status;
}

/* All that happens in the output folder. */
static pat_status run_in_folder(pat_frames_work *work, double started_s, pat_error *error)
{
    pat_file files[TABLES] = {0};
    pat_status status = read_scenes(work, error);
    if (status == PAT_OK)
        status = make_folders(work, error);
    if (status == PAT_OK)
        status = open_tables(work, files, error);
    if (status == PAT_OK)
        status = check_outputs(work, error);
    if (status == PAT_OK)
        status = run_passes(work, error);
    if (status == PAT_OK) {
        pat_frames_summarize(work);
        work->summary->elapsed_s = pat_clock_seconds() - started_s;
        status = write_tables(work, files, error);
    }
    for (int i = 0; i < TABLES; i++)
        pat_file_abandon(&files[i], false);
    pat_journal_close(work->measured, status == PAT_OK);
    return status;
}

static void release(pat_frames_work *work)
{
    for (size_t i = 0; i < work->failure_count; i++)
        free(work->failures[i].message);
    free(work->failures);
    free(work->files);
    free(work->jobs);
    free(work->records);
    free(work->frame_of);
    free(work->thumbs);
    free(work->guesses);
    free(work->scenes);
    pat_film_scenes_release(&work->wanted);
    pat_buffer_release(&work->extra);
    pat_camera_release(&work->camera);
    free(work);
}

pat_status pat_frames_run(const pat_frames_options *options, pat_frames_summary *summary,
                          pat_error *error)
{
    double started_s = pat_clock_seconds();
    pat_frames_trial trial;
    size_t camera;
    *summary = (pat_frames_summary){.frames = 0};
    pat_frames_work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return pat_fail_memory(error, "the frames");
    work->options = options;
    work->summary = summary;
    pat_status status = pat_frames_find(options->folder, &trial, error);
    if (status == PAT_OK)
        status = pat_frames_choose(&trial, options->camera, &camera, error);
    if (status == PAT_OK)
        status = prepare(work, &trial, error);
    if (status == PAT_OK)
        status = run_in_folder(work, started_s, error);
    pat_frames_trial_release(&trial);
    release(work);
    return status;
}
