/* blur: out of focus, by the Gaussian of the restoration; nothing below PAT_SIGMA_MIN. */
#include "degrade/kind.h"
#include "degrade/soften.h"
#include "patina/restore.h"

enum { SIGMA };

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    if (value[SIGMA] < PAT_SIGMA_MIN)
        return PAT_OK;
    pat_status status = pat_soften(work->image, value[SIGMA], work->scratch, error);
    pat_image sharp = *work->image;
    *work->image = *work->scratch;
    *work->scratch = sharp;
    return status;
}

const pat_damage_kind pat_damage_blur = {
    .name = "blur",
    .probability = 0.8,
    .parameter = {{"sigma", 0, PAT_SIGMA_MAX, 0.4, 2.5, PAT_MILD_LOW, false}},
    .apply = apply,
};
