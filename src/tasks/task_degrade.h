/* What the driver of a degrade run asks of a worker; private to the library. */
#ifndef PAT_TASKS_TASK_DEGRADE_H
#define PAT_TASKS_TASK_DEGRADE_H

#include "degrade/crop.h"
#include "degrade/damage.h"

/* The outputs of a job. */
enum { PAT_DAMAGED_OUTPUT, PAT_UNDAMAGED_OUTPUT };

/* The `order` of a job, as it lies in memory. The undamaged window is written if there is one. */
typedef struct pat_degrade_order {
    pat_crop crop;
    pat_damage damage;
} pat_degrade_order;

#endif
