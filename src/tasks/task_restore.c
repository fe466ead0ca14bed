/* PAT_TASK_RESTORE: measure an image's features, choose its setting, and restore it. */
#include "tasks/task_restore.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "restore/image.h"
#include "tasks/predictor.h"

struct state {
    pat_restore_setup setup;
    pat_predictor predictor; /* its model is NULL if there is none */
    int pages;               /* of the current file */
};

static void release(void *place)
{
    struct state *state = place;
    if (state != NULL)
        pat_predictor_release(&state->predictor);
    free(state);
}

static pat_status read_model(struct state *state, pat_bytes extra, pat_error *error)
{
    const pat_restore_setup *setup = &state->setup;
    pat_status status =
        pat_predictor_init_from(&state->predictor, (const char *)extra.data + sizeof *setup,
                                extra.size - sizeof *setup, setup->model_name, error);
    if (status != PAT_OK)
        return status;
    return pat_predictor_limit_harm(&state->predictor, setup->max_harm, setup->model_name, error);
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return pat_fail_memory(error, "a worker's tables");
    memcpy(&state->setup, extra.data, sizeof state->setup);
    pat_status status = PAT_OK;
    if (state->setup.predicts)
        status = read_model(state, extra, error);
    if (status != PAT_OK) {
        release(state);
        return status;
    }
    *out = state;
    return PAT_OK;
}

/* The order of a job. A job without one gets an order from the setup. */
static pat_restore_order order_of(const struct state *state, const pat_job *job)
{
    const pat_restore_setup *setup = &state->setup;
    pat_restore_order order = {.strip = setup->strip,
                               .quality = setup->quality,
                               .format = setup->format,
                               .setting = setup->setting};
    for (int axis = 0; axis < PAT_AXES; axis++)
        order.given[axis] = !setup->predicts;
    if (job->order.size == sizeof order)
        memcpy(&order, job->order.data, sizeof order);
    return order;
}

static pat_status predict(const struct state *state, pat_work *work, pat_restore_report *report,
                          pat_error *error)
{
    pat_prediction prediction;
    pat_status status =
        pat_predictor_run(&state->predictor, work, report->features, &prediction, error);
    if (status != PAT_OK)
        return status;
    report->extended = state->predictor.extended;
    report->predicted = prediction.setting;
    report->flagged = prediction.flagged;
    report->gain = prediction.gain;
    report->harm = prediction.harm;
    report->restored_at = prediction.restored_at;
    memcpy(report->raw, prediction.raw, sizeof report->raw);
    for (int i = 0; i < prediction.unlike_count && i < PAT_UNLIKE_MAX; i++)
        report->unlike[report->unlike_count++] = (uint32_t)prediction.unlike[i];
    return PAT_OK;
}

/* Whether the order gives the axis a number that the setting's operators do not read. */
static bool has_unread(const pat_restore_order *order, const pat_setting *setting, pat_axis axis)
{
    return !pat_axis_of(axis)->is_choice && order->given[axis] && order->setting.value[axis] != 0 &&
           !pat_setting_reads(setting, axis);
}

/* Given values override predicted ones. If the filter does not read a given number, the default
 * filter is used instead, unless a filter was given too. Fails with PAT_INVALID_ARGUMENT if a given
 * number has no effect, or if a required one is neither given nor predicted. */
static pat_status merge(const pat_restore_order *order, const pat_setting *predicted,
                        pat_setting *setting, pat_error *error)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        setting->value[axis] =
            order->given[axis] ? order->setting.value[axis] : predicted->value[axis];
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (has_unread(order, setting, axis) && !order->given[PAT_AXIS_FILTER])
            setting->value[PAT_AXIS_FILTER] = pat_setting_default().value[PAT_AXIS_FILTER];
    for (pat_axis axis = 0; axis < PAT_AXES; axis++) {
        const char *key = pat_axis_of(axis)->key;
        bool is_read = pat_setting_reads(setting, axis);
        bool is_predicted =
            pat_setting_reads(predicted, axis) && pat_axis_allows(axis, setting->value[axis]);
        if (is_read && !order->given[axis] && pat_axis_of(axis)->is_optional && !is_predicted)
            setting->value[axis] = pat_setting_left_out(setting, axis);
        if (has_unread(order, setting, axis))
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "%s: has no effect with the other values; leave it out", key);
        if (is_read && !order->given[axis] && !pat_axis_allows(axis, setting->value[axis]) &&
            pat_setting_depends_on(setting, axis))
            return pat_fail(error, PAT_INVALID_ARGUMENT,
                            "%s: is required with the other values; specify it too", key);
        if (!is_read)
            setting->value[axis] = 0;
    }
    return PAT_OK;
}

/* Choose the setting for the image, and report it. */
static pat_status choose(const struct state *state, pat_work *work, const pat_restore_order *order,
                         pat_restore_report *report, pat_error *error)
{
    pat_status status;
    if (state->predictor.model != NULL)
        status = predict(state, work, report, error);
    else
        status = pat_work_measure(work, false, 0, report->features, error);
    if (status == PAT_OK)
        status = merge(order, &report->predicted, &report->setting, error);
    report->left_alone = pat_setting_is_idle(&report->setting);
    return status;
}

_Static_assert(PAT_TARGET_COLOR == 0 && PAT_TARGET_SIGMA == 1 && PAT_TARGET_STRENGTH == 2 &&
                   PAT_TARGET_COUNT == 3,
               "the order of pat_restoration.raw");

static void describe(const pat_picture *picture, const pat_restore_order *order,
                     pat_restore_report *report)
{
    report->input_format = picture->format;
    report->format =
        order->format != PAT_FORMAT_NONE ? order->format : pat_format_written_as(picture->format);
    report->width = (uint32_t)picture->width;
    report->height = (uint32_t)picture->height;
    report->depth = (uint32_t)picture->depth;
    report->channels = (uint32_t)picture->channels;
    report->has_alpha = picture->has_alpha;
    report->notes = picture->notes;
}

static pat_status write_file(pat_work *work, const pat_restore_order *order, pat_bytes file,
                             pat_restore_report *report, pat_error *error)
{
    const pat_job *job = work->job;
    report->output_bytes = file.size;
    work->stage = PAT_STAGE_WRITE;
    if (order->output_limit > 0 && file.size > order->output_limit)
        return pat_fail(error, PAT_TOO_LARGE,
                        "%s: the restored file would be %zu bytes, more than the limit of %llu; "
                        "choose a format that compresses more, or a lower quality",
                        job->damaged, file.size, (unsigned long long)order->output_limit);
    return job->output_path[0] == NULL ? PAT_OK : pat_work_write(work, 0, file, error);
}

static pat_status restore(pat_work *work, const pat_restore_order *order, pat_picture *picture,
                          pat_restore_report *report, pat_error *error)
{
    const pat_picture_options options = {order->format, order->quality, order->strip};
    pat_buffer file = {0};
    work->stage = PAT_STAGE_RESTORE;
    pat_status status = pat_picture_restore(picture, &report->setting, error);
    if (status == PAT_OK)
        status = pat_picture_save(picture, &options, &file, error);
    report->notes = picture->notes;
    if (status == PAT_OK)
        status = write_file(work, order, pat_buffer_bytes(&file), report, error);
    pat_buffer_release(&file);
    return status;
}

static int page_of(const struct state *state)
{
    return state->setup.page > 0 ? state->setup.page : 1;
}

static pat_status prepare(void *context, pat_work *work, pat_error *error)
{
    struct state *state = context;
    pat_image_file *file = &work->file[0];
    return pat_picture_choose_page(file->bytes, file->size, work->job->damaged, page_of(state),
                                   &state->pages, error);
}

/* Whether the file of an image with an idle setting can be copied as it is. */
static bool can_copy(const pat_restore_order *order, const pat_picture *picture, uint32_t page)
{
    pat_format format =
        order->format != PAT_FORMAT_NONE ? order->format : pat_format_written_as(picture->format);
    return !order->strip && format == picture->format && page == 1;
}

static pat_status make_output(pat_work *work, const pat_restore_order *order, pat_picture *picture,
                              pat_restore_report *report, pat_error *error)
{
    const pat_image_file *file = &work->file[0];
    char made[PAT_FORMAT_WORDS_SIZE];
    if (order->format != PAT_FORMAT_NONE && order->format != picture->format &&
        !pat_format_is_made(order->format))
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: other formats cannot be converted to %s; choose %s",
                        work->job->damaged, pat_format_row(order->format)->title,
                        pat_format_words(PAT_LIST_MADE, " or ", made));
    report->copied = report->left_alone && can_copy(order, picture, report->page);
    if (!report->copied)
        return restore(work, order, picture, report, error);
    report->notes = 0;
    return write_file(work, order, (pat_bytes){file->bytes, file->size}, report, error);
}

static pat_status do_image(pat_work *work, const pat_restore_order *order,
                           pat_restore_report *report, pat_error *error)
{
    pat_picture picture = {0};
    const pat_image_file *file = &work->file[0];
    work->stage = PAT_STAGE_DECODE;
    pat_status status =
        pat_picture_load(&picture, file->bytes, file->size, work->job->damaged, error);
    if (status == PAT_OK) {
        report->input_bytes = file->size;
        describe(&picture, order, report);
    }
    if (status == PAT_OK && !order->describes)
        status = make_output(work, order, &picture, report, error);
    pat_picture_release(&picture);
    return status;
}

static pat_status run(void *context, pat_work *work, pat_buffer *out, pat_error *error)
{
    const struct state *state = context;
    const pat_restore_order order = order_of(state, work->job);
    pat_restore_report report = {.page = (uint32_t)page_of(state), .pages = (uint32_t)state->pages};
    pat_status status = choose(state, work, &order, &report, error);
    if (status == PAT_OK)
        status = do_image(work, &order, &report, error);
    if (status == PAT_OK)
        pat_buffer_append(out, &report, sizeof report);
    return status;
}

const pat_kind pat_restore_kind = {
    .keeps_bytes = true, .create = create, .free = release, .prepare = prepare, .run = run};
