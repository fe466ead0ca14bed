/* What a model is made of; private to the folder. */
#ifndef PAT_MODEL_PARTS_H
#define PAT_MODEL_PARTS_H

#include "model/learner.h"
#include "model/model.h"

enum { PAT_FEATURE_NAME_SIZE = 64 };

/* A feature as it was in training. */
typedef struct pat_feature_seen {
    char name[PAT_FEATURE_NAME_SIZE];
    double minimum, maximum, mean, deviation;
} pat_feature_seen;

struct pat_model {
    pat_model_kind kind;
    pat_grid grid;
    int feature_count;
    pat_feature_seen feature[PAT_MODEL_FEATURES_MAX];
    double target_minimum[PAT_TARGET_COUNT], target_maximum[PAT_TARGET_COUNT]; /* in training */
    pat_learner learner; /* features -> targets; surface: features and setting -> gain */
    char *description;   /* JSON text, or NULL */
};

/* What the learner of such a model takes and gives. */
int pat_kind_inputs(pat_model_kind kind, int feature_count);
int pat_kind_outputs(pat_model_kind kind);

#endif
