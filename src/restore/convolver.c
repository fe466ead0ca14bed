#include "restore/convolver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "restore/gaussian.h"

enum {
    LANES = 16, /* columns that are transformed at a time */
    SIZE_LEAST = 128,
    SIZE_MOST = 256, /* of a tile */
    REAL = 0,
    IMAGINARY = 1
};

/* Two tiles side by side are transformed at once, one as the real part and one as the imaginary
 * part: the gains are real, so the parts do not mix. */
enum { TILES = 2 };

/* ---- Transforms ------------------------------------------------------------------------------ */

/*
 * Columns of complex numbers, transformed in place: row k of column l is at k * LANES + l. Forward
 * leaves the frequencies in bit-reversed order, in which backward expects them; nothing is scaled.
 * Radix 2, decimation in frequency and then in time.
 */
static inline void forward_step(float *restrict a_re, float *restrict a_im, float *restrict b_re,
                                float *restrict b_im, float cosine, float sine)
{
    for (int l = 0; l < LANES; l++) {
        float re = a_re[l] - b_re[l], im = a_im[l] - b_im[l];
        a_re[l] += b_re[l];
        a_im[l] += b_im[l];
        b_re[l] = re * cosine + im * sine;
        b_im[l] = im * cosine - re * sine;
    }
}

static inline void backward_step(float *restrict a_re, float *restrict a_im, float *restrict b_re,
                                 float *restrict b_im, float cosine, float sine)
{
    for (int l = 0; l < LANES; l++) {
        float re = b_re[l] * cosine - b_im[l] * sine, im = b_im[l] * cosine + b_re[l] * sine;
        b_re[l] = a_re[l] - re;
        b_im[l] = a_im[l] - im;
        a_re[l] += re;
        a_im[l] += im;
    }
}

static void forward(const pat_convolver *by)
{
    float *re = by->strip[REAL], *im = by->strip[IMAGINARY];
    for (int half = by->size / 2; half > 0; half /= 2)
        for (int first = 0; first < by->size; first += 2 * half)
            for (int k = 0; k < half; k++) {
                int a = (first + k) * LANES, b = a + half * LANES, turn = k * (by->size / 2 / half);
                forward_step(re + a, im + a, re + b, im + b, by->wave[REAL][turn],
                             by->wave[IMAGINARY][turn]);
            }
}

static void backward(const pat_convolver *by)
{
    float *re = by->strip[REAL], *im = by->strip[IMAGINARY];
    for (int half = 1; half < by->size; half *= 2)
        for (int first = 0; first < by->size; first += 2 * half)
            for (int k = 0; k < half; k++) {
                int a = (first + k) * LANES, b = a + half * LANES, turn = k * (by->size / 2 / half);
                backward_step(re + a, im + a, re + b, im + b, by->wave[REAL][turn],
                              by->wave[IMAGINARY][turn]);
            }
}

/* Store the strip as rows x .. x + LANES - 1 of the transposed tile. */
static void store_transposed(const pat_convolver *by, int x)
{
    for (int part = 0; part < 2; part++)
        for (int l = 0; l < LANES; l++) {
            float *restrict row = by->tile[part] + (x + l) * by->size;
            const float *restrict strip = by->strip[part] + l;
            for (int k = 0; k < by->size; k++)
                row[k] = strip[k * LANES];
        }
}

static void load_transposed(const pat_convolver *by, int x)
{
    for (int part = 0; part < 2; part++)
        for (int l = 0; l < LANES; l++) {
            const float *restrict row = by->tile[part] + (x + l) * by->size;
            float *restrict strip = by->strip[part] + l;
            for (int k = 0; k < by->size; k++)
                strip[k * LANES] = row[k];
        }
}

/* Load columns k .. k + LANES - 1 of the transposed tile into the strip. */
static void load_columns(const pat_convolver *by, int k)
{
    for (int part = 0; part < 2; part++)
        for (int x = 0; x < by->size; x++)
            memcpy(by->strip[part] + x * LANES, by->tile[part] + x * by->size + k,
                   LANES * sizeof(float));
}

static void store_columns(const pat_convolver *by, int k)
{
    for (int part = 0; part < 2; part++)
        for (int x = 0; x < by->size; x++)
            memcpy(by->tile[part] + x * by->size + k, by->strip[part] + x * LANES,
                   LANES * sizeof(float));
}

/* ---- The kernel ------------------------------------------------------------------------------ */

/* The kernel's weight at (x, y) of a tile, whose middle is its corner (0, 0). */
static double weight_at(const pat_wiener *kernel, int size, int x, int y)
{
    int across = x < size - x ? x : size - x, down = y < size - y ? y : size - y;
    if (across > kernel->radius || down > kernel->radius)
        return 0;
    return kernel->weight[down * (kernel->radius + 1) + across];
}

/* Transform the kernel. Its transform is real, because it is even. */
static void find_gains(const pat_convolver *by, const pat_wiener *kernel)
{
    int size = by->size;
    double scale = 1.0 / (size * size);
    for (int x = 0; x < size; x += LANES) {
        memset(by->strip[IMAGINARY], 0, (size_t)(size * LANES) * sizeof(float));
        for (int i = 0; i < size * LANES; i++)
            by->strip[REAL][i] = (float)(weight_at(kernel, size, x + i % LANES, i / LANES) * scale);
        forward(by);
        store_transposed(by, x);
    }
    for (int k = 0; k < size; k += LANES) {
        load_columns(by, k);
        forward(by);
        for (int x = 0; x < size; x++)
            memcpy(by->gain + x * size + k, by->strip[REAL] + x * LANES, LANES * sizeof(float));
    }
}

/* ---- Tiles ----------------------------------------------------------------------------------- */

/* Load columns x .. x + LANES - 1 of the tiles that start at column `first` of the image, and row
 * `top`. */
static void load_samples(const pat_convolver *by, const pat_channel *channel, int first, int top,
                         int x)
{
    int height = pat_channel_height(channel);
    for (int y = 0; y < by->size; y++) {
        int from = pat_reflect101(top + y, height);
        for (int part = 0; part < TILES; part++) {
            const int32_t *column = by->column + first + part * by->rows + x;
            float *restrict to = by->strip[part] + y * LANES;
            if (channel->plane != NULL) {
                const uint8_t *row = channel->plane->data + from * channel->plane->stride;
                for (int l = 0; l < LANES; l++)
                    to[l] = row[column[l]];
            } else {
                const uint16_t *row = channel->deep->data + from * channel->deep->stride;
                for (int l = 0; l < LANES; l++)
                    to[l] = row[column[l]];
            }
        }
    }
}

static void multiply(const pat_convolver *by, int k)
{
    for (int part = 0; part < 2; part++)
        for (int x = 0; x < by->size; x++) {
            float *restrict to = by->strip[part] + x * LANES;
            const float *restrict gain = by->gain + x * by->size + k;
            for (int l = 0; l < LANES; l++)
                to[l] *= gain[l];
        }
}

/* Keep the part of the strip at column x of the tiles that is computed in full. */
static void keep_numbers(const pat_convolver *by, int first, int x)
{
    int from = x < by->radius ? by->radius - x : 0;
    int to = by->radius + by->rows - x < LANES ? by->radius + by->rows - x : LANES;
    for (int part = 0; part < TILES && from < to; part++)
        for (int y = 0; y < by->rows; y++)
            memcpy(by->out + y * by->stride + first + part * by->rows + x + from - by->radius,
                   by->strip[part] + (by->radius + y) * LANES + from,
                   (size_t)(to - from) * sizeof(float));
}

void pat_convolver_run(pat_convolver *by, const pat_channel *channel, int band)
{
    int top = band * by->rows - by->radius;
    for (int first = 0; first < by->width; first += TILES * by->rows) {
        for (int x = 0; x < by->size; x += LANES) {
            load_samples(by, channel, first, top, x);
            forward(by);
            store_transposed(by, x);
        }
        for (int k = 0; k < by->size; k += LANES) {
            load_columns(by, k);
            forward(by);
            multiply(by, k);
            backward(by);
            store_columns(by, k);
        }
        for (int x = 0; x < by->size; x += LANES) {
            load_transposed(by, x);
            backward(by);
            keep_numbers(by, first, x);
        }
    }
}

/* ---- Memory ---------------------------------------------------------------------------------- */

static int size_for(int radius)
{
    return 5 * radius <= SIZE_LEAST ? SIZE_LEAST : SIZE_MOST;
}

/* The columns of all tiles that cover a row. */
static int stride_for(int radius, int width)
{
    int pair = TILES * (size_for(radius) - 2 * radius);
    return (width + pair - 1) / pair * pair;
}

size_t pat_convolver_bytes(int radius, int width)
{
    size_t size = (size_t)size_for(radius), stride = (size_t)stride_for(radius, width);
    size_t count = size + 3 * size * size + 2 * size * LANES +
                   (size - 2 * (size_t)radius) * stride + stride + 2 * size;
    return (count + 15) / 16 * 16 * sizeof(float);
}

/* Take `count` numbers from the start of the scratch memory. */
static float *take(float **scratch, size_t count)
{
    float *taken = *scratch;
    *scratch += count;
    return taken;
}

void pat_convolver_init(pat_convolver *by, const pat_wiener *kernel, int width, void *scratch)
{
    int radius = kernel->radius, size = size_for(radius), rows = size - 2 * radius;
    size_t side = (size_t)size;
    float *left = scratch;
    *by = (pat_convolver){radius, width, size, rows, .stride = stride_for(radius, width)};
    by->gain = take(&left, side * side);
    for (int part = 0; part < 2; part++) {
        by->tile[part] = take(&left, side * side);
        by->strip[part] = take(&left, side * LANES);
        by->wave[part] = take(&left, side / 2);
    }
    by->out = take(&left, (size_t)rows * (size_t)by->stride);
    by->column = (int32_t *)(void *)left;
    for (int x = 0; x < by->stride + 2 * radius; x++)
        by->column[x] = pat_reflect101(x - radius, width);
    for (int k = 0; k < size / 2; k++) {
        by->wave[REAL][k] = (float)cos(2 * M_PI * k / size);
        by->wave[IMAGINARY][k] = (float)sin(2 * M_PI * k / size);
    }
    find_gains(by, kernel);
}
