/* The objective that ranks settings: a weighted sum of scores; private to the library. */
#ifndef PAT_SCORE_OBJECTIVE_H
#define PAT_SCORE_OBJECTIVE_H

#include "patina/score.h"

/* weight * (score / scale). The weight is negative if a lower score is better. */
typedef struct pat_objective_term {
    int score; /* the score's index */
    double weight, scale;
} pat_objective_term;

/* The sum of the terms, added from first to last: higher is better. */
typedef struct pat_objective {
    int count; /* 1..PAT_SCORES_MAX */
    pat_objective_term term[PAT_SCORES_MAX];
} pat_objective;

/* 0.5 psnr/50 + 0.5 ssim, bit for bit what pat_similarity() returns. Static. */
const pat_objective *pat_objective_default(void);

/* The scores that the objective uses. */
pat_score_set pat_objective_scores(const pat_objective *objective);

/* The objective's value. values: indexed by score; only those it uses are read. */
double pat_objective_value(const pat_objective *objective, const double *values);

#endif
