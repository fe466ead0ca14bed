/*
 * bilateral: the mean of the samples within 2 pixels, weighted by how near they are and by how
 * alike their colors are; at a strength above 0 followed by unsharp masking with the same sigma.
 *
 *     w   = exp(-r^2 / (2 sigma^2)) exp(-d^2 / (2 range^2))          r <= 2: 13 pixels
 *     out = sum w v / sum w
 *
 * r is the distance in pixels and d the sum of the differences of the three channels; in 16 bits,
 * the range is multiplied by 257. Borders are reflect101. At most 1 from cv2.bilateralFilter(v, 5,
 * range, sigma), which sums in another order. Here all is in single precision, in an order that
 * does not change when the image is mirrored or turned: the center, then the four pixels at each
 * distance, as two pairs of opposite ones. Unsharp masking starts from the mean rounded to samples.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "restore/gaussian.h"
#include "restore/operator.h"
#include "restore/sharpened.h"

enum { RADIUS = 2, PAIRS = 6 };

/* One pixel of each pair, in the order of the sum, which two pairs join at a time. */
static const struct {
    int x, y;
} step[PAIRS] = {{1, 0}, {0, 1}, {2, 0}, {0, 2}, {1, 1}, {-1, 1}};

/* The weights of a distance and of a color difference. */
static float near_weight(const pat_setting *setting, int pair)
{
    double sigma = setting->value[PAT_AXIS_SIGMA];
    int squared = step[pair].x * step[pair].x + step[pair].y * step[pair].y;
    return (float)exp(squared * -0.5 / (sigma * sigma));
}

static float alike_weight(const pat_setting *setting, int largest, double difference)
{
    double range = setting->value[PAT_AXIS_RANGE] * (largest / 255);
    return (float)exp(difference * difference * -0.5 / (range * range));
}

static int blur_radius(const pat_setting *setting)
{
    if (setting->value[PAT_AXIS_STRENGTH] == 0)
        return 0;
    return pat_sharpening_of(setting).kernel.taps / 2;
}

static int halo(const pat_setting *setting)
{
    return RADIUS + blur_radius(setting);
}

/* ---- The plain form -------------------------------------------------------------------------- */

/* A pixel of the neighborhood: in row `y` from the middle, column x. */
typedef struct place {
    int x, y;
} place;

static double difference_of(const pat_neighborhood *in, place a, place b)
{
    double sum = 0;
    for (int c = 0; c < in->channels; c++)
        sum += fabs(in->all[c][a.y][a.x] - in->all[c][b.y][b.x]);
    return in->channels == 1 ? 3 * sum : sum;
}

/* The weight and the weighted sample of the pixel at `to`, added to a pair. */
static void add_pixel(const pat_setting *setting, const pat_neighborhood *in, place at, int pair,
                      int sign, float sum[2])
{
    const place to = {at.x + sign * step[pair].x, at.y + sign * step[pair].y};
    float weight =
        near_weight(setting, pair) * alike_weight(setting, in->largest, difference_of(in, at, to));
    sum[0] += weight;
    sum[1] += weight * (float)in->row[to.y][to.x];
}

static double mean_at(const pat_setting *setting, const pat_neighborhood *in, place at)
{
    float total = 1, sum = (float)in->row[at.y][at.x], pair[PAIRS][2] = {{0}};
    for (int k = 0; k < PAIRS; k++)
        for (int sign = -1; sign <= 1; sign += 2)
            add_pixel(setting, in, at, k, sign, pair[k]);
    for (int k = 0; k < PAIRS; k += 2) {
        total += pair[k][0] + pair[k + 1][0];
        sum += pair[k][1] + pair[k + 1][1];
    }
    return sum / total;
}

/* The sum of a column of rounded means, with the weights of the blur. */
static double column_at(const pat_setting *setting, const pat_neighborhood *in,
                        const pat_gaussian *kernel, int x)
{
    int radius = kernel->taps / 2;
    double sum = 0;
    for (int i = -radius; i <= radius; i++)
        sum += kernel->weight[radius + i] * rint(mean_at(setting, in, (place){x, i}));
    return sum;
}

static void sharpen(const pat_setting *setting, const pat_neighborhood *in, double *out)
{
    const pat_sharpening sharpening = pat_sharpening_of(setting);
    const pat_gaussian *kernel = &sharpening.kernel;
    double column[PAT_GAUSSIAN_TAPS_MAX]; /* of x - radius .. x + radius */
    int taps = kernel->taps, radius = taps / 2;
    for (int x = -radius; x < in->width + radius; x++) {
        memmove(column, column + 1, (size_t)(taps - 1) * sizeof *column);
        column[taps - 1] = column_at(setting, in, kernel, x);
        if (x < radius)
            continue;
        double blurred = 1 << 15, mean = rint(out[x - radius]);
        for (int j = 0; j < taps; j++)
            blurred += kernel->weight[j] * column[j];
        out[x - radius] =
            pat_sharpened(mean, floor(blurred / (1 << 16)), sharpening.strength, in->largest);
    }
}

static void filter(const pat_setting *setting, const pat_neighborhood *in, double *out)
{
    for (int x = 0; x < in->width; x++)
        out[x] = mean_at(setting, in, (place){x, 0});
    if (setting->value[PAT_AXIS_STRENGTH] != 0)
        sharpen(setting, in, out);
}

/* ---- The fast form --------------------------------------------------------------------------- */

enum {
    ROWS = 2 * RADIUS + 1, /* of samples that are kept */
    KEPT = RADIUS + 1,     /* rows of weights that are kept */
    DIFFERENCES = PAT_CHANNELS * 65535 + 1
};

/*
 * The weight of two pixels is that of both, so it is computed once: weights[k][y][x] is that of
 * (x, y) and (x, y) + step[k]. Rows have RADIUS more samples at each side, and are numbered as
 * those of the image, also beyond its border; the slot of a row is its number modulo that of the
 * slots.
 */
typedef struct smoother {
    const pat_channels *source;
    int width, stride;
    float near[PAIRS];
    float *alike; /* weights by color difference */
    float *samples[PAT_CHANNELS][ROWS];
    float *weights[PAIRS][KEPT];
    float *total, *sum;  /* of one row */
    int32_t *difference; /* of one row */
} smoother;

static int slot(int y, int slots)
{
    return (y % slots + slots) % slots;
}

static size_t stride_of(int width)
{
    return ((size_t)width + 2 * RADIUS + 15) / 16 * 16;
}

static size_t smoother_bytes(int width)
{
    size_t rows = PAT_CHANNELS * ROWS + PAIRS * KEPT + 3;
    return (rows * stride_of(width) + DIFFERENCES + 15) / 16 * 16 * sizeof(float);
}

/* Lay the smoother out in `scratch`, smoother_bytes() of it, and compute the weights. */
static void smoother_init(smoother *to, const pat_setting *setting, const pat_channels *source,
                          void *scratch)
{
    int largest = pat_channel_largest(&source->of[0]);
    to->source = source;
    to->width = pat_channel_width(&source->of[0]);
    to->stride = (int)stride_of(to->width);
    float *row = (float *)scratch + RADIUS;
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int k = 0; k < ROWS; k++, row += to->stride)
            to->samples[c][k] = row;
    for (int k = 0; k < PAIRS; k++)
        for (int i = 0; i < KEPT; i++, row += to->stride)
            to->weights[k][i] = row;
    to->total = row;
    to->sum = row + to->stride;
    to->difference = (int32_t *)(void *)(row + 2 * to->stride);
    to->alike = row + 3 * to->stride - RADIUS;
    for (int k = 0; k < PAIRS; k++)
        to->near[k] = near_weight(setting, k);
    for (int d = 0; d <= PAT_CHANNELS * largest; d++)
        to->alike[d] = alike_weight(setting, largest, d);
}

static void load_row(const smoother *to, int y)
{
    int width = to->width;
    for (int c = 0; c < to->source->count; c++) {
        const pat_channel *channel = &to->source->of[c];
        float *row = to->samples[c][slot(y, ROWS)];
        int from = pat_reflect101(y, pat_channel_height(channel));
        const uint8_t *plain = NULL;
        const uint16_t *deep = NULL;
        if (channel->plane != NULL)
            plain = channel->plane->data + from * channel->plane->stride;
        else
            deep = channel->deep->data + from * channel->deep->stride;
        for (int x = 0; x < width && plain != NULL; x++)
            row[x] = plain[x];
        for (int x = 0; x < width && deep != NULL; x++)
            row[x] = deep[x];
        for (int k = 1; k <= RADIUS; k++) {
            row[-k] = row[pat_reflect101(-k, width)];
            row[width - 1 + k] = row[pat_reflect101(width - 1 + k, width)];
        }
    }
}

/* The differences of the pixels x .. x + count - 1 of row a and those of row b that are `shift`
 * further to the right: to->difference[0 .. count - 1]. */
static void subtract_rows(const smoother *to, int a, int b, int x, int shift, int count)
{
    int32_t *restrict difference = to->difference;
    const float *at[PAT_CHANNELS], *other[PAT_CHANNELS];
    for (int c = 0; c < PAT_CHANNELS; c++) {
        int channel = c < to->source->count ? c : 0;
        at[c] = to->samples[channel][slot(a, ROWS)] + x;
        other[c] = to->samples[channel][slot(b, ROWS)] + x + shift;
    }
    for (int i = 0; i < count; i++)
        difference[i] = (int32_t)(fabsf(at[0][i] - other[0][i]) + fabsf(at[1][i] - other[1][i]) +
                                  fabsf(at[2][i] - other[2][i]));
}

/* Compute the weights of row y, whose samples and those of the rows below are loaded. */
static void weigh_row(const smoother *to, int y)
{
    for (int k = 0; k < PAIRS; k++) {
        int first = step[k].x > 0 ? -step[k].x : 0;
        int count = to->width + abs(step[k].x);
        float *restrict weight = to->weights[k][slot(y, KEPT)] + first;
        float near = to->near[k];
        subtract_rows(to, y, y + step[k].y, first, step[k].x, count);
        for (int i = 0; i < count; i++)
            weight[i] = near * to->alike[to->difference[i]];
    }
}

/* The weights and samples of a pair, for each pixel of a row. */
typedef struct pair_rows {
    const float *weight, *opposite_weight, *sample, *opposite_sample;
} pair_rows;

static pair_rows rows_of_pair(const smoother *to, int k, int c, int y)
{
    int dx = step[k].x, dy = step[k].y;
    return (pair_rows){to->weights[k][slot(y, KEPT)], to->weights[k][slot(y - dy, KEPT)] - dx,
                       to->samples[c][slot(y + dy, ROWS)] + dx,
                       to->samples[c][slot(y - dy, ROWS)] - dx};
}

/* Sum the weights of all pairs of row y. */
static void add_weights(const smoother *to, int y)
{
    float *restrict total = to->total;
    for (int x = 0; x < to->width; x++)
        total[x] = 1;
    for (int k = 0; k < PAIRS; k += 2) {
        const pair_rows a = rows_of_pair(to, k, 0, y), b = rows_of_pair(to, k + 1, 0, y);
        for (int x = 0; x < to->width; x++)
            total[x] += (a.weight[x] + a.opposite_weight[x]) + (b.weight[x] + b.opposite_weight[x]);
    }
}

/* The mean of channel c in row y, after add_weights(): to->sum. */
static void average(const smoother *to, int c, int y)
{
    float *restrict sum = to->sum;
    const float *restrict total = to->total;
    memcpy(sum, to->samples[c][slot(y, ROWS)], (size_t)to->width * sizeof *sum);
    for (int k = 0; k < PAIRS; k += 2) {
        const pair_rows a = rows_of_pair(to, k, c, y), b = rows_of_pair(to, k + 1, c, y);
        for (int x = 0; x < to->width; x++)
            sum[x] += (a.weight[x] * a.sample[x] + a.opposite_weight[x] * a.opposite_sample[x]) +
                      (b.weight[x] * b.sample[x] + b.opposite_weight[x] * b.opposite_sample[x]);
    }
    for (int x = 0; x < to->width; x++)
        sum[x] /= total[x];
}

/* Give the means of rows y .. y + rows - 1, which may be beyond the image, to the sink. */
static void smooth_rows(const smoother *to, int y, int rows, const pat_sink *sink, double *numbers)
{
    for (int k = -RADIUS; k < RADIUS; k++)
        load_row(to, y + k);
    for (int k = -RADIUS; k < 0; k++)
        weigh_row(to, y + k);
    for (int i = 0; i < rows; i++) {
        load_row(to, y + i + RADIUS);
        weigh_row(to, y + i);
        add_weights(to, y + i);
        for (int c = 0; c < to->source->count; c++) {
            if ((sink->wanted & 1u << c) == 0)
                continue;
            average(to, c, y + i);
            for (int x = 0; x < to->width; x++)
                numbers[x] = to->sum[x];
            sink->take(sink, c, i, numbers);
        }
    }
}

/* ---- The fast form with unsharp masking ------------------------------------------------------ */

enum { BAND = 64 }; /* rows that are sharpened at a time */

/* A sink that rounds the means to samples. */
typedef struct band {
    pat_sink sink;
    pat_plane plane[PAT_CHANNELS];
    pat_deep_plane deep[PAT_CHANNELS];
    pat_channels channels;
} band;

static void keep_row(const pat_sink *sink, int channel, int y, double *numbers)
{
    const band *to = (const band *)(const void *)sink;
    pat_channel_put_row(&to->channels.of[channel], y, numbers);
}

static size_t band_bytes(int width, int radius)
{
    size_t rows = PAT_CHANNELS * (size_t)(BAND + 2 * radius);
    return (rows * (size_t)width * sizeof(uint16_t) + 15) / 16 * 16;
}

static void band_init(band *to, const pat_channels *source, int rows, void *scratch)
{
    int width = pat_channel_width(&source->of[0]);
    uint16_t *samples = scratch;
    to->channels.count = source->count;
    for (int c = 0; c < source->count; c++, samples += (size_t)rows * (size_t)width) {
        to->plane[c] = (pat_plane){(uint8_t *)samples, width, rows, width};
        to->deep[c] = (pat_deep_plane){samples, width, rows, width};
        to->channels.of[c] = source->of[0].plane != NULL ? (pat_channel){.plane = &to->plane[c]}
                                                         : (pat_channel){.deep = &to->deep[c]};
    }
}

static void sharpen_rows(const smoother *from, const pat_sharpening *sharpening, int y, int rows,
                         const pat_sink *sink, void *scratch)
{
    int radius = sharpening->kernel.taps / 2, width = from->width;
    double *numbers = scratch;
    char *rest = (char *)(numbers + stride_of(width));
    band means = {.sink = {sink->wanted, keep_row}};
    band_init(&means, from->source, BAND + 2 * radius, rest);
    rest += band_bytes(width, radius);
    for (int done = 0; done < rows; done += BAND) {
        int count = rows - done < BAND ? rows - done : BAND;
        smooth_rows(from, y + done - radius, count + 2 * radius, &means.sink, numbers);
        for (int c = 0; c < from->source->count; c++)
            for (int i = 0; i < count && (sink->wanted & 1u << c) != 0; i++) {
                pat_sharpened_row(sharpening, &means.channels.of[c], radius + i, numbers, rest);
                sink->take(sink, c, done + i, numbers);
            }
    }
}

static size_t scratch_bytes(const pat_setting *setting, int width)
{
    return smoother_bytes(width) + stride_of(width) * sizeof(double) +
           band_bytes(width, blur_radius(setting)) + pat_sharpened_scratch(width);
}

static void numbers(const pat_setting *setting, const pat_channels *source, int y, int rows,
                    const pat_sink *sink, void *scratch)
{
    smoother from;
    smoother_init(&from, setting, source, scratch);
    void *rest = (char *)scratch + smoother_bytes(from.width);
    if (setting->value[PAT_AXIS_STRENGTH] == 0) {
        smooth_rows(&from, y, rows, sink, rest);
        return;
    }
    const pat_sharpening sharpening = pat_sharpening_of(setting);
    sharpen_rows(&from, &sharpening, y, rows, sink, rest);
}

const pat_operator pat_op_bilateral = {
    .name = "bilateral",
    .words = "smoothed",
    .help = "bilateral filter: average alike colors, then unsharp masking",
    .place = PAT_FILTER,
    .axes = 1u << PAT_AXIS_SIGMA | 1u << PAT_AXIS_STRENGTH | 1u << PAT_AXIS_RANGE |
            1u << PAT_AXIS_SCALE,
    .all_channels = true,
    .halo = halo,
    .filter = filter,
    .numbers = numbers,
    .scratch_bytes = scratch_bytes,
};
