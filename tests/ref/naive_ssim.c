#include "naive_ssim.h"

enum { SIDE = 7, COUNT = SIDE * SIDE };

typedef struct window {
    double value[COUNT];
    double mean;
} window;

static window window_at(const pat_plane *plane, int x, int y)
{
    window w = {.mean = 0};
    for (int i = 0; i < COUNT; i++) {
        w.value[i] = plane->data[(y + i / SIDE) * plane->stride + x + i % SIDE];
        w.mean += w.value[i] / COUNT;
    }
    return w;
}

/* Sample covariance: the sum divided by COUNT - 1. */
static double covariance(const window *a, const window *b)
{
    double sum = 0;
    for (int i = 0; i < COUNT; i++)
        sum += (a->value[i] - a->mean) * (b->value[i] - b->mean);
    return sum / (COUNT - 1);
}

static double window_ssim(const window *a, const window *b)
{
    const double c1 = (0.01 * 255) * (0.01 * 255), c2 = (0.03 * 255) * (0.03 * 255);
    double luminance = (2 * a->mean * b->mean + c1) / (a->mean * a->mean + b->mean * b->mean + c1);
    double structure = (2 * covariance(a, b) + c2) / (covariance(a, a) + covariance(b, b) + c2);
    return luminance * structure;
}

double naive_ssim(const pat_plane *a, const pat_plane *b)
{
    double sum = 0;
    int rows = a->height - SIDE + 1, columns = a->width - SIDE + 1;
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++) {
            window of_a = window_at(a, x, y), of_b = window_at(b, x, y);
            sum += window_ssim(&of_a, &of_b);
        }
    return sum / rows / columns;
}
