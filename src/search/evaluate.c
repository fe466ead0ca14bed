#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "image/plane.h"
#include "patina/restore.h"
#include "patina/search.h"

/* What the channels seen so far contribute to the scores of one setting. */
struct tally {
    uint64_t sum_squared_error;
    double ssim_sum;
};

struct pat_searcher {
    pat_grid grid;
    pat_gaussian kernel[PAT_AXIS_MAX]; /* one per sigma */
    pat_ssim *ssim;
    size_t settings;
    struct tally *tally; /* one per setting, then one for the untouched image */
    pat_scores *trials;  /* the same */
    pat_scratch base, blurred, sharpened, resized;
};

pat_searcher *pat_searcher_create(const pat_grid *grid)
{
    pat_searcher *searcher = calloc(1, sizeof *searcher);
    if (searcher == NULL)
        return NULL;
    searcher->grid = *grid;
    searcher->settings = pat_grid_count(grid);
    searcher->ssim = pat_ssim_create();
    searcher->tally = calloc(searcher->settings + 1, sizeof *searcher->tally);
    searcher->trials = calloc(searcher->settings + 1, sizeof *searcher->trials);
    if (searcher->ssim == NULL || searcher->tally == NULL || searcher->trials == NULL) {
        pat_searcher_free(searcher);
        return NULL;
    }
    for (int i = 0; i < grid->sigmas; i++)
        pat_gaussian_init(&searcher->kernel[i], grid->sigma[i]);
    return searcher;
}

void pat_searcher_free(pat_searcher *searcher)
{
    if (searcher == NULL)
        return;
    pat_ssim_free(searcher->ssim);
    free(searcher->tally);
    free(searcher->trials);
    pat_scratch_release(&searcher->base);
    pat_scratch_release(&searcher->blurred);
    pat_scratch_release(&searcher->sharpened);
    pat_scratch_release(&searcher->resized);
    free(searcher);
}

static pat_status score_plane(pat_searcher *searcher, const pat_plane *restored,
                              const pat_plane *original, struct tally *tally, pat_error *error)
{
    pat_plane resized;
    if (restored->width != original->width || restored->height != original->height) {
        if (!pat_plane_reserve(&searcher->resized, original->width, original->height, &resized))
            return pat_fail_memory(error, "the resized image");
        pat_status status = pat_resize_linear(restored, &resized, error);
        if (status != PAT_OK)
            return status;
        restored = &resized;
    }
    tally->sum_squared_error += pat_sum_squared_error(restored, original);
    tally->ssim_sum += pat_ssim_mean(searcher->ssim, restored);
    return PAT_OK;
}

/* All sigmas and strengths on one colour-corrected plane; a blur serves every strength. */
static pat_status try_sharpening(pat_searcher *searcher, const pat_plane *base,
                                 const pat_plane *original, struct tally *tallies, pat_error *error)
{
    const pat_grid *grid = &searcher->grid;
    pat_plane blurred, sharpened;
    if (!pat_plane_reserve(&searcher->blurred, base->width, base->height, &blurred) ||
        !pat_plane_reserve(&searcher->sharpened, base->width, base->height, &sharpened))
        return pat_fail_memory(error, "the restored image");
    for (int i = 0; i < grid->sigmas; i++) {
        pat_status status = pat_gaussian_blur(&searcher->kernel[i], base, &blurred, error);
        for (int j = 0; j < grid->strengths && status == PAT_OK; j++) {
            pat_sharpen(base, &blurred, grid->strength[j], &sharpened);
            status = score_plane(searcher, &sharpened, original, tallies++, error);
        }
        if (status != PAT_OK)
            return status;
    }
    return PAT_OK;
}

static void white_balance(const pat_plane *src, const pat_plane *dst)
{
    uint8_t table[256];
    pat_white_balance_table(pat_plane_mean(src), table);
    pat_plane_map(src, table, dst);
}

/* The whole grid, and the untouched image, on one channel. */
static pat_status try_channel(pat_searcher *searcher, const pat_plane *damaged,
                              const pat_plane *original, pat_error *error)
{
    const pat_grid *grid = &searcher->grid;
    pat_status status = pat_ssim_set_original(searcher->ssim, original, error);
    if (status == PAT_OK)
        status =
            score_plane(searcher, damaged, original, &searcher->tally[searcher->settings], error);
    size_t per_color = searcher->settings / (size_t)grid->colors;
    for (int i = 0; i < grid->colors && status == PAT_OK; i++) {
        pat_plane base = *damaged;
        if (grid->color[i] == PAT_COLOR_WHITE_BALANCE) {
            if (!pat_plane_reserve(&searcher->base, damaged->width, damaged->height, &base))
                return pat_fail_memory(error, "the white-balanced image");
            white_balance(damaged, &base);
        }
        status = try_sharpening(searcher, &base, original, searcher->tally + (size_t)i * per_color,
                                error);
    }
    return status;
}

static pat_scores scores_of(const struct tally *tally, uint64_t samples)
{
    double psnr = pat_psnr(tally->sum_squared_error, samples);
    double ssim = tally->ssim_sum / PAT_CHANNELS;
    return (pat_scores){pat_similarity(psnr, ssim), psnr, ssim};
}

static void choose_best(const pat_searcher *searcher, pat_evaluation *evaluation)
{
    const pat_scores *trials = searcher->trials;
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
        .setting = pat_grid_setting(&searcher->grid, best),
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
    for (size_t i = 0; i <= searcher->settings; i++)
        searcher->tally[i] = (struct tally){0};
    for (int c = 0; c < PAT_CHANNELS; c++) {
        pat_status status = try_channel(searcher, &damaged->plane[c], &undamaged->plane[c], error);
        if (status != PAT_OK)
            return status;
    }
    uint64_t samples = (uint64_t)undamaged->width * (uint64_t)undamaged->height * PAT_CHANNELS;
    for (size_t i = 0; i <= searcher->settings; i++)
        searcher->trials[i] = scores_of(&searcher->tally[i], samples);
    choose_best(searcher, evaluation);
    return PAT_OK;
}

pat_status pat_searcher_find_best(pat_searcher *searcher, const pat_image *damaged,
                                  const pat_image *undamaged, pat_evaluation *evaluation,
                                  pat_error *error)
{
    pat_status status = pat_searcher_evaluate(searcher, damaged, undamaged, evaluation, error);
    evaluation->trials = NULL;
    return status;
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
        if (setting->color == PAT_COLOR_WHITE_BALANCE) {
            white_balance(&damaged->plane[c], &base);
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
