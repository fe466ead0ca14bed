/* Messages between the driver and the workers that score a tone model's actions; private to the
 * library. */
#ifndef PAT_TASKS_TASK_ACTIONS_H
#define PAT_TASKS_TASK_ACTIONS_H

#include "learn/actions.h"

/* setup.extra: a pat_actions as raw memory: both ends are the same program.
 * job.order: PAT_AFFINE_NUMBERS doubles, the colors predicted for the pair.
 * outcome.report: pat_actions_count() doubles, the gain of each action in similarity over doing
 * nothing, estimated by score/moments.h; the first is 0. Then the longer side of the image. */

#endif
