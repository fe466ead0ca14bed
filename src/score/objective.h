/* What ranks the settings: a weighted sum of scores; private to the library. */
#ifndef PAT_SCORE_OBJECTIVE_H
#define PAT_SCORE_OBJECTIVE_H

#include "patina/score.h"

/* weight * (score / scale). A score of which lower is better has a negative weight. */
typedef struct pat_objective_term {
    int score; /* its index */
    double weight, scale;
} pat_objective_term;

/* The sum of its terms, from the first to the last: higher is better. */
typedef struct pat_objective {
    int count; /* 1..PAT_SCORES_MAX */
    pat_objective_term term[PAT_SCORES_MAX];
} pat_objective;

/* 0.5 psnr/50 + 0.5 ssim, bit for bit what pat_similarity() gives. Static. */
const pat_objective *pat_objective_default(void);

/* The scores that it is made of. */
pat_score_set pat_objective_scores(const pat_objective *objective);

/* Its value. values: by the index of the score; only those of its own scores are read. */
double pat_objective_value(const pat_objective *objective, const double *values);

#endif
