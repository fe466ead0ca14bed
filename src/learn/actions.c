#include "learn/actions.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

/*
 * Sharpening, smoothing, both, and deconvolution. Filters that do harm only where they are not
 * needed are worth having: the model learns where that is.
 */
const char *const pat_action_rows[] = {
    "filter=none",
    "filter=unsharp;sigma=0.5,1,1.5,2,3;strength=0.5,1,1.5,2.5",
    "filter=gaussian;sigma=0.7",
    "filter=median",
    "filter=bilateral;sigma=1.5;range=20;strength=0,1",
    "filter=bilateral;sigma=2;range=40;strength=0,1.5",
    "filter=wiener;sigma=0.8,1.3,2;noise=0.01,0.05",
};

const int pat_action_row_count = sizeof pat_action_rows / sizeof *pat_action_rows;

int pat_actions_count(const pat_actions *actions)
{
    return actions->filters * PAT_ACTION_SHARES;
}

double pat_action_share(int action)
{
    return (double)(action % PAT_ACTION_SHARES) / (PAT_ACTION_SHARES - 1);
}

void pat_action_fit(pat_setting *setting, int width, int height)
{
    double *scale = &setting->value[PAT_AXIS_SCALE];
    if (*scale == PAT_SCALE_TO_FIT)
        *scale = fmin(fmax((double)PAT_ACTION_SIDE / fmax(width, height), PAT_SCALE_MIN), 1);
}

pat_status pat_actions_add(pat_actions *actions, const char *row, pat_error *error)
{
    pat_grid grid;
    pat_status status = pat_grid_parse(&grid, row, error);
    if (status != PAT_OK)
        return status;
    grid.count[PAT_AXIS_COLOR] = 1;
    grid.value[PAT_AXIS_COLOR][0] = PAT_COLOR_NONE;
    size_t count = pat_grid_count(&grid);
    if (count > (size_t)(PAT_ACTION_FILTERS_MAX - actions->filters))
        return pat_fail(error, PAT_INVALID_ARGUMENT, "%s: a model chooses from at most %d filters",
                        row, PAT_ACTION_FILTERS_MAX);
    for (size_t i = 0; i < count; i++)
        actions->filter[actions->filters++] = pat_grid_setting(&grid, i);
    return PAT_OK;
}

void pat_action_affine(int action, const double affine[PAT_AFFINE_NUMBERS], int channel,
                       double *gain, double *offset)
{
    double share = pat_action_share(action);
    *gain = 1 + share * (affine[2 * channel] - 1);
    *offset = share * affine[2 * channel + 1];
}

pat_setting pat_action_setting(const pat_actions *actions, int action,
                               const double affine[PAT_AFFINE_NUMBERS])
{
    pat_setting setting = actions->filter[action / PAT_ACTION_SHARES];
    if (pat_setting_uses(&setting, PAT_AXIS_FILTER))
        setting.value[PAT_AXIS_SCALE] = PAT_SCALE_TO_FIT;
    if (pat_action_share(action) == 0)
        return setting;
    double part[PAT_AFFINE_NUMBERS];
    for (int channel = 0; channel < 3; channel++)
        pat_action_affine(action, affine, channel, &part[2 * channel], &part[2 * channel + 1]);
    const pat_setting colors = pat_setting_affine(part);
    setting.value[PAT_AXIS_COLOR] = colors.value[PAT_AXIS_COLOR];
    memcpy(&setting.value[PAT_AXIS_RED_GAIN], &colors.value[PAT_AXIS_RED_GAIN], sizeof part);
    return setting;
}
