/* The table of task kinds, and the steps that all kinds share; see tasks/task.h. */
#include "tasks/kind.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

static const pat_kind *const kinds[PAT_TASK_KINDS] = {
#define ROW(VALUE, name) [PAT_TASK_##VALUE] = &pat_##name##_kind,
    PAT_TASK_TABLE(ROW)
#undef ROW
};

struct pat_task {
    uint64_t max_pixels, memory_bytes; /* as in pat_task_setup */
    const pat_kind *kind;
    void *state; /* the kind's own */
    pat_work work;
};

pat_status pat_task_create(const pat_task_setup *setup, pat_task **out, pat_error *error)
{
    *out = NULL;
    pat_status status = kinds[setup->kind]->takes_files ? PAT_OK : pat_codec_init(error);
    if (status != PAT_OK)
        return status;
    pat_task *task = calloc(1, sizeof *task);
    if (task == NULL)
        return pat_fail_memory(error, "a worker's tables");
    task->kind = kinds[setup->kind];
    task->max_pixels = setup->max_pixels;
    task->work.max_pixels = setup->max_pixels;
    task->memory_bytes = setup->memory_bytes;
    task->work.extractor = pat_feature_extractor_create();
    if (task->work.extractor == NULL)
        status = pat_fail_memory(error, "a worker's tables");
    if (status == PAT_OK && task->kind->create != NULL)
        status = task->kind->create(setup->extra, &task->state, error);
    if (status != PAT_OK) {
        pat_task_free(task);
        return status;
    }
    *out = task;
    return PAT_OK;
}

static void release_work(pat_work *work)
{
    for (int i = 0; i < PAT_INPUTS; i++)
        pat_image_file_release(&work->file[i]);
    pat_image_release(&work->damaged);
    pat_image_release(&work->undamaged);
    pat_image_release(&work->small);
    pat_raster_release(&work->raster);
    pat_feature_extractor_free(work->extractor);
    *work = (pat_work){.max_pixels = work->max_pixels};
}

void pat_task_free(pat_task *task)
{
    if (task == NULL)
        return;
    if (task->kind->free != NULL)
        task->kind->free(task->state);
    release_work(&task->work);
    free(task);
}

pat_status pat_task_forget(pat_task *task, pat_error *error)
{
    release_work(&task->work);
    task->work.extractor = pat_feature_extractor_create();
    if (task->work.extractor == NULL)
        return pat_fail_memory(error, "a worker's tables");
    pat_memory_wipe_small();
    return PAT_OK;
}

bool pat_task_accepts(const pat_task_setup *setup, const pat_outcome *outcome)
{
    const pat_kind *kind = kinds[setup->kind];
    if (outcome->status != PAT_OK || outcome->unchanged)
        return outcome->report.size == 0;
    return kind->accepts == NULL || kind->accepts(setup->extra, pat_buffer_bytes(&outcome->report));
}

pat_status pat_work_write(pat_work *work, int which, pat_bytes file, pat_error *error)
{
    const pat_opened *output = &work->job->output[which];
    const char *path = work->job->output_path[which];
    if (!output->open) {
        errno = output->cause;
        return pat_fail_to_write("open", path, error);
    }
    work->written[which] = (pat_written){file.size, pat_fingerprint_of(file.data, file.size)};
    return pat_write_all(output->descriptor, path, file.data, file.size, error);
}

pat_status pat_work_measure(pat_work *work, bool extended, int longest,
                            double features[PAT_FEATURES_MAX], pat_error *error)
{
    const pat_image *image = &work->damaged;
    int longer = image->width > image->height ? image->width : image->height;
    pat_status status = PAT_OK;
    work->stage = PAT_STAGE_FEATURES;
    if (longest > 0 && longer > longest) {
        status = pat_image_reduce(image, longest, &work->raster, &work->small, error);
        image = &work->small;
    }
    if (status == PAT_OK)
        status = pat_features_extract(work->extractor, image, features, error);
    if (status == PAT_OK && extended)
        status = pat_features_extract_extended(work->extractor, image, features + PAT_FEATURE_COUNT,
                                               error);
    return status;
}

/* Read the files. Both are read even if one fails, because their state is part of the outcome.
 * Returns the status of the first; that of the second goes into *second. */
static pat_status read_files(pat_task *task, pat_outcome *outcome, pat_error *second,
                             pat_error *error)
{
    const pat_job *job = task->work.job;
    uint64_t max_pixels = task->max_pixels;
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
        pat_image_decode(file->bytes, file->size, path, task->max_pixels, image, error);
    if (which != 0 || !task->kind->keeps_bytes)
        pat_image_file_release(file);
    return status;
}

/* second: the result of reading the original. */
static pat_status decode_all(pat_task *task, const pat_error *second, pat_error *error)
{
    pat_work *work = &task->work;
    pat_status status = decode(task, 0, work->job->damaged, &work->damaged, error);
    if (status != PAT_OK || !task->kind->takes_pairs)
        return status;
    work->stage = PAT_STAGE_DECODE_UNDAMAGED;
    if (second->status != PAT_OK) {
        *error = *second;
        return second->status;
    }
    return decode(task, 1, work->job->undamaged, &work->undamaged, error);
}

static pat_status run_kind(pat_task *task, pat_outcome *outcome, pat_error *error)
{
    pat_status status = task->kind->run(task->state, &task->work, &outcome->report, error);
    return status == PAT_OK && outcome->report.failed ? pat_fail_memory(error, "a report") : status;
}

/* The steps of a job; work->stage is the current one. */
static pat_status run_steps(pat_task *task, pat_outcome *outcome, pat_error *error)
{
    pat_work *work = &task->work;
    pat_error second;
    if (task->kind->takes_files)
        return run_kind(task, outcome, error);
    work->stage = task->kind->takes_pairs ? PAT_STAGE_DECODE_DAMAGED : PAT_STAGE_DECODE;
    pat_status status = read_files(task, outcome, &second, error);
    if (status == PAT_OK && second.status == PAT_OK && is_unchanged(work->job, outcome)) {
        outcome->unchanged = true;
        return PAT_OK;
    }
    if (status == PAT_OK && task->kind->prepare != NULL)
        status = task->kind->prepare(task->state, work, error);
    if (status == PAT_OK && !task->kind->takes_bytes)
        status = decode_all(task, &second, error);
    return status == PAT_OK ? run_kind(task, outcome, error) : status;
}

/* Whether a failure may be a failed allocation in the words of the library that it failed. */
static bool may_hide_memory(pat_status status)
{
    return status == PAT_CORRUPT || status == PAT_UNSUPPORTED_FORMAT || status == PAT_INTERNAL;
}

/* Add the file name, which the step that failed does not know, and the memory limit. */
static void explain_memory(const pat_task *task, const char *path, pat_error *error)
{
    pat_error unnamed = *error;
    char limit[96] = "";
    if (task->memory_bytes != 0)
        snprintf(limit, sizeof limit,
                 "; a worker may use %llu MiB, which --memory or fewer --jobs can raise",
                 (unsigned long long)(task->memory_bytes >> 20));
    pat_fail(error, unnamed.status, "%s: %s%s", path, unnamed.message, limit);
}

void pat_task_run(pat_task *task, const pat_job *job, pat_outcome *outcome)
{
    pat_error error = {0};
    unsigned failures = pat_memory_failures();
    pat_outcome_release(outcome);
    task->work.job = job;
    memset(task->work.written, 0, sizeof task->work.written);
    pat_status status = run_steps(task, outcome, &error);
    task->work.job = NULL;
    memcpy(outcome->written, task->work.written, sizeof outcome->written);
    for (int i = 0; i < PAT_INPUTS; i++)
        pat_image_file_release(&task->work.file[i]);
    if (status == PAT_OK)
        return;
    pat_stage stage = task->work.stage;
    if (may_hide_memory(status) && pat_memory_failures() != failures)
        pat_fail_memory(&error, "this image");
    if (error.status == PAT_OUT_OF_MEMORY)
        explain_memory(task, stage == PAT_STAGE_DECODE_UNDAMAGED ? job->undamaged : job->damaged,
                       &error);
    pat_outcome_fail(outcome, stage, &error);
}
