/* PAT_TASK_ACTIONS: what each action of a tone model would gain on a pair. */
#include "tasks/task_actions.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "restore/filtered.h"
#include "score/moments.h"
#include "tasks/kind.h"
#include "tasks/pack.h"

struct state {
    pat_actions actions;
    pat_moments moments;
    pat_scratch planes;
};

static void release(void *place)
{
    struct state *state = place;
    if (state == NULL)
        return;
    pat_moments_release(&state->moments);
    pat_scratch_release(&state->planes);
    free(state);
}

static pat_status create(pat_bytes extra, void **out, pat_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return pat_fail_memory(error, "a worker's tables");
    if (extra.size != sizeof state->actions) {
        free(state);
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read the setup of a training");
    }
    memcpy(&state->actions, extra.data, sizeof state->actions);
    *out = state;
    return PAT_OK;
}

static bool accepts(pat_bytes extra, pat_bytes report)
{
    pat_actions actions;
    if (extra.size != sizeof actions)
        return false;
    memcpy(&actions, extra.data, sizeof actions);
    size_t count = (size_t)pat_actions_count(&actions);
    double gain[PAT_ACTIONS_MAX + 1];
    if (report.size != (count + 1) * sizeof *gain)
        return false;
    memcpy(gain, report.data, report.size);
    bool plausible = gain[0] == 0 && gain[count] >= PAT_SSIM_WINDOW && gain[count] <= INT_MAX;
    for (size_t i = 0; i < count; i++)
        plausible = plausible && fabs(gain[i]) <= 2; /* false for NaN */
    return plausible;
}

/* The similarity of every action with one filter, once its planes are measured. */
static void score_shares(const struct state *state, const double *affine, int filter,
                         double similarity[PAT_ACTION_SHARES])
{
    for (int share = 0; share < PAT_ACTION_SHARES; share++) {
        double gain[PAT_CHANNELS], offset[PAT_CHANNELS];
        for (int c = 0; c < PAT_CHANNELS; c++)
            pat_action_affine(filter * PAT_ACTION_SHARES + share, affine, c, &gain[c], &offset[c]);
        similarity[share] = pat_moments_similarity(&state->moments, gain, offset);
    }
}

static pat_status check_pair(const pat_work *work, pat_error *error)
{
    const pat_image *damaged = &work->damaged, *original = &work->undamaged;
    if (damaged->width != original->width || damaged->height != original->height)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: is %d x %d, and its original %d x %d; a tone model learns from pairs "
                        "of the same size",
                        work->job->damaged, damaged->width, damaged->height, original->width,
                        original->height);
    if (damaged->width < PAT_SSIM_WINDOW || damaged->height < PAT_SSIM_WINDOW)
        return pat_fail(error, PAT_TOO_SMALL, "%s: is smaller than 7 x 7 pixels",
                        work->job->damaged);
    return PAT_OK;
}

static pat_status score_actions(struct state *state, pat_work *work, const double *affine,
                                pat_buffer *report, pat_error *error)
{
    const pat_image *image = &work->damaged;
    size_t size = (size_t)image->width * (size_t)image->height;
    float *planes = pat_scratch_get(&state->planes, size * PAT_CHANNELS, sizeof *planes);
    if (planes == NULL)
        return pat_fail_memory(error, "a filtered image");
    float *const plane[PAT_CHANNELS] = {planes, planes + size, planes + 2 * size};
    pat_status status = pat_moments_begin(&state->moments, &work->undamaged, error);
    double untouched = 0;
    for (int filter = 0; filter < state->actions.filters && status == PAT_OK; filter++) {
        pat_setting setting =
            pat_action_setting(&state->actions, filter * PAT_ACTION_SHARES, affine);
        pat_action_fit(&setting, image->width, image->height);
        status = pat_filter_render(image, &setting, plane, error);
        if (status != PAT_OK)
            break;
        double similarity[PAT_ACTION_SHARES];
        pat_moments_take(&state->moments, plane);
        score_shares(state, affine, filter, similarity);
        untouched = filter == 0 ? similarity[0] : untouched;
        for (int share = 0; share < PAT_ACTION_SHARES; share++)
            similarity[share] -= untouched;
        pat_pack_doubles(report, similarity, PAT_ACTION_SHARES);
    }
    const double longer = fmax(image->width, image->height);
    pat_pack_doubles(report, &longer, 1);
    return status;
}

static pat_status run(void *place, pat_work *work, pat_buffer *report, pat_error *error)
{
    double affine[PAT_AFFINE_NUMBERS];
    work->stage = PAT_STAGE_SEARCH;
    if (work->job->order.size != sizeof affine)
        return pat_fail(error, PAT_INTERNAL, "a worker cannot read an order");
    memcpy(affine, work->job->order.data, sizeof affine);
    pat_status status = check_pair(work, error);
    return status == PAT_OK ? score_actions(place, work, affine, report, error) : status;
}

const pat_kind pat_actions_kind = {
    .takes_pairs = true,
    .accepts = accepts,
    .create = create,
    .free = release,
    .run = run,
};
