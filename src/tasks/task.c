#include "tasks/task.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "tasks/kind.h"

static const char *const stage_names[PAT_STAGE_COUNT] = {
    [PAT_STAGE_DECODE] = "decode",
    [PAT_STAGE_DECODE_DAMAGED] = "decode_damaged",
    [PAT_STAGE_DECODE_UNDAMAGED] = "decode_undamaged",
    [PAT_STAGE_SEARCH] = "search",
    [PAT_STAGE_FEATURES] = "features",
    [PAT_STAGE_WORKER] = "worker",
    [PAT_STAGE_WRITE] = "write",
    [PAT_STAGE_DEGRADE] = "degrade",
    [PAT_STAGE_RESTORE] = "restore",
    [PAT_STAGE_CHECK] = "check",
};

static const pat_kind *const kinds[PAT_TASK_KINDS] = {
    [PAT_TASK_SEARCH] = &pat_search_kind,   [PAT_TASK_FEATURES] = &pat_features_kind,
    [PAT_TASK_DEGRADE] = &pat_degrade_kind, [PAT_TASK_EVALUATE] = &pat_evaluate_kind,
    [PAT_TASK_RESTORE] = &pat_restore_kind, [PAT_TASK_CHECK] = &pat_check_kind,
    [PAT_TASK_STRIP] = &pat_strip_kind,
};

const char *pat_stage_name(pat_stage stage)
{
    return stage_names[stage];
}

static pat_opened open_output(const char *path)
{
    int descriptor =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0666);
    if (descriptor < 0)
        return (pat_opened){.cause = errno};
    return (pat_opened){.open = true, .descriptor = descriptor};
}

void pat_job_open(pat_job *job)
{
    const char *path[PAT_INPUTS] = {job->damaged, job->undamaged};
    for (int i = 0; i < PAT_INPUTS; i++)
        job->input[i] = pat_image_file_open(path[i]);
    for (int i = 0; i < PAT_OUTPUTS; i++)
        if (job->output_path[i] != NULL)
            job->output[i] = open_output(job->output_path[i]);
}

void pat_job_close(pat_job *job)
{
    for (int i = 0; i < PAT_INPUTS; i++)
        pat_opened_close(&job->input[i]);
    for (int i = 0; i < PAT_OUTPUTS; i++)
        pat_opened_close(&job->output[i]);
}

pat_status pat_job_write(const pat_job *job, int which, const void *bytes, size_t size,
                         pat_error *error)
{
    const pat_opened *output = &job->output[which];
    const char *path = job->output_path[which];
    if (output->open)
        return pat_write_all(output->descriptor, path, bytes, size, error);
    errno = output->cause;
    return pat_fail_to_write("open", path, error);
}

void pat_outcome_release(pat_outcome *outcome)
{
    free(outcome->trials);
    pat_buffer_release(&outcome->report);
    *outcome = (pat_outcome){0};
}

void pat_outcome_fail(pat_outcome *outcome, pat_stage stage, const pat_error *error)
{
    pat_content content[PAT_INPUTS];
    memcpy(content, outcome->content, sizeof content);
    pat_outcome_release(outcome);
    memcpy(outcome->content, content, sizeof content);
    outcome->status = error->status;
    outcome->stage = stage;
    snprintf(outcome->message, sizeof outcome->message, "%s", error->message);
}

struct pat_task {
    pat_task_setup setup;
    const pat_kind *kind;
    void *state; /* the kind's own */
    pat_work work;
};

pat_status pat_task_create(const pat_task_setup *setup, pat_task **out, pat_error *error)
{
    *out = NULL;
    pat_status status = pat_codec_init(error);
    if (status != PAT_OK)
        return status;
    pat_task *task = calloc(1, sizeof *task);
    if (task == NULL)
        return pat_fail_memory(error, "a worker's tables");
    task->kind = kinds[setup->kind];
    task->setup = *setup;
    task->work.setup = &task->setup;
    task->work.extractor = pat_feature_extractor_create();
    if (task->work.extractor == NULL)
        status = pat_fail_memory(error, "a worker's tables");
    if (status == PAT_OK && task->kind->create != NULL)
        status = task->kind->create(setup, &task->state, error);
    task->setup.extra = (pat_bytes){0}; /* not borrowed any longer */
    if (status != PAT_OK) {
        pat_task_free(task);
        return status;
    }
    *out = task;
    return PAT_OK;
}

void pat_task_free(pat_task *task)
{
    if (task == NULL)
        return;
    if (task->kind->free != NULL)
        task->kind->free(task->state);
    for (int i = 0; i < PAT_INPUTS; i++)
        pat_image_file_release(&task->work.file[i]);
    pat_image_release(&task->work.damaged);
    pat_image_release(&task->work.undamaged);
    pat_feature_extractor_free(task->work.extractor);
    free(task);
}

pat_status pat_work_measure(pat_work *work, pat_outcome *outcome, pat_stage *stage,
                            pat_error *error)
{
    *stage = PAT_STAGE_FEATURES;
    pat_status status =
        pat_features_extract(work->extractor, &work->damaged, outcome->features, error);
    if (status == PAT_OK && work->setup->extended)
        status = pat_features_extract_extended(work->extractor, &work->damaged,
                                               outcome->features + PAT_FEATURE_COUNT, error);
    return status;
}

/* Read the files, of which both are read even if one is damaged: what they were is part of the
 * outcome. Returns the failure of the first; that of the second goes into *second. */
static pat_status read_files(pat_task *task, const pat_job *job, pat_outcome *outcome,
                             pat_error *second, pat_error *error)
{
    uint64_t max_pixels = task->setup.max_pixels;
    pat_image_file *file = task->work.file;
    pat_status status =
        pat_image_file_read(&file[0], &job->input[0], job->damaged, max_pixels, error);
    *second = (pat_error){0};
    if (task->kind->takes_pairs &&
        pat_image_file_read(&file[1], &job->input[1], job->undamaged, max_pixels, second) != PAT_OK)
        assert(second->status != PAT_OK);
    for (int i = 0; i < PAT_INPUTS; i++)
        outcome->content[i] = file[i].content;
    return status;
}

static bool is_unchanged(const pat_job *job, const pat_outcome *outcome)
{
    return job->done_before && pat_content_same_bytes(&job->before[0], &outcome->content[0]) &&
           pat_content_same_bytes(&job->before[1], &outcome->content[1]);
}

static pat_status decode(pat_task *task, int which, const char *path, pat_image *image,
                         pat_error *error)
{
    pat_image_file *file = &task->work.file[which];
    pat_status status =
        pat_image_decode(file->bytes, file->size, path, task->setup.max_pixels, image, error);
    if (which != 0 || !task->kind->keeps_bytes)
        pat_image_file_release(file);
    return status;
}

/* second: what came of reading the original. */
static pat_status decode_all(pat_task *task, const pat_job *job, pat_stage *stage,
                             const pat_error *second, pat_error *error)
{
    pat_status status = decode(task, 0, job->damaged, &task->work.damaged, error);
    if (status != PAT_OK || !task->kind->takes_pairs)
        return status;
    *stage = PAT_STAGE_DECODE_UNDAMAGED;
    if (second->status != PAT_OK) {
        *error = *second;
        return second->status;
    }
    return decode(task, 1, job->undamaged, &task->work.undamaged, error);
}

/* The steps of a job; `stage` says how far it came. */
static pat_status run_steps(pat_task *task, const pat_job *job, pat_outcome *outcome,
                            pat_stage *stage, pat_error *error)
{
    pat_error second;
    *stage = task->kind->takes_pairs ? PAT_STAGE_DECODE_DAMAGED : PAT_STAGE_DECODE;
    pat_status status = read_files(task, job, outcome, &second, error);
    if (status == PAT_OK && second.status == PAT_OK && is_unchanged(job, outcome)) {
        outcome->unchanged = true;
        return PAT_OK;
    }
    if (status == PAT_OK)
        status = decode_all(task, job, stage, &second, error);
    if (status == PAT_OK)
        status = task->kind->run(task->state, &task->work, job, outcome, stage, error);
    return status;
}

void pat_task_run(pat_task *task, const pat_job *job, pat_outcome *outcome)
{
    pat_error error = {0};
    pat_stage stage;
    pat_outcome_release(outcome);
    pat_status status = run_steps(task, job, outcome, &stage, &error);
    for (int i = 0; i < PAT_INPUTS; i++)
        pat_image_file_release(&task->work.file[i]);
    if (status == PAT_OK)
        return;
    const char *path = stage == PAT_STAGE_DECODE_UNDAMAGED ? job->undamaged : job->damaged;
    if (error.status == PAT_OUT_OF_MEMORY) { /* told by a step that knows no file */
        pat_error unnamed = error;
        char limit[64] = "";
        if (task->setup.memory_bytes != 0)
            snprintf(limit, sizeof limit, "; a worker may use %llu MiB (--memory)",
                     (unsigned long long)(task->setup.memory_bytes >> 20));
        pat_fail(&error, unnamed.status, "%s: %s%s", path, unnamed.message, limit);
    }
    pat_outcome_fail(outcome, stage, &error);
}
