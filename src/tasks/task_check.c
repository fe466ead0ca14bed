/* PAT_TASK_CHECK: compare the images of a pair. The report is a pat_likeness. */
#include <stdlib.h>

#include "base/error.h"
#include "features/likeness.h"
#include "tasks/kind.h"

static pat_status create(pat_bytes extra, void **state, pat_error *error)
{
    (void)extra;
    *state = calloc(1, sizeof(pat_likeness_meter));
    return *state == NULL ? pat_fail_memory(error, "a worker's tables") : PAT_OK;
}

static void free_meter(void *state)
{
    if (state != NULL)
        pat_likeness_meter_release(state);
    free(state);
}

static pat_status check(void *state, pat_work *work, pat_buffer *report, pat_error *error)
{
    pat_likeness likeness;
    work->stage = PAT_STAGE_CHECK;
    pat_status status =
        pat_likeness_measure(state, &work->damaged, &work->undamaged, &likeness, error);
    if (status == PAT_OK)
        pat_buffer_append(report, &likeness, sizeof likeness);
    return status;
}

const pat_kind pat_check_kind = {
    .takes_pairs = true,
    .create = create,
    .free = free_meter,
    .run = check,
};
