/* PAT_TASK_FRAME_MEASURE: measure an image, and predict its setting. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tasks/kind.h"
#include "tasks/task_frame.h"

static void release(void *place)
{
    if (place != NULL)
        pat_measurer_release(place);
    free(place);
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    pat_measurer *measurer = calloc(1, sizeof *measurer);
    if (measurer == NULL)
        return pat_fail_memory(error, "a worker's tables");
    pat_status status = pat_measurer_init(measurer, extra, error);
    if (status == PAT_OK)
        *out = measurer;
    else
        release(measurer);
    return status;
}

static pat_status run(void *place, pat_work *work, pat_buffer *report, pat_error *error)
{
    const pat_image_file *file = &work->file[0];
    pat_picture picture = {0};
    pat_measured measured;
    pat_measurer_order order;
    if (work->job->order.size != sizeof order)
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the order of a frame");
    memcpy(&order, work->job->order.data, sizeof order);
    pat_status status =
        pat_picture_load(&picture, file->bytes, file->size, work->job->damaged, error);
    work->stage = PAT_STAGE_FEATURES;
    if (status == PAT_OK)
        status = pat_measurer_run(place, &picture, work, &order, &measured, error);
    if (status == PAT_OK)
        pat_measured_pack(report, order.colors, &measured);
    pat_picture_release(&picture);
    return status;
}

const pat_kind pat_frame_measure_kind = {
    .keeps_bytes = true, .create = create, .free = release, .run = run};
