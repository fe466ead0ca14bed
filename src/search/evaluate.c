#include <stdlib.h>

#include "search/scoring.h"

/* Rows of windows that are scored at a time; more would not fit in the L2 cache. */
enum { WINDOW_ROWS = 96 };

pat_searcher *pat_searcher_create(const pat_grid *grid)
{
    pat_searcher *searcher = calloc(1, sizeof *searcher);
    if (searcher == NULL)
        return NULL;
    pat_restorer_init(&searcher->restorer, grid);
    searcher->settings = pat_grid_count(grid);
    searcher->tally = calloc(searcher->settings + 1, sizeof *searcher->tally);
    searcher->scores = calloc(searcher->settings + 1, sizeof *searcher->scores);
    searcher->which = calloc(searcher->settings + 1, sizeof *searcher->which);
    if (searcher->tally == NULL || searcher->scores == NULL || searcher->which == NULL) {
        pat_searcher_free(searcher);
        return NULL;
    }
    for (size_t i = 0; i < searcher->settings; i++)
        searcher->which[i] = pat_restored_of(grid, i);
    searcher->which[searcher->settings].untouched = true;
    return searcher;
}

void pat_searcher_free(pat_searcher *searcher)
{
    if (searcher == NULL)
        return;
    pat_restorer_release(&searcher->restorer);
    free(searcher->tally);
    free(searcher->scores);
    free(searcher->which);
    pat_image_release(&searcher->restored);
    pat_image_release(&searcher->resized);
    free(searcher->tiles);
    pat_scratch_release(&searcher->prepared_memory);
    free(searcher);
}

/* The first setting with the highest similarity. */
static size_t best_of(const pat_searcher *searcher)
{
    size_t best = 0;
    for (size_t i = 1; i < searcher->settings; i++)
        if (searcher->scores[i].similarity > searcher->scores[best].similarity)
            best = i;
    return best;
}

static void describe_best(const pat_searcher *searcher, size_t best, pat_evaluation *evaluation)
{
    const pat_scores *trials = searcher->scores;
    size_t ties = 0;
    for (size_t i = best + 1; i < searcher->settings; i++)
        ties += trials[i].similarity == trials[best].similarity;
    *evaluation = (pat_evaluation){
        .setting = pat_grid_setting(&searcher->restorer.grid, best),
        .best = trials[best],
        .untouched = trials[searcher->settings],
        .ties = ties,
        .trials = trials,
    };
}

pat_status pat_searcher_evaluate(pat_searcher *searcher, const pat_image *damaged,
                                 const pat_image *undamaged, pat_evaluation *evaluation,
                                 pat_error *error)
{
    pat_status status = pat_scoring_begin(searcher, damaged, undamaged, WINDOW_ROWS, error);
    if (status != PAT_OK)
        return status;
    for (size_t tile = 0; tile < searcher->tile_count; tile++)
        for (size_t i = 0; i <= searcher->settings; i++)
            searcher->tally[i].units[searcher->tiles[tile].channel] -=
                pat_scoring_loss(searcher, i, &searcher->tiles[tile], PAT_SSIM_EXACT);
    for (size_t i = 0; i <= searcher->settings; i++)
        pat_scoring_set_scores(searcher, i);
    size_t best = best_of(searcher);
    for (size_t i = 0; i <= searcher->settings && status == PAT_OK; i++)
        if (searcher->further_of_trials || i == best || i == searcher->settings)
            status = pat_scoring_add_further(searcher, damaged, i, error);
    describe_best(searcher, best, evaluation);
    return status;
}
