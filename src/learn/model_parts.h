/* The parts of a model; private to the folder. */
#ifndef PAT_LEARN_MODEL_PARTS_H
#define PAT_LEARN_MODEL_PARTS_H

#include "learn/learner.h"
#include "learn/surface.h"
#include "learn/tone.h"
#include "patina/model.h"

enum { PAT_FEATURE_NAME_SIZE = 64 };

/* A feature's statistics in training. */
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
    double correction;   /* the color operator for apply_color_correction 1 */
    pat_learner learner; /* features -> targets; surface: features -> its components */
    pat_surface surface; /* PAT_MODEL_SURFACE */
    pat_tone tone;       /* PAT_MODEL_TONE */
    char *description;   /* JSON text, or NULL */
};

enum { PAT_MODEL_LEARNERS_MAX = 3 };

/* The learners of a model of its kind. Returns their number. */
int pat_model_learners(const pat_model *model, pat_learner *learner[PAT_MODEL_LEARNERS_MAX]);

#endif
