#include "run/task.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static const char *const stage_names[PAT_STAGE_COUNT] = {
    [PAT_STAGE_DECODE] = "decode",
    [PAT_STAGE_DECODE_DAMAGED] = "decode_damaged",
    [PAT_STAGE_DECODE_UNDAMAGED] = "decode_undamaged",
    [PAT_STAGE_SEARCH] = "search",
    [PAT_STAGE_FEATURES] = "features",
    [PAT_STAGE_WORKER] = "worker",
};

const char *pat_stage_name(pat_stage stage)
{
    return stage_names[stage];
}

void pat_job_open(pat_job *job)
{
    const char *path[PAT_INPUTS] = {job->damaged, job->undamaged};
    for (int i = 0; i < PAT_INPUTS; i++)
        job->input[i] = pat_image_file_open(path[i]);
}

void pat_job_close(pat_job *job)
{
    for (int i = 0; i < PAT_INPUTS; i++)
        pat_opened_close(&job->input[i]);
}

void pat_outcome_release(pat_outcome *outcome)
{
    free(outcome->trials);
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
    pat_image_file file[PAT_INPUTS];
    pat_image damaged, undamaged;
    pat_searcher *searcher; /* NULL for PAT_TASK_FEATURES */
    pat_feature_extractor *extractor;
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
    task->setup = *setup;
    task->extractor = pat_feature_extractor_create();
    if (setup->kind == PAT_TASK_SEARCH)
        task->searcher = pat_searcher_create(&setup->grid);
    if (task->extractor == NULL || (setup->kind == PAT_TASK_SEARCH && task->searcher == NULL)) {
        pat_task_free(task);
        return pat_fail_memory(error, "a worker's tables");
    }
    *out = task;
    return PAT_OK;
}

void pat_task_free(pat_task *task)
{
    if (task == NULL)
        return;
    for (int i = 0; i < PAT_INPUTS; i++)
        pat_image_file_release(&task->file[i]);
    pat_image_release(&task->damaged);
    pat_image_release(&task->undamaged);
    pat_searcher_free(task->searcher);
    pat_feature_extractor_free(task->extractor);
    free(task);
}

static pat_status copy_trials(const pat_task *task, const pat_evaluation *evaluation,
                              pat_outcome *outcome, pat_error *error)
{
    size_t count = pat_grid_count(&task->setup.grid);
    outcome->trials = malloc(count * sizeof *outcome->trials);
    if (outcome->trials == NULL)
        return pat_fail_memory(error, "the scores of all settings");
    memcpy(outcome->trials, evaluation->trials, count * sizeof *outcome->trials);
    outcome->trial_count = count;
    return PAT_OK;
}

static pat_status search_pair(pat_task *task, const pat_job *job, pat_outcome *outcome,
                              pat_error *error)
{
    pat_evaluation evaluation;
    pat_status status = (task->setup.trials ? pat_searcher_evaluate : pat_searcher_find_best)(
        task->searcher, &task->damaged, &task->undamaged, &evaluation, error);
    if (status == PAT_TOO_SMALL) /* say which file */
        return pat_fail(error, status,
                        "%s: %dx%d pixels are too small to score: SSIM needs at least %d a side; "
                        "leave the pair out",
                        job->undamaged, task->undamaged.width, task->undamaged.height,
                        PAT_SSIM_WINDOW);
    if (status != PAT_OK)
        return status;
    outcome->setting = evaluation.setting;
    outcome->best = evaluation.best;
    outcome->untouched = evaluation.untouched;
    outcome->ties = evaluation.ties;
    return task->setup.trials ? copy_trials(task, &evaluation, outcome, error) : PAT_OK;
}

/* Read the files, of which both are read even if one is damaged: what they were is part of the
 * outcome. Returns the failure of the first; that of the second goes into *second. */
static pat_status read_files(pat_task *task, const pat_job *job, pat_outcome *outcome,
                             pat_error *second, pat_error *error)
{
    uint64_t max_pixels = task->setup.max_pixels;
    pat_status status =
        pat_image_file_read(&task->file[0], &job->input[0], job->damaged, max_pixels, error);
    *second = (pat_error){0};
    if (task->setup.kind == PAT_TASK_SEARCH &&
        pat_image_file_read(&task->file[1], &job->input[1], job->undamaged, max_pixels, second) !=
            PAT_OK)
        assert(second->status != PAT_OK);
    for (int i = 0; i < PAT_INPUTS; i++)
        outcome->content[i] = task->file[i].content;
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
    pat_image_file *file = &task->file[which];
    pat_status status =
        pat_image_decode(file->bytes, file->size, path, task->setup.max_pixels, image, error);
    pat_image_file_release(file);
    return status;
}

/* Decode and search a pair. */
static pat_status do_pair(pat_task *task, const pat_job *job, pat_outcome *outcome,
                          pat_stage *stage, const pat_error *second, pat_error *error)
{
    *stage = PAT_STAGE_DECODE_DAMAGED;
    pat_status status = decode(task, 0, job->damaged, &task->damaged, error);
    if (status != PAT_OK)
        return status;
    *stage = PAT_STAGE_DECODE_UNDAMAGED;
    if (second->status != PAT_OK) {
        *error = *second;
        return second->status;
    }
    status = decode(task, 1, job->undamaged, &task->undamaged, error);
    if (status != PAT_OK)
        return status;
    *stage = PAT_STAGE_SEARCH;
    return search_pair(task, job, outcome, error);
}

/* The steps of a job; `stage` says how far it came. */
static pat_status run_steps(pat_task *task, const pat_job *job, pat_outcome *outcome,
                            pat_stage *stage, pat_error *error)
{
    bool pair = task->setup.kind == PAT_TASK_SEARCH;
    pat_error second;
    *stage = pair ? PAT_STAGE_DECODE_DAMAGED : PAT_STAGE_DECODE;
    pat_status status = read_files(task, job, outcome, &second, error);
    if (status == PAT_OK && second.status == PAT_OK && is_unchanged(job, outcome)) {
        outcome->unchanged = true;
        return PAT_OK;
    }
    if (status == PAT_OK)
        status = pair ? do_pair(task, job, outcome, stage, &second, error)
                      : decode(task, 0, job->damaged, &task->damaged, error);
    if (status == PAT_OK) {
        *stage = PAT_STAGE_FEATURES;
        status = pat_features_extract(task->extractor, &task->damaged, outcome->features, error);
    }
    return status;
}

void pat_task_run(pat_task *task, const pat_job *job, pat_outcome *outcome)
{
    pat_error error = {0};
    pat_stage stage;
    pat_outcome_release(outcome);
    pat_status status = run_steps(task, job, outcome, &stage, &error);
    for (int i = 0; i < PAT_INPUTS; i++)
        pat_image_file_release(&task->file[i]);
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
