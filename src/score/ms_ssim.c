/*
 * Multi-scale SSIM of two images, channel by channel. Source: Z. Wang, E. P. Simoncelli,
 * A. C. Bovik, "Multi-scale structural similarity for image quality assessment", 2003, and the
 * authors' program for what happens at borders and odd sizes. docs/definitions.md has the formula.
 */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "score/score.h"

enum {
    LEVELS = 5,
    TAPS = 11,       /* side of a window in pixels, and the smallest side of an image */
    HALO = TAPS - 1, /* rows and columns at which no window starts */
    CENTER = TAPS / 2
};

static const double level_weights[LEVELS] = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
static const double C1 = 0.01 * 255 * 0.01 * 255, C2 = 0.03 * 255 * 0.03 * 255;

/* The quantities averaged over a window: samples of both images, the sum of their squares, their
 * product. */
enum { X, Y, SQUARES, PRODUCT, MAPS };

/*
 * One channel of both images at one level. A sample is the mean of 4^level samples of the channel,
 * kept as their sum: that is exact and fits 16 bits at every level.
 */
typedef struct pyramid {
    uint16_t *sums[2];
    int width, height;
    double samples; /* number of samples in each sum */
} pyramid;

_Static_assert(255 << 2 * (LEVELS - 1) <= UINT16_MAX, "sums of 16 bits");

/* Everything that one comparison needs, in one block of memory. */
typedef struct workspace {
    pat_scratch memory;
    uint16_t *sums[2];
    double *row[MAPS];
    double *blurred[TAPS][MAPS]; /* row y of the maps, blurred along the row, is at y % TAPS */
    double gaussian[CENTER + 1]; /* weights of a window from its edge to its center */
} workspace;

/* A level's means over all windows. */
typedef struct level_means {
    double structure; /* contrast and structure */
    double ssim;      /* luminance, contrast and structure */
} level_means;

static void fill_gaussian(double gaussian[CENTER + 1])
{
    const double sigma = 1.5;
    double sum = 0;
    for (int i = 0; i < TAPS; i++)
        sum += exp(-(i - CENTER) * (i - CENTER) / (2 * sigma * sigma));
    for (int i = 0; i <= CENTER; i++)
        gaussian[i] = exp(-(i - CENTER) * (i - CENTER) / (2 * sigma * sigma)) / sum;
}

/* Prepare a comparison of images of this size. False when memory runs out. */
static bool workspace_init(workspace *work, int width, int height)
{
    size_t row = (size_t)width, pixels = row * (size_t)height;
    size_t doubles = MAPS * (TAPS + 1) * row * sizeof(double);
    double *rows = pat_scratch_get(&work->memory, 1, doubles + 2 * pixels * sizeof(uint16_t));
    if (rows == NULL)
        return false;
    for (int m = 0; m < MAPS; m++, rows += row)
        work->row[m] = rows;
    for (int k = 0; k < TAPS; k++)
        for (int m = 0; m < MAPS; m++, rows += row)
            work->blurred[k][m] = rows;
    void *rest = rows;
    work->sums[0] = rest;
    work->sums[1] = work->sums[0] + pixels;
    fill_gaussian(work->gaussian);
    return true;
}

/* ---- The levels ------------------------------------------------------------------------------ */

static void copy_plane(const pat_plane *plane, uint16_t *out)
{
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            *out++ = plane->data[y * plane->stride + x];
}

/* Sum blocks of 2x2 in place. If a side is odd, the last row or column is used twice. */
static void halve(uint16_t *sums, int width, int height)
{
    uint16_t *out = sums; /* writes never overtake reads */
    for (int y = 0; y < height; y += 2) {
        const uint16_t *upper = sums + (ptrdiff_t)y * width;
        const uint16_t *lower = y + 1 < height ? upper + width : upper;
        for (int x = 0; x < width; x += 2) {
            int right = x + 1 < width ? x + 1 : x;
            *out++ = (uint16_t)(upper[x] + upper[right] + lower[x] + lower[right]);
        }
    }
}

static void descend(pyramid *level)
{
    for (int i = 0; i < 2; i++)
        halve(level->sums[i], level->width, level->height);
    level->width = (level->width + 1) / 2;
    level->height = (level->height + 1) / 2;
    level->samples *= 4;
}

/* ---- The means of one level ------------------------------------------------------------------ */

/* Blur one row of a map along the row, for `count` windows. */
static void blur_across(const double *restrict in, int count, const double *gaussian,
                        double *restrict out)
{
    for (int x = 0; x < count; x++) {
        double sum = gaussian[CENTER] * in[x + CENTER];
        for (int k = 0; k < CENTER; k++)
            sum += gaussian[k] * (in[x + k] + in[x + HALO - k]);
        out[x] = sum;
    }
}

/* Blur row y of all maps along the row, and store it as one of the last TAPS rows. */
static void take_row(workspace *work, const pyramid *level, int y)
{
    const uint16_t *x_sums = level->sums[0] + (ptrdiff_t)y * level->width;
    const uint16_t *y_sums = level->sums[1] + (ptrdiff_t)y * level->width;
    double unit = 1 / level->samples; /* a power of two: exact */
    for (int i = 0; i < level->width; i++) {
        double u = x_sums[i] * unit, v = y_sums[i] * unit;
        work->row[X][i] = u;
        work->row[Y][i] = v;
        work->row[SQUARES][i] = u * u + v * v;
        work->row[PRODUCT][i] = u * v;
    }
    for (int m = 0; m < MAPS; m++)
        blur_across(work->row[m], level->width - HALO, work->gaussian, work->blurred[y % TAPS][m]);
}

/* Compute one map for the windows that start at row y: blur the last TAPS rows vertically. */
static void blur_down(const workspace *work, int map, int y, int count)
{
    const double *row[TAPS], *gaussian = work->gaussian;
    for (int k = 0; k < TAPS; k++)
        row[k] = work->blurred[(y + k) % TAPS][map];
    double *restrict out = work->row[map];
    for (int x = 0; x < count; x++) {
        double sum = gaussian[CENTER] * row[CENTER][x];
        for (int k = 0; k < CENTER; k++)
            sum += gaussian[k] * (row[k][x] + row[HALO - k][x]);
        out[x] = sum;
    }
}

/* Sum one row of windows, whose means are in work->row. */
static level_means sum_windows(const workspace *work, int count)
{
    double *restrict structure = work->row[X], *restrict ssim = work->row[Y];
    const double *restrict squares = work->row[SQUARES], *restrict product = work->row[PRODUCT];
    for (int i = 0; i < count; i++) {
        double u = structure[i], v = ssim[i];
        double mean_squares = u * u + v * v, mean_product = u * v;
        double value = (2 * (product[i] - mean_product) + C2) / (squares[i] - mean_squares + C2);
        structure[i] = value;
        ssim[i] = (2 * mean_product + C1) / (mean_squares + C1) * value;
    }
    level_means sum = {0};
    for (int i = 0; i < count; i++) {
        sum.structure += structure[i];
        sum.ssim += ssim[i];
    }
    return sum;
}

/* Sums row by row, for less rounding error in large images. */
static level_means measure_level(workspace *work, const pyramid *level)
{
    int across = level->width - HALO, down = level->height - HALO;
    level_means mean = {0};
    for (int y = 0; y < HALO; y++)
        take_row(work, level, y);
    for (int y = 0; y < down; y++) {
        take_row(work, level, y + HALO);
        for (int m = 0; m < MAPS; m++)
            blur_down(work, m, y, across);
        level_means sum = sum_windows(work, across);
        mean.structure += sum.structure;
        mean.ssim += sum.ssim;
    }
    double windows = (double)across * down;
    return (level_means){mean.structure / windows, mean.ssim / windows};
}

/* ---- All levels ------------------------------------------------------------------------------ */

/* The number of levels: at most LEVELS, and few enough for a window to fit the coarsest. */
static int count_levels(int width, int height)
{
    int side = width < height ? width : height, levels = 1;
    while (levels < LEVELS && side >> levels >= TAPS)
        levels++;
    return levels;
}

/* The divisor of the weights. It is 1 for all five levels: these are used as published, although
 * they add up to 1.0001. */
static double divisor_of_weights(int levels)
{
    double sum = 0;
    for (int i = 0; i < levels; i++)
        sum += level_weights[i];
    return levels == LEVELS ? 1 : sum;
}

static double measure_channel(workspace *work, const pat_plane *x, const pat_plane *y)
{
    pyramid level = {{work->sums[0], work->sums[1]}, x->width, x->height, 1};
    int levels = count_levels(x->width, x->height);
    double divisor = divisor_of_weights(levels), result = 1;
    copy_plane(x, level.sums[0]);
    copy_plane(y, level.sums[1]);
    for (int i = 0; i < levels; i++) {
        level_means means = measure_level(work, &level);
        double mean = i < levels - 1 ? means.structure : means.ssim;
        result *= pow(fmax(mean, 0), level_weights[i] / divisor);
        if (i < levels - 1)
            descend(&level);
    }
    return result;
}

static pat_status compute(const pat_image *restored, const pat_image *original, double *value,
                          pat_error *error)
{
    workspace work = {0};
    if (!workspace_init(&work, original->width, original->height))
        return pat_fail_memory(error, "the MS-SSIM window means");
    double sum = 0;
    for (int c = 0; c < PAT_CHANNELS; c++)
        sum += measure_channel(&work, &restored->plane[c], &original->plane[c]);
    pat_scratch_release(&work.memory);
    *value = sum / PAT_CHANNELS;
    return PAT_OK;
}

const pat_score_entry pat_score_ms_ssim = {
    .compute = compute,
    .score =
        {
            .name = "ms_ssim",
            .column = "ms_ssim",
            .unit = "",
            .higher_is_better = true,
            .least = 0,
            .greatest = 1,
            .identical = 1,
            .smallest_side = TAPS,
            .exactness = "Agrees with the formula of Wang, Simoncelli and Bovik, computed with "
                         "NumPy, to 1e-9; windows are summed in a fixed order.",
            .help = "Multi-scale structural similarity: coarse structure counts as well as detail.",
        },
};
