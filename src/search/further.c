/* Scores that are computed on whole restored images, one setting at a time. */
#include "patina/restore.h"
#include "search/scoring.h"

void pat_searcher_set_scores(pat_searcher *searcher, pat_score_set set, bool of_trials)
{
    searcher->further_scores = set & ~pat_score_set_default();
    searcher->further_of_trials = of_trials;
}

pat_status pat_scoring_add_further(pat_searcher *searcher, const pat_image *damaged, size_t setting,
                                   pat_error *error)
{
    const pat_image *original = searcher->original, *image = damaged;
    pat_status status = PAT_OK;
    if (searcher->further_scores == 0)
        return PAT_OK;
    if (setting < searcher->settings) {
        const pat_setting tried = pat_grid_setting(&searcher->restorer.grid, setting);
        status = pat_image_restore(damaged, &tried, &searcher->restored, error);
        image = &searcher->restored;
    }
    if (status == PAT_OK)
        status = pat_image_fit(image, original, &searcher->resized, &image, error);
    for (int i = 0; i < pat_score_count() && status == PAT_OK; i++)
        if (pat_score_set_has(searcher->further_scores, i))
            status =
                pat_score_compute(i, image, original, &searcher->scores[setting].further[i], error);
    return status;
}
