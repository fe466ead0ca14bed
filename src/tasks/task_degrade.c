/* PAT_TASK_DEGRADE: make a damaged version of a clean image. The clean image is the job's `damaged`
 * file. */
#include "tasks/task_degrade.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "degrade/shrink.h"
#include "image/encode.h"
#include "tasks/kind.h"

struct state {
    pat_damager damager;
    pat_raster raster;
    pat_image shrunk, window;
    pat_buffer png;
};

static pat_status create(pat_bytes extra, void **state, pat_error *error)
{
    (void)extra;
    *state = calloc(1, sizeof(struct state));
    return *state == NULL ? pat_fail_memory(error, "a worker's tables") : PAT_OK;
}

static void free_state(void *opaque)
{
    struct state *state = opaque;
    if (state == NULL)
        return;
    pat_damager_release(&state->damager);
    pat_raster_release(&state->raster);
    pat_image_release(&state->shrunk);
    pat_image_release(&state->window);
    pat_buffer_release(&state->png);
    free(state);
}

static pat_status write_png(struct state *state, pat_work *work, const pat_image *image, int output,
                            pat_error *error)
{
    work->stage = PAT_STAGE_WRITE;
    pat_buffer_reset(&state->png);
    pat_status status = pat_image_encode_png(image, work->job->damaged, &state->png, error);
    if (status != PAT_OK)
        return status;
    return pat_work_write(work, output, pat_buffer_bytes(&state->png), error);
}

/* Shrink and crop the image as ordered. *image: the result, which the work or the state owns. */
static pat_status prepare(struct state *state, const pat_degrade_order *order, const char *name,
                          pat_image **image, pat_error *error)
{
    pat_status status = PAT_OK;
    if (order->shorter > 0) {
        status = pat_shrink(*image, order->shorter, &state->raster, &state->shrunk, error);
        *image = &state->shrunk;
    }
    if (status == PAT_OK && order->crop.width > 0) {
        status = pat_crop_cut(&order->crop, *image, name, &state->window, error);
        *image = &state->window;
    }
    return status;
}

static pat_status degrade(void *opaque, pat_work *work, pat_buffer *report, pat_error *error)
{
    (void)report;
    struct state *state = opaque;
    const char *name = work->job->damaged;
    pat_image *image = &work->damaged;
    pat_degrade_order order;
    assert(work->job->order.size == sizeof order);
    memcpy(&order, work->job->order.data, sizeof order);
    work->stage = PAT_STAGE_DEGRADE;
    pat_status status = prepare(state, &order, name, &image, error);
    if (status == PAT_OK && image != &work->damaged)
        status = write_png(state, work, image, PAT_UNDAMAGED_OUTPUT, error);
    if (status != PAT_OK)
        return status;
    work->stage = PAT_STAGE_DEGRADE;
    status = pat_damage_apply(&state->damager, &order.damage, name, image, error);
    if (status == PAT_OK)
        status = write_png(state, work, image, PAT_DAMAGED_OUTPUT, error);
    return status;
}

const pat_kind pat_degrade_kind = {.create = create, .free = free_state, .run = degrade};
