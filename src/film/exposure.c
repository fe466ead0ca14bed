#include "film/exposure.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "film/running_median.h"

/* Quantiles nearer to black or white than this many levels may be clipped, and tell nothing. */
enum { MARGIN = 6 };

static const double STEADY = 0.006; /* the most that gains of a steady scene jitter */
static const double WORTH = 0.6;    /* the most of the unrest that may be left */
static const double MOST = 2;       /* the greatest gain; a stronger change is no flicker */

static const double LEAST_REACH = 0.05; /* of exposures that one line fits */

enum { LEVELS = 1 << 16, LEVELS_PER_UNIT = 2000 }; /* of logarithms of exposure */

static uint16_t level_of(double exposure)
{
    return (uint16_t)fmin(fmax(rint(exposure * LEVELS_PER_UNIT) + LEVELS / 2, 0), LEVELS - 1);
}

void pat_quantiles_of(const uint32_t *histogram, int levels, uint16_t quantile[PAT_QUANTILES])
{
    double total = 0, below = 0, units = (double)PAT_QUANTILE_LEVELS / levels;
    for (int level = 0; level < levels; level++)
        total += histogram[level];
    int next = 0;
    for (int level = 0; level < levels && next < PAT_QUANTILES; level++) {
        double here = histogram[level];
        for (; next < PAT_QUANTILES; next++) {
            double wanted = total * (next + 0.5) / PAT_QUANTILES;
            if (here <= 0 || wanted > below + here)
                break;
            double value = (level + (wanted - below) / here) * units;
            quantile[next] = (uint16_t)fmin(value, PAT_QUANTILE_LEVELS - 1);
        }
        below += here;
    }
    for (; next < PAT_QUANTILES; next++) /* no samples, or the last by a rounding error */
        quantile[next] = total > 0 ? PAT_QUANTILE_LEVELS - 1 : 0;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Sorts the numbers. */
static double median_of(double *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, compare);
    return (numbers[(count - 1) / 2] + numbers[count / 2]) / 2;
}

/* ---- The exposure ---------------------------------------------------------------------------- */

static bool is_told(double quantile)
{
    return quantile >= MARGIN * PAT_QUANTILE_UNIT && quantile <= (255 - MARGIN) * PAT_QUANTILE_UNIT;
}

/* By how much exposure differs from the frame before, as a logarithm; 0 if too few quantiles tell
 * it. */
static double step_of(const uint16_t *now, const uint16_t *before)
{
    double ratio[PAT_QUANTILES];
    size_t n = 0;
    for (int i = 0; i < PAT_QUANTILES; i++)
        if (is_told(now[i]) && is_told(before[i]))
            ratio[n++] = (double)now[i] / before[i];
    return n < PAT_QUANTILES / 4 ? 0 : log(median_of(ratio, n));
}

/* The running median of the exposures, rounded to levels. */
static void running_medians(const double *exposure, size_t count, int radius,
                            pat_running_median *median, double *out)
{
    size_t reach = (size_t)radius, added = 0;
    for (size_t t = 0; t < count; t++) {
        for (; added < count && added <= t + reach; added++)
            pat_running_median_add(median, level_of(exposure[added]));
        if (t > reach)
            pat_running_median_remove(median, level_of(exposure[t - reach - 1]));
        out[t] = (pat_running_median_twice(median) / 2.0 - LEVELS / 2) / LEVELS_PER_UNIT;
    }
    for (size_t t = count > reach ? count - reach - 1 : 0; t < count; t++)
        pat_running_median_remove(median, level_of(exposure[t]));
}

/* How far the exposures stray from their running median, as a standard deviation. */
static double spread_of(const double *exposure, const double *steady, size_t count, double *scratch)
{
    for (size_t t = 0; t < count; t++)
        scratch[t] = fabs(exposure[t] - steady[t]);
    return 1.4826 * median_of(scratch, count); /* of a normal distribution */
}

/* The value at frame t of the line that fits the exposures around it best, by least squares. Frames
 * whose running median differs by more than `reach` are left out: there the light is another. */
static double fit(const double *exposure, const double *steady, size_t count, size_t t,
                  size_t radius, double reach)
{
    double n = 0, x1 = 0, x2 = 0, y1 = 0, xy = 0;
    for (size_t i = t > radius ? t - radius : 0; i < count && i <= t + radius; i++) {
        double x = (double)i - (double)t;
        if (fabs(steady[i] - steady[t]) > reach)
            continue;
        n++;
        x1 += x;
        x2 += x * x;
        y1 += exposure[i];
        xy += x * exposure[i];
    }
    double spread = n * x2 - x1 * x1;
    return spread > 0 ? (x2 * y1 - x1 * xy) / spread : y1 / n;
}

/* Scratch for all frames of a scene. */
struct curves {
    double *exposure, *steady, *scratch;
    pat_running_median *median;
};

static void plan_channel(const pat_quantiles *frames, size_t count, int radius, int c,
                         const struct curves *curves, pat_gains *gains)
{
    double *exposure = curves->exposure, *steady = curves->steady;
    exposure[0] = 0;
    for (size_t t = 1; t < count; t++)
        exposure[t] = exposure[t - 1] + step_of(frames[t].channel[c], frames[t - 1].channel[c]);
    running_medians(exposure, count, (radius + 1) / 2, curves->median, steady);
    double reach = fmax(LEAST_REACH, 2 * spread_of(exposure, steady, count, curves->scratch));
    for (size_t t = 0; t < count; t++) {
        double wanted = fit(exposure, steady, count, t, (size_t)radius, reach);
        gains[t].channel[c] = fmin(fmax(exp(wanted - exposure[t]), 1 / MOST), MOST);
    }
}

/* ---- Whether it flickers --------------------------------------------------------------------- */

static double mean_of(const pat_quantiles *frame, int c)
{
    double sum = 0;
    for (int i = 0; i < PAT_QUANTILES; i++)
        sum += frame->channel[c][i];
    return sum / PAT_QUANTILES;
}

/* How much the means of the channels change from frame to frame, summed up as squares. */
static double unrest(const pat_quantiles *frames, size_t count, const pat_gains *gains)
{
    double sum = 0;
    for (size_t t = 1; t < count; t++)
        for (int c = 0; c < 3; c++) {
            double now = mean_of(&frames[t], c), before = mean_of(&frames[t - 1], c);
            if (gains != NULL) {
                now *= gains[t].channel[c];
                before *= gains[t - 1].channel[c];
            }
            sum += (now - before) * (now - before);
        }
    return sum;
}

/* How much the gains of a channel jump up and down: the RMS of their second differences, divided by
 * what it is for independent gains. Slow changes, such as a camera's that pans, have none. */
static double jitter(const pat_gains *gains, size_t count, int c)
{
    double sum = 0;
    for (size_t t = 2; t < count; t++) {
        double bend = gains[t].channel[c] - 2 * gains[t - 1].channel[c] + gains[t - 2].channel[c];
        sum += bend * bend;
    }
    return count > 2 ? sqrt(sum / (double)(count - 2) / 6) : 0;
}

/* Leave a steady scene alone, and one that the gains do not make much steadier: what changes there
 * is not the exposure. */
static void settle(const pat_quantiles *frames, pat_gains *gains, size_t count)
{
    double worst = 0;
    for (int c = 0; c < 3; c++)
        worst = fmax(worst, jitter(gains, count, c));
    double before = unrest(frames, count, NULL), after = unrest(frames, count, gains);
    bool helps = worst >= STEADY && after < WORTH * WORTH * before;
    for (size_t t = 0; t < count && !helps; t++)
        gains[t] = (pat_gains){{1, 1, 1}};
}

pat_status pat_exposure_gains(const pat_quantiles *frames, size_t count, int radius,
                              pat_gains *gains, pat_error *error)
{
    if (count == 0)
        return PAT_OK;
    double *numbers = calloc(count, 3 * sizeof *numbers);
    struct curves curves = {numbers, numbers + count, numbers + 2 * count,
                            pat_running_median_create(LEVELS)};
    bool has_room = numbers != NULL && curves.median != NULL;
    for (int c = 0; c < 3 && has_room; c++)
        plan_channel(frames, count, radius, c, &curves, gains);
    if (has_room)
        settle(frames, gains, count);
    pat_running_median_free(curves.median);
    free(numbers);
    return has_room ? PAT_OK : pat_fail_memory(error, "the film's exposures");
}
