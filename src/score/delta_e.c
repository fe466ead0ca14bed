/* Mean CIEDE2000 of two images. docs/definitions.md has the formulas. */
#include "score/delta_e.h"

#include <math.h>

#include "score/score.h"

/* ---- From sRGB to Lab ------------------------------------------------------------------------ */

/* As scikit-image's rgb2xyz: rows X, Y, Z. */
static const double xyz_from_rgb[3][PAT_CHANNELS] = {
    {0.412453, 0.357580, 0.180423}, {0.212671, 0.715160, 0.072169}, {0.019334, 0.119193, 0.950227}};
static const double white[3] = {0.95047, 1, 1.08883}; /* D65, 2 degrees */

/* The linear light, 0..1, of each sRGB value. */
static void fill_linear(double linear[256])
{
    for (int v = 0; v < 256; v++) {
        double value = v / 255.0;
        linear[v] = value > 0.04045 ? pow((value + 0.055) / 1.055, 2.4) : value / 12.92;
    }
}

static double lab_curve(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static pat_lab lab_at(const pat_image *image, int x, int y, const double linear[256])
{
    double light[PAT_CHANNELS], curved[3];
    for (int c = 0; c < PAT_CHANNELS; c++)
        light[c] = linear[image->plane[c].data[y * image->plane[c].stride + x]];
    for (int i = 0; i < 3; i++) {
        const double *weights = xyz_from_rgb[i];
        curved[i] = lab_curve(
            (weights[0] * light[0] + weights[1] * light[1] + weights[2] * light[2]) / white[i]);
    }
    return (pat_lab){116 * curved[1] - 16, 500 * (curved[0] - curved[1]),
                     200 * (curved[1] - curved[2])};
}

/* ---- CIEDE2000 ------------------------------------------------------------------------------- */

static double radians(double degrees)
{
    return degrees * (M_PI / 180);
}

/* 0 for grays .. 1 for strong colors: sqrt(C^7 / (C^7 + 25^7)). */
static double vividness(double chroma)
{
    double cube = chroma * chroma * chroma, power = cube * cube * chroma;
    return sqrt(power / (power + 6103515625.0));
}

/* 0..2 pi; 0 for grays. */
static double hue(double a, double b)
{
    double angle = atan2(b, a);
    return angle < 0 ? angle + 2 * M_PI : angle;
}

/* The difference along the shorter arc. */
static double hue_difference(double from, double to)
{
    double difference = to - from;
    if (difference > M_PI)
        return difference - 2 * M_PI;
    return difference < -M_PI ? difference + 2 * M_PI : difference;
}

/* The middle of the shorter arc. */
static double hue_mean(double x, double y)
{
    double sum = x + y;
    if (fabs(x - y) > M_PI)
        sum += sum < 2 * M_PI ? 2 * M_PI : -2 * M_PI;
    return sum / 2;
}

static double hue_weight(double hue)
{
    return 1 - 0.17 * cos(hue - radians(30)) + 0.24 * cos(2 * hue) +
           0.32 * cos(3 * hue + radians(6)) - 0.20 * cos(4 * hue - radians(63));
}

static double square(double x)
{
    return x * x;
}

double pat_ciede2000(const pat_lab *x, const pat_lab *y)
{
    double mean_chroma = (hypot(x->a, x->b) + hypot(y->a, y->b)) / 2;
    double stretch = 1 + 0.5 * (1 - vividness(mean_chroma));
    double chroma_x = hypot(x->a * stretch, x->b), hue_x = hue(x->a * stretch, x->b);
    double chroma_y = hypot(y->a * stretch, y->b), hue_y = hue(y->a * stretch, y->b);

    double off_middle = square((x->l + y->l) / 2 - 50);
    double lightness = (y->l - x->l) / (1 + 0.015 * off_middle / sqrt(20 + off_middle));

    mean_chroma = (chroma_x + chroma_y) / 2;
    double chroma = (chroma_y - chroma_x) / (1 + 0.045 * mean_chroma);

    /* 0 if either color is gray, whatever the hues */
    double mean_hue = hue_mean(hue_x, hue_y);
    double tint = 2 * sqrt(chroma_x * chroma_y) * sin(hue_difference(hue_x, hue_y) / 2) /
                  (1 + 0.015 * mean_chroma * hue_weight(mean_hue));

    double turn = radians(60) * exp(-square((mean_hue - radians(275)) / radians(25)));
    double rotation = -2 * vividness(mean_chroma) * sin(turn);
    double sum = square(lightness) + square(chroma) + square(tint) + rotation * chroma * tint;
    return sqrt(fmax(sum, 0));
}

/* ---- The mean -------------------------------------------------------------------------------- */

static pat_status compute(const pat_image *restored, const pat_image *original, double *value,
                          pat_error *error)
{
    (void)error;
    double linear[256], sum = 0;
    fill_linear(linear);
    for (int y = 0; y < original->height; y++) {
        double row_sum = 0; /* summing row sums has less rounding error in large images */
        for (int x = 0; x < original->width; x++) {
            pat_lab want = lab_at(original, x, y, linear), got = lab_at(restored, x, y, linear);
            row_sum += pat_ciede2000(&want, &got);
        }
        sum += row_sum;
    }
    *value = sum / ((double)original->width * original->height);
    return PAT_OK;
}

const pat_score_entry pat_score_delta_e = {
    .compute = compute,
    .score =
        {
            .name = "delta_e",
            .column = "delta_e",
            .unit = "",
            .higher_is_better = false,
            .least = 0,
            .greatest = INFINITY,
            .identical = 0,
            .smallest_side = 1,
            .exactness = "Agrees with the mean of scikit-image's deltaE_ciede2000 to 1e-9; pixels "
                         "are summed in a fixed order.",
            .help = "Mean CIEDE2000 color difference: about 1 is just visible side by side.",
        },
};
