#include "search/scoring.h"

#include "base/error.h"
#include "kernels/kernels.h"
#include "restore/sharpen.h"
#include "score/ssim.h"

enum {
    HALO = PAT_SSIM_WINDOW - 1,
    ERROR_ROWS = 32,         /* rows whose squared errors are summed at a time */
    TILE_SAMPLES = 96 << 10, /* they and their prepared data fit in an L2 cache */
    TILE_ROWS_LEAST = 24     /* fewer waste time, because neighboring tiles share 6 rows */
};

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

static pat_plane rows_of(const pat_plane *plane, int y, int rows)
{
    return (pat_plane){plane->data + y * plane->stride, plane->width, rows, plane->stride};
}

/* The strengths of the grid that the kernels apply in integers, all in one pass. */
typedef struct strengths {
    int doubled[PAT_AXIS_MAX];
    int index[PAT_AXIS_MAX]; /* in the grid */
    int count;
} strengths;

static strengths integer_strengths(const pat_grid *grid)
{
    strengths found = {.count = 0};
    for (int i = 0; i < grid->count[PAT_AXIS_STRENGTH]; i++) {
        found.doubled[found.count] = pat_doubled_strength(grid->value[PAT_AXIS_STRENGTH][i]);
        found.index[found.count] = i;
        found.count += found.doubled[found.count] >= 0;
    }
    return found;
}

/* Add the squared errors of a fused setting with the first strength and of those after it that have
 * the other strengths. All integer strengths are computed in one pass. */
static void add_together(pat_searcher *searcher, const pat_restored *which, pat_tally *tally)
{
    const pat_kernels *kernels = pat_kernels_get();
    pat_restorer *restorer = &searcher->restorer;
    const strengths integer = integer_strengths(&restorer->grid);
    const pat_plane *base = &restorer->base[which->place[PAT_AXIS_COLOR]][which->channel];
    const pat_plane *original = &searcher->original->plane[which->channel];
    uint64_t errors[PAT_AXIS_MAX] = {0};
    for (int y = 0; y < base->height; y += ERROR_ROWS) {
        int rows = at_most(base->height - y, ERROR_ROWS);
        pat_plane blurred = pat_restorer_blurred_rows(restorer, which, y, rows);
        const pat_sharpen_area area = {{base->data + y * base->stride, base->stride},
                                       {blurred.data, blurred.stride},
                                       {original->data + y * original->stride, original->stride},
                                       base->width,
                                       rows};
        kernels->sharpen_errors(&area, integer.doubled, integer.count, errors);
    }
    size_t step = pat_grid_step(&restorer->grid, which->number, PAT_AXIS_STRENGTH);
    for (int i = 0; i < integer.count; i++)
        tally[step * (size_t)integer.index[i]].squared_error += errors[i];
}

static void add_alone(pat_searcher *searcher, const pat_restored *which, pat_tally *tally)
{
    const pat_plane *original = &searcher->original->plane[which->channel];
    for (int y = 0; y < original->height; y += ERROR_ROWS) {
        int rows = at_most(original->height - y, ERROR_ROWS);
        pat_plane restored = pat_restorer_rows(&searcher->restorer, which, y, rows);
        pat_plane wanted = rows_of(original, y, rows);
        tally->squared_error += pat_sum_squared_error(&restored, &wanted);
    }
}

static pat_restored restored(const pat_searcher *searcher, size_t setting, int channel)
{
    pat_restored which = searcher->which[setting];
    which.channel = channel;
    return which;
}

/* Whether add_together() covers the setting: the kernels sharpen it in integers. */
static bool adds_together(const pat_searcher *searcher, const pat_restored *which)
{
    return !searcher->restorer.resizes && !which->untouched && pat_restored_is_fused(which) &&
           pat_doubled_strength(which->steps.setting.value[PAT_AXIS_STRENGTH]) >= 0;
}

static void add_squared_errors(pat_searcher *searcher, int channel)
{
    for (size_t i = 0; i <= searcher->settings; i++) {
        const pat_restored which = restored(searcher, i, channel);
        bool first = !which.untouched && which.place[PAT_AXIS_STRENGTH] == 0;
        if (first && !searcher->restorer.resizes && pat_restored_is_fused(&which))
            add_together(searcher, &which, &searcher->tally[i]);
        if (!adds_together(searcher, &which))
            add_alone(searcher, &which, &searcher->tally[i]);
    }
}

/* Cut the channels into tiles one after the other, each from top to bottom. False when memory runs
 * out. */
static bool cut_tiles(pat_searcher *searcher, int window_rows)
{
    int width = searcher->original->width, height = searcher->original->height;
    searcher->tile_count = 0;
    searcher->prepared = NULL;
    for (int c = 0; c < PAT_CHANNELS; c++) {
        for (int y = 0; y + HALO < height; y += window_rows) {
            if (!pat_array_reserve(&searcher->tiles, &searcher->tile_capacity,
                                   searcher->tile_count + 1, sizeof *searcher->tiles))
                return false;
            int rows = at_most(height - y, window_rows + HALO);
            searcher->tiles[searcher->tile_count++] = (pat_tile){
                .channel = c,
                .y = y,
                .rows = rows,
                .units = pat_ssim_windows(width, rows) * PAT_SSIM_UNITS_MAX,
            };
        }
    }
    return true;
}

static pat_plane original_rows(const pat_searcher *searcher, const pat_tile *tile)
{
    return rows_of(&searcher->original->plane[tile->channel], tile->y, tile->rows);
}

static const pat_ssim_prepared *prepared_tile(pat_searcher *searcher, const pat_tile *tile)
{
    pat_ssim_prepared *prepared = searcher->prepared_memory.data;
    if (searcher->prepared != tile) {
        pat_plane original = original_rows(searcher, tile);
        pat_ssim_prepare(&original, prepared);
        searcher->prepared = tile;
    }
    return prepared;
}

pat_status pat_scoring_begin(pat_searcher *searcher, const pat_image *damaged,
                             const pat_image *undamaged, int window_rows, pat_error *error)
{
    int width = undamaged->width, height = undamaged->height;
    int rows_that_fit = TILE_SAMPLES / width;
    window_rows =
        at_most(window_rows, rows_that_fit < TILE_ROWS_LEAST ? TILE_ROWS_LEAST : rows_that_fit);
    int band_rows =
        at_most(height, window_rows + HALO > ERROR_ROWS ? window_rows + HALO : ERROR_ROWS);
    searcher->original = undamaged;
    if (width < PAT_SSIM_WINDOW || height < PAT_SSIM_WINDOW)
        return pat_fail(error, PAT_TOO_SMALL,
                        "an image of %dx%d pixels is too small to score: SSIM needs at least "
                        "%d pixels a side",
                        width, height, PAT_SSIM_WINDOW);
    size_t blocks = pat_ssim_prepared_count(width, at_most(height, window_rows + HALO));
    if (!cut_tiles(searcher, window_rows) ||
        pat_scratch_get(&searcher->prepared_memory, blocks, sizeof(pat_ssim_prepared)) == NULL)
        return pat_fail_memory(error, "the window sums of the SSIM");
    pat_status status =
        pat_restorer_begin(&searcher->restorer, damaged, width, height, band_rows, error);
    if (status != PAT_OK)
        return status;
    int64_t most = pat_ssim_windows(width, height) * PAT_SSIM_UNITS_MAX;
    for (size_t i = 0; i <= searcher->settings; i++)
        searcher->tally[i] = (pat_tally){.units = {most, most, most}};
    for (int c = 0; c < PAT_CHANNELS; c++)
        add_squared_errors(searcher, c);
    return PAT_OK;
}

int64_t pat_scoring_loss(pat_searcher *searcher, size_t setting, const pat_tile *tile,
                         pat_ssim_precision precision)
{
    pat_restored which = restored(searcher, setting, tile->channel);
    pat_plane candidate = pat_restorer_rows(&searcher->restorer, &which, tile->y, tile->rows);
    pat_plane original = original_rows(searcher, tile);
    const pat_ssim_prepared *prepared = prepared_tile(searcher, tile);
    return tile->units - pat_ssim_units(&candidate, &original, prepared, precision);
}

void pat_scoring_set_scores(pat_searcher *searcher, size_t setting)
{
    const pat_tally *tally = &searcher->tally[setting];
    int width = searcher->original->width, height = searcher->original->height;
    int64_t windows = pat_ssim_windows(width, height);
    double ssim_sum = 0;
    for (int c = 0; c < PAT_CHANNELS; c++)
        ssim_sum += pat_ssim_of_units(tally->units[c], windows);
    uint64_t samples = (uint64_t)width * (uint64_t)height * PAT_CHANNELS;
    double psnr = pat_psnr(tally->squared_error, samples), ssim = ssim_sum / PAT_CHANNELS;
    searcher->scores[setting] =
        (pat_scores){.similarity = pat_similarity(psnr, ssim), .psnr = psnr, .ssim = ssim};
}
