/* PAT_TASK_RESTORE: an image's features, the setting for it, and the restored image. */
#include "run/task_restore.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "restore/picture.h"
#include "run/predictor.h"

struct state {
    pat_restore_setup setup;
    pat_predictor predictor; /* its model NULL: none */
};

static void release(void *place)
{
    struct state *state = place;
    if (state != NULL)
        pat_predictor_release(&state->predictor);
    free(state);
}

static pat_status read_model(struct state *state, const pat_bytes *extra, pat_error *error)
{
    return pat_predictor_init_from(
        &state->predictor, (const char *)extra->data + sizeof state->setup,
        extra->size - sizeof state->setup, state->setup.model_name, error);
}

static pat_status create(const pat_task_setup *setup, void **out, pat_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return pat_fail_memory(error, "a worker's tables");
    memcpy(&state->setup, setup->extra.data, sizeof state->setup);
    pat_status status = PAT_OK;
    if (state->setup.predicts)
        status = read_model(state, &setup->extra, error);
    if (status != PAT_OK) {
        release(state);
        return status;
    }
    *out = state;
    return PAT_OK;
}

static pat_status predict(const struct state *state, pat_work *work, pat_outcome *outcome,
                          pat_restore_report *report, pat_stage *stage, pat_error *error)
{
    pat_prediction prediction;
    pat_status status =
        pat_predictor_run(&state->predictor, work, outcome, &prediction, stage, error);
    if (status != PAT_OK)
        return status;
    report->extended = state->predictor.extended;
    outcome->setting = prediction.setting;
    memcpy(report->raw, prediction.raw, sizeof report->raw);
    for (int i = 0; i < prediction.unlike_count && i < PAT_UNLIKE_MAX; i++)
        report->unlike[report->unlike_count++] = (uint32_t)prediction.unlike[i];
    return PAT_OK;
}

/* The setting for the image, and what is told of it. */
static pat_status choose(const struct state *state, pat_work *work, pat_outcome *outcome,
                         pat_restore_report *report, pat_stage *stage, pat_error *error)
{
    pat_status status;
    outcome->setting = state->setup.setting;
    if (state->predictor.model != NULL)
        status = predict(state, work, outcome, report, stage, error);
    else
        status = pat_work_measure(work, outcome, stage, error);
    report->left_alone = pat_setting_is_idle(&outcome->setting);
    return status;
}

_Static_assert(PAT_TARGET_COLOR == 0 && PAT_TARGET_SIGMA == 1 && PAT_TARGET_STRENGTH == 2 &&
                   PAT_TARGET_COUNT == 3,
               "the order of pat_restoration.raw");

static void describe(const pat_picture *picture, pat_restore_report *report)
{
    report->width = (uint32_t)picture->width;
    report->height = (uint32_t)picture->height;
    report->depth = (uint32_t)picture->depth;
    report->channels = (uint32_t)picture->channels;
    report->has_alpha = picture->has_alpha;
    report->notes = picture->notes;
}

static pat_status write_file(const pat_job *job, const void *bytes, size_t size,
                             pat_restore_report *report, pat_stage *stage, pat_error *error)
{
    report->output_bytes = size;
    *stage = PAT_STAGE_WRITE;
    return job->output_path[0] == NULL ? PAT_OK : pat_job_write(job, 0, bytes, size, error);
}

static pat_status restore(const struct state *state, const pat_job *job, pat_picture *picture,
                          const pat_setting *setting, pat_restore_report *report, pat_stage *stage,
                          pat_error *error)
{
    const pat_treatment treatment = {setting->color, setting->sigma, setting->strength};
    const pat_picture_options options = {state->setup.format, state->setup.quality,
                                         state->setup.strip};
    pat_buffer file = {0};
    *stage = PAT_STAGE_RESTORE;
    pat_status status = pat_picture_restore(picture, &treatment, error);
    if (status == PAT_OK)
        status = pat_picture_save(picture, &options, &file, error);
    report->notes = picture->notes;
    if (status == PAT_OK)
        status = write_file(job, file.data, file.size, report, stage, error);
    pat_buffer_release(&file);
    return status;
}

/* Whether an image that is left alone can be left as the file it is. */
static bool can_copy(const struct state *state, const pat_picture *picture)
{
    return !state->setup.strip &&
           (state->setup.format == PAT_FORMAT_NONE || state->setup.format == picture->format);
}

static pat_status do_image(const struct state *state, pat_work *work, const pat_job *job,
                           const pat_setting *setting, pat_restore_report *report, pat_stage *stage,
                           pat_error *error)
{
    pat_picture picture = {0};
    const pat_image_file *file = &work->file[0];
    *stage = PAT_STAGE_DECODE;
    pat_status status = pat_picture_load(&picture, file->bytes, file->size, job->damaged, error);
    if (status == PAT_OK) {
        describe(&picture, report);
        report->input_bytes = file->size;
        report->format =
            state->setup.format != PAT_FORMAT_NONE ? state->setup.format : picture.format;
        report->copied = report->left_alone && can_copy(state, &picture);
        if (report->copied) {
            report->notes = 0;
            status = write_file(job, file->bytes, file->size, report, stage, error);
        } else {
            status = restore(state, job, &picture, setting, report, stage, error);
        }
    }
    pat_picture_release(&picture);
    return status;
}

static pat_status run(void *context, pat_work *work, const pat_job *job, pat_outcome *outcome,
                      pat_stage *stage, pat_error *error)
{
    const struct state *state = context;
    pat_restore_report report = {0};
    pat_status status = choose(state, work, outcome, &report, stage, error);
    if (status == PAT_OK)
        status = do_image(state, work, job, &outcome->setting, &report, stage, error);
    pat_buffer_append(&outcome->report, &report, sizeof report);
    return status == PAT_OK && outcome->report.failed
               ? pat_fail_memory(error, "the report of an image")
               : status;
}

const pat_kind pat_restore_kind = {
    .keeps_bytes = true, .create = create, .free = release, .run = run};
