/* PAT_TASK_FRAME_MEASURE: measure an image, and predict its setting. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tasks/kind.h"
#include "tasks/task_frame.h"

struct state {
    pat_predictor predictor; /* its model is NULL if there is none */
    pat_scratch scratch;
};

bool pat_frame_measured_read(pat_bytes bytes, uint64_t colors, pat_film_measured *measured)
{
    static pat_film_measured one[PAT_FILM_MEASURED_MAX];
    const pat_film_measure_order order = {.count = 1, .colors = colors};
    if (!pat_film_measured_unpack(bytes, &order, one))
        return false;
    *measured = one[0];
    return true;
}

static void release(void *place)
{
    struct state *state = place;
    if (state == NULL)
        return;
    pat_predictor_release(&state->predictor);
    pat_scratch_release(&state->scratch);
    free(state);
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return pat_fail_memory(error, "a worker's tables");
    pat_status status = pat_film_predictor_init(&state->predictor, extra, error);
    if (status != PAT_OK) {
        release(state);
        return status;
    }
    *out = state;
    return PAT_OK;
}

static pat_status run(void *place, pat_work *work, pat_buffer *report, pat_error *error)
{
    struct state *state = place;
    const pat_image_file *file = &work->file[0];
    pat_picture picture = {0};
    pat_film_measured measured = {0};
    pat_frame_measure_order order;
    if (work->job->order.size != sizeof order)
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the order of a frame");
    memcpy(&order, work->job->order.data, sizeof order);
    pat_status status =
        pat_picture_load(&picture, file->bytes, file->size, work->job->damaged, error);
    work->stage = PAT_STAGE_FEATURES;
    if (status == PAT_OK)
        status = pat_frame_measure_of(&picture, &state->scratch, &measured.measure, error);
    if (status == PAT_OK && order.predicts != 0 && state->predictor.model != NULL)
        status = pat_film_predict(&state->predictor, work, &measured, error);
    if (status == PAT_OK) {
        pat_film_measure_ends(&picture, order.colors, &measured);
        pat_film_measured_pack(report, order.colors, &measured);
    }
    pat_picture_release(&picture);
    return status;
}

const pat_kind pat_frame_measure_kind = {
    .keeps_bytes = true, .create = create, .free = release, .run = run};
