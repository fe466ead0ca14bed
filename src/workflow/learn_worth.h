/* What a learned model is worth; private to the library. */
#ifndef PAT_WORKFLOW_LEARN_WORTH_H
#define PAT_WORKFLOW_LEARN_WORTH_H

#include "patina/learn.h"

/* Read the members of the summary that describe the model from the model file `path`, because an
 * earlier run may have trained it. Fails like pat_model_load(). */
PAT_MUST_CHECK pat_status pat_learn_worth_read(const char *path, pat_learn_summary *summary,
                                               pat_error *error);

#endif
