#include "restore/apply.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "patina/restore.h"
#include "restore/gaussian.h"
#include "restore/scaled.h"

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

bool pat_steps_is_scaled(const pat_steps *steps)
{
    double scale = steps->setting.value[PAT_AXIS_SCALE];
    return steps->filter != NULL && scale > 0 && scale < 1;
}

bool pat_steps_is_pointwise(const pat_steps *steps)
{
    return steps->filter == NULL || pat_steps_is_scaled(steps);
}

int pat_steps_planes(const pat_steps *steps)
{
    return steps->filter != NULL && steps->filter->all_channels ? PAT_CHANNELS : 1;
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

static bool wants(const pat_sink *sink, int channel)
{
    return (sink->wanted & 1u << channel) != 0;
}

/* Input of the plain form: rings of 2 halo + 1 rows of numbers, each with a border, one ring for
 * each channel that is read at once. */
typedef struct rings {
    int (*border)(int i, int n);
    int halo, width, stride;
    size_t samples;     /* of a ring */
    double *block;      /* the rows, one after another */
    double *out;        /* one more row, without a border */
    const double **row; /* 2 halo + 1 rows of each ring, from the top */
} rings;

static int rows_of_ring(const rings *in)
{
    return 2 * in->halo + 1;
}

static rings rings_of(const pat_steps *steps, int width, void *scratch)
{
    rings in = {.width = width, .border = pat_reflect101, .block = scratch};
    int channels = pat_steps_planes(steps);
    if (steps->filter != NULL) {
        in.halo = steps->filter->halo(&steps->setting);
        in.border = steps->filter->border != NULL ? steps->filter->border : pat_reflect101;
    }
    in.stride = width + 2 * in.halo;
    in.samples = (size_t)rows_of_ring(&in) * (size_t)in.stride;
    in.out = in.block + (size_t)channels * in.samples;
    in.row = (const double **)(void *)(in.out + width);
    return in;
}

static size_t rings_bytes(const pat_steps *steps, int width)
{
    const rings in = rings_of(steps, width, NULL);
    size_t channels = (size_t)pat_steps_planes(steps);
    return (channels * in.samples + (size_t)width) * sizeof(double) +
           channels * (size_t)rows_of_ring(&in) * sizeof *in.row;
}

static double *ring_slot(const rings *in, int ring, int y)
{
    int count = rows_of_ring(in), slot = (y % count + count) % count;
    return in->block + (size_t)ring * in->samples + (size_t)slot * (size_t)in->stride + in->halo;
}

/* Load row y of the channel; outside it, the row that the border maps y to. */
static void ring_load(const rings *in, int ring, const pat_channel *source, int y)
{
    double *row = ring_slot(in, ring, y);
    pat_channel_get_row(source, in->border(y, pat_channel_height(source)), row);
    for (int k = 1; k <= in->halo; k++) {
        row[-k] = row[in->border(-k, in->width)];
        row[in->width - 1 + k] = row[in->border(in->width - 1 + k, in->width)];
    }
}

/* The rows around row y of a ring, from the top. */
static const double *const *ring_rows(const rings *in, int ring, int y)
{
    const double **row = in->row + ring * rows_of_ring(in);
    for (int k = -in->halo; k <= in->halo; k++)
        row[in->halo + k] = ring_slot(in, ring, y + k);
    return row + in->halo;
}

/* Filter the channels `first` .. `first` + count - 1 of the source, which are read at once. */
static void filter_plainly(const pat_steps *steps, const pat_channels *source, int first, int count,
                           int y, int rows, const pat_sink *sink, void *scratch)
{
    const pat_channel *channel = &source->of[first];
    const rings in = rings_of(steps, pat_channel_width(channel), scratch);
    pat_neighborhood near = {
        .channels = count, .width = in.width, .largest = pat_channel_largest(channel)};
    for (int i = -2 * in.halo; i < rows; i++) {
        for (int c = 0; c < count; c++)
            ring_load(&in, c, &channel[c], y + i + in.halo);
        for (int c = 0; c < count && i >= 0; c++)
            near.all[c] = ring_rows(&in, c, y + i);
        for (int c = 0; c < count && i >= 0; c++) {
            if (!wants(sink, first + c))
                continue;
            near.row = near.all[c];
            if (steps->filter != NULL)
                steps->filter->filter(&steps->setting, &near, in.out);
            else
                memcpy(in.out, near.row[0], (size_t)in.width * sizeof *in.out);
            sink->take(sink, first + c, i, in.out);
        }
    }
}

/* A filter whose numbers are samples: one row at a time. */
static void filter_to_samples(const pat_steps *steps, const pat_channel *source, int channel, int y,
                              int rows, const pat_sink *sink, void *scratch)
{
    int width = pat_channel_width(source);
    double *numbers = scratch;
    void *samples = numbers + width, *rest = numbers + 2 * (size_t)width;
    const pat_plane plane = {samples, width, 1, width};
    const pat_deep_plane deep = {samples, width, 1, width};
    const pat_channel row = source->plane != NULL ? (pat_channel){.plane = &plane}
                                                  : (pat_channel){.deep = &deep};
    for (int i = 0; i < rows; i++) {
        steps->filter->rows(&steps->setting, source, y + i, &row, rest);
        pat_channel_get_row(&row, 0, numbers);
        sink->take(sink, channel, i, numbers);
    }
}

/* A filter that works on a smaller image. */
static void filter_scaled(const pat_steps *steps, const pat_channels *source, int y, int rows,
                          const pat_sink *sink, void *scratch)
{
    int width = pat_channel_width(&source->of[0]);
    double *numbers = scratch;
    for (int c = 0; c < source->count; c++) {
        if (!wants(sink, c))
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
    const pat_operator *filter = steps->filter;
    if (pat_steps_is_scaled(steps))
        filter_scaled(steps, source, y, rows, sink, scratch);
    else if (filter != NULL && filter->numbers != NULL)
        filter->numbers(&steps->setting, source, y, rows, sink, scratch);
    else if (filter != NULL && filter->all_channels)
        filter_plainly(steps, source, 0, source->count, y, rows, sink, scratch);
    else
        for (int c = 0; c < source->count; c++) {
            if (!wants(sink, c))
                continue;
            if (filter != NULL && filter->rows != NULL && filter->gives_samples)
                filter_to_samples(steps, &source->of[c], c, y, rows, sink, scratch);
            else
                filter_plainly(steps, source, c, 1, y, rows, sink, scratch);
        }
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
    const pat_operator *filter = steps->filter;
    size_t row = (size_t)width * sizeof(double);
    if (pat_steps_is_scaled(steps))
        return row + pat_scaled_scratch(width);
    if (filter == NULL && rings_bytes(steps, width) < DEEP_TABLE_BYTES)
        return DEEP_TABLE_BYTES;
    if (filter == NULL || filter->scratch_bytes == NULL)
        return rings_bytes(steps, width);
    return filter->scratch_bytes(&steps->setting, width) + 2 * row;
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
