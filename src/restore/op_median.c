/*
 * median: the median of the 3x3 samples around each sample. The border repeats the edge, and the
 * result is that of cv2.medianBlur(v, 3), in 8 and in 16 bits.
 */
#include "restore/gaussian.h"
#include "restore/operator.h"

static int halo(const pat_setting *setting)
{
    (void)setting;
    return 1;
}

/* Insertion sort. */
static double median_of_9(double value[9])
{
    for (int i = 1; i < 9; i++)
        for (int k = i; k > 0 && value[k - 1] > value[k]; k--) {
            double larger = value[k - 1];
            value[k - 1] = value[k];
            value[k] = larger;
        }
    return value[4];
}

static void filter(const pat_setting *setting, const pat_neighborhood *in, double *out)
{
    (void)setting;
    for (int x = 0; x < in->width; x++) {
        double value[9];
        for (int k = 0; k < 9; k++)
            value[k] = in->row[k / 3 - 1][x + k % 3 - 1];
        out[x] = median_of_9(value);
    }
}

/* ---- The fast form --------------------------------------------------------------------------- */

#define LOWER(a, b) ((a) < (b) ? (a) : (b))
#define HIGHER(a, b) ((a) > (b) ? (a) : (b))
#define MIDDLE(a, b, c) HIGHER(LOWER(a, b), LOWER(HIGHER(a, b), c))

/*
 * Sort the three samples of each column. The median of all nine is the median of the highest of
 * the lowest, the middle of the middle and the lowest of the highest of three columns. scratch:
 * 3 (width + 2) samples.
 */
#define DEFINE_MEDIAN_ROW(name, sample)                                                            \
    static void name(const sample *above, const sample *row, const sample *below, int width,       \
                     sample *restrict scratch, sample *restrict out)                               \
    {                                                                                              \
        sample *restrict low = scratch + 1, *restrict middle = low + width + 2;                    \
        sample *restrict high = middle + width + 2;                                                \
        for (int x = 0; x < width; x++) {                                                          \
            sample a = above[x], b = row[x], c = below[x];                                         \
            sample lower = LOWER(a, b), higher = HIGHER(a, b);                                     \
            low[x] = LOWER(lower, c);                                                              \
            high[x] = HIGHER(higher, c);                                                           \
            higher = LOWER(higher, c);                                                             \
            middle[x] = HIGHER(lower, higher);                                                     \
        }                                                                                          \
        low[-1] = low[0], middle[-1] = middle[0], high[-1] = high[0];                              \
        low[width] = low[width - 1];                                                               \
        middle[width] = middle[width - 1];                                                         \
        high[width] = high[width - 1];                                                             \
        for (int x = 0; x < width; x++) {                                                          \
            sample l = HIGHER(low[x - 1], low[x]), h = LOWER(high[x - 1], high[x]);                \
            l = HIGHER(l, low[x + 1]);                                                             \
            h = LOWER(h, high[x + 1]);                                                             \
            sample m = MIDDLE(middle[x - 1], middle[x], middle[x + 1]);                            \
            out[x] = MIDDLE(l, m, h);                                                              \
        }                                                                                          \
    }

DEFINE_MEDIAN_ROW(median_row8, uint8_t)
DEFINE_MEDIAN_ROW(median_row16, uint16_t)

static size_t scratch_bytes(const pat_setting *setting, int width)
{
    (void)setting;
    return 3 * ((size_t)width + 2) * sizeof(uint16_t);
}

static void rows(const pat_setting *setting, const pat_channel *source, int y,
                 const pat_channel *out, void *scratch)
{
    (void)setting;
    int height = pat_channel_height(source), rows = pat_channel_height(out);
    const pat_plane *from = source->plane, *to = out->plane;
    const pat_deep_plane *deep = source->deep, *to_deep = out->deep;
    for (int i = 0; i < rows; i++) {
        int above = pat_replicate(y + i - 1, height), below = pat_replicate(y + i + 1, height);
        if (from != NULL)
            median_row8(from->data + above * from->stride, from->data + (y + i) * from->stride,
                        from->data + below * from->stride, from->width, scratch,
                        to->data + i * to->stride);
        else
            median_row16(deep->data + above * deep->stride, deep->data + (y + i) * deep->stride,
                         deep->data + below * deep->stride, deep->width, scratch,
                         to_deep->data + i * to_deep->stride);
    }
}

const pat_operator pat_op_median = {
    .name = "median",
    .words = "median filter",
    .help = "median of 3x3 pixels, which removes specks",
    .place = PAT_FILTER,
    .axes = 1u << PAT_AXIS_SCALE,
    .border = pat_replicate,
    .halo = halo,
    .filter = filter,
    .rows = rows,
    .gives_samples = true,
    .scratch_bytes = scratch_bytes,
};
