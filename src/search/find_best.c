/*
 * The best setting without scoring all of them exactly.
 *
 * The squared errors of all settings are cheap and exact; SSIM is nearly all of the work. In single
 * precision and with an allowance for the error, a tile's SSIM is bounded from above; tiles not
 * looked at have at most 1. That bounds a setting's similarity, and a setting whose bound falls
 * below the similarity of one that was scored exactly can neither win nor tie: bounds are computed
 * like scores, in operations that rounding keeps monotonic.
 *
 * The setting of the highest PSNR is scored exactly first. Tiles are then taken in the order of
 * what it lacks in them, since others lack most there too, and all settings still in the race are
 * bounded on one tile before the next, while what they share is in the cache. Now and then the
 * setting that seems the best is scored exactly, to raise the bar. What is never dropped is scored
 * exactly in the end.
 */
#include <stdlib.h>

#include "search/scoring.h"

enum {
    WINDOW_ROWS = 32, /* small enough to drop settings early, and for the cache */
    BAR_RAISINGS = 3  /* after 1/8, 1/4 and 1/2 of the tiles */
};

static int by_loss(const void *left, const void *right)
{
    const pat_tile *a = left, *b = right;
    if (a->loss != b->loss)
        return a->loss > b->loss ? -1 : 1;
    return a->channel != b->channel ? a->channel - b->channel : a->y - b->y;
}

/* All tiles of a setting, without error. Sets what it lacks in each. */
static void score_exactly(pat_searcher *searcher, size_t setting)
{
    pat_tally *tally = &searcher->tally[setting];
    for (int c = 0; c < PAT_CHANNELS; c++)
        tally->units[c] = 0;
    for (size_t i = 0; i < searcher->tile_count; i++) {
        pat_tile *tile = &searcher->tiles[i];
        tile->loss = pat_scoring_loss(searcher, setting, tile, PAT_SSIM_EXACT);
        tally->units[tile->channel] += tile->units - tile->loss;
    }
    tally->exact = true;
    pat_scoring_set_scores(searcher, setting);
}

/* The first setting with the highest similarity, known exactly or as a bound: of those of which
 * that is known exactly, or of the others. The number of settings if there is none. */
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

/* Bound the settings that may still reach the bar on one more tile. */
static void bound_tile(pat_searcher *searcher, const pat_tile *tile, double bar)
{
    for (size_t i = 0; i < searcher->settings; i++) {
        pat_tally *tally = &searcher->tally[i];
        if (tally->exact || searcher->scores[i].similarity < bar)
            continue;
        tally->units[tile->channel] -= pat_scoring_loss(searcher, i, tile, PAT_SSIM_BOUND);
        pat_scoring_set_scores(searcher, i);
    }
}

/* The setting with the highest bound is scored exactly, if that can reach the bar. */
static bool raise_bar(pat_searcher *searcher, double *bar)
{
    size_t next = highest(searcher, false);
    if (next == searcher->settings || searcher->scores[next].similarity < *bar)
        return false;
    score_exactly(searcher, next);
    *bar = searcher->scores[highest(searcher, true)].similarity;
    return true;
}

static void race(pat_searcher *searcher, size_t favourite)
{
    score_exactly(searcher, favourite);
    qsort(searcher->tiles, searcher->tile_count, sizeof *searcher->tiles, by_loss);
    searcher->prepared = NULL; /* the tiles have moved */
    double bar = searcher->scores[favourite].similarity;
    for (size_t i = 0; i < searcher->tile_count; i++) {
        for (int k = 1; k <= BAR_RAISINGS; k++)
            if (i == searcher->tile_count >> k)
                raise_bar(searcher, &bar);
        bound_tile(searcher, &searcher->tiles[i], bar);
    }
    while (raise_bar(searcher, &bar))
        continue;
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
    race(searcher, highest(searcher, false));
    size_t best = highest(searcher, true), ties = 0;
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
