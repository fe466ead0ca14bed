#include <stdlib.h>

#include "base/error.h"
#include "image/plane.h"
#include "search/scoring.h"

/* Rows of windows that are scored at once: more of them would not fit the second-level cache. */
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
    if (searcher->tally == NULL || searcher->scores == NULL) {
        pat_searcher_free(searcher);
        return NULL;
    }
    return searcher;
}

void pat_searcher_free(pat_searcher *searcher)
{
    if (searcher == NULL)
        return;
    pat_restorer_release(&searcher->restorer);
    free(searcher->tally);
    free(searcher->scores);
    free(searcher->tiles);
    pat_scratch_release(&searcher->prepared_memory);
    free(searcher);
}

static void choose_best(const pat_searcher *searcher, pat_evaluation *evaluation)
{
    const pat_scores *trials = searcher->scores;
    size_t best = 0, ties = 0;
    for (size_t i = 1; i < searcher->settings; i++) {
        if (trials[i].similarity > trials[best].similarity) {
            best = i;
            ties = 0;
        } else if (trials[i].similarity == trials[best].similarity) {
            ties++;
        }
    }
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
    choose_best(searcher, evaluation);
    return PAT_OK;
}

pat_status pat_image_restore(const pat_image *damaged, const pat_setting *setting,
                             pat_image *restored, pat_error *error)
{
    pat_status status = pat_image_resize_canvas(restored, damaged->width, damaged->height, error);
    pat_scratch base_memory = {0}, blurred_memory = {0};
    pat_plane base, blurred;
    if (status == PAT_OK &&
        (!pat_plane_reserve(&base_memory, damaged->width, damaged->height, &base) ||
         !pat_plane_reserve(&blurred_memory, damaged->width, damaged->height, &blurred)))
        status = pat_fail_memory(error, "the restored image");
    pat_gaussian kernel;
    pat_gaussian_init(&kernel, setting->sigma);
    for (int c = 0; c < PAT_CHANNELS && status == PAT_OK; c++) {
        const pat_plane *corrected = &damaged->plane[c];
        if (setting->color != PAT_COLOR_NONE) {
            uint8_t table[256];
            pat_color_table(setting->color, &damaged->plane[c], table);
            pat_plane_map(&damaged->plane[c], table, &base);
            corrected = &base;
        }
        status = pat_gaussian_blur(&kernel, corrected, &blurred, error);
        if (status == PAT_OK)
            pat_sharpen(corrected, &blurred, setting->strength, &restored->plane[c]);
    }
    pat_scratch_release(&base_memory);
    pat_scratch_release(&blurred_memory);
    return status;
}
