/* How sharp the image is at up to 640 pixels: blurring again, the spectrum, edges, JPEG blocks. */
#include <math.h>

#include "base/extremes.h"
#include "features/statistics.h"
#include "features/views.h"

/* ---- Blurring again -------------------------------------------------------------------------- */

enum { RADIUS_MAX = 12 };

/* A Gaussian, cut at 3 sigma; weight[0] is the center's. */
typedef struct gaussian {
    int radius;
    float weight[RADIUS_MAX + 1];
} gaussian;

static gaussian gaussian_of(double sigma)
{
    gaussian made = {.radius = (int)ceil(3 * sigma)};
    double weight[RADIUS_MAX + 1], sum = 0;
    for (int i = 0; i <= made.radius; i++) {
        weight[i] = exp(-i * i / (2 * sigma * sigma));
        sum += i == 0 ? weight[i] : 2 * weight[i];
    }
    for (int i = 0; i <= made.radius; i++)
        made.weight[i] = (float)(weight[i] / sum);
    return made;
}

/* Position i of a side that is mirrored at both ends, as often as needed: dcb|abcd|cba. */
static int reflect(int i, int count)
{
    if (count == 1)
        return 0;
    int period = 2 * (count - 1), at = ((i % period) + period) % period;
    return at < count ? at : period - at;
}

static void blur_down(const gaussian *kernel, const pat_detail *detail, int y, float *restrict out)
{
    int width = detail->width;
    const float *center = detail->luma + (ptrdiff_t)y * width;
    for (int x = 0; x < width; x++)
        out[x] = kernel->weight[0] * center[x];
    for (int i = 1; i <= kernel->radius; i++) {
        const float *above = detail->luma + (ptrdiff_t)reflect(y - i, detail->height) * width;
        const float *below = detail->luma + (ptrdiff_t)reflect(y + i, detail->height) * width;
        for (int x = 0; x < width; x++)
            out[x] += kernel->weight[i] * (above[x] + below[x]);
    }
}

/* in: `width` samples, with room for the radius to either side, which is filled here. */
static void blur_across(const gaussian *kernel, float *in, int width, float *restrict out)
{
    for (int i = 1; i <= kernel->radius; i++) {
        in[-i] = in[reflect(-i, width)];
        in[width - 1 + i] = in[reflect(width - 1 + i, width)];
    }
    for (int x = 0; x < width; x++)
        out[x] = kernel->weight[0] * in[x];
    for (int i = 1; i <= kernel->radius; i++)
        for (int x = 0; x < width; x++)
            out[x] += kernel->weight[i] * (in[x - i] + in[x + i]);
}

static void blur(const pat_detail *detail, double sigma, float *out)
{
    float row[PAT_DETAIL_SIDE + 2 * RADIUS_MAX];
    gaussian kernel = gaussian_of(sigma);
    for (int y = 0; y < detail->height; y++) {
        blur_down(&kernel, detail, y, row + RADIUS_MAX);
        blur_across(&kernel, row + RADIUS_MAX, detail->width, out + (ptrdiff_t)y * detail->width);
    }
}

/* The differences of neighbors in each row. Returns their number. */
static size_t steps_across(const float *in, int width, int height, float *out)
{
    for (int y = 0; y < height; y++, in += width, out += width - 1)
        for (int x = 0; x + 1 < width; x++)
            out[x] = in[x + 1] - in[x];
    return (size_t)(width - 1) * (size_t)height;
}

static size_t steps_down(const float *in, int width, int height, float *out)
{
    size_t count = (size_t)width * (size_t)(height - 1);
    for (size_t i = 0; i < count; i++)
        out[i] = in[i + (size_t)width] - in[i];
    return count;
}

/* Mean absolute difference of neighbors in both directions. */
static double mean_step(const pat_detail *detail, const float *in, float *work)
{
    size_t across = steps_across(in, detail->width, detail->height, work);
    double sum = pat_mean_absolute(work, across) * (double)across;
    size_t down = steps_down(in, detail->width, detail->height, work);
    sum += pat_mean_absolute(work, down) * (double)down;
    return across + down == 0 ? 0 : sum / (double)(across + down);
}

static const char *const reblur_names[] = {"reblur_0_5", "reblur_1", "reblur_2", "reblur_4"};

/* How much detail another blur takes away: little from a blurred image. After Crete et al., "The
 * blur effect", 2007. */
static void reblur(const pat_views *views, double *features)
{
    static const double sigmas[] = {0.5, 1, 2, 4};
    const pat_detail *detail = &views->detail;
    double before = mean_step(detail, detail->luma, detail->work[1]) + 0.01;
    for (int i = 0; i < 4; i++) {
        blur(detail, sigmas[i], detail->work[0]);
        features[i] = log((mean_step(detail, detail->work[0], detail->work[1]) + 0.01) / before);
    }
}

/* ---- The spectrum ---------------------------------------------------------------------------- */

/* The limits of the bands, in cycles per pixel. */
static const double limits[] = {0.01, 0.02, 0.04, 0.06, 0.09, 0.13,
                                0.18, 0.24, 0.31, 0.39, 0.5,  0.71};
enum { BANDS = sizeof limits / sizeof *limits - 1 };

static const char *const band_names[] = {
    "band_0",      "band_1",      "band_2",      "band_3",      "band_4",      "band_5",
    "band_6",      "band_7",      "band_8",      "band_9",      "band_10",     "band_step_1",
    "band_step_2", "band_step_3", "band_step_4", "band_step_5", "band_step_6", "band_step_7",
    "band_step_8", "band_step_9", "band_step_10"};

/* The band of a squared frequency; -1 if it is below the first. `band`: a guess not too high. */
static int band_of(double square, int band)
{
    while (band + 1 < BANDS && square >= limits[band + 1] * limits[band + 1])
        band++;
    return band;
}

/* Log of the mean power in each band; 0.01 is added, which a band without frequencies has. */
static void bands(const pat_views *views, double *features)
{
    const pat_detail *detail = &views->detail;
    double sum[BANDS] = {0}, count[BANDS] = {0};
    int columns = detail->width / 2 + 1;
    for (int y = 0; y < detail->height; y++) {
        double fy = (double)(y <= detail->height / 2 ? y : y - detail->height) / detail->height;
        const double *row = detail->spectrum + (ptrdiff_t)2 * columns * y;
        int band = -1;
        for (int x = 0; x < columns; x++) {
            double fx = (double)x / detail->width;
            band = band_of(fx * fx + fy * fy, band);
            if (band < 0)
                continue;
            sum[band] += row[2 * x] * row[2 * x] + row[2 * x + 1] * row[2 * x + 1];
            count[band]++;
        }
    }
    for (int i = 0; i < BANDS; i++) {
        double power = count[i] == 0 ? 0 : sum[i] / count[i] / detail->window_energy;
        features[i] = log(power + 0.01);
    }
    for (int i = 1; i < BANDS; i++)
        features[BANDS + i - 1] = features[i] - features[i - 1];
}

/* ---- Edges ----------------------------------------------------------------------------------- */

enum { BEFORE = 3, AFTER = 4 }; /* the samples around a step that its range is taken from */

/* The range of the samples around the step from x to x + 1. */
static float range_around(const float *row, int width, int x)
{
    int from = x - BEFORE < 0 ? 0 : x - BEFORE, to = x + AFTER < width ? x + AFTER : width - 1;
    float least = row[from], most = row[from];
    for (int i = from + 1; i <= to; i++) {
        least = pat_lesser(least, row[i]);
        most = pat_greater(most, row[i]);
    }
    return most - least;
}

/* Collect range / step of the strongest steps: in pixels, about the width of the edge. */
static size_t collect_widths(const pat_detail *detail, const float *blurred, double least,
                             float *widths)
{
    size_t count = 0;
    for (int y = 0; y < detail->height; y++) {
        const float *row = blurred + (ptrdiff_t)y * detail->width;
        for (int x = 0; x + 1 < detail->width; x++) {
            float step = fabsf(row[x + 1] - row[x]);
            if ((double)step >= least)
                widths[count++] = range_around(row, detail->width, x) / (step + 0.5f);
        }
    }
    return count;
}

static const char *const edge_names[] = {"edge_width", "edge_p98", "edge_kurtosis"};

static void edges(const pat_views *views, double *features)
{
    const pat_detail *detail = &views->detail;
    float *const *work = detail->work;
    blur(detail, 0.6, work[0]);
    size_t count = steps_across(work[0], detail->width, detail->height, work[1]);
    double square = pat_mean_square(work[1], count), fourth = pat_mean_fourth(work[1], count);
    for (size_t i = 0; i < count; i++)
        work[1][i] = fabsf(work[1][i]);
    pat_sort_floats(work[1], work[2], count);
    double strong = pat_percentile(work[1], count, 98);
    size_t edge_count = collect_widths(detail, work[0], strong, work[1]);
    pat_sort_floats(work[1], work[2], edge_count);
    features[0] = pat_percentile(work[1], edge_count, 50);
    features[1] = log(strong + 0.1);
    features[2] = log((fourth + 0.1) / (square * square + 0.1));
}

/* ---- JPEG blocks ----------------------------------------------------------------------------- */

enum { BLOCK = 8 };

static const char *const block_names[] = {"block_step_x", "block_step_y"};

/* Sums of absolute steps by their position in a block; the last crosses its border. */
typedef struct block_steps {
    double sum[BLOCK], count[BLOCK];
} block_steps;

/* The mean step across the borders of blocks over that within blocks, as a logarithm. */
static double block_ratio(const block_steps *steps)
{
    const int last = BLOCK - 1;
    double sum = 0, count = 0;
    for (int i = 0; i < last; i++) {
        sum += steps->sum[i];
        count += steps->count[i];
    }
    double within = count == 0 ? 0 : sum / count;
    double across = steps->count[last] == 0 ? within : steps->sum[last] / steps->count[last];
    return log((across + 0.05) / (within + 0.05));
}

/* The blocks began at the upper left corner of the image, not at that of its content. */
static void blocks(const pat_views *views, double *features)
{
    const pat_detail *detail = &views->detail;
    float *work = detail->work[0];
    int width = detail->width, height = detail->height;
    block_steps across = {{0}, {0}}, down = {{0}, {0}};
    steps_across(detail->luma, width, height, work);
    for (int y = 0; y < height; y++)
        for (int x = 0; x + 1 < width; x++) {
            unsigned place = (unsigned)(x + views->content.x) % BLOCK;
            across.sum[place] += fabs((double)*work++);
            across.count[place]++;
        }
    work = detail->work[0];
    steps_down(detail->luma, width, height, work);
    for (int y = 0; y + 1 < height; y++, work += width) {
        unsigned place = (unsigned)(y + views->content.y) % BLOCK;
        down.sum[place] += pat_mean_absolute(work, (size_t)width) * width;
        down.count[place] += width;
    }
    features[0] = block_ratio(&across);
    features[1] = block_ratio(&down);
}

static const pat_feature_part parts[] = {
    PAT_PART(reblur_names, reblur),
    PAT_PART(band_names, bands),
    PAT_PART(edge_names, edges),
    PAT_PART(block_names, blocks),
};
const pat_feature_group pat_blur_features = PAT_GROUP(parts);
