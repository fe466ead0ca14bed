/* A pair while its restorations are scored; private to this folder. */
#ifndef PAT_SEARCH_SCORING_H
#define PAT_SEARCH_SCORING_H

#include "patina/search.h"
#include "search/restorer.h"

/* Some rows of windows of one channel: the part of an image that is scored at once. */
typedef struct pat_tile {
    int channel;
    int y, rows;   /* of the image: 6 more than there are rows of windows */
    int64_t units; /* SSIM: the most its windows can add up to */
    int64_t loss;  /* what the first setting that was scored lacks of that */
} pat_tile;

/* What is known of the scores of a setting. */
typedef struct pat_tally {
    uint64_t squared_error;      /* over all channels */
    int64_t units[PAT_CHANNELS]; /* SSIM: sum so far, plus the most that is still possible */
    size_t tiles_done;
} pat_tally;

struct pat_searcher {
    pat_restorer restorer;
    const pat_image *original;
    size_t settings;
    pat_tally *tally;   /* one for each setting, then one for the untouched image */
    pat_scores *scores; /* the same, from the tallies */
    pat_tile *tiles;
    size_t tile_count, tile_capacity;
};

/* The tallies with squared errors and with an SSIM of 1 everywhere; tiles of `window_rows` rows of
 * windows. Fails as pat_searcher_evaluate(). */
PAT_MUST_CHECK pat_status pat_scoring_begin(pat_searcher *searcher, const pat_image *damaged,
                                            const pat_image *undamaged, int window_rows,
                                            pat_error *error);

/* Take what a setting's SSIM lacks in its next tile off its tally. Returns that, in units. */
int64_t pat_scoring_next_tile(pat_searcher *searcher, size_t setting);

/* The scores that a setting's tally stands for; upper bounds while tiles are to be done. */
pat_scores pat_scoring_scores(const pat_searcher *searcher, size_t setting);

#endif
