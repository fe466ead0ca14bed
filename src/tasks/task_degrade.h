/* Messages of a degrade run between driver and workers; private to the library. */
#ifndef PAT_TASKS_TASK_DEGRADE_H
#define PAT_TASKS_TASK_DEGRADE_H

#include "degrade/crop.h"
#include "degrade/damage.h"

/* The outputs of a job. */
enum { PAT_DAMAGED_OUTPUT, PAT_UNDAMAGED_OUTPUT };

/* The `order` of a job, as raw memory. The undamaged window is written if there is one. */
typedef struct pat_degrade_order {
    pat_crop crop;
    pat_damage damage;
} pat_degrade_order;

#endif
