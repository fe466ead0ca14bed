#include "tasks/task.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Never follow a link, or write into a file that somebody else has open. */
static pat_opened open_output(const char *path, mode_t mode)
{
    int descriptor = -1;
    if (unlink(path) == 0 || errno == ENOENT)
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (descriptor < 0)
        return (pat_opened){.cause = errno};
    return (pat_opened){.open = true, .descriptor = descriptor};
}

/* What is made of a private image is private. The caller's file mode mask applies as well. */
static mode_t mode_for(const pat_opened *damaged)
{
    struct stat info;
    bool known = damaged->open && fstat(damaged->descriptor, &info) == 0;
    return known ? info.st_mode & 0666 : 0666;
}

void pat_job_open(pat_job *job)
{
    const char *path[PAT_INPUTS] = {job->damaged, job->undamaged};
    for (int i = 0; i < PAT_INPUTS; i++)
        job->input[i] = pat_image_file_open(path[i]);
    for (int i = 0; i < PAT_OUTPUTS; i++)
        if (job->output_path[i] != NULL)
            job->output[i] = open_output(job->partial_path[i], mode_for(&job->input[0]));
}

void pat_job_close(pat_job *job)
{
    for (int i = 0; i < PAT_INPUTS; i++)
        pat_opened_close(&job->input[i]);
    for (int i = 0; i < PAT_OUTPUTS; i++)
        pat_opened_close(&job->output[i]);
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
