/*
 * The best setting without scoring all of them to the end.
 *
 * The squared errors of all settings are cheap and exact; SSIM is nearly all of the work. A setting
 * of which some tiles have been scored can at best have an SSIM of 1 in the others: that bounds its
 * similarity from above. The setting with the highest bound is always the next to have a tile
 * scored, so no tile is scored that the result could do without. What is left at the end cannot
 * win or tie: its bounds are computed like scores, in operations that rounding keeps monotonic.
 *
 * Tiles are taken in the order in which they lower the bounds most, as learnt from the setting of
 * the highest PSNR.
 */
#include <stdlib.h>

#include "search/scoring.h"

/* Small enough to choose among, large enough that 6 shared rows do not matter much. */
enum { WINDOW_ROWS = 32 };

static int by_loss(const void *left, const void *right)
{
    const pat_tile *a = left, *b = right;
    if (a->loss != b->loss)
        return a->loss > b->loss ? -1 : 1;
    return a->channel != b->channel ? a->channel - b->channel : a->y - b->y;
}

static void score_all_tiles(pat_searcher *searcher, size_t setting)
{
    while (searcher->tally[setting].tiles_done < searcher->tile_count)
        pat_scoring_next_tile(searcher, setting);
    searcher->scores[setting] = pat_scoring_scores(searcher, setting);
}

static void sort_tiles(pat_searcher *searcher, size_t example)
{
    for (size_t i = 0; i < searcher->tile_count; i++)
        searcher->tiles[i].loss = pat_scoring_next_tile(searcher, example);
    searcher->scores[example] = pat_scoring_scores(searcher, example);
    qsort(searcher->tiles, searcher->tile_count, sizeof *searcher->tiles, by_loss);
}

static bool is_done(const pat_searcher *searcher, size_t setting)
{
    return searcher->tally[setting].tiles_done == searcher->tile_count;
}

/* The setting with the highest similarity among those whose scoring is done or not. */
static size_t highest(const pat_searcher *searcher, bool done)
{
    size_t best = searcher->settings;
    for (size_t i = 0; i < searcher->settings; i++)
        if (is_done(searcher, i) == done &&
            (best == searcher->settings ||
             searcher->scores[i].similarity > searcher->scores[best].similarity))
            best = i;
    return best;
}

pat_status pat_searcher_find_best(pat_searcher *searcher, const pat_image *damaged,
                                  const pat_image *undamaged, pat_evaluation *evaluation,
                                  pat_error *error)
{
    pat_status status = pat_scoring_begin(searcher, damaged, undamaged, WINDOW_ROWS, error);
    if (status != PAT_OK)
        return status;
    for (size_t i = 0; i < searcher->settings; i++)
        searcher->scores[i] = pat_scoring_scores(searcher, i);
    score_all_tiles(searcher, searcher->settings);
    sort_tiles(searcher, highest(searcher, false));

    size_t best = highest(searcher, true), next;
    while ((next = highest(searcher, false)) < searcher->settings &&
           searcher->scores[next].similarity >= searcher->scores[best].similarity) {
        pat_scoring_next_tile(searcher, next);
        searcher->scores[next] = pat_scoring_scores(searcher, next);
        if (is_done(searcher, next))
            best = highest(searcher, true);
    }
    size_t ties = 0;
    for (size_t i = best + 1; i < searcher->settings; i++)
        ties += is_done(searcher, i) &&
                searcher->scores[i].similarity == searcher->scores[best].similarity;
    *evaluation = (pat_evaluation){
        .setting = pat_grid_setting(&searcher->restorer.grid, best),
        .best = searcher->scores[best],
        .untouched = searcher->scores[searcher->settings],
        .ties = ties,
    };
    return PAT_OK;
}
