/* The first pass over the frames of a camera: measure all images; and the plan that follows. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "patina/version.h"
#include "run/film/setup.h"
#include "run/frames/work.h"

/* ---- The setup ------------------------------------------------------------------------------- */

/* The workers' setup for measuring, and what of it the name of a job tells. */
static pat_status make_setup(pat_frames_work *work, pat_error *error)
{
    const pat_film_how *how = &work->options->how;
    uint64_t identity;
    pat_status status = pat_film_read_setup(how, &work->extra, &identity, error);
    work->colors = pat_film_colors_to_measure(how);
    snprintf(work->measure_identity, sizeof work->measure_identity, "%d %016" PRIx64 " %" PRIx64,
             PAT_DEFINITIONS_VERSION, identity, work->colors);
    return status;
}

/* ---- The jobs -------------------------------------------------------------------------------- */

static pat_status reserve(pat_frames_work *work, pat_error *error)
{
    size_t count = work->camera.count;
    work->records = calloc(count, sizeof *work->records);
    work->frame_of = calloc(count, sizeof *work->frame_of);
    work->thumbs = calloc(count, sizeof *work->thumbs);
    work->guesses = calloc(count / PAT_FILM_GUESSES_APART + 2, sizeof *work->guesses);
    return work->records != NULL && work->frame_of != NULL && work->thumbs != NULL &&
                   work->guesses != NULL
               ? PAT_OK
               : pat_fail_memory(error, "the list of frames");
}

static void get_job(void *context, size_t index, pat_job *job)
{
    pat_frames_work *work = context;
    const pat_frame_job *of = &work->jobs[index];
    pat_frames_name_input(work, of->frame, PAT_RIG_COLOR);
    work->measure_order = (pat_measurer_order){of->predicts, work->colors};
    snprintf(work->name, sizeof work->name, "%s %d %s", work->measure_identity, of->predicts,
             work->input);
    *job = (pat_job){.name = work->name,
                     .damaged = work->input,
                     .undamaged = "",
                     .order = {&work->measure_order, sizeof work->measure_order}};
}

static void choose_jobs(pat_frames_work *work)
{
    size_t count = 0;
    for (size_t i = 0; i < work->camera.count; i++) {
        bool predicts = work->options->how.model != NULL && count % PAT_FILM_GUESSES_APART == 0;
        if (work->files[i][PAT_RIG_COLOR].state == PAT_FRAME_WAITING)
            work->jobs[count++] = (pat_frame_job){i, PAT_RIG_COLOR, predicts};
    }
    work->list = (pat_job_list){.count = count, .get = get_job, .context = work};
}

static pat_status put_measured(void *context, size_t index, const pat_outcome *outcome,
                               pat_error *error)
{
    pat_frames_work *work = context;
    const pat_frame_job *job = &work->jobs[index];
    pat_measured measured;
    size_t record = work->count;
    if (outcome->status != PAT_OK)
        return pat_frames_fail(work, job->frame, job->part, outcome->stage, outcome->status,
                               outcome->message, error);
    if (!pat_measured_unpack(pat_buffer_bytes(&outcome->report), work->colors, &measured, 1))
        return pat_frames_fail(work, job->frame, job->part, PAT_STAGE_WORKER, PAT_INTERNAL,
                               "a worker reported what cannot be; run the same command again",
                               error);
    work->records[record] =
        (pat_film_record){.frame.flagged = measured.flagged, .gains = {{1, 1, 1}}};
    pat_film_note_measured(&measured, &work->records[record]);
    memcpy(work->thumbs[record], measured.measure.thumb, PAT_THUMB_SIZE);
    work->frame_of[record] = job->frame;
    if (job->predicts)
        work->guesses[work->guess_count++] = pat_film_guess_of(record, &measured);
    work->count++;
    return PAT_OK;
}

typedef pat_status sink_put(void *, size_t, const pat_outcome *, pat_error *);

static pat_status run_jobs(pat_frames_work *work, sink_put *put, pat_journal *journal,
                           pat_error *error)
{
    const pat_task_setup setup = {.kind = PAT_TASK_FRAME_MEASURE,
                                  .extra = pat_buffer_bytes(&work->extra)};
    const pat_sink sink = {put, work};
    return pat_frames_run_jobs(work, &setup, &sink, journal, error);
}

static pat_status open_journal(pat_frames_work *work, pat_error *error)
{
    const char *path = pat_frames_path(work, ".patina-measure.journal");
    return pat_journal_open_shared(path, "command=film\n", &work->list, &work->measured, error);
}

pat_status pat_frames_measure(pat_frames_work *work, pat_error *error)
{
    pat_status status = make_setup(work, error);
    if (status == PAT_OK)
        status = reserve(work, error);
    if (status != PAT_OK)
        return status;
    choose_jobs(work);
    status = open_journal(work, error);
    return status == PAT_OK ? run_jobs(work, put_measured, work->measured, error) : status;
}

/* ---- The plan -------------------------------------------------------------------------------- */

static pat_status put_guess(void *context, size_t index, const pat_outcome *outcome,
                            pat_error *error)
{
    pat_frames_work *work = context;
    pat_measured measured;
    (void)index;
    (void)error;
    if (outcome->status == PAT_OK &&
        pat_measured_unpack(pat_buffer_bytes(&outcome->report), work->colors, &measured, 1)) {
        memmove(work->guesses + 1, work->guesses, work->guess_count++ * sizeof *work->guesses);
        work->guesses[0] = pat_film_guess_of(work->scenes[0].count / 2, &measured);
    }
    return PAT_OK;
}

/* If all images of the first scene failed whose settings were to be predicted, predict that of
 * another: there is no scene before it whose setting it could take. */
static pat_status predict_first(pat_frames_work *work, pat_error *error)
{
    if (work->options->how.model == NULL || work->count == 0 ||
        (work->guess_count > 0 && work->guesses[0].frame < work->scenes[0].count))
        return PAT_OK;
    work->jobs[0] = (pat_frame_job){work->frame_of[work->scenes[0].count / 2], PAT_RIG_COLOR, true};
    work->list.count = 1;
    return run_jobs(work, put_guess, NULL, error); /* the journal is about other jobs */
}

/* The scene of the user's table that a record is in. */
static size_t wanted_scene(const pat_frames_work *work, size_t record)
{
    size_t number = (size_t)work->camera.frames[work->frame_of[record]].number, scene = 0;
    while (scene + 1 < work->wanted.count && work->wanted.scenes[scene + 1].first <= number)
        scene++;
    return scene;
}

/* Let scenes begin where the user wants them. Those without frames are left out. */
static pat_status begin_scenes(pat_frames_work *work, pat_error *error)
{
    size_t before = 0;
    if (work->wanted.count == 0 || work->count == 0)
        return PAT_OK;
    long first = work->camera.frames[work->frame_of[0]].number;
    if (work->wanted.scenes[0].first > (size_t)first)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: its first scene begins at frame %zu, but there is a frame %ld; "
                        "correct it",
                        work->options->how.scenes, work->wanted.scenes[0].first, first);
    for (size_t i = 0; i < work->count; i++) {
        size_t scene = wanted_scene(work, i);
        work->records[i].begins = i == 0 || scene != before;
        before = scene;
    }
    return PAT_OK;
}

static pat_status plan_scene(pat_frames_work *work, size_t s, pat_error *error)
{
    const pat_film_how *how = &work->options->how;
    const pat_film_evidence evidence = {work->records, work->guesses, work->guess_count};
    pat_film_scene *scene = &work->scenes[s];
    size_t wanted = how->scenes != NULL ? wanted_scene(work, scene->first) : 0;
    bool has_setting = how->scenes != NULL && work->wanted.has_setting[wanted];
    return pat_film_settle_scene(scene, s > 0 ? scene - 1 : NULL, how,
                                 has_setting ? &work->wanted.scenes[wanted].setting : NULL,
                                 &evidence, error);
}

pat_status pat_frames_plan(pat_frames_work *work, pat_error *error)
{
    const pat_frames_options *options = work->options;
    pat_film_find_cuts(work->records, work->thumbs, work->count);
    pat_status status = begin_scenes(work, error);
    if (status == PAT_OK)
        status = pat_film_find_scenes(work->records, work->count, &work->scenes, &work->scene_count,
                                      error);
    if (status == PAT_OK)
        status = predict_first(work, error);
    if (status == PAT_OK && !options->how.keep_flicker)
        status = pat_film_plan_gains(work->records, work->scenes, work->scene_count, 0, error);
    for (size_t s = 0; s < work->scene_count && status == PAT_OK; s++)
        status = plan_scene(work, s, error);
    return status;
}
