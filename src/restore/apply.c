#include "restore/apply.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "patina/restore.h"
#include "restore/gaussian.h"

pat_steps pat_steps_of_operators(const pat_setting *setting, const pat_operator *color,
                                 const pat_operator *filter)
{
    pat_steps steps = {.setting = *setting};
    if (!pat_operator_is_idle(filter, setting))
        steps.filter = filter;
    if (!pat_operator_is_idle(color, setting))
        *(color->place < filter->place ? &steps.before : &steps.after) = color;
    return steps;
}

pat_steps pat_steps_of(const pat_setting *setting)
{
    return pat_steps_of_operators(setting, pat_operator_in(setting, PAT_AXIS_COLOR),
                                  pat_operator_in(setting, PAT_AXIS_FILTER));
}

/* ---- Color ----------------------------------------------------------------------------------- */

pat_tone pat_tone_of(const pat_operator *color, const pat_setting *setting,
                     const pat_channel *channel)
{
    pat_tone tone = {.largest = pat_channel_largest(channel)};
    color->measure(channel, setting, &tone);
    return tone;
}

static double mapped(const pat_operator *color, const pat_tone *tone, double sample)
{
    double value = fmin(fmax(color->map(tone, sample), 0), tone->largest);
    return color->rounding == PAT_TRUNCATED ? trunc(value) : rint(value);
}

void pat_tone_table(const pat_operator *color, const pat_tone *tone, uint8_t table[256])
{
    for (int v = 0; v < 256; v++)
        table[v] = (uint8_t)mapped(color, tone, v);
}

static pat_status color_deep(const pat_operator *color, const pat_tone *tone,
                             const pat_deep_plane *source, const pat_deep_plane *out,
                             pat_error *error)
{
    uint16_t *table = malloc(((size_t)tone->largest + 1) * sizeof *table);
    if (table == NULL)
        return pat_fail_memory(error, "a color operator's table");
    for (int v = 0; v <= tone->largest; v++)
        table[v] = (uint16_t)mapped(color, tone, v);
    for (int y = 0; y < source->height; y++)
        for (int x = 0; x < source->width; x++)
            out->data[y * out->stride + x] = table[source->data[y * source->stride + x]];
    free(table);
    return PAT_OK;
}

pat_status pat_steps_color(const pat_steps *steps, const pat_channel *source,
                           const pat_channel *out, pat_error *error)
{
    const pat_tone tone = pat_tone_of(steps->before, &steps->setting, source);
    if (source->plane == NULL)
        return color_deep(steps->before, &tone, source->deep, out->deep, error);
    uint8_t table[256];
    pat_tone_table(steps->before, &tone, table);
    pat_plane_map(source->plane, table, out->plane);
    return PAT_OK;
}

/* ---- Filter ---------------------------------------------------------------------------------- */

/* Input of the plain form: a ring of 2 halo + 1 rows of numbers, each with a border. */
typedef struct ring {
    int halo, width, stride;
    double *block;      /* the rows, one after another */
    double *out;        /* one more row, without a border */
    const double **row; /* 2 halo + 1 rows, from the top */
} ring;

static ring ring_of(const pat_steps *steps, int width, void *scratch)
{
    ring rows = {.width = width};
    rows.halo = steps->filter == NULL ? 0 : steps->filter->halo(&steps->setting);
    rows.stride = width + 2 * rows.halo;
    rows.block = scratch;
    rows.out = rows.block + (size_t)(2 * rows.halo + 1) * (size_t)rows.stride;
    rows.row = (const double **)(void *)(rows.out + width);
    return rows;
}

static size_t ring_bytes(const pat_steps *steps, int width)
{
    const ring rows = ring_of(steps, width, NULL);
    size_t count = (size_t)(2 * rows.halo + 1);
    return (count * (size_t)rows.stride + (size_t)width) * sizeof(double) +
           count * sizeof *rows.row;
}

static double *ring_slot(const ring *rows, int y)
{
    int count = 2 * rows->halo + 1, slot = (y % count + count) % count;
    return rows->block + (size_t)slot * (size_t)rows->stride + rows->halo;
}

/* Load row y of the channel; outside it, the row that reflect101 maps y to. */
static void ring_load(const ring *rows, const pat_channel *source, int y)
{
    double *row = ring_slot(rows, y);
    pat_channel_get_row(source, pat_reflect101(y, pat_channel_height(source)), row);
    for (int k = 1; k <= rows->halo; k++) {
        row[-k] = row[pat_reflect101(-k, rows->width)];
        row[rows->width - 1 + k] = row[pat_reflect101(rows->width - 1 + k, rows->width)];
    }
}

static void filter_plainly(const pat_steps *steps, const pat_channel *source, const pat_tone *tone,
                           int y, const pat_channel *out, void *scratch)
{
    ring rows = ring_of(steps, pat_channel_width(source), scratch);
    for (int k = -rows.halo; k < rows.halo; k++)
        ring_load(&rows, source, y + k);
    for (int i = 0; i < pat_channel_height(out); i++) {
        ring_load(&rows, source, y + i + rows.halo);
        for (int k = -rows.halo; k <= rows.halo; k++)
            rows.row[rows.halo + k] = ring_slot(&rows, y + i + k);
        const pat_neighborhood in = {rows.row + rows.halo, rows.width, pat_channel_largest(source)};
        if (steps->filter != NULL)
            steps->filter->filter(&steps->setting, &in, rows.out);
        for (int x = 0; x < rows.width && steps->filter == NULL; x++)
            rows.out[x] = in.row[0][x];
        for (int x = 0; x < rows.width && steps->after != NULL; x++)
            rows.out[x] = steps->after->map(tone, rows.out[x]);
        pat_channel_put_row(out, i, rows.out);
    }
}

static bool has_fast_form(const pat_steps *steps)
{
    return steps->after == NULL && steps->filter != NULL && steps->filter->rows != NULL;
}

size_t pat_steps_scratch(const pat_steps *steps, int width)
{
    if (steps->after == NULL && steps->filter == NULL)
        return 0;
    return has_fast_form(steps) ? steps->filter->scratch_bytes(width) : ring_bytes(steps, width);
}

void pat_steps_rows(const pat_steps *steps, const pat_channel *source, const pat_tone *tone, int y,
                    const pat_channel *out, void *scratch)
{
    if (has_fast_form(steps))
        steps->filter->rows(&steps->setting, source, y, out, scratch);
    else if (steps->after != NULL || steps->filter != NULL)
        filter_plainly(steps, source, tone, y, out, scratch);
    else
        pat_channel_copy_rows(out, source, y, pat_channel_height(out));
}

/* ---- Both ------------------------------------------------------------------------------------ */

pat_status pat_steps_apply(const pat_steps *steps, const pat_channel *channel,
                           const pat_channel *copy, pat_error *error)
{
    pat_status status =
        steps->before == NULL ? PAT_OK : pat_steps_color(steps, channel, channel, error);
    if (status != PAT_OK || (steps->filter == NULL && steps->after == NULL))
        return status;
    void *scratch = malloc(pat_steps_scratch(steps, pat_channel_width(channel)));
    if (scratch == NULL)
        return pat_fail_memory(error, "a filter's rows");
    pat_tone tone = {.largest = 0};
    pat_channel_copy_rows(copy, channel, 0, pat_channel_height(channel));
    if (steps->after != NULL)
        tone = pat_tone_of(steps->after, &steps->setting, channel);
    pat_steps_rows(steps, copy, &tone, 0, channel, scratch);
    free(scratch);
    return PAT_OK;
}
