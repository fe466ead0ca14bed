/* PAT_TASK_FRAME: restore an image of a film, or convert a depth map to meters. */
#include "tasks/task_frame.h"

#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "restore/image.h"
#include "rig/depth.h"
#include "rig/npy.h"
#include "tasks/kind.h"

static bool is_flag(uint32_t value)
{
    return value <= 1;
}

bool pat_frame_report_read(pat_bytes bytes, pat_frame_report *report)
{
    if (bytes.size != sizeof *report)
        return false;
    memcpy(report, bytes.data, sizeof *report);
    return report->width >= 1 && report->width <= INT_MAX && report->height >= 1 &&
           report->height <= INT_MAX && is_flag(report->copied) && is_flag(report->divided) &&
           is_flag(report->guessed) && report->notes >> PAT_NOTES == 0 && report->luma >= 0 &&
           report->luma <= 255;
}

/* Decode the file, which checks it for damage, and load it with all that it has. */
static pat_status load(pat_work *work, pat_picture *picture, pat_error *error)
{
    const pat_image_file *file = &work->file[0];
    const char *name = work->job->damaged;
    pat_status status =
        pat_image_decode(file->bytes, file->size, name, work->max_pixels, &work->damaged, error);
    return status == PAT_OK ? pat_picture_load(picture, file->bytes, file->size, name, error)
                            : status;
}

static pat_status write(pat_work *work, pat_bytes file, pat_error *error)
{
    work->stage = PAT_STAGE_WRITE;
    return pat_work_write(work, 0, file, error);
}

/* ---- An image -------------------------------------------------------------------------------- */

static pat_status restore(pat_work *work, const pat_frame_order *order, pat_picture *picture,
                          pat_frame_report *report, pat_error *error)
{
    const pat_image_file *input = &work->file[0];
    const pat_picture_options options = {.format = pat_format_find("png")};
    bool changes = !pat_film_lines_are_idle(order->lines) || !pat_setting_is_idle(&order->setting);
    pat_buffer file = {0};
    pat_status status = PAT_OK;
    work->stage = PAT_STAGE_RESTORE;
    report->copied = !changes && picture->format == options.format;
    if (changes) {
        pat_film_lines_apply(order->lines, picture, picture);
        status = pat_picture_restore(picture, &order->setting, error);
    }
    report->luma = status == PAT_OK ? pat_frame_luma(picture) : 0;
    if (status == PAT_OK && report->copied)
        return write(work, (pat_bytes){input->bytes, input->size}, error);
    if (status == PAT_OK)
        status = pat_picture_save(picture, &options, &file, error);
    report->notes = picture->notes;
    if (status == PAT_OK)
        status = write(work, pat_buffer_bytes(&file), error);
    pat_buffer_release(&file);
    return status;
}

static pat_status do_image(pat_work *work, const pat_frame_order *order, pat_frame_report *report,
                           pat_error *error)
{
    pat_picture picture = {0};
    pat_status status = load(work, &picture, error);
    if (status == PAT_OK) {
        report->width = (uint32_t)picture.width;
        report->height = (uint32_t)picture.height;
        status = restore(work, order, &picture, report, error);
    }
    pat_picture_release(&picture);
    return status;
}

/* ---- A depth map ----------------------------------------------------------------------------- */

static pat_status read_picture(pat_work *work, pat_depth_map *map, pat_error *error)
{
    pat_picture picture = {0};
    pat_status status = load(work, &picture, error);
    if (status == PAT_OK)
        status = pat_depth_from_picture(&picture, work->job->damaged, map, error);
    pat_picture_release(&picture);
    return status;
}

static pat_status read_depth(pat_work *work, pat_rig_depth kind, pat_depth_map *map,
                             pat_error *error)
{
    const pat_image_file *file = &work->file[0];
    const char *name = work->job->damaged;
    switch (kind) {
    case PAT_RIG_RAW:
        return pat_depth_from_raw(file->bytes, file->size, name, work->max_pixels, map, error);
    case PAT_RIG_NPY:
        return pat_depth_from_npy(file->bytes, file->size, name, work->max_pixels, map, error);
    case PAT_RIG_PNG:
        return read_picture(work, map, error);
    }
    return pat_fail(error, PAT_INTERNAL, "%s: a depth map of an unknown kind", name);
}

static pat_status do_depth(pat_work *work, const pat_frame_order *order, pat_frame_report *report,
                           pat_error *error)
{
    pat_depth_map map = {0};
    pat_buffer file = {0};
    pat_status status = read_depth(work, order->depth, &map, error);
    if (status == PAT_OK) {
        pat_npy_put(&file, map.meters, map.width, map.height);
        report->width = (uint32_t)map.width;
        report->height = (uint32_t)map.height;
        report->divided = map.divided;
        report->guessed = map.guessed;
        status = file.failed ? pat_fail_memory(error, "a depth map")
                             : write(work, pat_buffer_bytes(&file), error);
    }
    pat_buffer_release(&file);
    pat_depth_map_release(&map);
    return status;
}

static pat_status run(void *state, pat_work *work, pat_buffer *out, pat_error *error)
{
    pat_frame_order order;
    pat_frame_report report;
    (void)state;
    memset(&report, 0, sizeof report); /* its padding, too: reports are sent as they are */
    if (work->job->order.size != sizeof order)
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the order of a frame");
    memcpy(&order, work->job->order.data, sizeof order);
    pat_status status = order.part == PAT_RIG_COLOR ? do_image(work, &order, &report, error)
                                                    : do_depth(work, &order, &report, error);
    if (status == PAT_OK)
        pat_buffer_append(out, &report, sizeof report);
    return status;
}

const pat_kind pat_frame_kind = {.takes_bytes = true, .run = run};
