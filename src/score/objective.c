#include "score/objective.h"

const pat_objective *pat_objective_default(void)
{
    static const pat_objective objective = {
        .count = 2,
        .term = {{PAT_SCORE_PSNR, 0.5, 50}, {PAT_SCORE_SSIM, 0.5, 1}},
    };
    return &objective;
}

pat_score_set pat_objective_scores(const pat_objective *objective)
{
    pat_score_set set = 0;
    for (int i = 0; i < objective->count; i++)
        set |= (pat_score_set)1 << objective->term[i].score;
    return set;
}

static double term_value(const pat_objective_term *term, const double *values)
{
    return term->weight * (values[term->score] / term->scale);
}

double pat_objective_value(const pat_objective *objective, const double *values)
{
    double sum = term_value(&objective->term[0], values);
    for (int i = 1; i < objective->count; i++)
        sum += term_value(&objective->term[i], values);
    return sum;
}

double pat_similarity(double psnr, double ssim)
{
    const double values[] = {[PAT_SCORE_PSNR] = psnr, [PAT_SCORE_SSIM] = ssim};
    return pat_objective_value(pat_objective_default(), values);
}
