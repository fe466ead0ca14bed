/* An evaluation as JSON for use in other documents; private to the library. */
#ifndef PAT_RUN_EVALUATION_JSON_H
#define PAT_RUN_EVALUATION_JSON_H

#include "base/json.h"
#include "patina/evaluation.h"

/* The contents of pat_evaluation_json() without the schema. NULL when memory runs out. */
json_t *pat_evaluation_value(const pat_evaluation_report *report);

#endif
