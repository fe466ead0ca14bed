#include "restore/filter_rows.h"

#include <string.h>

#include "restore/gaussian.h"

bool pat_sink_wants(const pat_sink *sink, int channel)
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
            if (!pat_sink_wants(sink, first + c))
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
    const pat_channel row =
        source->plane != NULL ? (pat_channel){.plane = &plane} : (pat_channel){.deep = &deep};
    for (int i = 0; i < rows; i++) {
        steps->filter->rows(&steps->setting, source, y + i, &row, rest);
        pat_channel_get_row(&row, 0, numbers);
        sink->take(sink, channel, i, numbers);
    }
}

size_t pat_filter_scratch(const pat_steps *steps, int width)
{
    const pat_operator *filter = steps->filter;
    if (filter == NULL || filter->scratch_bytes == NULL)
        return rings_bytes(steps, width);
    return filter->scratch_bytes(&steps->setting, width) + 2 * (size_t)width * sizeof(double);
}

void pat_filter_rows(const pat_steps *steps, const pat_channels *source, int y, int rows,
                     const pat_sink *sink, void *scratch)
{
    const pat_operator *filter = steps->filter;
    if (filter != NULL && filter->numbers != NULL) {
        filter->numbers(&steps->setting, source, y, rows, sink, scratch);
        return;
    }
    if (filter != NULL && filter->all_channels) {
        filter_plainly(steps, source, 0, source->count, y, rows, sink, scratch);
        return;
    }
    for (int c = 0; c < source->count; c++) {
        if (!pat_sink_wants(sink, c))
            continue;
        if (filter != NULL && filter->rows != NULL && filter->gives_samples)
            filter_to_samples(steps, &source->of[c], c, y, rows, sink, scratch);
        else
            filter_plainly(steps, source, c, 1, y, rows, sink, scratch);
    }
}
