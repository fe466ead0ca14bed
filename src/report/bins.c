#include "report/bins.h"

#include <assert.h>
#include <math.h>

/* Round `width` > 0 up to 1, 2 or 5 times a power of ten. */
static double round_up(double width)
{
    static const double steps[] = {1, 2, 5, 10};
    double power = pow(10, floor(log10(width)));
    int i = 0;
    while (i < 3 && steps[i] * power < width)
        i++;
    return steps[i] * power;
}

static double choose_width(const pat_statistics *of)
{
    double range = of->max - of->min;
    double width = 2 * (of->upper_quartile - of->lower_quartile) / cbrt((double)of->count);
    if (!(range > 0) || !isfinite(range)) /* all equal, or too far apart for a double */
        return round_up(fmax(fabs(of->max), fabs(of->min)) / 10 + 1e-12);
    return round_up(fmin(fmax(width, range / 40), range / 5));
}

/* The bin of a number, if bin 0 started at 0. */
static double place_of(double value, double limit, double width)
{
    double last = ceil(limit / width - 1e-9) - 1;
    return value <= limit ? fmin(floor(value / width), last) : floor(value / width);
}

void pat_bins_fill(const double *value, size_t count, const pat_statistics *of, double limit,
                   pat_bins *bins)
{
    *bins = (pat_bins){0};
    if (of->count == 0)
        return;
    bins->width = choose_width(of);
    bins->first = place_of(of->min, limit, bins->width);
    double bin_count = place_of(of->max, limit, bins->width) - bins->first + 1;
    assert(bin_count >= 1 && bin_count <= PAT_BINS_MAX);
    bins->count = (int)bin_count;
    for (size_t i = 0; i < count; i++)
        if (isfinite(value[i]))
            bins->in[(int)(place_of(value[i], limit, bins->width) - bins->first)]++;
}
