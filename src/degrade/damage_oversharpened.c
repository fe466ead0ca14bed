/*
 * oversharpened: halos from a scanner's or editor's unsharp mask: v + amount (v - blurred), the
 * blur being a Gaussian of `radius` pixels; nothing below PAT_SIGMA_MIN.
 */
#include "degrade/kind.h"
#include "degrade/soften.h"
#include "patina/restore.h"

enum { AMOUNT, RADIUS };

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    if (value[RADIUS] < PAT_SIGMA_MIN)
        return PAT_OK;
    pat_status status = pat_soften(work->image, value[RADIUS], work->scratch, error);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++)
        pat_sharpen(&work->image->plane[c], &work->scratch->plane[c], value[AMOUNT],
                    &work->image->plane[c]);
    return status;
}

const pat_damage_kind pat_damage_oversharpened = {
    .name = "oversharpened",
    .probability = 0.3,
    .parameter = {{"amount", 0, PAT_STRENGTH_MAX, 0.6, 2.5, PAT_MILD_LOW, false},
                  {"radius", 0, PAT_SIGMA_MAX, 0.8, 3, PAT_MILD_LOW, false}},
    .apply = apply,
};
