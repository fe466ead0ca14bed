#include "features/statistics.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ---- Means ----------------------------------------------------------------------------------- */

enum { LANES = 8 }; /* independent sums, which the compiler vectorizes */

static inline double mean_of(const float *a, const float *b, size_t count,
                             double (*term)(double, double))
{
    double lane[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += term((double)a[i + j], (double)b[i + j]);
    for (; i < count; i++)
        sum += term((double)a[i], (double)b[i]);
    for (size_t j = 0; j < LANES; j++)
        sum += lane[j];
    return count == 0 ? 0 : sum / (double)count;
}

static inline double first(double a, double b)
{
    (void)b;
    return a;
}

static inline double absolute(double a, double b)
{
    (void)b;
    return fabs(a);
}

static inline double product(double a, double b)
{
    return a * b;
}

static inline double fourth(double a, double b)
{
    return a * b * (a * b);
}

static inline double sixth(double a, double b)
{
    return a * b * (a * b) * (a * b);
}

double pat_mean(const float *values, size_t count)
{
    return mean_of(values, values, count, first);
}

double pat_mean_absolute(const float *values, size_t count)
{
    return mean_of(values, values, count, absolute);
}

double pat_mean_square(const float *values, size_t count)
{
    return mean_of(values, values, count, product);
}

double pat_mean_fourth(const float *values, size_t count)
{
    return mean_of(values, values, count, fourth);
}

double pat_mean_sixth(const float *values, size_t count)
{
    return mean_of(values, values, count, sixth);
}

double pat_mean_product(const float *a, const float *b, size_t count)
{
    return mean_of(a, b, count, product);
}

double pat_deviation(const float *values, size_t count, double mean)
{
    double lane[LANES] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++) {
        double distance = (double)values[i] - mean;
        lane[i % LANES] += distance * distance;
    }
    for (size_t j = 0; j < LANES; j++)
        sum += lane[j];
    return count == 0 ? 0 : sqrt(sum / (double)count);
}

/* ---- Percentiles ----------------------------------------------------------------------------- */

enum { DIGIT_BITS = 11, DIGITS = 3, DIGIT_VALUES = 1 << DIGIT_BITS };

/* The bits of a float, changed so that they are in the order of the numbers; and back. */
static uint32_t key_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits ^ (bits >> 31 ? UINT32_MAX : 1u << 31);
}

static unsigned digit(float value, int place)
{
    return key_of(value) >> (place * DIGIT_BITS) & (DIGIT_VALUES - 1);
}

/* Where the values with each digit begin in the sorted order. */
typedef uint32_t starts[DIGITS][DIGIT_VALUES];

static void find_starts(const float *values, size_t count, starts start)
{
    memset(start, 0, sizeof(starts));
    for (size_t i = 0; i < count; i++)
        for (int place = 0; place < DIGITS; place++)
            start[place][digit(values[i], place)]++;
    for (int place = 0; place < DIGITS; place++) {
        uint32_t next = 0;
        for (int d = 0; d < DIGIT_VALUES; d++) {
            uint32_t size = start[place][d];
            start[place][d] = next;
            next += size;
        }
    }
}

/* One pass of a radix sort. */
static void distribute(const float *values, size_t count, int place, uint32_t *start, float *out)
{
    for (size_t i = 0; i < count; i++)
        out[start[digit(values[i], place)]++] = values[i];
}

void pat_sort_floats(float *values, float *spare, size_t count)
{
    starts start;
    find_starts(values, count, start);
    distribute(values, count, 0, start[0], spare);
    distribute(spare, count, 1, start[1], values);
    distribute(values, count, 2, start[2], spare);
    memcpy(values, spare, count * sizeof *values);
}

double pat_percentile(const float *sorted, size_t count, double percent)
{
    if (count == 0)
        return 0;
    double rank = (double)(count - 1) * (percent / 100);
    size_t below = (size_t)rank, above = below + 1 < count ? below + 1 : below;
    double low = (double)sorted[below], high = (double)sorted[above];
    return low + (high - low) * (rank - (double)below);
}

/* ---- The principal axis ---------------------------------------------------------------------- */

enum { SWEEPS = 12 }; /* Jacobi's method converges quadratically: 5 sweeps are usual */

/* Rotate rows and columns p and q so that m[p][q] becomes 0. Source: Golub, Van Loan, "Matrix
 * Computations", 8.5. */
static void rotate(double m[3][3], double vectors[3][3], int p, int q)
{
    if (m[p][q] == 0)
        return;
    double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
    double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (int k = 0; k < 3; k++) {
        double kp = m[k][p], kq = m[k][q];
        m[k][p] = c * kp - s * kq;
        m[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < 3; k++) {
        double pk = m[p][k], qk = m[q][k], vp = vectors[k][p], vq = vectors[k][q];
        m[p][k] = c * pk - s * qk;
        m[q][k] = s * pk + c * qk;
        vectors[k][p] = c * vp - s * vq;
        vectors[k][q] = s * vp + c * vq;
    }
    m[p][q] = m[q][p] = 0;
}

/* Give an axis the direction in which its sum is positive, or its first component if that is 0. */
static void direct(double vector[3])
{
    double sum = vector[0] + vector[1] + vector[2];
    for (int i = 0; fabs(sum) < 1e-9 && i < 3; i++)
        sum = vector[i];
    for (int i = 0; sum < 0 && i < 3; i++)
        vector[i] = -vector[i];
}

pat_axis_found pat_principal_axis(const double matrix[3][3])
{
    double m[3][3], vectors[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    memcpy(m, matrix, sizeof m);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        rotate(m, vectors, 0, 1);
        rotate(m, vectors, 0, 2);
        rotate(m, vectors, 1, 2);
    }
    int order[3] = {0, 1, 2};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j + 1 < 3 - i; j++)
            if (m[order[j]][order[j]] < m[order[j + 1]][order[j + 1]]) {
                int swapped = order[j];
                order[j] = order[j + 1];
                order[j + 1] = swapped;
            }
    pat_axis_found axis;
    for (int i = 0; i < 3; i++) {
        axis.value[i] = fmax(m[order[i]][order[i]], 0); /* rounding may leave -1e-17 */
        axis.vector[i] = vectors[i][order[0]];
    }
    if (axis.value[1] >= axis.value[0] * (1 - 1e-6))
        for (int i = 0; i < 3; i++)
            axis.vector[i] = 1 / sqrt(3);
    direct(axis.vector);
    return axis;
}
