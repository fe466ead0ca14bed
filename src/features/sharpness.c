#include "features/sharpness.h"

#include <math.h>

#include "features/variance.h"

/* A measure this large counts as sharp and adds nothing to the need. */
static const double SHARP_LAPLACIAN_VARIANCE = 500;
static const double SHARP_HIGH_SHARE = 0.5;
static const double SHARP_SOBEL_MEAN = 30;

enum { BLOCK = 32 }; /* pixels measured at a time; their sums fit in an int */

typedef struct edge_sums {
    int64_t laplacian;
    uint64_t laplacian_squares;
    double sobel; /* of the gradient's magnitude */
} edge_sums;

/* Three neighboring rows, the outer ones reflected at the border. */
typedef struct row_window {
    const uint8_t *above, *here, *below;
} row_window;

/* The neighbors of index i among n by reflect101: -1 becomes 1, n becomes n - 2. */
static int previous(int i, int n)
{
    return i > 0 ? i - 1 : n > 1;
}

static int next(int i, int n)
{
    return i + 1 < n ? i + 1 : n > 1 ? n - 2 : 0;
}

/* A pixel's Laplacian, and the squared length of its Sobel gradient. */
typedef struct pixel_edges {
    int16_t laplacian;
    int gradient;
} pixel_edges;

static inline pixel_edges edges_at(row_window w, int left, int x, int right)
{
    /* 16 bits are enough for all of these, and make the products cheap */
    int16_t dx = (int16_t)((w.above[right] - w.above[left]) + 2 * (w.here[right] - w.here[left]) +
                           (w.below[right] - w.below[left]));
    int16_t dy = (int16_t)((w.below[left] - w.above[left]) + 2 * (w.below[x] - w.above[x]) +
                           (w.below[right] - w.above[right]));
    int16_t laplacian =
        (int16_t)(w.above[x] + w.here[left] + w.here[right] + w.below[x] - 4 * w.here[x]);
    return (pixel_edges){laplacian, dx * dx + dy * dy};
}

static void add_pixel(edge_sums *sums, row_window w, int left, int x, int right)
{
    pixel_edges edges = edges_at(w, left, x, right);
    sums->laplacian += edges.laplacian;
    sums->laplacian_squares += (uint32_t)(edges.laplacian * edges.laplacian);
    sums->sobel += sqrt(edges.gradient);
}

/*
 * Add pixels start .. start + count - 1, none at the border. The roots are added in pixel order,
 * which fixes the last bits of the sum. Everything else may be reordered, so the compiler can
 * vectorize it. Blocks are short so that the processor can overlap it with the additions, which
 * depend on each other.
 */
static void add_block(edge_sums *sums, row_window w, int start, int count)
{
    int gradient[BLOCK], laplacian = 0, laplacian_squares = 0;
    double root[BLOCK];
    for (int i = 0; i < count; i++) {
        pixel_edges edges = edges_at(w, start + i - 1, start + i, start + i + 1);
        laplacian += edges.laplacian;
        laplacian_squares += edges.laplacian * edges.laplacian;
        gradient[i] = edges.gradient;
    }
    for (int i = 0; i < count; i++)
        root[i] = sqrt(gradient[i]);
    for (int i = 0; i < count; i++)
        sums->sobel += root[i];
    sums->laplacian += laplacian;
    sums->laplacian_squares += (uint32_t)laplacian_squares;
}

static edge_sums measure_edges(const pat_plane *grey)
{
    edge_sums sums = {0};
    int last = grey->width - 1;
    for (int y = 0; y < grey->height; y++) {
        row_window rows = {grey->data + previous(y, grey->height) * grey->stride,
                           grey->data + y * grey->stride,
                           grey->data + next(y, grey->height) * grey->stride};
        add_pixel(&sums, rows, previous(0, grey->width), 0, next(0, grey->width));
        for (int x = 1; x < last; x += BLOCK)
            add_block(&sums, rows, x, last - x < BLOCK ? last - x : BLOCK);
        if (last > 0)
            add_pixel(&sums, rows, previous(last, grey->width), last, next(last, grey->width));
    }
    return sums;
}

/* 1 for a measure of 0, falling to 0 at `sharp` and beyond. */
static double lack(double measure, double sharp)
{
    return fmax(0, 1 - measure / sharp);
}

double pat_sharpening_need(const pat_plane *grey, double high_share)
{
    edge_sums sums = measure_edges(grey);
    uint64_t count = (uint64_t)grey->width * (uint64_t)grey->height;
    double laplacian_variance = pat_integer_variance(count, sums.laplacian, sums.laplacian_squares);
    double sobel_mean = sums.sobel / (double)count;

    double need = 0.4 * lack(laplacian_variance, SHARP_LAPLACIAN_VARIANCE) +
                  0.3 * lack(high_share, SHARP_HIGH_SHARE) +
                  0.3 * lack(sobel_mean, SHARP_SOBEL_MEAN);
    return fmin(fmax(need, 0), 1);
}
