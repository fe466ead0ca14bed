/* The targets: one for each axis that has one, in the order of the axes. */
#include "learn/targets.h"

#include <stddef.h>

pat_axis pat_target_axis(int target)
{
    for (pat_axis axis = 0; axis < PAT_AXES; axis++)
        if (pat_axis_of(axis)->target != NULL && target-- == 0)
            return axis;
    return PAT_AXES;
}

const char *pat_target_name(int index)
{
    return pat_axis_of(pat_target_axis(index))->target;
}

double pat_target_of(const pat_setting *setting, int target)
{
    const pat_axis axis = pat_target_axis(target);
    bool is_choice = pat_axis_of(axis)->is_choice;
    return is_choice ? pat_setting_uses(setting, axis) : setting->value[axis];
}

double pat_target_greatest(int target)
{
    const pat_axis axis = pat_target_axis(target);
    return pat_axis_of(axis)->is_choice ? 1 : pat_axis_greatest(axis);
}
