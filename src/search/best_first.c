/*
 * The best setting without scoring all of them to the end.
 *
 * The squared errors of all settings are cheap and exact; SSIM is nearly all of the work. In single
 * precision and with an allowance for the error, a tile's SSIM is bounded from above; tiles not
 * looked at have at most 1. That bounds the similarity. The setting with the highest bound always
 * is the next to have a tile looked at, or, where all have been, to be scored exactly; so nothing
 * is done that the result could do without. What is left at the end cannot win or tie: bounds are
 * computed like scores, in operations that rounding keeps monotonic.
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

/* All tiles of a setting, without error. */
static void score_exactly(pat_searcher *searcher, size_t setting)
{
    pat_tally *tally = &searcher->tally[setting];
    for (int c = 0; c < PAT_CHANNELS; c++)
        tally->units[c] = 0;
    for (size_t i = 0; i < searcher->tile_count; i++) {
        const pat_tile *tile = &searcher->tiles[i];
        tally->units[tile->channel] +=
            tile->units - pat_scoring_loss(searcher, setting, tile, PAT_SSIM_EXACT);
    }
    tally->exact = true;
    pat_scoring_set_scores(searcher, setting);
}

/* One more tile lowers the bound of a setting. */
static void lower_bound(pat_searcher *searcher, size_t setting)
{
    pat_tally *tally = &searcher->tally[setting];
    pat_tile *tile = &searcher->tiles[tally->bounded++];
    tile->loss = pat_scoring_loss(searcher, setting, tile, PAT_SSIM_BOUND);
    tally->units[tile->channel] -= tile->loss;
    pat_scoring_set_scores(searcher, setting);
}

static void sort_tiles(pat_searcher *searcher, size_t example)
{
    while (searcher->tally[example].bounded < searcher->tile_count)
        lower_bound(searcher, example);
    qsort(searcher->tiles, searcher->tile_count, sizeof *searcher->tiles, by_loss);
}

/* The first setting with the highest similarity, known exactly or as a bound: of those of which
 * that is known exactly, or of the others. */
static size_t highest(const pat_searcher *searcher, bool exact)
{
    size_t best = searcher->settings;
    for (size_t i = 0; i < searcher->settings; i++)
        if (searcher->tally[i].exact == exact &&
            (best == searcher->settings ||
             searcher->scores[i].similarity > searcher->scores[best].similarity))
            best = i;
    return best;
}

/* Score until no setting's bound reaches the best of those that are scored exactly. */
static size_t find_best(pat_searcher *searcher)
{
    size_t best = searcher->settings, next;
    while ((next = highest(searcher, false)) < searcher->settings) {
        if (best < searcher->settings &&
            searcher->scores[next].similarity < searcher->scores[best].similarity)
            break;
        if (searcher->tally[next].bounded < searcher->tile_count) {
            lower_bound(searcher, next);
        } else {
            score_exactly(searcher, next);
            best = highest(searcher, true);
        }
    }
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
        pat_scoring_set_scores(searcher, i);
    score_exactly(searcher, searcher->settings);
    sort_tiles(searcher, highest(searcher, false));
    size_t best = find_best(searcher), ties = 0;
    for (size_t i = best + 1; i < searcher->settings; i++)
        ties += searcher->tally[i].exact &&
                searcher->scores[i].similarity == searcher->scores[best].similarity;
    *evaluation = (pat_evaluation){
        .setting = pat_grid_setting(&searcher->restorer.grid, best),
        .best = searcher->scores[best],
        .untouched = searcher->scores[searcher->settings],
        .ties = ties,
    };
    return PAT_OK;
}
