/*
 * FFTW is fast if the length of a side has only small prime factors. For other lengths, which
 * photographs have too (683, 853, 427 = 7 61), its real transforms take up to 7 times as long as
 * Bluestein's algorithm: with c[j] = exp(-pi i j^2 / n) and j k = (j^2 + k^2 - (k - j)^2) / 2,
 *
 *     X[k] = sum_j x[j] exp(-2 pi i j k / n) = c[k] sum_j (x[j] c[j]) conj(c[k - j]),
 *
 * a convolution, which transforms of any size >= 2 n - 1 can compute. Source: L. Bluestein, "A
 * linear filtering approach to the computation of discrete Fourier transform", IEEE Trans. Audio
 * Electroacoustics 18 (1970).
 */
#include "features/fourier.h"

#include <assert.h>
#include <fftw3.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

enum {
    SHORTEST_AWKWARD = 500,    /* a shorter side costs a few milliseconds at most */
    LONGEST_AWKWARD = 1 << 14, /* limits the memory for Bluestein's algorithm to 2 MB */
    LARGEST_EASY_FACTOR = 50,  /* above this, Bluestein's is nearly always faster */
    SMALLEST_SIZE = 64,
    COMPLEX = sizeof(fftw_complex),
};

bool pat_fourier_is_awkward(int length)
{
    if (length < SHORTEST_AWKWARD || length > LONGEST_AWKWARD)
        return false;
    for (int factor = 2; factor <= LARGEST_EASY_FACTOR; factor++)
        while (length % factor == 0)
            length /= factor;
    return length > 1;
}

/* The next size at which FFTW is fastest: 2^k, 3 2^k or 5 2^k. */
static int fast_size(int least)
{
    int size = SMALLEST_SIZE;
    while (size < least)
        size *= 2;
    if (size / 8 * 5 >= least)
        return size / 8 * 5;
    return size / 4 * 3 >= least ? size / 4 * 3 : size;
}

static void fill_factors(const pat_chirp *chirp)
{
    int n = chirp->length;
    for (int j = 0; j < n; j++) {
        double angle = M_PI * (j * j % (2 * n)) / n; /* j^2 modulo 2 n: 2 n steps are a full turn */
        chirp->factors[2 * j] = cos(angle);
        chirp->factors[2 * j + 1] = -sin(angle);
    }
}

/* The transform of conj(c[j]), j = 1 - n .. n - 1 modulo `size`, times 1 / size for the inverse. */
static void fill_kernel(const pat_chirp *chirp)
{
    memset(chirp->in, 0, (size_t)chirp->size * COMPLEX);
    for (int j = 0; j < chirp->length; j++) {
        double re = chirp->factors[2 * j] / chirp->size;
        double im = -chirp->factors[2 * j + 1] / chirp->size;
        double *ahead = chirp->in + 2 * j;
        double *behind = chirp->in + 2 * ((chirp->size - j) % chirp->size);
        ahead[0] = behind[0] = re;
        ahead[1] = behind[1] = im;
    }
    fftw_execute(chirp->in_to_out);
    memcpy(chirp->kernel, chirp->out, (size_t)chirp->size * COMPLEX);
}

static pat_status prepare_chirp(pat_chirp *chirp, int length, pat_error *error)
{
    if (chirp->length == length)
        return PAT_OK;
    chirp->length = 0;
    chirp->size = fast_size(2 * length - 1);
    size_t size = 2 * (size_t)chirp->size;
    chirp->in = pat_scratch_get(&chirp->memory, 4 * size, sizeof *chirp->in);
    if (chirp->in == NULL)
        return pat_fail_memory(error, "the Fourier transform of an image");
    chirp->out = chirp->in + size;
    chirp->kernel = chirp->out + size;
    chirp->factors = chirp->kernel + size;

    fftw_destroy_plan(chirp->in_to_out);
    chirp->in_to_out = fftw_plan_dft_1d(chirp->size, (fftw_complex *)chirp->in,
                                        (fftw_complex *)chirp->out, FFTW_FORWARD, FFTW_ESTIMATE);
    if (chirp->in_to_out == NULL)
        return pat_fail(error, PAT_INTERNAL, "FFTW cannot transform %d numbers", chirp->size);
    chirp->length = length;
    fill_factors(chirp);
    fill_kernel(chirp);
    return PAT_OK;
}

static void release_chirp(pat_chirp *chirp)
{
    fftw_destroy_plan(chirp->in_to_out);
    pat_scratch_release(&chirp->memory);
}

/* Replace x[j] c[j] in chirp->in by X. The inverse transform is a forward one of conjugates. */
static void run_chirp(const pat_chirp *chirp)
{
    double *in = chirp->in;
    const double *out = chirp->out, *kernel = chirp->kernel, *factors = chirp->factors;
    int used = 2 * chirp->length, all = 2 * chirp->size;
    memset(in + used, 0, (size_t)(all - used) * sizeof *in);
    fftw_execute(chirp->in_to_out);
    for (int i = 0; i < all; i += 2) {
        in[i] = out[i] * kernel[i] - out[i + 1] * kernel[i + 1];
        in[i + 1] = -(out[i] * kernel[i + 1] + out[i + 1] * kernel[i]);
    }
    fftw_execute(chirp->in_to_out);
    for (int i = 0; i < used; i += 2) {
        in[i] = out[i] * factors[i] + out[i + 1] * factors[i + 1];
        in[i + 1] = out[i] * factors[i + 1] - out[i + 1] * factors[i];
    }
}

/* Transform two real rows (or one, twice) as one complex row, Z = A + i B. They can be separated
 * because a real row's transform is conjugate-symmetric. */
static void transform_two_rows(const pat_chirp *chirp, double *a, double *b)
{
    int n = chirp->length;
    double *in = chirp->in;
    const double *factors = chirp->factors;
    for (int x = 0; x < n; x++) {
        in[2 * x] = a[x] * factors[2 * x] - b[x] * factors[2 * x + 1];
        in[2 * x + 1] = a[x] * factors[2 * x + 1] + b[x] * factors[2 * x];
    }
    run_chirp(chirp);
    for (int x = 0; x <= n / 2; x++) {
        const double *here = in + 2 * x, *mirror = in + 2 * ((n - x) % n);
        a[2 * x] = (here[0] + mirror[0]) / 2;
        a[2 * x + 1] = (here[1] - mirror[1]) / 2;
        b[2 * x] = (here[1] + mirror[1]) / 2;
        b[2 * x + 1] = (mirror[0] - here[0]) / 2;
    }
}

/* stride: doubles from one complex number to the next. */
static void transform_column(const pat_chirp *chirp, double *column, size_t stride)
{
    double *in = chirp->in;
    const double *factors = chirp->factors, *from = column;
    for (int i = 0; i < 2 * chirp->length; i += 2, from += stride) {
        in[i] = from[0] * factors[i] - from[1] * factors[i + 1];
        in[i + 1] = from[0] * factors[i + 1] + from[1] * factors[i];
    }
    run_chirp(chirp);
    double *to = column;
    for (int i = 0; i < 2 * chirp->length; i += 2, to += stride) {
        to[0] = in[i];
        to[1] = in[i + 1];
    }
}

static void transform_rows(const pat_fourier *fourier, double *buffer)
{
    size_t stride = 2 * ((size_t)fourier->width / 2 + 1);
    if (fourier->rows != NULL) {
        fftw_execute_dft_r2c(fourier->rows, buffer, (fftw_complex *)buffer);
        return;
    }
    for (int y = 0; y < fourier->height; y += 2) {
        double *row = buffer + (size_t)y * stride;
        transform_two_rows(&fourier->row_chirp, row, y + 1 < fourier->height ? row + stride : row);
    }
}

static void transform_columns(const pat_fourier *fourier, double *buffer)
{
    int columns = fourier->width / 2 + 1;
    if (fourier->columns != NULL) {
        fftw_execute_dft(fourier->columns, (fftw_complex *)buffer, (fftw_complex *)buffer);
        return;
    }
    for (int x = 0; x < columns; x++)
        transform_column(&fourier->column_chirp, buffer + 2 * x, 2 * (size_t)columns);
}

static void forget_plans(pat_fourier *fourier)
{
    fftw_destroy_plan(fourier->whole);
    fftw_destroy_plan(fourier->rows);
    fftw_destroy_plan(fourier->columns);
    fftw_destroy_plan(fourier->back);
    fourier->whole = fourier->rows = fourier->columns = fourier->back = NULL;
    fourier->width = fourier->height = 0;
}

/* FFTW_ESTIMATE: a measured plan could differ from run to run, and with it the last bits. */
static bool plan_easy_sides(pat_fourier *fourier, int width, int height, double *buffer)
{
    int columns = width / 2 + 1;
    fftw_complex *complex = (fftw_complex *)buffer;
    bool awkward_width = pat_fourier_is_awkward(width);
    bool awkward_height = pat_fourier_is_awkward(height);
    if (awkward_width && awkward_height)
        return true;
    if (awkward_width) {
        fourier->columns =
            fftw_plan_many_dft(1, &height, columns, complex, NULL, columns, 1, complex, NULL,
                               columns, 1, FFTW_FORWARD, FFTW_ESTIMATE);
        return fourier->columns != NULL;
    }
    if (awkward_height) {
        fourier->rows = fftw_plan_many_dft_r2c(1, &width, height, buffer, NULL, 1, 2 * columns,
                                               complex, NULL, 1, columns, FFTW_ESTIMATE);
        return fourier->rows != NULL;
    }
    fourier->whole = fftw_plan_dft_r2c_2d(height, width, buffer, complex, FFTW_ESTIMATE);
    return fourier->whole != NULL;
}

static pat_status plan(pat_fourier *fourier, int width, int height, double *buffer,
                       pat_error *error)
{
    if (fourier->width == width && fourier->height == height)
        return PAT_OK;
    forget_plans(fourier);
    pat_status status = PAT_OK;
    if (pat_fourier_is_awkward(width))
        status = prepare_chirp(&fourier->row_chirp, width, error);
    if (pat_fourier_is_awkward(height) && status == PAT_OK)
        status = prepare_chirp(&fourier->column_chirp, height, error);
    if (status != PAT_OK)
        return status;
    if (!plan_easy_sides(fourier, width, height, buffer))
        return pat_fail(error, PAT_INTERNAL, "FFTW cannot transform an image of %dx%d pixels",
                        width, height);
    fourier->width = width;
    fourier->height = height;
    return PAT_OK;
}

pat_status pat_fourier_transform(pat_fourier *fourier, int width, int height, double *buffer,
                                 pat_error *error)
{
    pat_status status = plan(fourier, width, height, buffer, error);
    if (status != PAT_OK)
        return status;
    if (fourier->whole != NULL) {
        fftw_execute_dft_r2c(fourier->whole, buffer, (fftw_complex *)buffer);
    } else {
        transform_rows(fourier, buffer);
        transform_columns(fourier, buffer);
    }
    return PAT_OK;
}

pat_status pat_fourier_invert(pat_fourier *fourier, double *buffer, pat_error *error)
{
    assert(fourier->whole != NULL);
    fftw_complex *complex = (fftw_complex *)buffer;
    if (fourier->back == NULL)
        fourier->back =
            fftw_plan_dft_c2r_2d(fourier->height, fourier->width, complex, buffer, FFTW_ESTIMATE);
    if (fourier->back == NULL)
        return pat_fail(error, PAT_INTERNAL, "FFTW cannot invert a transform of %dx%d numbers",
                        fourier->width, fourier->height);
    fftw_execute_dft_c2r(fourier->back, complex, buffer);
    return PAT_OK;
}

void pat_fourier_release(pat_fourier *fourier)
{
    forget_plans(fourier);
    release_chirp(&fourier->row_chirp);
    release_chirp(&fourier->column_chirp);
    *fourier = (pat_fourier){0};
}

const char *pat_fft_version(void)
{
    return fftw_version;
}
