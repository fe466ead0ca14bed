/*
 * The search on one pair: every setting of a grid applied to the damaged image and scored against
 * the original.
 */
#ifndef PATINA_SEARCH_H
#define PATINA_SEARCH_H

#include "patina/grid.h"
#include "patina/image.h"
#include "patina/score.h"

/* The result of the search on one pair. */
typedef struct pat_evaluation {
    pat_setting setting;      /* the first of the best settings */
    pat_scores best;          /* its scores */
    pat_scores untouched;     /* the scores of the damaged image as it is (resized if need be) */
    size_t ties;              /* other settings with exactly the same similarity */
    const pat_scores *trials; /* all scores in grid order; owned by the searcher, valid until its
                                 next call. NULL from pat_searcher_find_best() */
} pat_evaluation;

/* A grid and the scratch memory of a search, reused for each pair. */
typedef struct pat_searcher pat_searcher;

/* Copies the grid. NULL when memory runs out. Free with pat_searcher_free(), which accepts NULL. */
PAT_API PAT_MUST_CHECK pat_searcher *pat_searcher_create(const pat_grid *grid);
PAT_API void pat_searcher_free(pat_searcher *searcher);

/*
 * Compute further scores: those of `set` beyond PSNR and SSIM, of the best setting and of the
 * untouched image; with `of_trials` also of every setting that pat_searcher_evaluate() tries. They
 * do not affect the ranking.
 */
PAT_API void pat_searcher_set_scores(pat_searcher *searcher, pat_score_set set, bool of_trials);

/*
 * Evaluate the whole grid on one pair. The images may differ in size: restored images are resized
 * to that of `undamaged` before they are scored. Both are only read. Fails with PAT_TOO_SMALL (a
 * side of `undamaged` is shorter than a score needs: 7 px) or PAT_OUT_OF_MEMORY; `evaluation` is
 * then undefined. One searcher per thread.
 */
PAT_API PAT_MUST_CHECK pat_status pat_searcher_evaluate(pat_searcher *searcher,
                                                        const pat_image *damaged,
                                                        const pat_image *undamaged,
                                                        pat_evaluation *evaluation,
                                                        pat_error *error);

/*
 * As pat_searcher_evaluate(), but only for the winner: the same setting, scores, untouched scores
 * and ties, to the last bit, found without computing every score. evaluation->trials is NULL.
 */
PAT_API PAT_MUST_CHECK pat_status pat_searcher_find_best(pat_searcher *searcher,
                                                         const pat_image *damaged,
                                                         const pat_image *undamaged,
                                                         pat_evaluation *evaluation,
                                                         pat_error *error);

#endif
