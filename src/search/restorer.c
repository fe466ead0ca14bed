#include "search/restorer.h"

#include <string.h>

#include "base/error.h"
#include "image/plane.h"
#include "restore/gaussian.h"

/* Blurred planes are kept up to this total size: enough for the default grid and images of up to
 * 1.4 megapixels. Above it, each band is blurred again when it is needed. So are the results of
 * other filters. */
static const size_t KEPT_BYTES = (size_t)32 << 20;

void pat_restorer_init(pat_restorer *restorer, const pat_grid *grid)
{
    restorer->grid = *grid;
    for (int i = 0; i < grid->count[PAT_AXIS_SIGMA]; i++)
        pat_gaussian_init(&restorer->kernel[i], grid->value[PAT_AXIS_SIGMA][i]);
}

pat_restored pat_restored_of(const pat_grid *grid, size_t setting)
{
    pat_restored which = {.number = setting};
    const pat_setting tried = pat_grid_setting(grid, setting);
    which.steps = pat_steps_of(&tried);
    pat_grid_place(grid, setting, which.place);
    return which;
}

bool pat_restored_is_fused(const pat_restored *which)
{
    const pat_setting *setting = &which->steps.setting;
    const pat_operator *filter = pat_operator_in(setting, PAT_AXIS_FILTER);
    double scale = setting->value[PAT_AXIS_SCALE];
    /* At a smaller scale not even strength 0 is fused: its siblings share no blur with it. */
    return filter->fused == PAT_FUSED_UNSHARP && which->steps.after == NULL &&
           !(scale > 0 && scale < 1);
}

void pat_restorer_release(pat_restorer *restorer)
{
    pat_resizer_release(&restorer->resizer);
    pat_scratch_release(&restorer->base_memory);
    pat_scratch_release(&restorer->blurred_memory);
    pat_scratch_release(&restorer->sums_memory);
    pat_scratch_release(&restorer->rows_memory);
    pat_scratch_release(&restorer->scaled_memory);
    pat_scratch_release(&restorer->filtered_memory);
    pat_scratch_release(&restorer->flags_memory);
    pat_scratch_release(&restorer->order_memory);
    for (int i = 0; i < 3; i++)
        pat_scratch_release(&restorer->band_memory[i]);
    *restorer = (pat_restorer){0};
}

/* A view of `count` rows of a plane, from row y on. */
static pat_plane rows_of(const pat_plane *plane, int y, int count)
{
    return (pat_plane){plane->data + y * plane->stride, plane->width, count, plane->stride};
}

/* The grid's i-th color operator, or NULL if it does not come first or does nothing. */
static const pat_operator *first_color(const pat_grid *grid, int i)
{
    const pat_operator *color = pat_operator_of(PAT_AXIS_COLOR, grid->value[PAT_AXIS_COLOR][i]);
    bool is_first = color->place == PAT_COLOR_BEFORE_FILTER && color->measure != NULL;
    return is_first ? color : NULL;
}

/* Corrected planes are stacked vertically; an uncorrected one is the damaged image itself. */
static bool reserve_base(pat_restorer *restorer)
{
    const pat_image *damaged = restorer->damaged;
    int planes = 0, height = damaged->height, colors = restorer->grid.count[PAT_AXIS_COLOR];
    pat_plane all;
    for (int i = 0; i < colors; i++)
        planes += first_color(&restorer->grid, i) == NULL ? 0 : PAT_CHANNELS;
    if (!pat_plane_reserve(&restorer->base_memory, damaged->width, planes * height, &all))
        return false;
    for (int i = 0, y = 0; i < colors; i++)
        for (int c = 0; c < PAT_CHANNELS; c++) {
            bool corrected = first_color(&restorer->grid, i) != NULL;
            restorer->base[i][c] = corrected ? rows_of(&all, y, height) : damaged->plane[c];
            y += corrected ? height : 0;
        }
    return true;
}

/* The maximum number of source rows that a band needs. */
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

/* Reserve memory for the changes that scaled filters make: for all of them, or for as many as
 * KEPT_BYTES allows. bytes: the size of the largest. */
static bool reserve_scaled(pat_restorer *restorer, size_t bytes, size_t count)
{
    size_t enough = bytes > KEPT_BYTES / PAT_SCALED_KEPT ? KEPT_BYTES / bytes : PAT_SCALED_KEPT;
    size_t slots = count < enough ? count : enough;
    restorer->scaled_slots = slots > 0 ? (int)slots : 1;
    restorer->scaled_next = 0;
    char *memory =
        pat_scratch_get(&restorer->scaled_memory, bytes * (size_t)restorer->scaled_slots, 1);
    for (int i = 0; i < restorer->scaled_slots && memory != NULL; i++)
        restorer->scaled[i] = (pat_kept_scaled){.memory = memory + (size_t)i * bytes};
    return memory != NULL;
}

/* Reserve scratch memory for scaled filters and for the largest setting that is not fused. */
static bool reserve_rows(pat_restorer *restorer)
{
    const size_t aligned = 64;
    size_t most = 1, most_scaled = 1, count = 0, settings = pat_grid_count(&restorer->grid);
    int width = restorer->damaged->width, height = restorer->damaged->height;
    for (size_t i = 0; i < settings; i++) {
        const pat_restored which = pat_restored_of(&restorer->grid, i);
        size_t bytes = pat_steps_scratch(&which.steps, width), scaled = 0;
        if (pat_steps_is_scaled(&which.steps))
            scaled = pat_scaled_bytes(&which.steps, width, height, PAT_CHANNELS);
        count += scaled > 0;
        most = !pat_restored_is_fused(&which) && bytes > most ? bytes : most;
        most_scaled = scaled > most_scaled ? scaled : most_scaled;
    }
    restorer->rows = pat_scratch_get(&restorer->rows_memory, most, 1);
    most_scaled = (most_scaled + aligned - 1) / aligned * aligned;
    return restorer->rows != NULL && reserve_scaled(restorer, most_scaled, count);
}

static bool reserve_bands(pat_restorer *restorer, int band_rows)
{
    int width = restorer->damaged->width, rows = band_source_rows(restorer, band_rows);
    restorer->sums =
        pat_scratch_get(&restorer->sums_memory, pat_gaussian_scratch(width), sizeof(int16_t));
    return restorer->sums != NULL && reserve_rows(restorer) &&
           pat_plane_reserve(&restorer->band_memory[0], width, rows, &restorer->blurred_band) &&
           pat_plane_reserve(&restorer->band_memory[1], width, rows, &restorer->filtered) &&
           pat_plane_reserve(&restorer->band_memory[2], restorer->width, band_rows,
                             &restorer->resized);
}

static void correct_colors(pat_restorer *restorer)
{
    const pat_grid *grid = &restorer->grid;
    for (int i = 0; i < grid->count[PAT_AXIS_COLOR]; i++) {
        const pat_operator *color = pat_operator_of(PAT_AXIS_COLOR, grid->value[PAT_AXIS_COLOR][i]);
        for (int c = 0; c < PAT_CHANNELS && color->measure != NULL; c++) {
            const pat_plane *damaged = &restorer->damaged->plane[c];
            const pat_setting setting = {.value[PAT_AXIS_COLOR] = grid->value[PAT_AXIS_COLOR][i]};
            restorer->tone[i][c] = pat_tone_of(color, &setting, &(pat_channel){.plane = damaged});
            if (first_color(grid, i) == NULL)
                continue;
            uint8_t table[256];
            pat_tone_table(color, &restorer->tone[i][c], table);
            pat_plane_map(damaged, table, &restorer->base[i][c]);
        }
    }
}

static pat_plane kept_plane(const pat_restorer *restorer, int color, int sigma, int channel)
{
    int sigmas = restorer->grid.count[PAT_AXIS_SIGMA];
    int index = (color * sigmas + sigma) * PAT_CHANNELS + channel;
    int height = restorer->damaged->height;
    return rows_of(&restorer->blurred, index * height, height);
}

static bool reserve_blurred(pat_restorer *restorer)
{
    const pat_grid *grid = &restorer->grid;
    int width = restorer->damaged->width, height = restorer->damaged->height;
    size_t planes =
        (size_t)grid->count[PAT_AXIS_COLOR] * (size_t)grid->count[PAT_AXIS_SIGMA] * PAT_CHANNELS;
    memset(restorer->is_blurred, 0, sizeof restorer->is_blurred);
    restorer->in_band.rows = 0;
    restorer->keeps_blurred = KEPT_BYTES / planes / pat_plane_stride(width) >= (size_t)height;
    return !restorer->keeps_blurred || pat_plane_reserve(&restorer->blurred_memory, width,
                                                         (int)planes * height, &restorer->blurred);
}

/* Whether the result is that of a filter which is not fused. */
static bool is_filtered_alone(const pat_restored *which)
{
    return which->steps.filter != NULL && !pat_restored_is_fused(which);
}

static bool reserve_filtered(pat_restorer *restorer)
{
    size_t settings = pat_grid_count(&restorer->grid), planes = 0;
    int width = restorer->damaged->width, height = restorer->damaged->height;
    restorer->filtered_before = pat_scratch_get(&restorer->order_memory, settings, sizeof(size_t));
    restorer->is_filtered =
        pat_scratch_get(&restorer->flags_memory, settings, PAT_CHANNELS * sizeof(bool));
    if (restorer->filtered_before == NULL || restorer->is_filtered == NULL)
        return false;
    memset(restorer->is_filtered, 0, settings * PAT_CHANNELS * sizeof(bool));
    for (size_t i = 0; i < settings; i++) {
        const pat_restored which = pat_restored_of(&restorer->grid, i);
        restorer->filtered_before[i] = planes / PAT_CHANNELS;
        planes += is_filtered_alone(&which) ? PAT_CHANNELS : 0;
    }
    restorer->keeps_filtered =
        planes > 0 && KEPT_BYTES / planes / pat_plane_stride(width) >= (size_t)height;
    return !restorer->keeps_filtered ||
           pat_plane_reserve(&restorer->filtered_memory, width, (int)planes * height,
                             &restorer->kept_filtered);
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
    if (!reserve_filtered(restorer))
        return pat_fail_memory(error, "the filtered images");
    correct_colors(restorer);
    return PAT_OK;
}

static void blur_rows(pat_restorer *restorer, const pat_restored *which, int y,
                      const pat_plane *rows)
{
    const pat_plane *base = &restorer->base[which->place[PAT_AXIS_COLOR]][which->channel];
    pat_gaussian_blur_rows(&restorer->kernel[which->place[PAT_AXIS_SIGMA]], base, y, rows,
                           restorer->sums);
}

pat_plane pat_restorer_blurred_rows(pat_restorer *restorer, const pat_restored *which, int y,
                                    int rows)
{
    int color = which->place[PAT_AXIS_COLOR], sigma = which->place[PAT_AXIS_SIGMA];
    if (restorer->keeps_blurred) {
        bool *done = &restorer->is_blurred[color][sigma][which->channel];
        pat_plane plane = kept_plane(restorer, color, sigma, which->channel);
        if (!*done)
            blur_rows(restorer, which, 0, &plane);
        *done = true;
        return rows_of(&plane, y, rows);
    }
    pat_plane band = rows_of(&restorer->blurred_band, 0, rows);
    if (restorer->in_band.channel != which->channel || restorer->in_band.color != color ||
        restorer->in_band.sigma != sigma || restorer->in_band.y != y ||
        restorer->in_band.rows != rows)
        blur_rows(restorer, which, y, &band);
    restorer->in_band.channel = which->channel;
    restorer->in_band.color = color;
    restorer->in_band.sigma = sigma;
    restorer->in_band.y = y;
    restorer->in_band.rows = rows;
    return band;
}

/* What the scaled filter of a setting changes; kept until others need its place. */
static const pat_scaled *scaled_of(pat_restorer *restorer, const pat_restored *which,
                                   const pat_channels *source)
{
    for (int i = 0; i < restorer->scaled_slots; i++)
        if (restorer->scaled[i].known && restorer->scaled[i].number == which->number)
            return &restorer->scaled[i].scaled;
    pat_kept_scaled *kept = &restorer->scaled[restorer->scaled_next];
    pat_scaled_init(&kept->scaled, &which->steps, source, kept->memory);
    kept->known = true;
    kept->number = which->number;
    restorer->scaled_next = (restorer->scaled_next + 1) % restorer->scaled_slots;
    return &kept->scaled;
}

/* Compute rows y .. of the channels that `out` has. */
static void filter_rows(pat_restorer *restorer, const pat_restored *which, int y,
                        const pat_channels *out)
{
    int color = which->place[PAT_AXIS_COLOR];
    pat_channels source = {.count = PAT_CHANNELS};
    const pat_operator *after = which->steps.after;
    pat_tone tone[PAT_CHANNELS];
    for (int c = 0; c < PAT_CHANNELS; c++) {
        source.of[c] = (pat_channel){.plane = &restorer->base[color][c], .color = c};
        tone[c] = after == NULL || after->axes == 0
                      ? restorer->tone[color][c]
                      : pat_tone_of(after, &which->steps.setting, &source.of[c]);
    }
    pat_steps steps = which->steps;
    if (pat_steps_is_scaled(&steps))
        steps.scaled = scaled_of(restorer, which, &source);
    pat_steps_rows(&steps, &source, tone, y, out, restorer->rows);
}

/* The kept result of a filter, which is computed when it is first needed: in all channels if the
 * filter reads them all. */
static pat_plane filtered_plane(pat_restorer *restorer, const pat_restored *which)
{
    int height = restorer->damaged->height;
    bool *done = restorer->is_filtered + which->number * PAT_CHANNELS;
    pat_plane plane[PAT_CHANNELS];
    pat_channels out = {.count = PAT_CHANNELS};
    for (int c = 0; c < PAT_CHANNELS; c++) {
        size_t index = restorer->filtered_before[which->number] * PAT_CHANNELS + (size_t)c;
        plane[c] = rows_of(&restorer->kept_filtered, (int)index * height, height);
        if (!done[which->channel] && (c == which->channel || which->steps.filter->all_channels))
            out.of[c].plane = &plane[c];
    }
    if (!done[which->channel])
        filter_rows(restorer, which, 0, &out);
    for (int c = 0; c < PAT_CHANNELS; c++)
        done[c] = done[c] || out.of[c].plane != NULL;
    return plane[which->channel];
}

/* The restored rows before resizing. */
static pat_plane restored_rows(pat_restorer *restorer, const pat_restored *which, int y, int rows)
{
    int color = which->place[PAT_AXIS_COLOR];
    const pat_plane *base = &restorer->base[color][which->channel];
    pat_plane base_rows = rows_of(base, y, rows), filtered = rows_of(&restorer->filtered, 0, rows);
    if (which->untouched)
        return rows_of(&restorer->damaged->plane[which->channel], y, rows);
    if (pat_restored_is_fused(which)) {
        pat_plane blurred = pat_restorer_blurred_rows(restorer, which, y, rows);
        pat_sharpen(&base_rows, &blurred, which->steps.setting.value[PAT_AXIS_STRENGTH], &filtered);
        return filtered;
    }
    if (restorer->keeps_filtered && is_filtered_alone(which)) {
        pat_plane plane = filtered_plane(restorer, which);
        return rows_of(&plane, y, rows);
    }
    pat_channels out = {.count = PAT_CHANNELS};
    out.of[which->channel].plane = &filtered;
    filter_rows(restorer, which, y, &out);
    return filtered;
}

pat_plane pat_restorer_rows(pat_restorer *restorer, const pat_restored *which, int y, int rows)
{
    if (!restorer->resizes)
        return restored_rows(restorer, which, y, rows);
    int first, count;
    pat_resizer_source(&restorer->resizer, y, rows, &first, &count);
    pat_plane source = restored_rows(restorer, which, first, count);
    pat_plane resized = rows_of(&restorer->resized, 0, rows);
    pat_resizer_rows(&restorer->resizer, &source, first, y, &resized);
    return resized;
}
