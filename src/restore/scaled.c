#include "restore/scaled.h"

#include <math.h>

#include "image/standard_size.h"
#include "restore/filter_rows.h"

/* ---- Memory ---------------------------------------------------------------------------------- */

/* Everything that the changes are computed with. */
typedef struct parts {
    pat_steps steps; /* the filter at full size */
    pat_scaled scaled;
    uint16_t *samples[PAT_CHANNELS]; /* of the smaller image */
    void *shrinking, *filtering;     /* scratch */
    char *memory;
    size_t bytes;
} parts;

static void *take(parts *in, size_t bytes)
{
    void *part = in->memory + in->bytes;
    in->bytes += (bytes + 15) / 16 * 16;
    return part;
}

static void find_size(const pat_steps *steps, pat_scaled *scaled)
{
    int width = scaled->full_width, height = scaled->full_height;
    int longer = width > height ? width : height;
    int longest = (int)fmax(rint(longer * steps->setting.value[PAT_AXIS_SCALE]), 1);
    scaled->width = pat_shrunk_side(width, longer, longest);
    scaled->height = pat_shrunk_side(height, longer, longest);
}

static parts parts_of(const pat_steps *steps, int width, int height, int channels, void *memory)
{
    parts in = {.steps = {.setting = steps->setting, .filter = steps->filter},
                .scaled = {.full_width = width, .full_height = height},
                .memory = memory};
    pat_scaled *scaled = &in.scaled;
    find_size(steps, scaled);
    in.steps.setting.value[PAT_AXIS_SCALE] = 1;
    size_t rows = (size_t)scaled->height, columns = (size_t)scaled->width;
    for (int c = 0; c < channels; c++) {
        scaled->change[c] = take(&in, rows * (columns + 1) * sizeof(float));
        in.samples[c] = take(&in, rows * columns * sizeof(uint16_t));
    }
    scaled->left = take(&in, (size_t)width * sizeof *scaled->left);
    scaled->share = take(&in, (size_t)width * sizeof *scaled->share);
    in.shrinking = take(&in, pat_shrink_scratch(width, scaled->width));
    in.filtering = take(&in, pat_filter_scratch(&in.steps, scaled->width));
    return in;
}

size_t pat_scaled_bytes(const pat_steps *steps, int width, int height, int channels)
{
    return parts_of(steps, width, height, channels, NULL).bytes;
}

/* ---- The smaller image ----------------------------------------------------------------------- */

/* Where the center of pixel `index` of `full` lies among `count` larger ones: the one at or before
 * it, and the share of the next. */
static int place_of(int index, int full, int count, float *share)
{
    double at = fmin(fmax((index + 0.5) * count / full - 0.5, 0), count - 1);
    *share = (float)(at - (int)at);
    return (int)at;
}

/* A sample of the smaller image has 16 bits, whatever the image has. */
static double unit_of(const pat_channel *source)
{
    return 65535 / pat_channel_largest(source);
}

/* Shrink a channel, with the memory for its changes as scratch. */
static void shrink(const parts *in, const pat_channel *source, int c)
{
    const pat_scaled *to = &in->scaled;
    float *mean = to->change[c], unit = (float)unit_of(source);
    size_t count = (size_t)to->width * (size_t)to->height;
    if (source->plane != NULL)
        pat_plane_shrink(source->plane, to->width, to->height, mean, in->shrinking);
    else
        pat_deep_plane_shrink(source->deep, to->width, to->height, mean, in->shrinking);
    for (size_t i = 0; i < count; i++)
        in->samples[c][i] = (uint16_t)lrintf(mean[i] * unit);
}

/* A sink that keeps the changes. */
typedef struct keeper {
    pat_sink sink;
    const parts *in;
    double unit;
} keeper;

static void keep_row(const pat_sink *sink, int channel, int y, double *numbers)
{
    const keeper *to = (const keeper *)(const void *)sink;
    int width = to->in->scaled.width;
    const uint16_t *sample = to->in->samples[channel] + (ptrdiff_t)y * width;
    float *change = to->in->scaled.change[channel] + (ptrdiff_t)y * (width + 1);
    for (int x = 0; x < width; x++)
        change[x] = (float)((numbers[x] - sample[x]) / to->unit);
    change[width] = change[width - 1];
}

void pat_scaled_init(pat_scaled *scaled, const pat_steps *steps, const pat_channels *source,
                     void *memory)
{
    int full_width = pat_channel_width(&source->of[0]);
    const parts in =
        parts_of(steps, full_width, pat_channel_height(&source->of[0]), source->count, memory);
    int width = in.scaled.width, height = in.scaled.height;
    pat_channels small = {.count = source->count};
    pat_deep_plane plane[PAT_CHANNELS];
    keeper to = {{(1u << source->count) - 1, keep_row}, &in, unit_of(&source->of[0])};
    for (int c = 0; c < source->count; c++) {
        shrink(&in, &source->of[c], c);
        plane[c] = (pat_deep_plane){in.samples[c], width, height, width};
        small.of[c] = (pat_channel){.deep = &plane[c], .color = source->of[c].color};
    }
    pat_filter_rows(&in.steps, &small, 0, height, &to.sink, in.filtering);
    for (int x = 0; x < full_width; x++)
        in.scaled.left[x] = place_of(x, full_width, width, &in.scaled.share[x]);
    *scaled = in.scaled;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

size_t pat_scaled_scratch(int width)
{
    return 3 * (size_t)width * sizeof(float);
}

pat_scaled_rows pat_scaled_rows_of(const pat_scaled *scaled, const pat_channels *source, int c,
                                   void *scratch)
{
    float *rows = scratch;
    int width = scaled->full_width;
    return (pat_scaled_rows){.scaled = scaled,
                             .source = &source->of[c],
                             .change = scaled->change[c],
                             .row = {rows, rows + width},
                             .y = {-1, -1},
                             .out = rows + 2 * (ptrdiff_t)width};
}

/* Enlarge row y of the changes to the width of the image. */
static void enlarge(pat_scaled_rows *rows, int which, int y)
{
    const pat_scaled *scaled = rows->scaled;
    if (rows->y[which] == y)
        return;
    const float *change = rows->change + (ptrdiff_t)y * (scaled->width + 1);
    float *row = rows->row[which];
    for (int x = 0; x < scaled->full_width; x++) {
        const float *at = change + scaled->left[x];
        row[x] = at[0] + (at[1] - at[0]) * scaled->share[x];
    }
    rows->y[which] = y;
}

/* Make row[0] and row[1] those between which row y of the image lies. Returns the share of the
 * second. */
static float enlarge_around(pat_scaled_rows *rows, int y)
{
    const pat_scaled *scaled = rows->scaled;
    float share;
    int above = place_of(y, scaled->full_height, scaled->height, &share);
    if (rows->y[1] == above) {
        float *row = rows->row[0];
        rows->row[0] = rows->row[1];
        rows->row[1] = row;
        rows->y[1] = rows->y[0];
        rows->y[0] = above;
    }
    enlarge(rows, 0, above);
    enlarge(rows, 1, above + 1 < scaled->height ? above + 1 : above);
    return share;
}

/* Vector code needs to know that the rows do not overlap. */
#define DEFINE_ADD(name, type)                                                                     \
    static void name(const type *restrict sample, const float *restrict above,                     \
                     const float *restrict below, float share, float *restrict out, int width)     \
    {                                                                                              \
        for (int x = 0; x < width; x++)                                                            \
            out[x] = (float)sample[x] + (above[x] + (below[x] - above[x]) * share);                \
    }

DEFINE_ADD(add8, uint8_t)
DEFINE_ADD(add16, uint16_t)

const float *pat_scaled_row(pat_scaled_rows *rows, int y)
{
    const pat_plane *plane = rows->source->plane;
    const pat_deep_plane *deep = rows->source->deep;
    int width = rows->scaled->full_width;
    float share = enlarge_around(rows, y), *const *row = rows->row;
    if (plane != NULL)
        add8(plane->data + y * plane->stride, row[0], row[1], share, rows->out, width);
    else
        add16(deep->data + y * deep->stride, row[0], row[1], share, rows->out, width);
    return rows->out;
}
