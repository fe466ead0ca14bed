/* Messages between the driver and the workers of a degrade run; private to the library. */
#ifndef PAT_TASKS_TASK_DEGRADE_H
#define PAT_TASKS_TASK_DEGRADE_H

#include "degrade/crop.h"
#include "degrade/damage.h"

/* The outputs of a job. */
enum { PAT_DAMAGED_OUTPUT, PAT_UNDAMAGED_OUTPUT };

/* job.order, as raw memory. If the image is to be shrunk or cropped, the undamaged result is
 * written too. */
typedef struct pat_degrade_order {
    int shorter; /* shrink the image first, to this length of its shorter side; 0: do not */
    pat_crop crop;
    pat_damage damage;
} pat_degrade_order;

#endif
