/*
 * Find the best setting without scoring all of them exactly.
 *
 * The squared errors of all settings are cheap and exact; SSIM takes nearly all of the time. An
 * upper bound of a tile's SSIM is computed in single precision with an allowance for rounding; the
 * SSIM of other tiles is at most 1. This bounds a setting's similarity. A setting whose bound is
 * below the exact similarity of another can neither win nor tie: bounds are computed like scores,
 * with operations that stay monotonic under rounding.
 *
 * The setting with the highest PSNR is scored exactly first. Tiles are then processed in descending
 * order of its losses, because other settings lose most there too. All remaining settings are
 * bounded on one tile before the next, while their shared data are in the cache. After some tiles,
 * the most promising setting is scored exactly, to raise the bar. Settings that remain at the end
 * are scored exactly.
 */
#include <stdlib.h>

#include "search/scoring.h"

enum {
    WINDOW_ROWS = 48, /* small enough to drop settings early and to fit in the cache */
    PROMISE = 4       /* the bar is raised once, after 1 / PROMISE of the tiles */
};

static int by_loss(const void *left, const void *right)
{
    const pat_tile *a = left, *b = right;
    if (a->loss != b->loss)
        return a->loss > b->loss ? -1 : 1;
    return a->channel != b->channel ? a->channel - b->channel : a->y - b->y;
}

/* Score the settings exactly on all tiles. Set the losses of the tiles to those of the last
 * setting. */
static void score_exactly(pat_searcher *searcher, const size_t *settings, int count)
{
    for (int k = 0; k < count; k++)
        searcher->tally[settings[k]] =
            (pat_tally){.squared_error = searcher->tally[settings[k]].squared_error, .exact = true};
    for (size_t i = 0; i < searcher->tile_count; i++) {
        pat_tile *tile = &searcher->tiles[i];
        for (int k = 0; k < count; k++) {
            tile->loss = pat_scoring_loss(searcher, settings[k], tile, PAT_SSIM_EXACT);
            searcher->tally[settings[k]].units[tile->channel] += tile->units - tile->loss;
        }
    }
    for (int k = 0; k < count; k++)
        pat_scoring_set_scores(searcher, settings[k]);
}

/* The first setting with the highest similarity among those scored exactly, or with the highest
 * bound among the others. The number of settings if there is none. */
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

/* On one more tile, bound the settings that may still reach the bar. */
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

/* A setting's loss so far, in units. It is not exact, because it serves only as an estimate. */
static double loss(const pat_searcher *searcher, size_t setting)
{
    double most = 0, units = 0;
    for (size_t i = 0; i < searcher->tile_count; i++)
        most += (double)searcher->tiles[i].units;
    for (int c = 0; c < PAT_CHANNELS; c++)
        units += (double)searcher->tally[setting].units[c];
    return most - units;
}

/*
 * The remaining setting that is expected to be the best, assuming that the ratio of its losses to
 * the favorite's stays the same in the remaining tiles. The number of settings if none is expected
 * to exceed the bar.
 */
static size_t most_promising(const pat_searcher *searcher, size_t favourite, size_t tiles_done,
                             double bar)
{
    double so_far = 0;
    size_t best = searcher->settings;
    for (size_t i = 0; i < tiles_done; i++)
        so_far += (double)searcher->tiles[i].loss;
    if (so_far <= 0)
        return best;
    double scale = loss(searcher, favourite) / so_far;
    for (size_t i = 0; i < searcher->settings; i++) {
        const pat_scores *bound = &searcher->scores[i];
        if (searcher->tally[i].exact || bound->similarity < bar)
            continue;
        double similarity = pat_similarity(bound->psnr, 1 - (1 - bound->ssim) * scale);
        if (similarity > bar) {
            bar = similarity;
            best = i;
        }
    }
    return best;
}

/* Score one more setting exactly. Returns the new bar. */
static double raise_bar(pat_searcher *searcher, size_t setting)
{
    score_exactly(searcher, &setting, 1);
    return searcher->scores[highest(searcher, true)].similarity;
}

static void race(pat_searcher *searcher, size_t favourite)
{
    score_exactly(searcher, (size_t[]){searcher->settings, favourite}, 2);
    qsort(searcher->tiles, searcher->tile_count, sizeof *searcher->tiles, by_loss);
    searcher->prepared = NULL; /* the tiles have moved */
    double bar = searcher->scores[favourite].similarity;
    size_t next;
    for (size_t i = 0; i < searcher->tile_count; i++) {
        if (i == searcher->tile_count / PROMISE &&
            (next = most_promising(searcher, favourite, i, bar)) < searcher->settings)
            bar = raise_bar(searcher, next);
        bound_tile(searcher, &searcher->tiles[i], bar);
    }
    while ((next = highest(searcher, false)) < searcher->settings &&
           searcher->scores[next].similarity >= bar)
        bar = raise_bar(searcher, next);
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
    race(searcher, highest(searcher, false));
    size_t best = highest(searcher, true), ties = 0;
    for (size_t i = best + 1; i < searcher->settings; i++)
        ties += searcher->tally[i].exact &&
                searcher->scores[i].similarity == searcher->scores[best].similarity;
    status = pat_scoring_add_further(searcher, damaged, best, error);
    if (status == PAT_OK)
        status = pat_scoring_add_further(searcher, damaged, searcher->settings, error);
    *evaluation = (pat_evaluation){
        .setting = pat_grid_setting(&searcher->restorer.grid, best),
        .best = searcher->scores[best],
        .untouched = searcher->scores[searcher->settings],
        .ties = ties,
    };
    return status;
}
