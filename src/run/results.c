#include "run/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "image/format.h"
#include "rig/npy.h"

/* The state of a job: some of its files are there, as the journal has them; all are; it is done. */
enum { HAS_SOME = 1, HAS_ALL = 2, ENDED = 4 };

/* ---- Files ----------------------------------------------------------------------------------- */

static bool is_zero(const pat_written *written)
{
    return written->size == 0;
}

/* Open a regular file of this size; -1 if it is none. */
static int open_if(const char *path, uint64_t size)
{
    struct stat info;
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor >= 0 && fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) &&
        (uint64_t)info.st_size == size)
        return descriptor;
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

/* Whether the file is as it was written. */
static bool is_as_written(const char *path, const pat_written *written)
{
    pat_image_file file = {0};
    pat_opened opened = {.descriptor = open_if(path, written->size)};
    opened.open = opened.descriptor >= 0;
    bool is = !is_zero(written) && opened.open &&
              pat_image_file_read(&file, &opened, path, PAT_MAX_PIXELS_DEFAULT, NULL) == PAT_OK &&
              file.size == written->size &&
              pat_fingerprint_equal(file.content.bytes, written->bytes);
    pat_image_file_release(&file);
    pat_opened_close(&opened);
    return is;
}

/* Whether the file has the size that the worker reports, and begins like an image or a depth map. A
 * worker that a
 * hostile image has taken over may write anything. *cause: the error if the file cannot be read, or
 * 0. */
static bool is_output(const char *path, const pat_written *written, int *cause)
{
    uint8_t start[32];
    errno = 0;
    int descriptor = open_if(path, written->size);
    ssize_t count = descriptor >= 0 ? pread(descriptor, start, sizeof start, 0) : -1;
    *cause = errno;
    if (descriptor >= 0)
        close(descriptor);
    return count > 0 &&
           (pat_format_of_file((pat_file_bytes){start, (size_t)count}) != PAT_FORMAT_NONE ||
            pat_npy_is(start, (size_t)count));
}

/* ---- Opening --------------------------------------------------------------------------------- */

static void get_job(const pat_results *results, size_t index, pat_job *job)
{
    results->jobs->get(results->jobs->context, index, job);
}

static pat_status check_path(const pat_results *results, const char *path, pat_error *error)
{
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return pat_fail(
            error, PAT_INVALID_ARGUMENT,
            "%s: is a folder, but an image would have the same name; choose another folder with -o",
            path);
    return pat_check_free(path, results->force, error);
}

static pat_status check_job(pat_results *results, size_t index, pat_outcome *outcome,
                            pat_error *error)
{
    pat_job job;
    pat_status status = PAT_OK;
    bool known = results->journal != NULL && pat_journal_find(results->journal, index, outcome) &&
                 outcome->status == PAT_OK;
    bool has_all = known;
    get_job(results, index, &job);
    for (int i = 0; i < PAT_OUTPUTS && status == PAT_OK; i++) {
        if (job.output_path[i] == NULL)
            continue;
        bool own = known && is_as_written(job.output_path[i], &outcome->written[i]);
        has_all = has_all && own;
        if (own)
            results->state[index] |= HAS_SOME;
        else
            status = check_path(results, job.output_path[i], error);
    }
    results->state[index] |= has_all ? HAS_ALL : 0;
    return status;
}

static pat_status open_journal(pat_results *results, const char *folder, const char *command,
                               pat_error *error)
{
    char path[PAT_PATH_SIZE], identity[64];
    snprintf(identity, sizeof identity, "command=%s\n", command);
    if (snprintf(path, sizeof path, "%s/.patina-%s.journal", folder, command) >= (int)sizeof path)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%.60s...: the folder name is too long; choose another with -o", folder);
    return pat_journal_open_shared(path, identity, results->jobs, &results->journal, error);
}

pat_status pat_results_open(pat_results *results, const char *folder, const char *command,
                            pat_error *error)
{
    pat_outcome outcome = {0};
    pat_status status = PAT_OK;
    results->state = calloc(results->jobs->count + 1, 1);
    if (results->state == NULL)
        return pat_fail_memory(error, "the list of outputs");
    if (folder != NULL)
        status = open_journal(results, folder, command, error);
    for (size_t i = 0; i < results->jobs->count && status == PAT_OK; i++)
        status = check_job(results, i, &outcome, error);
    pat_outcome_release(&outcome);
    return status;
}

/* ---- In use ---------------------------------------------------------------------------------- */

bool pat_results_has(const pat_results *results, size_t index)
{
    return (results->state[index] & HAS_ALL) != 0;
}

bool pat_results_stand(pat_results *results, size_t index, const pat_outcome *outcome)
{
    pat_job job;
    if (outcome->status != PAT_OK || (results->state[index] & HAS_ALL) != 0)
        return true;
    get_job(results, index, &job);
    for (int i = 0; i < PAT_OUTPUTS; i++)
        if (job.output_path[i] != NULL &&
            !is_as_written(job.output_path[i], &outcome->written[i]) &&
            !is_as_written(job.partial_path[i], &outcome->written[i]))
            return false;
    return true;
}

void pat_results_begin(pat_results *results, size_t index)
{
    if (results->state != NULL && index >= results->begun)
        results->begun = index + 1;
}

static pat_status place(const pat_job *job, int i, const pat_written *written, bool replace,
                        pat_error *error)
{
    const char *path = job->output_path[i], *partial = job->partial_path[i];
    int cause;
    if (is_output(partial, written, &cause))
        return pat_place(partial, path, replace, error);
    if (is_as_written(path, written)) { /* in place since an earlier run */
        unlink(partial);
        return PAT_OK;
    }
    if (cause != 0 && cause != ENOENT)
        return pat_fail(error, PAT_UNREADABLE, "%s: cannot be read (%s); run again", partial,
                        strerror(cause));
    return pat_fail(error, PAT_INTERNAL,
                    "%s: the worker did not write the image that it reported; run it again", path);
}

pat_status pat_results_place(pat_results *results, size_t index, const pat_outcome *outcome,
                             pat_error *error)
{
    pat_job job;
    /* Sync first: after a power cut, an image without a record would not be recognized as written
     * by this command. */
    pat_status status =
        results->journal == NULL ? PAT_OK : pat_journal_sync(results->journal, error);
    bool replace = results->force || (results->state[index] & HAS_SOME) != 0;
    get_job(results, index, &job);
    for (int i = PAT_OUTPUTS - 1; i >= 0 && status == PAT_OK; i--)
        if (job.output_path[i] != NULL)
            status = place(&job, i, &outcome->written[i], replace, error);
    if (status != PAT_OK)
        pat_results_discard(results, index);
    results->state[index] |= ENDED;
    return status;
}

void pat_results_discard(const pat_results *results, size_t index)
{
    pat_job job;
    get_job(results, index, &job);
    for (int i = 0; i < PAT_OUTPUTS; i++)
        if (job.partial_path[i] != NULL)
            unlink(job.partial_path[i]);
    results->state[index] |= ENDED;
}

void pat_results_close(pat_results *results)
{
    for (size_t i = 0; i < results->begun; i++)
        if ((results->state[i] & ENDED) == 0)
            pat_results_discard(results, i);
    pat_journal_close(results->journal, false);
    free(results->state);
    *results = (pat_results){0};
}
