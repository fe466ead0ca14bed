/*
 * Phase correlation: C. Kuglin, D. Hines, "The phase correlation image alignment method", Proc.
 * IEEE Int. Conf. on Cybernetics and Society (1975). The cross-power spectrum is weighted by a
 * Gaussian, because blur leaves only noise in the high frequencies.
 */
#include "features/likeness.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "features/variance.h"
#include "image/plane.h"

enum {
    DAMAGED,
    UNDAMAGED,
    WINDOW = 512,      /* the largest side that is transformed */
    COARSE = 48,       /* the largest side of a coarse version */
    SMALLEST_SIDE = 8, /* of a transformed image */
};

static const double PASS_SIGMA = 0.1;                      /* of the Gaussian, cycles per pixel */
static const double DETAIL_FROM = 0.125, DETAIL_TO = 0.25; /* cycles per pixel */
static const double NOTHING = 1e-6; /* relative to the strongest frequency: rounding noise */

static pat_status no_memory(pat_error *error)
{
    return pat_fail_memory(error, "comparing an image with its original");
}

/* ---- Grays, colors, coarse versions --------------------------------------------------------- */

/* Sums over the pixels of gray, of red - green, and of red + green - 2 blue. */
struct color_sums {
    int64_t sum[3];
    uint64_t squares[3];
};

static void add_color(struct color_sums *sums, int index, int value)
{
    sums->sum[index] += value;
    sums->squares[index] += (uint64_t)(value * value);
}

/* Make the same gray version as for the features; also measure contrast and color spread. */
static bool make_grey(const pat_image *image, pat_scratch *scratch, pat_plane *grey,
                      double *contrast, double *color)
{
    struct color_sums sums = {0};
    if (!pat_plane_reserve(scratch, image->width, image->height, grey))
        return false;
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            int rgb[PAT_CHANNELS];
            for (int c = 0; c < PAT_CHANNELS; c++)
                rgb[c] = image->plane[c].data[y * image->plane[c].stride + x];
            int luma =
                (9798 * rgb[PAT_RED] + 19235 * rgb[PAT_GREEN] + 3735 * rgb[PAT_BLUE] + 16384) >> 15;
            grey->data[y * grey->stride + x] = (uint8_t)luma;
            add_color(&sums, 0, luma);
            add_color(&sums, 1, rgb[PAT_RED] - rgb[PAT_GREEN]);
            add_color(&sums, 2, rgb[PAT_RED] + rgb[PAT_GREEN] - 2 * rgb[PAT_BLUE]);
        }
    double variance[3];
    for (int i = 0; i < 3; i++)
        variance[i] = pat_integer_variance((uint64_t)image->width * (uint64_t)image->height,
                                           sums.sum[i], sums.squares[i]);
    *contrast = sqrt(variance[0]);
    *color = sqrt(variance[1] + variance[2] / 4);
    return true;
}

static uint8_t block_mean(const pat_plane *plane, int left, int top, int size)
{
    int64_t sum = 0;
    for (int y = top; y < top + size; y++)
        for (int x = left; x < left + size; x++)
            sum += plane->data[y * plane->stride + x];
    int64_t count = (int64_t)size * size;
    return (uint8_t)((sum + count / 2) / count);
}

static int reduction(const pat_plane *plane, int limit)
{
    int longer = plane->width > plane->height ? plane->width : plane->height;
    return (longer + limit - 1) / limit;
}

/* Average whole blocks, large enough that no side exceeds the limit. */
static bool reduce(const pat_plane *plane, int limit, pat_scratch *scratch, pat_plane *reduced)
{
    int size = reduction(plane, limit);
    int shorter = plane->width < plane->height ? plane->width : plane->height;
    size = size > shorter ? shorter : size; /* keep at least one pixel of a narrow image */
    if (!pat_plane_reserve(scratch, plane->width / size, plane->height / size, reduced))
        return false;
    for (int y = 0; y < reduced->height; y++)
        for (int x = 0; x < reduced->width; x++)
            reduced->data[y * reduced->stride + x] = block_mean(plane, x * size, y * size, size);
    return true;
}

/* ---- Plain correlation ----------------------------------------------------------------------- */

static int at_least_0(int value)
{
    return value > 0 ? value : 0;
}

/* The correlation of planes of the same size, comparing pixel (x, y) of b with (x + shift_x, y +
 * shift_y) of a. */
static double correlate(const pat_plane *a, const pat_plane *b, int shift_x, int shift_y)
{
    double count = 0;
    int64_t sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;
    int x_end = b->width - at_least_0(shift_x), y_end = b->height - at_least_0(shift_y);
    for (int y = at_least_0(-shift_y); y < y_end; y++) {
        const uint8_t *row_a = a->data + (y + shift_y) * a->stride,
                      *row_b = b->data + y * b->stride;
        for (int x = at_least_0(-shift_x); x < x_end; x++) {
            int value_a = row_a[x + shift_x], value_b = row_b[x];
            sum_a += value_a;
            sum_b += value_b;
            aa += value_a * value_a;
            bb += value_b * value_b;
            ab += value_a * value_b;
            count++;
        }
    }
    double var_a = count * (double)aa - (double)sum_a * (double)sum_a;
    double var_b = count * (double)bb - (double)sum_b * (double)sum_b;
    if (!(var_a > 0) || !(var_b > 0))
        return !(var_a > 0) && !(var_b > 0);
    return (count * (double)ab - (double)sum_a * (double)sum_b) / sqrt(var_a * var_b);
}

/* ---- Phase correlation ----------------------------------------------------------------------- */

/* Two windows being transformed: samples, then complex numbers. */
struct windows {
    double *data[2];
    int width, height;
    size_t stride; /* doubles from row to row */
};

/* The largest window side, up to `side`, with a fast transform. */
static int window_side(int side)
{
    side = side < WINDOW ? side : WINDOW;
    while (pat_fourier_is_awkward(side))
        side--;
    return side;
}

static double hann(int index, int count)
{
    double root = sin(M_PI * (index + 1) / (count + 1));
    return root * root;
}

/* Load the center of a plane minus its mean, fading to 0 at the borders. */
static void load_window(const pat_plane *plane, const struct windows *windows, double *to)
{
    int left = (plane->width - windows->width) / 2, top = (plane->height - windows->height) / 2;
    int64_t sum = 0;
    for (int y = 0; y < windows->height; y++)
        for (int x = 0; x < windows->width; x++)
            sum += plane->data[(top + y) * plane->stride + left + x];
    double mean = (double)sum / ((double)windows->width * windows->height);
    double across[WINDOW];
    for (int x = 0; x < windows->width; x++)
        across[x] = hann(x, windows->width);
    for (int y = 0; y < windows->height; y++) {
        const uint8_t *row = plane->data + (top + y) * plane->stride + left;
        double down = hann(y, windows->height);
        for (int x = 0; x < windows->width; x++)
            to[(size_t)y * windows->stride + (size_t)x] = (row[x] - mean) * down * across[x];
    }
}

static pat_status transform_windows(pat_likeness_meter *meter, const pat_plane planes[2],
                                    struct windows *windows, pat_error *error)
{
    windows->width = window_side(planes[0].width);
    windows->height = window_side(planes[0].height);
    windows->stride = 2 * ((size_t)windows->width / 2 + 1);
    pat_status status = PAT_OK;
    for (int i = 0; i < 2 && status == PAT_OK; i++) {
        windows->data[i] = pat_scratch_get(&meter->window[i], windows->stride,
                                           (size_t)windows->height * sizeof(double));
        if (windows->data[i] == NULL)
            return no_memory(error);
        load_window(&planes[i], windows, windows->data[i]);
        status = pat_fourier_transform(&meter->fourier, windows->width, windows->height,
                                       windows->data[i], error);
    }
    return status;
}

/* The square of a frequency in cycles per pixel. x: 0..width / 2. */
static double square_frequency(const struct windows *windows, int x, int y)
{
    double fx = (double)x / windows->width;
    double fy = (double)(2 * y <= windows->height ? y : y - windows->height) / windows->height;
    return fx * fx + fy * fy;
}

/* How many frequencies a stored column represents: 2 if its conjugate is not stored. */
static int multiplicity(const struct windows *windows, int x)
{
    return x == 0 || 2 * x == windows->width ? 1 : 2;
}

/* Multiply the damaged spectrum by the original's conjugate, in place, and measure the fine detail.
 * Returns the largest magnitude. */
static double cross_spectrum(const struct windows *windows, pat_likeness *likeness)
{
    double largest = 0, common = 0, power[2] = {0};
    for (int y = 0; y < windows->height; y++)
        for (int x = 0; x <= windows->width / 2; x++) {
            size_t at = (size_t)y * windows->stride + 2 * (size_t)x;
            double *a = windows->data[DAMAGED] + at;
            const double *b = windows->data[UNDAMAGED] + at;
            double re = a[0] * b[0] + a[1] * b[1], im = a[1] * b[0] - a[0] * b[1];
            double square = square_frequency(windows, x, y);
            if (square >= DETAIL_FROM * DETAIL_FROM && square < DETAIL_TO * DETAIL_TO) {
                int times = multiplicity(windows, x);
                common += times * re;
                power[DAMAGED] += times * (a[0] * a[0] + a[1] * a[1]);
                power[UNDAMAGED] += times * (b[0] * b[0] + b[1] * b[1]);
            }
            a[0] = re;
            a[1] = im;
            largest = fmax(largest, hypot(re, im));
        }
    likeness->detail_kept = power[UNDAMAGED] > 0 ? common / power[UNDAMAGED] : 0;
    likeness->detail_gained = power[DAMAGED] > 0 ? common / power[DAMAGED] : 0;
    return largest;
}

/* Keep only the weighted phase of the cross spectrum. Returns the sum of the squared weights. */
static double whiten(const struct windows *windows, double least)
{
    double squares = 0;
    for (int y = 0; y < windows->height; y++)
        for (int x = 0; x <= windows->width / 2; x++) {
            double *value = windows->data[DAMAGED] + (size_t)y * windows->stride + 2 * (size_t)x;
            double magnitude = hypot(value[0], value[1]);
            double square = square_frequency(windows, x, y);
            double weight = exp(-square / (2 * PASS_SIGMA * PASS_SIGMA));
            if (square == 0 || !(magnitude > least))
                weight = magnitude = 0;
            squares += multiplicity(windows, x) * weight * weight;
            value[0] = magnitude > 0 ? weight * value[0] / magnitude : 0;
            value[1] = magnitude > 0 ? weight * value[1] / magnitude : 0;
        }
    return squares;
}

static int as_shift(int index, int count)
{
    return 2 * index < count ? index : index - count;
}

/* Find the highest correlation. */
static void find_peak(const struct windows *windows, double deviation, pat_likeness *likeness)
{
    double highest = -INFINITY;
    for (int y = 0; y < windows->height; y++)
        for (int x = 0; x < windows->width; x++) {
            double value = windows->data[DAMAGED][(size_t)y * windows->stride + (size_t)x];
            if (value > highest) {
                highest = value;
                likeness->shift_x = as_shift(x, windows->width);
                likeness->shift_y = as_shift(y, windows->height);
            }
        }
    likeness->peak = highest / deviation;
}

/* Fill in shift, peak and detail; peak is 0 if there is nothing to correlate. */
static pat_status correlate_phases(pat_likeness_meter *meter, const pat_plane planes[2],
                                   pat_likeness *likeness, pat_error *error)
{
    struct windows windows;
    likeness->peak = 0;
    likeness->shift_x = likeness->shift_y = 0;
    if (planes[0].width < SMALLEST_SIDE || planes[0].height < SMALLEST_SIDE)
        return PAT_OK;
    pat_status status = transform_windows(meter, planes, &windows, error);
    if (status != PAT_OK)
        return status;
    double squares = whiten(&windows, NOTHING * cross_spectrum(&windows, likeness));
    if (!(squares > 0))
        return PAT_OK;
    status = pat_fourier_invert(&meter->fourier, windows.data[DAMAGED], error);
    if (status == PAT_OK)
        find_peak(&windows, sqrt(squares), likeness);
    return status;
}

/* ---- The judgment --------------------------------------------------------------------------- */

/* Limits found on thousands of correct and wrong pairs with a dozen kinds of damage. Peaks of wrong
 * pairs stay below 12, unless one image is very blurred; then the shifted images do not fit. Coarse
 * correlations of all but the worst correct pairs are above 0.4. Small images have too few pixels
 * to judge. */
static const double CLEAR_PEAK = 14;
static const double ALIKE = 0.4, FITTING = 0.5;
enum { SMALLEST_JUDGED = 128 };
static const double STILL_PX = 2;

static bool is_shifted(const pat_likeness *likeness)
{
    return hypot(likeness->shift_x, likeness->shift_y) > STILL_PX;
}

bool pat_likeness_is_misaligned(const pat_likeness *likeness)
{
    /* Motion blur changes phases, but no other position fits better. */
    bool better = 1 - likeness->correlation_there < 0.8 * (1 - likeness->correlation_here);
    bool alike = likeness->correlation >= ALIKE, fits = likeness->correlation_there >= FITTING;
    bool clear = likeness->peak >= CLEAR_PEAK;
    return is_shifted(likeness) && better && (clear ? alike || fits : !alike && fits);
}

bool pat_shapes_differ(const int width[2], const int height[2])
{
    double scale = (double)width[UNDAMAGED] / width[DAMAGED];
    double rounding = scale + 1; /* one pixel of each */
    return fabs(height[DAMAGED] * scale - height[UNDAMAGED]) > rounding + 0.02 * height[UNDAMAGED];
}

bool pat_likeness_has_other_shape(const pat_likeness *likeness)
{
    return pat_shapes_differ(likeness->width, likeness->height);
}

bool pat_likeness_is_of_strangers(const pat_likeness *likeness)
{
    bool in_place = likeness->peak >= CLEAR_PEAK && !is_shifted(likeness);
    return likeness->width[UNDAMAGED] >= SMALLEST_JUDGED &&
           likeness->height[UNDAMAGED] >= SMALLEST_JUDGED && likeness->correlation < ALIKE &&
           likeness->correlation_there < FITTING && !in_place;
}

bool pat_likeness_may_be_swapped(const pat_likeness *likeness)
{
    double contrast = likeness->contrast[UNDAMAGED] / likeness->contrast[DAMAGED]; /* or NaN */
    bool flatter = contrast < 0.97;
    /* by more than the lower contrast explains */
    bool blurrier =
        likeness->detail_gained < 0.85 * contrast && likeness->detail_kept * contrast > 1.1;
    bool paler = likeness->color[UNDAMAGED] <= 1.02 * likeness->color[DAMAGED] + 1;
    return blurrier && flatter && paler && likeness->peak >= CLEAR_PEAK &&
           !pat_likeness_is_misaligned(likeness);
}

/* ---- All of it ------------------------------------------------------------------------------- */

static bool same_pixels(const pat_image *a, const pat_image *b)
{
    if (a->width != b->width || a->height != b->height)
        return false;
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < a->height; y++)
            if (memcmp(a->plane[c].data + y * a->plane[c].stride,
                       b->plane[c].data + y * b->plane[c].stride, (size_t)a->width) != 0)
                return false;
    return true;
}

/* Correlate the center first; if the result is unclear, the whole image at reduced size. */
static pat_status find_shift(pat_likeness_meter *meter, const pat_plane grey[2],
                             pat_likeness *likeness, pat_error *error)
{
    pat_status status = correlate_phases(meter, grey, likeness, error);
    int size = reduction(&grey[0], WINDOW);
    if (status != PAT_OK || likeness->peak >= CLEAR_PEAK || size == 1)
        return status;
    pat_plane small[2];
    pat_likeness whole;
    for (int i = 0; i < 2; i++)
        if (!reduce(&grey[i], WINDOW, &meter->coarse[i], &small[i]))
            return no_memory(error);
    status = correlate_phases(meter, small, &whole, error);
    if (status == PAT_OK && whole.peak > likeness->peak) {
        likeness->peak = whole.peak;
        likeness->shift_x = whole.shift_x * (grey[0].width / small[0].width);
        likeness->shift_y = whole.shift_y * (grey[0].height / small[0].height);
    }
    return status;
}

static pat_status measure_greys(pat_likeness_meter *meter, const pat_plane grey[2],
                                pat_likeness *likeness, pat_error *error)
{
    pat_plane coarse[2];
    for (int i = 0; i < 2; i++)
        if (!reduce(&grey[i], COARSE, &meter->coarse[i], &coarse[i]))
            return no_memory(error);
    likeness->correlation = correlate(&coarse[DAMAGED], &coarse[UNDAMAGED], 0, 0);
    pat_status status = find_shift(meter, grey, likeness, error);
    likeness->correlation_here = likeness->correlation_there =
        correlate(&grey[DAMAGED], &grey[UNDAMAGED], 0, 0);
    if (likeness->shift_x != 0 || likeness->shift_y != 0)
        likeness->correlation_there =
            correlate(&grey[DAMAGED], &grey[UNDAMAGED], likeness->shift_x, likeness->shift_y);
    return status;
}

pat_status pat_likeness_measure(pat_likeness_meter *meter, const pat_image *damaged,
                                const pat_image *undamaged, pat_likeness *likeness,
                                pat_error *error)
{
    const pat_image *image[2] = {damaged, undamaged};
    pat_plane grey[2];
    memset(likeness, 0, sizeof *likeness); /* padding too: it is sent as raw memory */
    likeness->identical = same_pixels(damaged, undamaged);
    for (int i = 0; i < 2; i++) {
        likeness->width[i] = image[i]->width;
        likeness->height[i] = image[i]->height;
        if (!make_grey(image[i], &meter->grey[i], &grey[i], &likeness->contrast[i],
                       &likeness->color[i]))
            return no_memory(error);
    }
    if (damaged->width != undamaged->width || damaged->height != undamaged->height) {
        pat_plane resized;
        if (!pat_plane_reserve(&meter->resized, undamaged->width, undamaged->height, &resized))
            return no_memory(error);
        pat_status status = pat_resize_linear(&grey[DAMAGED], &resized, error);
        if (status != PAT_OK)
            return status;
        grey[DAMAGED] = resized;
    }
    return measure_greys(meter, grey, likeness, error);
}

void pat_likeness_meter_release(pat_likeness_meter *meter)
{
    pat_fourier_release(&meter->fourier);
    pat_scratch_release(&meter->resized);
    for (int i = 0; i < 2; i++) {
        pat_scratch_release(&meter->grey[i]);
        pat_scratch_release(&meter->window[i]);
        pat_scratch_release(&meter->coarse[i]);
    }
    *meter = (pat_likeness_meter){0};
}
