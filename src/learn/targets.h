/* The targets of models: numbers that describe a setting; private to the library. */
#ifndef PAT_LEARN_TARGETS_H
#define PAT_LEARN_TARGETS_H

#include "patina/model.h"

/* The axis that target 0 .. PAT_TARGET_COUNT - 1 is about. */
pat_axis pat_target_axis(int target);

/* The target's value for a setting: the value of the axis; for a choice 1 if its operator does
 * anything, else 0. And the greatest possible value. */
double pat_target_of(const pat_setting *setting, int target);
double pat_target_greatest(int target);

#endif
