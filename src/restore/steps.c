#include "restore/steps.h"

#include <stddef.h>

pat_steps pat_steps_of_operators(const pat_setting *setting, const pat_operator *color,
                                 const pat_operator *filter)
{
    pat_steps steps = {.setting = *setting};
    if (!pat_operator_is_idle(filter, setting))
        steps.filter = filter;
    if (!pat_operator_is_idle(color, setting))
        *(color->place < filter->place ? &steps.before : &steps.after) = color;
    return steps;
}

pat_steps pat_steps_of(const pat_setting *setting)
{
    return pat_steps_of_operators(setting, pat_operator_in(setting, PAT_AXIS_COLOR),
                                  pat_operator_in(setting, PAT_AXIS_FILTER));
}

bool pat_steps_is_scaled(const pat_steps *steps)
{
    double scale = steps->setting.value[PAT_AXIS_SCALE];
    return steps->filter != NULL && scale > 0 && scale < 1;
}

bool pat_steps_is_pointwise(const pat_steps *steps)
{
    return steps->filter == NULL || pat_steps_is_scaled(steps);
}

int pat_steps_planes(const pat_steps *steps)
{
    return steps->filter != NULL && steps->filter->all_channels ? PAT_CHANNELS : 1;
}
