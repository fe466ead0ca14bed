#include "tasks/task.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"

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
