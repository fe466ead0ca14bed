/* PAT_TASK_STRIP: make small JPEG files of a pair and its restoration. */
#include "tasks/task_strip.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/jpeg.h"
#include "image/resize.h"
#include "image/thumbnail.h"
#include "patina/restore.h"
#include "tasks/kind.h"

enum { QUALITY = 92 };

struct state {
    pat_image restored;
    pat_image resized; /* to the original's size */
    pat_image small;
    pat_buffer jpeg; /* all three files */
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
    pat_image_release(&state->restored);
    pat_image_release(&state->resized);
    pat_image_release(&state->small);
    pat_buffer_release(&state->jpeg);
    free(state);
}

/* Append one image to state->jpeg. */
static pat_status put_picture(struct state *state, const pat_strip_order *order,
                              const pat_work *work, const pat_image *image, uint32_t *size,
                              pat_error *error)
{
    size_t before = state->jpeg.size;
    pat_status status = pat_image_fit(image, &work->undamaged, &state->resized, &image, error);
    if (status == PAT_OK)
        status = (order->view == PAT_STRIP_MIDDLE ? pat_image_cut_middle : pat_image_shrink)(
            image, order->max_side, &state->small, error);
    if (status == PAT_OK)
        status = pat_jpeg_encode(&state->small, QUALITY, PAT_JPEG_CHROMA_FULL, work->job->damaged,
                                 &state->jpeg, error);
    *size = (uint32_t)(state->jpeg.size - before);
    return status;
}

static pat_status make(void *opaque, pat_work *work, pat_buffer *out, pat_error *error)
{
    struct state *state = opaque;
    const pat_job *job = work->job;
    pat_strip_order order;
    assert(job->order.size == sizeof order);
    memcpy(&order, job->order.data, sizeof order);
    pat_strip_report report = {.full_width = (uint32_t)work->undamaged.width,
                               .full_height = (uint32_t)work->undamaged.height};
    const pat_image *image[PAT_STRIP_PICTURES] = {&work->damaged, &state->restored,
                                                  &work->undamaged};
    work->stage = PAT_STAGE_RESTORE;
    pat_buffer_reset(&state->jpeg);
    pat_status status = pat_image_restore(&work->damaged, &order.setting, &state->restored, error);
    for (int i = 0; i < PAT_STRIP_PICTURES && status == PAT_OK; i++)
        status = put_picture(state, &order, work, image[i], &report.size[i], error);
    if (status != PAT_OK)
        return status;
    report.width = (uint32_t)state->small.width;
    report.height = (uint32_t)state->small.height;
    pat_buffer_append(out, &report, sizeof report);
    pat_buffer_append(out, state->jpeg.data, state->jpeg.size);
    return PAT_OK;
}

const pat_kind pat_strip_kind = {
    .takes_pairs = true,
    .create = create,
    .free = free_state,
    .run = make,
};
