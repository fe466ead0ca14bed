#include "search/restorer.h"

#include <string.h>

#include "base/error.h"
#include "image/plane.h"
#include "restore/gaussian.h"

/* Blurred planes are kept up to this size altogether: those of the default grid for images of up
 * to 1.4 megapixels. Beyond, each band is blurred anew when it is needed. */
static const size_t KEPT_BYTES = (size_t)32 << 20;

void pat_restorer_init(pat_restorer *restorer, const pat_grid *grid)
{
    restorer->grid = *grid;
    for (int i = 0; i < grid->sigmas; i++)
        pat_gaussian_init(&restorer->kernel[i], grid->sigma[i]);
}

void pat_restorer_release(pat_restorer *restorer)
{
    pat_resizer_release(&restorer->resizer);
    pat_scratch_release(&restorer->base_memory);
    pat_scratch_release(&restorer->blurred_memory);
    pat_scratch_release(&restorer->sums_memory);
    for (int i = 0; i < 3; i++)
        pat_scratch_release(&restorer->band_memory[i]);
    *restorer = (pat_restorer){0};
}

/* `count` rows of a plane from row y. */
static pat_plane rows_of(const pat_plane *plane, int y, int count)
{
    return (pat_plane){plane->data + y * plane->stride, plane->width, count, plane->stride};
}

/* Corrected planes lie one below the other; what is not corrected is the damaged image itself. */
static bool reserve_base(pat_restorer *restorer)
{
    const pat_image *damaged = restorer->damaged;
    int planes = 0, height = damaged->height;
    pat_plane all;
    for (int i = 0; i < restorer->grid.colors; i++)
        planes += restorer->grid.color[i] == PAT_COLOR_NONE ? 0 : PAT_CHANNELS;
    if (!pat_plane_reserve(&restorer->base_memory, damaged->width, planes * height, &all))
        return false;
    for (int i = 0, y = 0; i < restorer->grid.colors; i++)
        for (int c = 0; c < PAT_CHANNELS; c++) {
            bool corrected = restorer->grid.color[i] != PAT_COLOR_NONE;
            restorer->base[i][c] = corrected ? rows_of(&all, y, height) : damaged->plane[c];
            y += corrected ? height : 0;
        }
    return true;
}

/* Source rows that a band can need. */
static int band_source_rows(const pat_restorer *restorer, int band_rows)
{
    if (!restorer->resizes)
        return band_rows;
    int most = 0;
    for (int y = 0; y < restorer->height; y++) {
        int first, count;
        int rows = restorer->height - y < band_rows ? restorer->height - y : band_rows;
        pat_resizer_source(&restorer->resizer, y, rows, &first, &count);
        most = count > most ? count : most;
    }
    return most;
}

static bool reserve_bands(pat_restorer *restorer, int band_rows)
{
    int width = restorer->damaged->width, rows = band_source_rows(restorer, band_rows);
    restorer->sums =
        pat_scratch_get(&restorer->sums_memory, pat_gaussian_scratch(width), sizeof(int16_t));
    return restorer->sums != NULL &&
           pat_plane_reserve(&restorer->band_memory[0], width, rows, &restorer->blurred_band) &&
           pat_plane_reserve(&restorer->band_memory[1], width, rows, &restorer->sharpened) &&
           pat_plane_reserve(&restorer->band_memory[2], restorer->width, band_rows,
                             &restorer->resized);
}

static void correct_colors(pat_restorer *restorer)
{
    for (int i = 0; i < restorer->grid.colors; i++) {
        if (restorer->grid.color[i] == PAT_COLOR_NONE)
            continue;
        for (int c = 0; c < PAT_CHANNELS; c++) {
            const pat_plane *damaged = &restorer->damaged->plane[c];
            uint8_t table[256];
            pat_color_table(restorer->grid.color[i], damaged, table);
            pat_plane_map(damaged, table, &restorer->base[i][c]);
        }
    }
}

static pat_plane kept_plane(const pat_restorer *restorer, int color, int sigma, int channel)
{
    int index = (color * restorer->grid.sigmas + sigma) * PAT_CHANNELS + channel;
    int height = restorer->damaged->height;
    return rows_of(&restorer->blurred, index * height, height);
}

static bool reserve_blurred(pat_restorer *restorer)
{
    const pat_grid *grid = &restorer->grid;
    int width = restorer->damaged->width, height = restorer->damaged->height;
    size_t planes = (size_t)grid->colors * (size_t)grid->sigmas * PAT_CHANNELS;
    memset(restorer->is_blurred, 0, sizeof restorer->is_blurred);
    restorer->in_band.rows = 0;
    restorer->keeps_blurred = KEPT_BYTES / planes / pat_plane_stride(width) >= (size_t)height;
    return !restorer->keeps_blurred || pat_plane_reserve(&restorer->blurred_memory, width,
                                                         (int)planes * height, &restorer->blurred);
}

pat_status pat_restorer_begin(pat_restorer *restorer, const pat_image *damaged, int width,
                              int height, int band_rows, pat_error *error)
{
    restorer->damaged = damaged;
    restorer->width = width;
    restorer->height = height;
    restorer->resizes = damaged->width != width || damaged->height != height;
    if (restorer->resizes) {
        pat_status status = pat_resizer_begin(&restorer->resizer, damaged->width, damaged->height,
                                              width, height, error);
        if (status != PAT_OK)
            return status;
    }
    if (!reserve_base(restorer) || !reserve_bands(restorer, band_rows))
        return pat_fail_memory(error, "the restored image");
    if (!reserve_blurred(restorer))
        return pat_fail_memory(error, "the blurred images");
    correct_colors(restorer);
    return PAT_OK;
}

static void blur_rows(pat_restorer *restorer, const pat_restored *which, int y,
                      const pat_plane *rows)
{
    pat_gaussian_blur_rows(&restorer->kernel[which->sigma],
                           &restorer->base[which->color][which->channel], y, rows, restorer->sums);
}

pat_plane pat_restorer_blurred_rows(pat_restorer *restorer, const pat_restored *which, int y,
                                    int rows)
{
    if (restorer->keeps_blurred) {
        bool *done = &restorer->is_blurred[which->color][which->sigma][which->channel];
        pat_plane plane = kept_plane(restorer, which->color, which->sigma, which->channel);
        if (!*done)
            blur_rows(restorer, which, 0, &plane);
        *done = true;
        return rows_of(&plane, y, rows);
    }
    pat_plane band = rows_of(&restorer->blurred_band, 0, rows);
    if (restorer->in_band.channel != which->channel || restorer->in_band.color != which->color ||
        restorer->in_band.sigma != which->sigma || restorer->in_band.y != y ||
        restorer->in_band.rows != rows)
        blur_rows(restorer, which, y, &band);
    restorer->in_band.channel = which->channel;
    restorer->in_band.color = which->color;
    restorer->in_band.sigma = which->sigma;
    restorer->in_band.y = y;
    restorer->in_band.rows = rows;
    return band;
}

/* Before the resize. */
static pat_plane sharpened_rows(pat_restorer *restorer, const pat_restored *which, int y, int rows)
{
    if (which->strength == PAT_UNTOUCHED)
        return rows_of(&restorer->damaged->plane[which->channel], y, rows);
    pat_plane base = rows_of(&restorer->base[which->color][which->channel], y, rows);
    pat_plane blurred = pat_restorer_blurred_rows(restorer, which, y, rows);
    pat_plane sharpened = rows_of(&restorer->sharpened, 0, rows);
    pat_sharpen(&base, &blurred, restorer->grid.strength[which->strength], &sharpened);
    return sharpened;
}

pat_plane pat_restorer_rows(pat_restorer *restorer, const pat_restored *which, int y, int rows)
{
    if (!restorer->resizes)
        return sharpened_rows(restorer, which, y, rows);
    int first, count;
    pat_resizer_source(&restorer->resizer, y, rows, &first, &count);
    pat_plane source = sharpened_rows(restorer, which, first, count);
    pat_plane resized = rows_of(&restorer->resized, 0, rows);
    pat_resizer_rows(&restorer->resizer, &source, first, y, &resized);
    return resized;
}
