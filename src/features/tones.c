/* How bright the channels are, and in which relation: colors of the image at 128 pixels, and
 * clipping at full size. */
#include <math.h>

#include "features/statistics.h"
#include "features/views.h"

/* The logarithm of a ratio of brightnesses, from 0 to 255. */
static double ratio(double a, double b)
{
    return log((a + 2) / (b + 2));
}

/* Red to green and blue to green. */
static void put_ratios(const double value[PAT_CHANNELS], double *features)
{
    features[0] = ratio(value[PAT_RED], value[PAT_GREEN]);
    features[1] = ratio(value[PAT_BLUE], value[PAT_GREEN]);
}

static void put_differences(const double value[PAT_CHANNELS], double *features)
{
    features[0] = value[PAT_RED] - value[PAT_GREEN];
    features[1] = value[PAT_BLUE] - value[PAT_GREEN];
}

/* ---- Percentiles ----------------------------------------------------------------------------- */

static const double percents[] = {0.1, 1, 5, 25, 50, 75, 95, 99, 99.9};
enum { PERCENTS = sizeof percents / sizeof *percents };

#define AT(p)                                                                                      \
    p "_r", p "_g", p "_b", p "_y", p "_ratio_rg", p "_ratio_bg", p "_diff_rg", p "_diff_bg"
static const char *const percentile_names[] = {AT("p0_1"), AT("p1"),  AT("p5"),
                                               AT("p25"),  AT("p50"), AT("p75"),
                                               AT("p95"),  AT("p99"), AT("p99_9")};
#undef AT

static void channels_at(const pat_tones *tones, double percent, double value[PAT_CHANNELS])
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        value[c] = pat_percentile(tones->sorted[PAT_TONE_R + c], tones->count, percent);
}

static void percentiles(const pat_views *views, double *features)
{
    const pat_tones *tones = &views->tones;
    for (int p = 0; p < PERCENTS; p++, features += 8) {
        channels_at(tones, percents[p], features);
        features[3] = pat_percentile(tones->sorted[PAT_TONE_Y], tones->count, percents[p]);
        put_ratios(features, features + 4);
        put_differences(features, features + 6);
    }
}

/* Whether dark and bright pixels have the same cast. */
static const char *const consistency_names[] = {"consistency_rg", "consistency_bg"};

static void consistency(const pat_views *views, double *features)
{
    double dark[PAT_CHANNELS], bright[PAT_CHANNELS], bright_ratio[2];
    channels_at(&views->tones, 1, dark);
    channels_at(&views->tones, 99, bright);
    put_ratios(dark, features);
    put_ratios(bright, bright_ratio);
    features[0] -= bright_ratio[0];
    features[1] -= bright_ratio[1];
}

/* ---- Means ----------------------------------------------------------------------------------- */

static const char *const mean_names[] = {"mean_r",        "mean_g",         "mean_b",
                                         "std_r",         "std_g",          "std_b",
                                         "mean_ratio_rg", "mean_ratio_bg",  "std_ratio_rg",
                                         "std_ratio_bg",  "norm6_ratio_rg", "norm6_ratio_bg"};

static void means(const pat_views *views, double *features)
{
    const pat_tones *tones = &views->tones;
    double norm[PAT_CHANNELS];
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const float *channel = tones->at[PAT_TONE_R + c];
        features[c] = pat_mean(channel, tones->count);
        features[3 + c] = pat_deviation(channel, tones->count, features[c]);
        norm[c] = pow(pat_mean_sixth(channel, tones->count), 1.0 / 6);
    }
    put_ratios(features, features + 6);
    put_ratios(features + 3, features + 8);
    put_ratios(norm, features + 10); /* shades of gray: Finlayson, Trezzi, 2004 */
}

static const char *const luma_names[] = {"luma_skewness", "luma_kurtosis"};

static void luma(const pat_views *views, double *features)
{
    const pat_tones *tones = &views->tones;
    const float *y = tones->at[PAT_TONE_Y];
    double mean = pat_mean(y, tones->count);
    double unit = pat_deviation(y, tones->count, mean) + 1e-3, third = 0, fourth = 0;
    for (size_t i = 0; i < tones->count; i++) {
        double distance = ((double)y[i] - mean) / unit, square = distance * distance;
        third += square * distance;
        fourth += square * square;
    }
    features[0] = third / (double)tones->count;
    features[1] = fourth / (double)tones->count;
}

/* ---- The darkest and the brightest pixels ---------------------------------------------------- */

#define OF(s) s "_diff_rg", s "_diff_bg", s "_ratio_rg", s "_ratio_bg", s "_std"
static const char *const extreme_names[] = {OF("dark1"), OF("dark5"), OF("bright1"), OF("bright5")};
#undef OF

/* Measure the pixels whose luma is low .. high, of which there is at least one. */
static void measure_between(const pat_tones *tones, float low, float high, double *features)
{
    double mean[PAT_CHANNELS] = {0}, squares[PAT_CHANNELS] = {0}, count = 0;
    const float *y = tones->at[PAT_TONE_Y], *const *channel = &tones->at[PAT_TONE_R];
    for (size_t i = 0; i < tones->count; i++)
        if (y[i] >= low && y[i] <= high) {
            for (int c = 0; c < PAT_CHANNELS; c++)
                mean[c] += (double)channel[c][i];
            count++;
        }
    for (int c = 0; c < PAT_CHANNELS; c++)
        mean[c] /= count;
    for (size_t i = 0; i < tones->count; i++)
        if (y[i] >= low && y[i] <= high)
            for (int c = 0; c < PAT_CHANNELS; c++) {
                double distance = (double)channel[c][i] - mean[c];
                squares[c] += distance * distance;
            }
    put_differences(mean, features);
    put_ratios(mean, features + 2);
    features[4] = 0;
    for (int c = 0; c < PAT_CHANNELS; c++)
        features[4] += sqrt(squares[c] / count) / PAT_CHANNELS;
}

/* Pixels as dark as the last of the darkest are all taken: no order among equals matters. */
static void extremes(const pat_views *views, double *features)
{
    const pat_tones *tones = &views->tones;
    const float *sorted = tones->sorted[PAT_TONE_Y];
    static const size_t parts[] = {100, 20};
    for (int i = 0; i < 2; i++) {
        size_t count = tones->count / parts[i];
        if (count == 0)
            count = 1;
        measure_between(tones, sorted[0], sorted[count - 1], features + 5 * i);
        measure_between(tones, sorted[tones->count - count], sorted[tones->count - 1],
                        features + 10 + 5 * i);
    }
}

/* ---- Thirds of the height -------------------------------------------------------------------- */

#define OF(s) s "_luma", s "_ratio_rg", s "_ratio_bg", s "_std"
static const char *const third_names[] = {OF("top"), OF("middle"), OF("bottom")};
#undef OF

static void thirds(const pat_views *views, double *features)
{
    const pat_tones *tones = &views->tones;
    for (int i = 0; i < 3; i++, features += 4) {
        int from = i * tones->height / 3, to = (i + 1) * tones->height / 3;
        if (from == to) {
            from = 0;
            to = tones->height;
        }
        size_t first = (size_t)from * (size_t)tones->width;
        size_t count = (size_t)(to - from) * (size_t)tones->width;
        double mean[PAT_CHANNELS];
        for (int c = 0; c < PAT_CHANNELS; c++)
            mean[c] = pat_mean(tones->at[PAT_TONE_R + c] + first, count);
        features[0] = pat_mean(tones->at[PAT_TONE_Y] + first, count);
        put_ratios(mean, features + 1);
        features[3] = pat_deviation(tones->at[PAT_TONE_Y] + first, count, features[0]);
    }
}

/* ---- Clipping, at full size ------------------------------------------------------------------ */

enum { DARK = 4, BRIGHT = 252 }; /* below the first and from the second on, samples are clipped */

#define OF(c) "clip_low_" c, "clip_high_" c, "gaps_" c, "min_" c, "max_" c
static const char *const clip_names[] = {OF("r"), OF("g"), OF("b")};
#undef OF

static double share(const pat_histogram *histogram, int from, int to, double total)
{
    uint64_t sum = 0;
    for (int v = from; v < to; v++)
        sum += histogram->count[v];
    return (double)sum / total;
}

/* gaps: the part of the values between the least and the greatest that no pixel has, which shows
 * that levels were stretched before. */
static void clipping(const pat_views *views, double *features)
{
    double total = (double)views->content.width * views->content.height;
    for (int c = 0; c < PAT_CHANNELS; c++, features += 5) {
        const pat_histogram *histogram = &views->histogram[c];
        int least = 0, greatest = 255, unused = 0;
        while (histogram->count[least] == 0)
            least++;
        while (histogram->count[greatest] == 0)
            greatest--;
        for (int v = least; v <= greatest; v++)
            unused += histogram->count[v] == 0;
        features[0] = share(histogram, 0, DARK, total);
        features[1] = share(histogram, BRIGHT, 256, total);
        features[2] = (double)unused / (greatest - least + 1);
        features[3] = least;
        features[4] = greatest;
    }
}

static const pat_feature_part parts[] = {
    PAT_PART(percentile_names, percentiles),
    PAT_PART(consistency_names, consistency),
    PAT_PART(mean_names, means),
    PAT_PART(luma_names, luma),
    PAT_PART(extreme_names, extremes),
    PAT_PART(third_names, thirds),
    PAT_PART(clip_names, clipping),
};
const pat_feature_group pat_tone_features = PAT_GROUP(parts);
