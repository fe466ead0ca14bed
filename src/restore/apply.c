#include "restore/apply.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "patina/restore.h"
#include "restore/filter_rows.h"
#include "restore/scaled.h"

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

enum { DEEP_TABLE_BYTES = 65536 * sizeof(uint16_t) };

/* Map rows y .. of a channel by a table: `out` may be those rows. deep_table: DEEP_TABLE_BYTES, for
 * 16 bits only. */
static void color_rows(const pat_operator *color, const pat_tone *tone, const pat_channel *source,
                       int y, const pat_channel *out, uint16_t *deep_table)
{
    if (source->plane != NULL) {
        uint8_t table[256];
        pat_plane rows = *source->plane;
        rows.data += y * rows.stride;
        rows.height = out->plane->height;
        pat_tone_table(color, tone, table);
        pat_plane_map(&rows, table, out->plane);
        return;
    }
    for (int v = 0; v <= tone->largest; v++)
        deep_table[v] = (uint16_t)mapped(color, tone, v);
    const pat_deep_plane *from = source->deep, *to = out->deep;
    for (int row = 0; row < to->height; row++)
        for (int x = 0; x < to->width; x++)
            to->data[row * to->stride + x] = deep_table[from->data[(y + row) * from->stride + x]];
}

pat_status pat_steps_color(const pat_steps *steps, const pat_channel *source,
                           const pat_channel *out, pat_error *error)
{
    const pat_tone tone = pat_tone_of(steps->before, &steps->setting, source);
    uint16_t *table = source->plane == NULL ? malloc(DEEP_TABLE_BYTES) : NULL;
    if (source->plane == NULL && table == NULL)
        return pat_fail_memory(error, "a color operator's table");
    color_rows(steps->before, &tone, source, 0, out, table);
    free(table);
    return PAT_OK;
}

/* ---- Filter ---------------------------------------------------------------------------------- */

/* A filter that works on a smaller image. */
static void filter_scaled(const pat_steps *steps, const pat_channels *source, int y, int rows,
                          const pat_sink *sink, void *scratch)
{
    int width = pat_channel_width(&source->of[0]);
    double *numbers = scratch;
    for (int c = 0; c < source->count; c++) {
        if (!pat_sink_wants(sink, c))
            continue;
        pat_scaled_rows from = pat_scaled_rows_of(steps->scaled, source, c, numbers + width);
        for (int i = 0; i < rows; i++) {
            const float *row = pat_scaled_row(&from, y + i);
            for (int x = 0; x < width; x++)
                numbers[x] = (double)row[x];
            sink->take(sink, c, i, numbers);
        }
    }
}

void pat_steps_filter(const pat_steps *steps, const pat_channels *source, int y, int rows,
                      const pat_sink *sink, void *scratch)
{
    if (pat_steps_is_scaled(steps))
        filter_scaled(steps, source, y, rows, sink, scratch);
    else
        pat_filter_rows(steps, source, y, rows, sink, scratch);
}

/* A sink that applies the last step, then rounds, clips and writes. */
typedef struct writer {
    pat_sink sink;
    const pat_operator *after; /* NULL: none */
    const pat_tone *tone;
    const pat_channels *out;
} writer;

static void write_row(const pat_sink *sink, int channel, int y, double *numbers)
{
    const writer *to = (const writer *)(const void *)sink;
    int width = pat_channel_width(&to->out->of[channel]);
    for (int x = 0; x < width && to->after != NULL; x++)
        numbers[x] = to->after->map(&to->tone[channel], numbers[x]);
    pat_channel_put_row(&to->out->of[channel], y, numbers);
}

/* Whether samples are rounded and clipped right after the filter's own fastest form. */
static bool has_fast_rows(const pat_steps *steps)
{
    return steps->after == NULL && steps->filter != NULL && steps->filter->rows != NULL &&
           !pat_steps_is_scaled(steps);
}

/* Whether a scaled filter, the last step, rounding and clipping are one pass. */
static bool is_one_pass(const pat_steps *steps)
{
    return pat_steps_is_scaled(steps) && (steps->after == NULL || steps->after->is_linear);
}

/* tone: of the channel; NULL: none. */
static void put_scaled(pat_scaled_rows *from, const pat_tone *tone, int y, const pat_channel *out)
{
    float line[] = {1, 0};
    for (int i = 0; i < 2 && tone != NULL; i++)
        line[i] = (float)tone->parameter[i];
    for (int i = 0; i < pat_channel_height(out); i++)
        pat_channel_put_line(out, i, pat_scaled_row(from, y + i), line);
}

size_t pat_steps_scratch(const pat_steps *steps, int width)
{
    if (pat_steps_is_scaled(steps))
        return (size_t)width * sizeof(double) + pat_scaled_scratch(width);
    size_t filter = pat_filter_scratch(steps, width);
    return steps->filter == NULL && filter < DEEP_TABLE_BYTES ? DEEP_TABLE_BYTES : filter;
}

void pat_steps_rows(const pat_steps *steps, const pat_channels *source, const pat_tone *tone, int y,
                    const pat_channels *out, void *scratch)
{
    writer to = {{0, write_row}, steps->after, tone, out};
    int rows = 0;
    for (int c = 0; c < out->count; c++) {
        const pat_channel *channel = &out->of[c];
        if (!pat_channel_exists(channel))
            continue;
        rows = pat_channel_height(channel);
        if (is_one_pass(steps)) {
            pat_scaled_rows from = pat_scaled_rows_of(steps->scaled, source, c, scratch);
            put_scaled(&from, steps->after == NULL ? NULL : &tone[c], y, channel);
        } else if (has_fast_rows(steps))
            steps->filter->rows(&steps->setting, &source->of[c], y, channel, scratch);
        else if (steps->filter == NULL && steps->after == NULL)
            pat_channel_copy_rows(channel, &source->of[c], y, rows);
        else if (steps->filter == NULL)
            color_rows(steps->after, &tone[c], &source->of[c], y, channel, scratch);
        else
            to.sink.wanted |= 1u << c;
    }
    if (to.sink.wanted != 0)
        pat_steps_filter(steps, source, y, rows, &to.sink, scratch);
}

/* ---- Both ------------------------------------------------------------------------------------ */

/* Memory for channels that are filtered together. */
typedef struct memory {
    void *scratch, *scaled;
} memory;

static bool reserve(memory *block, const pat_steps *steps, const pat_channels *image, int together)
{
    int width = pat_channel_width(&image->of[0]), height = pat_channel_height(&image->of[0]);
    size_t scratch = (pat_steps_scratch(steps, width) + 15) / 16 * 16;
    size_t scaled =
        pat_steps_is_scaled(steps) ? pat_scaled_bytes(steps, width, height, together) : 0;
    block->scratch = malloc(scratch + scaled);
    block->scaled = (char *)block->scratch + scratch;
    return block->scratch != NULL;
}

pat_status pat_steps_give(const pat_steps *steps, const pat_channels *image, const pat_sink *sink,
                          pat_error *error)
{
    memory block;
    pat_steps its = *steps;
    pat_scaled scaled;
    if (!reserve(&block, steps, image, image->count))
        return pat_fail_memory(error, "a filter's rows");
    if (pat_steps_is_scaled(steps))
        pat_scaled_init(&scaled, steps, image, block.scaled);
    its.scaled = &scaled;
    pat_steps_filter(&its, image, 0, pat_channel_height(&image->of[0]), sink, block.scratch);
    free(block.scratch);
    return PAT_OK;
}

/* Apply the steps after the first to channels that are filtered together. */
static void filter_together(const pat_steps *steps, const pat_channels *image,
                            const pat_channels *copy, const memory *block)
{
    pat_tone tone[PAT_CHANNELS] = {{.largest = 0}};
    pat_steps its = *steps;
    pat_scaled scaled;
    bool in_place = pat_steps_is_pointwise(steps);
    for (int c = 0; c < image->count; c++) {
        const pat_channel *channel = &image->of[c];
        if (!in_place)
            pat_channel_copy_rows(&copy->of[c], channel, 0, pat_channel_height(channel));
        if (steps->after != NULL)
            tone[c] = pat_tone_of(steps->after, &steps->setting, channel);
    }
    if (pat_steps_is_scaled(steps))
        pat_scaled_init(&scaled, steps, image, block->scaled);
    its.scaled = &scaled;
    pat_steps_rows(&its, in_place ? image : copy, tone, 0, image, block->scratch);
}

pat_status pat_steps_apply(const pat_steps *steps, const pat_channels *image,
                           const pat_channels *copy, pat_error *error)
{
    pat_status status = PAT_OK;
    memory block;
    for (int c = 0; c < image->count && status == PAT_OK && steps->before != NULL; c++)
        status = pat_steps_color(steps, &image->of[c], &image->of[c], error);
    if (status != PAT_OK || (steps->filter == NULL && steps->after == NULL))
        return status;
    if (!reserve(&block, steps, image, pat_steps_planes(steps) > 1 ? image->count : 1))
        return pat_fail_memory(error, "a filter's rows");
    if (pat_steps_planes(steps) > 1)
        filter_together(steps, image, copy, &block);
    for (int c = 0; c < image->count && pat_steps_planes(steps) == 1; c++) {
        const pat_channels one = {{image->of[c]}, 1}, its_copy = {{copy->of[0]}, 1};
        filter_together(steps, &one, &its_copy, &block);
    }
    free(block.scratch);
    return PAT_OK;
}
