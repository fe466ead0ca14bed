/* Messages between the driver and the workers of a feature run; private to the library. */
#ifndef PAT_TASKS_TASK_FEATURES_H
#define PAT_TASKS_TASK_FEATURES_H

#include "base/buffer.h"
#include "patina/features.h"

/* setup.extra. extended: measure the extended features too. */
void pat_features_setup_pack(pat_buffer *out, bool extended);
PAT_MUST_CHECK bool pat_features_setup_unpack(pat_bytes bytes, bool *extended);

/* outcome.report: all features; the extended ones are 0 if they were not measured. Unpacking
 * returns false if the bytes are not such a report. */
void pat_features_report_pack(pat_buffer *out, const double features[PAT_FEATURES_MAX]);
PAT_MUST_CHECK bool pat_features_report_unpack(pat_bytes bytes, double features[PAT_FEATURES_MAX]);

#endif
