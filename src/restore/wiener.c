#include "restore/wiener.h"

#include <math.h>

int pat_wiener_radius(double sigma)
{
    double radius = ceil(10 * sigma) + 4;
    return radius < PAT_WIENER_RADIUS_MAX ? (int)radius : PAT_WIENER_RADIUS_MAX;
}

/* A cosine transform along the rows of a quadrant, which is written transposed: two make a
 * transform in both directions. The gains of frequencies above 0 count for both signs. */
static void transform(const double *in, int radius, double *out)
{
    int side = radius + 1, taps = 2 * radius + 1;
    double cosine[2 * PAT_WIENER_RADIUS_MAX + 1];
    for (int k = 0; k < taps; k++)
        cosine[k] = cos(2 * M_PI * k / taps);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            double sum = in[y * side];
            for (int k = 1; k < side; k++)
                sum += 2 * in[y * side + k] * cosine[k * x % taps];
            out[x * side + y] = sum / taps;
        }
}

void pat_wiener_init(pat_wiener *kernel, double sigma, double noise)
{
    double gain[PAT_WIENER_SIDE_MAX * PAT_WIENER_SIDE_MAX], half[sizeof gain / sizeof *gain];
    int radius = pat_wiener_radius(sigma), side = radius + 1;
    double width = M_PI * sigma / (2 * radius + 1);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            double blur = exp(-2 * width * width * (x * x + y * y));
            gain[y * side + x] = blur / (blur * blur + noise) * (1 + noise);
        }
    transform(gain, radius, half);
    transform(half, radius, kernel->weight);
    kernel->radius = radius;
}
