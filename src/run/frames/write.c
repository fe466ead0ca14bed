/* The second pass over the frames of a camera: write all images and depth maps. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "patina/version.h"
#include "run/frames/work.h"

static void make_order(pat_frames_work *work, const pat_frame_job *job)
{
    pat_frame_order *order = &work->order;
    memset(order, 0, sizeof *order);
    order->part = job->part;
    for (int c = 0; c < PAT_CHANNELS; c++)
        order->lines[c].gain = 1;
    if (job->part == PAT_RIG_DEPTH)
        order->depth = (pat_rig_depth)work->camera.frames[job->frame].extension[PAT_RIG_DEPTH];
    size_t record = job->part == PAT_RIG_COLOR ? pat_frames_record_of(work, job->frame) : SIZE_MAX;
    if (record == SIZE_MAX)
        return;
    pat_film_line lines[PAT_CHANNELS];
    pat_film_plan_lines(&work->records[record].gains, pat_frames_scene_of(work, record), lines,
                        &order->setting);
    memcpy(order->lines, lines, sizeof order->lines);
}

/* In the journal, a job's name includes its order: an image that was restored with another does not
 * count as done. */
static void get_job(void *context, size_t index, pat_job *job)
{
    pat_frames_work *work = context;
    const pat_frame_job *of = &work->jobs[index];
    make_order(work, of);
    pat_frames_name_input(work, of->frame, of->part);
    pat_frames_name_output(work, of->frame, of->part);
    snprintf(work->name, sizeof work->name, "%d %016" PRIx64 " %s", PAT_DEFINITIONS_VERSION,
             pat_fingerprint_of(&work->order, sizeof work->order).low, work->input);
    *job = (pat_job){.name = work->name,
                     .damaged = work->input,
                     .undamaged = "",
                     .order = {&work->order, sizeof work->order},
                     .output_path = {work->output},
                     .partial_path = {work->partial}};
}

static void begin_job(void *context, size_t index)
{
    pat_frames_work *work = context;
    pat_results_begin(&work->results, index);
}

static bool job_stands(void *context, size_t index, const pat_outcome *outcome)
{
    pat_frames_work *work = context;
    return pat_results_stand(&work->results, index, outcome);
}

static void choose_jobs(pat_frames_work *work)
{
    size_t count = 0;
    for (size_t i = 0; i < work->camera.count; i++)
        for (pat_rig_part part = 0; part < PAT_RIG_PARTS; part++)
            if (work->files[i][part].state == PAT_FRAME_WAITING)
                work->jobs[count++] = (pat_frame_job){i, part, false};
    work->list = (pat_job_list){count, get_job, work, begin_job, job_stands};
}

static void note_report(pat_frames_work *work, const pat_frame_job *job,
                        const pat_frame_report *report)
{
    work->files[job->frame][job->part] = (pat_frame_file){PAT_FRAME_DONE, *report};
    size_t record = job->part == PAT_RIG_COLOR ? pat_frames_record_of(work, job->frame) : SIZE_MAX;
    if (record != SIZE_MAX)
        work->records[record].restored_luma = report->luma;
}

/* Errors in this process count as failures of the file, like errors in the worker. */
static pat_status put_written(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    pat_frames_work *work = context;
    const pat_frame_job *job = &work->jobs[index];
    pat_frame_report report;
    pat_error cause = {.status = outcome->status};
    pat_stage stage = outcome->stage;
    snprintf(cause.message, sizeof cause.message, "%s", outcome->message);
    if (cause.status == PAT_OK) {
        stage = PAT_STAGE_WORKER;
        if (!pat_frame_report_read(pat_buffer_bytes(&outcome->report), &report))
            (void)pat_fail(&cause, PAT_INTERNAL,
                           "a worker reported what cannot be; run the same command again");
    }
    if (cause.status == PAT_OK) {
        stage = PAT_STAGE_WRITE;
        cause.status = pat_results_place(&work->results, index, outcome, &cause);
    } else {
        pat_results_discard(&work->results, index);
    }
    if (cause.status != PAT_OK)
        return pat_frames_fail(work, job->frame, job->part, stage, cause.status, cause.message,
                               error);
    note_report(work, job, &report);
    return PAT_OK;
}

pat_status pat_frames_write(pat_frames_work *work, pat_error *error)
{
    const pat_task_setup setup = {.kind = PAT_TASK_FRAME};
    const pat_sink sink = {put_written, work};
    choose_jobs(work);
    work->results = (pat_results){.jobs = &work->list, .force = work->options->run.force};
    pat_status status = pat_results_open(&work->results, work->summary->output, "film", error);
    if (status == PAT_OK)
        status = pat_frames_run_jobs(work, &setup, &sink, work->results.journal, error);
    pat_results_close(&work->results);
    return status;
}
