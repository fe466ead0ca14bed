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
 * does not change when the image is mirrored: the center, then pairs of opposite pixels. Unsharp
 * masking starts from the mean rounded to samples.
 */
#include <math.h>
#include <string.h>

#include "restore/gaussian.h"
#include "restore/operator.h"
#include "restore/sharpened.h"

enum { RADIUS = 2, PAIRS = 6 };

/* One pixel of each pair, in the order of the sum. The last two are added before they join it. */
static const struct {
    int x, y;
} step[PAIRS] = {{1, 0}, {2, 0}, {0, 1}, {0, 2}, {1, 1}, {-1, 1}};

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
    float weight = near_weight(setting, pair) *
                   alike_weight(setting, in->largest, difference_of(in, at, to));
    sum[0] += weight;
    sum[1] += weight * (float)in->row[to.y][to.x];
}

static double mean_at(const pat_setting *setting, const pat_neighborhood *in, place at)
{
    float total = 1, sum = (float)in->row[at.y][at.x], pair[PAIRS][2] = {{0}};
    for (int k = 0; k < PAIRS; k++)
        for (int sign = -1; sign <= 1; sign += 2)
            add_pixel(setting, in, at, k, sign, pair[k]);
    for (int k = 0; k < PAIRS - 2; k++) {
        total += pair[k][0];
        sum += pair[k][1];
    }
    total += pair[PAIRS - 2][0] + pair[PAIRS - 1][0];
    sum += pair[PAIRS - 2][1] + pair[PAIRS - 1][1];
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

const pat_operator pat_op_bilateral = {
    .name = "bilateral",
    .words = "smoothed",
    .help = "bilateral filter: average alike colors, then unsharp masking",
    .place = PAT_FILTER,
    .axes = 1u << PAT_AXIS_SIGMA | 1u << PAT_AXIS_STRENGTH | 1u << PAT_AXIS_RANGE,
    .all_channels = true,
    .halo = halo,
    .filter = filter,
};
