/* PAT_TASK_FEATURES: the features of one image. */
#include "tasks/task_features.h"

#include <stdlib.h>

#include "base/error.h"
#include "tasks/kind.h"
#include "tasks/pack.h"

void pat_features_setup_pack(pat_buffer *out, bool extended)
{
    pat_pack_u64(out, extended);
}

bool pat_features_setup_unpack(pat_bytes bytes, bool *extended)
{
    pat_unpacker in = pat_unpacker_of(bytes);
    *extended = pat_unpack_range(&in, 0, 1);
    return pat_unpacker_finished(&in);
}

void pat_features_report_pack(pat_buffer *out, const double features[PAT_FEATURES_MAX])
{
    pat_pack_doubles(out, features, PAT_FEATURES_MAX);
}

bool pat_features_report_unpack(pat_bytes bytes, double features[PAT_FEATURES_MAX])
{
    pat_unpacker in = pat_unpacker_of(bytes);
    pat_unpack_features(&in, features);
    return pat_unpacker_finished(&in);
}

static bool accepts(pat_bytes extra, pat_bytes report)
{
    double features[PAT_FEATURES_MAX];
    (void)extra;
    return pat_features_report_unpack(report, features);
}

static pat_status create(pat_bytes extra, void **state, pat_error *error)
{
    bool *extended = calloc(1, sizeof *extended);
    if (extended == NULL)
        return pat_fail_memory(error, "a worker's tables");
    *state = extended;
    if (pat_features_setup_unpack(extra, extended))
        return PAT_OK;
    free(extended);
    *state = NULL;
    return pat_fail(error, PAT_INTERNAL, "a worker cannot read the setup of a feature run");
}

static pat_status measure(void *state, pat_work *work, pat_buffer *report, pat_error *error)
{
    const bool *extended = state;
    double features[PAT_FEATURES_MAX] = {0};
    pat_status status = pat_work_measure(work, *extended, 0, features, error);
    if (status == PAT_OK)
        pat_features_report_pack(report, features);
    return status;
}

const pat_kind pat_features_kind = {
    .accepts = accepts, .create = create, .free = free, .run = measure};
