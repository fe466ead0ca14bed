#include "features/spectrum.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"

enum {
    BOX_RADIUS = 30,
    BLOCK = 32, /* values measured at a time; the first block of a row contains the box */
};

/* A spread this small, relative to the mean, is rounding noise: the spectrum is flat. */
static const double FLAT = 1e-9;

/* The transform is in place, so each row of samples is padded to the length of its result. */
static void load_samples(const pat_plane *grey, int offset, int columns, double *buffer)
{
    for (int y = 0; y < grey->height; y++) {
        const uint8_t *row = grey->data + y * grey->stride;
        double *samples = buffer + (size_t)y * 2 * (size_t)columns;
        for (int x = 0; x < grey->width; x++)
            samples[x] = row[x] - offset;
    }
}

static double frequency_count(const pat_spectrum *spectrum)
{
    return (double)spectrum->height * (double)spectrum->width;
}

pat_status pat_spectrum_transform(pat_spectrum *spectrum, const pat_plane *grey, pat_error *error)
{
    spectrum->width = grey->width;
    spectrum->height = grey->height;
    spectrum->columns = grey->width / 2 + 1;
    size_t count = (size_t)grey->height * (size_t)spectrum->columns;
    spectrum->values = pat_scratch_get(&spectrum->buffer, count, 2 * sizeof *spectrum->values);
    if (spectrum->values == NULL)
        return pat_fail_memory(error, "the Fourier transform of an image");

    /* A constant affects only F(0, 0). Subtracting one makes a constant image exactly 0 at all
     * other frequencies, where rounding of large sums would leave noise. */
    int offset = grey->data[0];
    load_samples(grey, offset, spectrum->columns, spectrum->values);
    pat_status status = pat_fourier_transform(&spectrum->fourier, grey->width, grey->height,
                                              spectrum->values, error);
    if (status == PAT_OK)
        spectrum->values[0] += offset * frequency_count(spectrum);
    return status;
}

void pat_spectrum_release(pat_spectrum *spectrum)
{
    pat_fourier_release(&spectrum->fourier);
    pat_scratch_release(&spectrum->buffer);
    *spectrum = (pat_spectrum){0};
}

/* How many frequencies a stored column represents: 2 if its conjugate is not stored. */
static int multiplicity(const pat_spectrum *spectrum, int column)
{
    return column == 0 || 2 * column == spectrum->width ? 1 : 2;
}

/* Index 0..n-1 of a transform as a frequency -(n/2)..(n-1)/2. */
static int frequency(int index, int n)
{
    return index <= (n - 1) / 2 ? index : index - n;
}

static bool in_box(int index, int n)
{
    int f = frequency(index, n);
    return f >= -BOX_RADIUS && f < BOX_RADIUS;
}

static int box_side(int n)
{
    return n < 2 * BOX_RADIUS ? n : 2 * BOX_RADIUS;
}

/* The box is not symmetric (-30 is in it, 30 is not): a frequency's conjugate may be outside. */
static void add_near_axis(const pat_spectrum *spectrum, int y, const double *values, int count,
                          pat_energy *energy)
{
    int height = spectrum->height, width = spectrum->width;
    bool row_in = in_box(y, height);
    bool conjugate_row_in = in_box((height - y) % height, height);
    for (int x = 0; x < count; x++) {
        int all = multiplicity(spectrum, x);
        int low = row_in && in_box(x, width);
        if (all == 2)
            low += conjugate_row_in && in_box(width - x, width);
        energy->all += all * values[x];
        energy->low += low * values[x];
        energy->high += (all - low) * values[x];
    }
}

/* Columns x .. x + count - 1, too far from the axis to be in the box. */
static void add_beyond(const pat_spectrum *spectrum, int x, const double *values, int count,
                       pat_energy *energy)
{
    double all = energy->all, high = energy->high;
    for (int i = 0; i < count; i++) {
        double value = multiplicity(spectrum, x + i) * values[i];
        all += value;
        high += value;
    }
    energy->all = all;
    energy->high = high;
}

static void take_magnitudes(const double *complex, int count, double *magnitudes)
{
    for (int i = 0; i < count; i++) {
        double re = complex[2 * i], im = complex[2 * i + 1];
        magnitudes[i] = sqrt(re * re + im * im);
    }
}

static void take_logs(double *magnitudes, int count)
{
    for (int i = 0; i < count; i++)
        magnitudes[i] = 20 * log(magnitudes[i] + 1);
}

/*
 * The sums of |F| or, unless `logs` is NULL, of M, which is stored in `logs` (may be F itself).
 * Values are added one by one in row order, which fixes the last bits of a sum. These additions
 * depend on each other, so values are computed in between, a block at a time.
 */
static pat_energy measure(const pat_spectrum *spectrum, double *logs)
{
    pat_energy energy = {0};
    double block[BLOCK];
    for (int y = 0; y < spectrum->height; y++)
        for (int x = 0; x < spectrum->columns; x += BLOCK) {
            int count = spectrum->columns - x < BLOCK ? spectrum->columns - x : BLOCK;
            size_t start = (size_t)y * (size_t)spectrum->columns + (size_t)x;
            take_magnitudes(spectrum->values + 2 * start, count, block);
            if (logs != NULL) {
                take_logs(block, count);
                memcpy(logs + start, block, (size_t)count * sizeof *block);
            }
            if (x == 0)
                add_near_axis(spectrum, y, block, count, &energy);
            else
                add_beyond(spectrum, x, block, count, &energy);
        }
    energy.low_count = (double)box_side(spectrum->height) * box_side(spectrum->width);
    energy.high_count = frequency_count(spectrum) - energy.low_count;
    return energy;
}

pat_energy pat_spectrum_energy(const pat_spectrum *spectrum)
{
    return measure(spectrum, NULL);
}

pat_energy pat_spectrum_take_log(pat_spectrum *spectrum)
{
    return measure(spectrum, spectrum->values);
}

static const double *row_of(const pat_spectrum *spectrum, int row)
{
    return spectrum->values + (size_t)row * (size_t)spectrum->columns;
}

pat_moments pat_spectrum_moments(const pat_spectrum *spectrum, const pat_energy *energy)
{
    double count = frequency_count(spectrum);
    pat_moments moments = {.mean = energy->all / count};
    double squares = 0, cubes = 0, fourths = 0;
    for (int y = 0; y < spectrum->height; y++) {
        const double *row = row_of(spectrum, y);
        for (int x = 0; x < spectrum->columns; x++) {
            double difference = row[x] - moments.mean;
            double square = multiplicity(spectrum, x) * difference * difference;
            squares += square;
            cubes += square * difference;
            fourths += square * difference * difference;
        }
    }
    double variance = squares / count;
    moments.std_dev = sqrt(variance);
    if (moments.std_dev > FLAT * moments.mean) {
        moments.skewness = cubes / count / (variance * moments.std_dev);
        moments.kurtosis = fourths / count / (variance * variance) - 3;
    }
    return moments;
}

/* Smallest x >= 0 with x^2 >= square. */
static int ceil_sqrt(int64_t square)
{
    return square <= 0 ? 0 : (int)ceil(sqrt((double)square));
}

double pat_spectrum_ring_mean(const pat_spectrum *spectrum, int radius)
{
    assert(radius >= 0 && radius < spectrum->height / 2 && radius < spectrum->width / 2);
    int64_t inner = (int64_t)radius * radius;
    int64_t outer = (int64_t)(radius + 1) * (radius + 1);
    double sum = 0, count = 0;
    for (int y = -radius; y <= radius; y++) {
        const double *row = row_of(spectrum, y < 0 ? y + spectrum->height : y);
        int64_t y_squared = (int64_t)y * y;
        int end = ceil_sqrt(outer - y_squared);
        for (int x = ceil_sqrt(inner - y_squared); x < end; x++) {
            sum += multiplicity(spectrum, x) * row[x];
            count += multiplicity(spectrum, x);
        }
    }
    return sum / count;
}
