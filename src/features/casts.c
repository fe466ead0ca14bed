/* Colors of the image at 128 pixels: saturation, casts, their distribution, and edges of color. */
#include <math.h>

#include "features/statistics.h"
#include "features/views.h"

/* ---- Saturation ------------------------------------------------------------------------------ */

/* Percentiles of one kind of sample; the names are in the same order. */
typedef struct percentile {
    pat_tone tone;
    double percent;
} percentile;

static const percentile percentiles[] = {
    {PAT_TONE_LEAST, 0.5},     {PAT_TONE_LEAST, 5},       {PAT_TONE_LEAST, 50},
    {PAT_TONE_LEAST, 95},      {PAT_TONE_MOST, 5},        {PAT_TONE_MOST, 50},
    {PAT_TONE_MOST, 95},       {PAT_TONE_MOST, 99.5},     {PAT_TONE_CHROMA, 1},
    {PAT_TONE_CHROMA, 5},      {PAT_TONE_CHROMA, 25},     {PAT_TONE_CHROMA, 50},
    {PAT_TONE_CHROMA, 75},     {PAT_TONE_CHROMA, 95},     {PAT_TONE_CHROMA, 99},
    {PAT_TONE_SATURATION, 1},  {PAT_TONE_SATURATION, 5},  {PAT_TONE_SATURATION, 25},
    {PAT_TONE_SATURATION, 50}, {PAT_TONE_SATURATION, 75}, {PAT_TONE_SATURATION, 95},
};
static const char *const saturation_names[] = {
    "least_p0_5",     "least_p5",      "least_p50",      "least_p95",      "most_p5",
    "most_p50",       "most_p95",      "most_p99_5",     "chroma_p1",      "chroma_p5",
    "chroma_p25",     "chroma_p50",    "chroma_p75",     "chroma_p95",     "chroma_p99",
    "saturation_p1",  "saturation_p5", "saturation_p25", "saturation_p50", "saturation_p75",
    "saturation_p95",
};
enum { SATURATIONS = sizeof saturation_names / sizeof *saturation_names };
_Static_assert(sizeof percentiles / sizeof *percentiles == SATURATIONS, "one name for each");

static void saturation(const pat_views *views, double *features)
{
    for (int i = 0; i < SATURATIONS; i++)
        features[i] = pat_percentile(views->tones.sorted[percentiles[i].tone], views->tones.count,
                                     percentiles[i].percent);
}

/* ---- Casts ----------------------------------------------------------------------------------- */

/* A smaller standard deviation is rounding noise; the correlation is then 0. */
static const double LEAST_SPREAD = 1e-4;

static const char *const cast_names[] = {"cast_rg_median", "cast_bg_median", "cast_rg_std",
                                         "cast_bg_std", "cast_correlation"};

static void casts(const pat_views *views, double *features)
{
    const pat_tones *tones = &views->tones;
    const float *rg = tones->at[PAT_TONE_CAST_RG], *bg = tones->at[PAT_TONE_CAST_BG];
    double rg_mean = pat_mean(rg, tones->count), bg_mean = pat_mean(bg, tones->count);
    features[0] = pat_percentile(tones->sorted[PAT_TONE_CAST_RG], tones->count, 50);
    features[1] = pat_percentile(tones->sorted[PAT_TONE_CAST_BG], tones->count, 50);
    features[2] = pat_deviation(rg, tones->count, rg_mean);
    features[3] = pat_deviation(bg, tones->count, bg_mean);
    features[4] = 0;
    if (features[2] <= LEAST_SPREAD || features[3] <= LEAST_SPREAD)
        return;
    double sum = 0;
    for (size_t i = 0; i < tones->count; i++)
        sum += ((double)rg[i] - rg_mean) * ((double)bg[i] - bg_mean);
    features[4] = sum / (double)tones->count / (features[2] * features[3]);
}

/* ---- How casts are distributed --------------------------------------------------------------- */

enum { COARSE = 7, FINE = 64, SMOOTH = 3 /* to either side */ };

/* Bins of one width, the outer ones also for what lies beyond. */
typedef struct bins {
    double from, to;
} bins;

static int bin_of(float value, bins range, int count)
{
    double position = ((double)value - range.from) / (range.to - range.from) * count;
    return position < 0 ? 0 : position >= count ? count - 1 : (int)position;
}

#define ROW(i)                                                                                     \
    "cast_" i "0", "cast_" i "1", "cast_" i "2", "cast_" i "3", "cast_" i "4", "cast_" i "5",      \
        "cast_" i "6"
static const char *const share_names[] = {ROW("0"), ROW("1"), ROW("2"), ROW("3"),
                                          ROW("4"), ROW("5"), ROW("6")};
#undef ROW

/* Roots of shares, so that rare colors count as well. */
static void shares(const pat_views *views, double *features)
{
    static const bins rg = {-0.6, 0.6}, bg = {-0.9, 0.6};
    const pat_tones *tones = &views->tones;
    uint32_t count[COARSE * COARSE] = {0};
    for (size_t i = 0; i < tones->count; i++)
        count[bin_of(tones->at[PAT_TONE_CAST_RG][i], rg, COARSE) * COARSE +
              bin_of(tones->at[PAT_TONE_CAST_BG][i], bg, COARSE)]++;
    for (int i = 0; i < COARSE * COARSE; i++)
        features[i] = sqrt((double)count[i] / (double)tones->count);
}

/* Weights of a sum over 2 SMOOTH + 1 bins in each direction; they add up to 64. */
static const uint32_t smooth_weights[2 * SMOOTH + 1] = {1, 6, 15, 20, 15, 6, 1};

static uint32_t smoothed(uint32_t count[FINE][FINE], int row, int column)
{
    uint32_t sum = 0;
    for (int i = -SMOOTH; i <= SMOOTH; i++)
        for (int j = -SMOOTH; j <= SMOOTH; j++)
            if (row + i >= 0 && row + i < FINE && column + j >= 0 && column + j < FINE)
                sum += smooth_weights[SMOOTH + i] * smooth_weights[SMOOTH + j] *
                       count[row + i][column + j];
    return sum;
}

static const char *const mode_names[] = {"cast_rg_mode", "cast_bg_mode", "cast_mode_share"};

/* The most frequent cast: the center of the fullest bin, and how full it is; the first of equals.
 */
static void mode(const pat_views *views, double *features)
{
    static const bins rg = {-0.8, 0.8}, bg = {-1.2, 0.8};
    const pat_tones *tones = &views->tones;
    uint32_t count[FINE][FINE] = {0}, most = 0;
    for (size_t i = 0; i < tones->count; i++)
        count[bin_of(tones->at[PAT_TONE_CAST_RG][i], rg, FINE)]
             [bin_of(tones->at[PAT_TONE_CAST_BG][i], bg, FINE)]++;
    for (int row = 0; row < FINE; row++)
        for (int column = 0; column < FINE; column++) {
            uint32_t sum = smoothed(count, row, column);
            if (sum <= most)
                continue;
            most = sum;
            features[0] = rg.from + (rg.to - rg.from) * (row + 0.5) / FINE;
            features[1] = bg.from + (bg.to - bg.from) * (column + 0.5) / FINE;
        }
    features[2] = (double)most / 4096 / (double)tones->count;
}

/* ---- The axis along which most colors lie ---------------------------------------------------- */

static const char *const axis_names[] = {"axis_rg", "axis_bg", "axis_second", "axis_third"};

static void axis(const pat_views *views, double *features)
{
    const pat_tones *tones = &views->tones;
    double mean[PAT_CHANNELS], covariance[3][3];
    for (int c = 0; c < PAT_CHANNELS; c++)
        mean[c] = pat_mean(tones->at[PAT_TONE_R + c], tones->count);
    for (int a = 0; a < PAT_CHANNELS; a++)
        for (int b = a; b < PAT_CHANNELS; b++) {
            double sum = 0;
            for (size_t i = 0; i < tones->count; i++)
                sum += ((double)tones->at[PAT_TONE_R + a][i] - mean[a]) *
                       ((double)tones->at[PAT_TONE_R + b][i] - mean[b]);
            covariance[a][b] = covariance[b][a] = sum / (double)tones->count;
        }
    pat_axis_found found = pat_principal_axis(covariance);
    features[0] = found.vector[PAT_RED] - found.vector[PAT_GREEN];
    features[1] = found.vector[PAT_BLUE] - found.vector[PAT_GREEN];
    features[2] = log((found.value[1] + 0.01) / (found.value[0] + 0.01));
    features[3] = log((found.value[2] + 0.01) / (found.value[0] + 0.01));
}

/* ---- Edges ----------------------------------------------------------------------------------- */

/* The Sobel derivatives / 8 of one row. */
typedef struct slopes {
    double across[PAT_TONES_SIDE], down[PAT_TONES_SIDE];
} slopes;

static void derive(const float *above, const float *at, const float *below, int x, int left,
                   int right, slopes *out)
{
    double across = (double)above[right] - (double)above[left] +
                    2 * ((double)at[right] - (double)at[left]) + (double)below[right] -
                    (double)below[left];
    double down = (double)below[left] - (double)above[left] +
                  2 * ((double)below[x] - (double)above[x]) + (double)below[right] -
                  (double)above[right];
    out->across[x] = across / 8;
    out->down[x] = down / 8;
}

/* The image is mirrored at its borders (dcb|abcd|cba); a single pixel is its own neighbor. */
static int reflect(int i, int count)
{
    if (count == 1)
        return 0;
    return i < 0 ? -i : i >= count ? 2 * count - 2 - i : i;
}

static void derive_row(const pat_tones *tones, int channel, int y, slopes *out)
{
    const float *plane = tones->at[PAT_TONE_R + channel];
    int width = tones->width;
    const float *above = plane + (ptrdiff_t)reflect(y - 1, tones->height) * width;
    const float *at = plane + (ptrdiff_t)y * width;
    const float *below = plane + (ptrdiff_t)reflect(y + 1, tones->height) * width;
    derive(above, at, below, 0, reflect(-1, width), reflect(1, width), out);
    for (int x = 1; x + 1 < width; x++)
        derive(above, at, below, x, x - 1, x + 1, out);
    derive(above, at, below, width - 1, reflect(width - 2, width), reflect(width, width), out);
}

/* Sums over all pixels, for each channel, and products of derivatives for each pair. */
typedef struct edge_sums {
    double first[PAT_CHANNELS], sixth[PAT_CHANNELS], product[3][3];
} edge_sums;

static void add_row(const slopes row[PAT_CHANNELS], int width, edge_sums *sums)
{
    for (int a = 0; a < PAT_CHANNELS; a++) {
        for (int x = 0; x < width; x++) {
            double square = row[a].across[x] * row[a].across[x] + row[a].down[x] * row[a].down[x];
            sums->first[a] += sqrt(square);
            sums->sixth[a] += square * square * square;
        }
        for (int b = a; b < PAT_CHANNELS; b++)
            for (int x = 0; x < width; x++)
                sums->product[a][b] +=
                    row[a].across[x] * row[b].across[x] + row[a].down[x] * row[b].down[x];
    }
}

static edge_sums sum_edges(const pat_tones *tones)
{
    edge_sums sums = {{0}, {0}, {{0}}};
    slopes row[PAT_CHANNELS];
    for (int y = 0; y < tones->height; y++) {
        for (int c = 0; c < PAT_CHANNELS; c++)
            derive_row(tones, c, y, &row[c]);
        add_row(row, tones->width, &sums);
    }
    return sums;
}

static const char *const edge_names[] = {
    "edge_ratio_rg", "edge_ratio_bg", "edge6_ratio_rg", "edge6_ratio_bg",   "edge_mean",
    "edge6_mean",    "edge_axis_rg",  "edge_axis_bg",   "edge_axis_second", "edge_axis_third"};

/* Gray edge: van de Weijer, Gevers, Gijsenij, "Edge-Based Color Constancy", 2007. */
static void edges(const pat_views *views, double *features)
{
    edge_sums sums = sum_edges(&views->tones);
    double count = (double)views->tones.count, first[PAT_CHANNELS], sixth[PAT_CHANNELS];
    for (int c = 0; c < PAT_CHANNELS; c++) {
        first[c] = sums.first[c] / count;
        sixth[c] = pow(sums.sixth[c] / count, 1.0 / 6);
        for (int b = c; b < PAT_CHANNELS; b++)
            sums.product[b][c] = sums.product[c][b] = sums.product[c][b] / (2 * count);
    }
    pat_axis_found found = pat_principal_axis(sums.product);
    double *u = found.vector;
    features[0] = log((first[PAT_RED] + 2) / (first[PAT_GREEN] + 2));
    features[1] = log((first[PAT_BLUE] + 2) / (first[PAT_GREEN] + 2));
    features[2] = log((sixth[PAT_RED] + 2) / (sixth[PAT_GREEN] + 2));
    features[3] = log((sixth[PAT_BLUE] + 2) / (sixth[PAT_GREEN] + 2));
    features[4] = (first[0] + first[1] + first[2]) / PAT_CHANNELS;
    features[5] = (sixth[0] + sixth[1] + sixth[2]) / PAT_CHANNELS;
    features[6] = log((fabs(u[PAT_RED]) + 1e-3) / (fabs(u[PAT_GREEN]) + 1e-3));
    features[7] = log((fabs(u[PAT_BLUE]) + 1e-3) / (fabs(u[PAT_GREEN]) + 1e-3));
    features[8] = log((found.value[1] + 1e-3) / (found.value[0] + 1e-3));
    features[9] = log((found.value[2] + 1e-3) / (found.value[0] + 1e-3));
}

static const pat_feature_part parts[] = {
    PAT_PART(saturation_names, saturation),
    PAT_PART(cast_names, casts),
    PAT_PART(share_names, shares),
    PAT_PART(mode_names, mode),
    PAT_PART(axis_names, axis),
    PAT_PART(edge_names, edges),
};
const pat_feature_group pat_cast_features = PAT_GROUP(parts);
