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

/* The running median of one quantile in all frames, times 2. */
static void running_medians(const pat_quantiles *frames, size_t count, int radius, int c, int i,
                            pat_running_median *median, uint32_t *twice)
{
    size_t reach = (size_t)radius, added = 0;
    for (size_t t = 0; t < count; t++) {
        for (; added < count && added <= t + reach; added++)
            pat_running_median_add(median, frames[added].channel[c][i]);
        if (t > reach)
            pat_running_median_remove(median, frames[t - reach - 1].channel[c][i]);
        twice[t] = pat_running_median_twice(median);
    }
    for (size_t t = count > reach ? count - reach - 1 : 0; t < count; t++)
        pat_running_median_remove(median, frames[t].channel[c][i]);
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static bool is_told(double quantile)
{
    return quantile >= MARGIN * PAT_QUANTILE_UNIT && quantile <= (255 - MARGIN) * PAT_QUANTILE_UNIT;
}

/* The median of the ratios of the quantiles that tell something; 1 if those are too few. twice:
 * of each quantile, that of this frame. */
static double gain_of(const uint16_t *quantile, const uint32_t *twice, size_t step)
{
    double ratio[PAT_QUANTILES];
    size_t n = 0;
    for (int i = 0; i < PAT_QUANTILES; i++) {
        double steady = twice[(size_t)i * step] / 2.0;
        if (is_told(quantile[i]) && is_told(steady))
            ratio[n++] = steady / quantile[i];
    }
    if (n < PAT_QUANTILES / 4)
        return 1;
    qsort(ratio, n, sizeof *ratio, compare);
    double median = (ratio[(n - 1) / 2] + ratio[n / 2]) / 2;
    return fmin(fmax(median, 1 / MOST), MOST);
}

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
    uint32_t *twice = calloc(count, PAT_QUANTILES * sizeof *twice);
    pat_running_median *median = pat_running_median_create(PAT_QUANTILE_LEVELS);
    for (int c = 0; c < 3 && twice != NULL && median != NULL; c++) {
        for (int i = 0; i < PAT_QUANTILES; i++)
            running_medians(frames, count, radius, c, i, median, twice + (size_t)i * count);
        for (size_t t = 0; t < count; t++)
            gains[t].channel[c] = gain_of(frames[t].channel[c], twice + t, count);
    }
    pat_status status =
        twice != NULL && median != NULL ? PAT_OK : pat_fail_memory(error, "the film's exposures");
    if (status == PAT_OK)
        settle(frames, gains, count);
    pat_running_median_free(median);
    free(twice);
    return status;
}
