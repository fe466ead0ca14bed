#include "run/strips.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"

/* Even pure noise takes less than 3 bytes per pixel, plus tables. */
enum { BYTES_PER_PIXEL_MAX = 6, HEADER_BYTES_MAX = 4096 };

struct strips_run {
    const pat_strips_options *options;
    pat_strip *strips;
    pat_pair pair;         /* of the job last requested */
    pat_strip_order order; /* of that job */
};

static void get_pair(struct strips_run *run, size_t index)
{
    const pat_strips_options *options = run->options;
    if (options->pair_of != NULL)
        options->pair_of(options->context, options->jobs[index].pair, &run->pair);
    else
        pat_pairs_get(options->pairs, options->jobs[index].pair, &run->pair);
}

static void get_job(void *context, size_t index, pat_job *job)
{
    struct strips_run *run = context;
    const pat_strip_job *of = &run->options->jobs[index];
    get_pair(run, index);
    run->order = of->order;
    *job = (pat_job){
        .name = run->pair.name,
        .damaged = run->pair.damaged,
        .undamaged = run->pair.undamaged,
        .order = {&run->order, sizeof run->order},
    };
}

static bool looks_like_jpeg(const unsigned char *bytes, size_t size)
{
    return size > 4 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff &&
           bytes[size - 2] == 0xff && bytes[size - 1] == 0xd9;
}

static bool is_side(uint32_t side, uint32_t most)
{
    return side >= 1 && side <= most;
}

/* Copy a worker's images. Fails with PAT_INTERNAL (invalid report) or PAT_OUT_OF_MEMORY. */
static pat_status take(const pat_outcome *outcome, const pat_strip_order *order, pat_strip *strip)
{
    pat_strip_report report;
    const char *at = outcome->report.data;
    size_t left = outcome->report.size;
    if (left < sizeof report)
        return PAT_INTERNAL;
    memcpy(&report, at, sizeof report);
    at += sizeof report;
    left -= sizeof report;
    uint32_t most = (uint32_t)order->max_side;
    if (!is_side(report.width, most) || !is_side(report.height, most) ||
        !is_side(report.full_width, INT32_MAX) || !is_side(report.full_height, INT32_MAX))
        return PAT_INTERNAL;
    size_t size_max = (size_t)report.width * report.height * BYTES_PER_PIXEL_MAX + HEADER_BYTES_MAX;
    for (int i = 0; i < PAT_STRIP_PICTURES; i++) {
        size_t size = report.size[i];
        if (size > left || size > size_max || !looks_like_jpeg((const unsigned char *)at, size))
            return PAT_INTERNAL;
        pat_buffer_append(&strip->picture[i], at, size);
        if (strip->picture[i].failed)
            return PAT_OUT_OF_MEMORY;
        at += size;
        left -= size;
    }
    strip->width = (int)report.width;
    strip->height = (int)report.height;
    strip->full_width = (int)report.full_width;
    strip->full_height = (int)report.full_height;
    return left == 0 ? PAT_OK : PAT_INTERNAL;
}

static void set_failure(pat_strip *strip, const char *name, const pat_outcome *outcome)
{
    pat_strips_release(strip, 1);
    strip->status = outcome->status;
    strip->failure =
        (pat_failure){.stage = pat_stage_name(outcome->stage), .reason = outcome->status};
    snprintf(strip->failure.name, sizeof strip->failure.name, "%s", name);
    snprintf(strip->failure.message, sizeof strip->failure.message, "%s", outcome->message);
}

static unsigned mode_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? info.st_mode & PAT_FILE_PUBLIC : PAT_FILE_PRIVATE;
}

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    struct strips_run *run = context;
    const pat_strip_job *job = &run->options->jobs[index];
    pat_strip *strip = &run->strips[index];
    get_pair(run, index);
    if (outcome->status != PAT_OK) {
        set_failure(strip, run->pair.name, outcome);
        return PAT_OK;
    }
    strip->mode = mode_of(run->pair.damaged) & mode_of(run->pair.undamaged);
    pat_status status = take(outcome, &job->order, strip);
    if (status == PAT_OUT_OF_MEMORY)
        return pat_fail_memory(error, "the images of a pair");
    if (status != PAT_OK)
        return pat_fail(error, status, "%s: a worker sent an invalid report; run it again",
                        run->pair.damaged);
    return PAT_OK;
}

static pat_status check_job(const pat_strip_job *job, pat_error *error)
{
    pat_error cause = {0};
    if (pat_setting_check(&job->order.setting, &cause) == PAT_OK)
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "%s, so it cannot be applied to show a restored image; correct the table",
                    cause.message);
}

pat_status pat_strips_run(const pat_strips_options *options, pat_strip *strips, pat_error *error)
{
    struct strips_run run = {.options = options, .strips = strips};
    pat_status status = PAT_OK;
    for (size_t i = 0; i < options->count && status == PAT_OK; i++)
        status = check_job(&options->jobs[i], error);
    if (status != PAT_OK || options->count == 0)
        return status;
    pat_task_setup setup = {.kind = PAT_TASK_STRIP};
    pat_job_list jobs = {.count = options->count, .get = get_job, .context = &run};
    pat_sink sink = {put_outcome, &run};
    pat_run work = {.setup = &setup, .jobs = &jobs, .sink = &sink, .options = options->run};
    return pat_run_jobs(&work, error);
}

unsigned pat_strips_mode(const pat_strip *strips, size_t count)
{
    unsigned mode = PAT_FILE_PUBLIC;
    for (size_t i = 0; i < count; i++)
        if (strips[i].status == PAT_OK)
            mode &= strips[i].mode;
    return mode;
}

void pat_strips_release(pat_strip *strips, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (int k = 0; k < PAT_STRIP_PICTURES; k++)
            pat_buffer_release(&strips[i].picture[k]);
        strips[i] = (pat_strip){0};
    }
}
