#include "naive_features.h"

#include <complex.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* `height` rows of `width` elements. The caller frees `at`. */
typedef struct matrix {
    int height, width;
    double *at;
} matrix;

static void *allocate(int count, size_t size)
{
    void *block = calloc((size_t)count, size);
    if (block == NULL)
        abort();
    return block;
}

static matrix new_matrix(int height, int width)
{
    return (matrix){height, width, allocate(height * width, sizeof(double))};
}

static double sample(const pat_image *image, int channel, int y, int x)
{
    const pat_plane *plane = &image->plane[channel];
    return plane->data[y * plane->stride + x];
}

static matrix grey_of(const pat_image *image, int red, int blue)
{
    matrix grey = new_matrix(image->height, image->width);
    for (int y = 0; y < grey.height; y++)
        for (int x = 0; x < grey.width; x++)
            grey.at[y * grey.width + x] =
                floor((9798 * sample(image, red, y, x) + 19235 * sample(image, PAT_GREEN, y, x) +
                       3735 * sample(image, blue, y, x) + 16384) /
                      32768);
    return grey;
}

/* out[k] = sum_j in[j] exp(-2 pi i j k / n); elements are `step` apart. */
static void dft(const long double complex *in, long double complex *out, int n, int step)
{
    long double complex *root = allocate(n, sizeof *root);
    for (int j = 0; j < n; j++)
        root[j] = cexpl(-2 * I * acosl(-1) * j / n);
    for (int k = 0; k < n; k++) {
        long double complex sum = 0;
        for (int j = 0; j < n; j++)
            sum += in[j * step] * root[j * k % n];
        out[k * step] = sum;
    }
    free(root);
}

/* fftshift(abs(fft2(gray))) */
static matrix centred_magnitude(matrix grey)
{
    int height = grey.height, width = grey.width, count = height * width;
    long double complex *a = allocate(count, sizeof *a);
    long double complex *b = allocate(count, sizeof *b);
    for (int i = 0; i < count; i++)
        a[i] = grey.at[i];
    for (int y = 0; y < height; y++)
        dft(a + y * width, b + y * width, width, 1);
    for (int x = 0; x < width; x++)
        dft(b + x, a + x, height, width);

    matrix magnitude = new_matrix(height, width);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            magnitude.at[(y + height / 2) % height * width + (x + width / 2) % width] =
                (double)cabsl(a[y * width + x]);
    free(a);
    free(b);
    return magnitude;
}

static bool in_box(matrix m, int y, int x)
{
    int cy = m.height / 2, cx = m.width / 2;
    return y >= cy - 30 && y < cy + 30 && x >= cx - 30 && x < cx + 30;
}

/* Mean of ((m - center) / scale)^power. */
static double moment(matrix m, double centre, double scale, int power)
{
    double sum = 0;
    int count = m.height * m.width;
    for (int i = 0; i < count; i++)
        sum += pow((m.at[i] - centre) / scale, power);
    return sum / count;
}

static double sum_of_box(matrix m, bool inside, int *count)
{
    double sum = 0;
    *count = 0;
    for (int y = 0; y < m.height; y++)
        for (int x = 0; x < m.width; x++)
            if (in_box(m, y, x) == inside) {
                sum += m.at[y * m.width + x];
                ++*count;
            }
    return sum;
}

static double radial_mean(matrix m, int radius)
{
    double sum = 0;
    int count = 0;
    for (int y = 0; y < m.height; y++)
        for (int x = 0; x < m.width; x++) {
            double dy = y - m.height / 2, dx = x - m.width / 2;
            if ((int)sqrt(dy * dy + dx * dx) == radius) {
                sum += m.at[y * m.width + x];
                count++;
            }
        }
    return sum / count;
}

static void spectrum_features(matrix m, double features[12])
{
    double mean = moment(m, 0, 1, 1);
    double std_dev = sqrt(moment(m, mean, 1, 2));
    int low_count, high_count;
    double low = sum_of_box(m, true, &low_count) / low_count;
    double high = sum_of_box(m, false, &high_count);
    high = high_count == 0 ? 0 : high / high_count;
    features[0] = mean;
    features[1] = std_dev;
    features[2] = std_dev == 0 ? 0 : moment(m, mean, std_dev, 3);
    features[3] = std_dev == 0 ? 0 : moment(m, mean, std_dev, 4) - 3;
    features[4] = low;
    features[5] = high;
    features[6] = low == 0 ? 0 : high / low;

    int n = m.height < m.width ? m.height / 2 : m.width / 2;
    const int radius[5] = {0, n / 4, n / 2, 3 * n / 4, n - 1};
    for (int i = 0; i < 5; i++)
        features[7 + i] = n < 5 ? 0 : radial_mean(m, radius[i]);
}

static double color_balance_need(const pat_image *image)
{
    double count = (double)image->height * image->width;
    double mu[3] = {0}, sd[3] = {0};
    for (int c = 0; c < 3; c++) {
        for (int y = 0; y < image->height; y++)
            for (int x = 0; x < image->width; x++)
                mu[c] += sample(image, c, y, x);
        mu[c] /= count;
        for (int y = 0; y < image->height; y++)
            for (int x = 0; x < image->width; x++)
                sd[c] += pow(sample(image, c, y, x) - mu[c], 2);
        sd[c] = sqrt(sd[c] / count);
    }
    double o = (mu[0] + mu[1] + mu[2]) / 3;
    double highest = fmax(mu[0], fmax(mu[1], mu[2])), lowest = fmin(mu[0], fmin(mu[1], mu[2]));
    double dev = o == 0 ? 0 : (fabs(mu[0] - o) + fabs(mu[1] - o) + fabs(mu[2] - o)) / 3 / o;
    double cast = highest == 0 ? 0 : (highest - lowest) / highest;
    double sd_mean = (sd[0] + sd[1] + sd[2]) / 3;
    double sd_variance =
        (pow(sd[0] - sd_mean, 2) + pow(sd[1] - sd_mean, 2) + pow(sd[2] - sd_mean, 2)) / 3;
    double var = sqrt(sd_variance) / (sd_mean + 1e-6);
    return fmin(0.4 * dev + 0.4 * cast + 0.2 * fmin(var, 1), 1);
}

static int reflect101(int i, int n)
{
    if (n == 1)
        return 0;
    return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i;
}

static double convolve_at(matrix m, const int kernel[3][3], int y, int x)
{
    double sum = 0;
    for (int i = -1; i <= 1; i++)
        for (int j = -1; j <= 1; j++)
            sum += kernel[i + 1][j + 1] *
                   m.at[reflect101(y + i, m.height) * m.width + reflect101(x + j, m.width)];
    return sum;
}

static double sharpening_need(const pat_image *image)
{
    static const int laplacian[3][3] = {{0, 1, 0}, {1, -4, 1}, {0, 1, 0}};
    static const int sobel_x[3][3] = {{-1, 0, 1}, {-2, 0, 2}, {-1, 0, 1}};
    static const int sobel_y[3][3] = {{-1, -2, -1}, {0, 0, 0}, {1, 2, 1}};
    matrix grey = grey_of(image, PAT_BLUE, PAT_RED);
    matrix second = new_matrix(grey.height, grey.width);
    matrix edges = new_matrix(grey.height, grey.width);
    for (int y = 0; y < grey.height; y++)
        for (int x = 0; x < grey.width; x++) {
            second.at[y * grey.width + x] = convolve_at(grey, laplacian, y, x);
            edges.at[y * grey.width + x] =
                hypot(convolve_at(grey, sobel_x, y, x), convolve_at(grey, sobel_y, y, x));
        }
    matrix magnitude = centred_magnitude(grey);
    int count;
    double low = sum_of_box(magnitude, true, &count), high = sum_of_box(magnitude, false, &count);
    double hf = low + high == 0 ? 0 : high / (low + high);

    double l = fmax(0, 1 - moment(second, moment(second, 0, 1, 1), 1, 2) / 500);
    double q = fmax(0, 1 - hf / 0.5);
    double s = fmax(0, 1 - moment(edges, 0, 1, 1) / 30);
    free(grey.at);
    free(second.at);
    free(edges.at);
    free(magnitude.at);
    return fmin(fmax(0.4 * l + 0.3 * q + 0.3 * s, 0), 1);
}

void naive_features(const pat_image *image, double features[PAT_FEATURE_COUNT])
{
    matrix grey = grey_of(image, PAT_RED, PAT_BLUE);
    matrix m = centred_magnitude(grey);
    for (int i = 0; i < m.height * m.width; i++)
        m.at[i] = 20 * log(m.at[i] + 1);
    spectrum_features(m, features);
    features[12] = color_balance_need(image);
    features[13] = sharpening_need(image);
    free(grey.at);
    free(m.at);
}
