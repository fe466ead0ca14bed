/* Score all restorations of a pair; private to this folder. */
#ifndef PAT_SEARCH_SCORING_H
#define PAT_SEARCH_SCORING_H

#include "patina/search.h"
#include "score/ssim.h"
#include "search/restorer.h"

/* The part of an image that is scored at a time: some rows of windows of one channel. */
typedef struct pat_tile {
    int channel;
    int y, rows;   /* image rows: 6 more than rows of windows */
    int64_t units; /* the greatest possible SSIM sum of its windows */
    int64_t loss;  /* how far one setting's SSIM sum is below that */
} pat_tile;

/* What is known so far about a setting's scores. */
typedef struct pat_tally {
    uint64_t squared_error;      /* over all channels */
    int64_t units[PAT_CHANNELS]; /* upper bound of the SSIM sum */
    bool exact;                  /* `units` is the exact sum */
} pat_tally;

struct pat_searcher {
    pat_restorer restorer;
    const pat_image *original;
    size_t settings;
    pat_restored *which; /* each setting, then the untouched image */
    pat_tally *tally;    /* one for each setting, then one for the untouched image */
    pat_scores *scores;  /* as above, from the tallies */
    pat_tile *tiles;
    size_t tile_count, tile_capacity;
    pat_score_set further_scores; /* to be computed on whole images */
    bool further_of_trials;
    pat_image restored, resized; /* scratch for further scores */
    const pat_tile *prepared;    /* the tile whose original is prepared for SSIM */
    pat_scratch prepared_memory; /* the prepared data of that tile */
};

/* Set the tallies to the squared errors and an SSIM of 1 everywhere, and cut the image into tiles
 * of at most `window_rows` rows of windows. Fails like pat_searcher_evaluate(). */
PAT_MUST_CHECK pat_status pat_scoring_begin(pat_searcher *searcher, const pat_image *damaged,
                                            const pat_image *undamaged, int window_rows,
                                            pat_error *error);

/* How far a setting's SSIM in a tile is below the maximum, in units; with PAT_SSIM_BOUND, a lower
 * bound of that. Successive calls for the same tile are cheaper. */
int64_t pat_scoring_loss(pat_searcher *searcher, size_t setting, const pat_tile *tile,
                         pat_ssim_precision precision);

/* Compute a setting's PSNR, SSIM and similarity from its tally. */
void pat_scoring_set_scores(pat_searcher *searcher, size_t setting);

/* Restore all of `damaged` and add the further scores requested to those of a setting; the number
 * of settings stands for the untouched image. Fails like pat_searcher_evaluate(). */
PAT_MUST_CHECK pat_status pat_scoring_add_further(pat_searcher *searcher, const pat_image *damaged,
                                                  size_t setting, pat_error *error);

#endif
