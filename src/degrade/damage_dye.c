/*
 * dye: the cyan, magenta and yellow dyes of film and prints fade at different rates, and stain
 * builds up. In density, D = -log10(max(light, 0.002)): dyes = A^-1 D; D' = A (dyes (1 - loss)) +
 * stain - exposure. A has the dyes' side absorptions; exposure is the scanner's. Heritage 2023, 6,
 * 3418, reverses fading by the dyes' spectral densities; how fast each dye of which film fades: H.
 * Wilhelm and C. Brower, "The Permanence and Care of Color Photographs", 1993, chapter 5.
 */
#include <math.h>

#include "degrade/kind.h"
#include "degrade/pixels.h"

enum { CYAN, MAGENTA, YELLOW, STAIN, EXPOSURE };

/* Density through R, G and B of a unit of each dye: cyan, magenta, yellow; and its inverse. */
static const double absorb[3][3] = {{1, 0.22, 0.05}, {0.12, 1, 0.22}, {0.06, 0.18, 1}};
static const double stain[PAT_CHANNELS] = {0.02, 0.06, 0.15};

struct fading {
    double inverse[3][3], kept[3], added[PAT_CHANNELS];
};

static void invert(const double m[3][3], double inverse[3][3])
{
    double determinant = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            inverse[j][i] = m[(i + 1) % 3][(j + 1) % 3] * m[(i + 2) % 3][(j + 2) % 3] -
                            m[(i + 1) % 3][(j + 2) % 3] * m[(i + 2) % 3][(j + 1) % 3];
    for (int j = 0; j < 3; j++)
        determinant += m[0][j] * inverse[j][0];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            inverse[i][j] /= determinant;
}

static void multiply(const double m[3][3], const double in[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = m[i][0] * in[0] + m[i][1] * in[1] + m[i][2] * in[2];
}

static void fade(const void *context, double x, double y, double rgb[PAT_CHANNELS])
{
    (void)x, (void)y;
    const struct fading *fading = context;
    double density[PAT_CHANNELS], dyes[3];
    for (int c = 0; c < PAT_CHANNELS; c++)
        density[c] = -log10(fmax(rgb[c], 2e-3));
    multiply(fading->inverse, density, dyes);
    for (int d = 0; d < 3; d++)
        dyes[d] = fmax(dyes[d], 0) * fading->kept[d];
    multiply(absorb, dyes, density);
    for (int c = 0; c < PAT_CHANNELS; c++)
        rgb[c] = pow(10, -density[c] - fading->added[c]);
}

static pat_status apply(const double *value, pat_damage_work *work, pat_error *error)
{
    (void)error;
    struct fading fading;
    invert(absorb, fading.inverse);
    for (int d = 0; d < 3; d++)
        fading.kept[d] = 1 - value[CYAN + d];
    for (int c = 0; c < PAT_CHANNELS; c++)
        fading.added[c] = value[STAIN] * stain[c] - value[EXPOSURE];
    pat_light_change(work->image, fade, &fading);
    return PAT_OK;
}

const pat_damage_kind pat_damage_dye = {
    .name = "dye",
    .probability = 0.5,
    .parameter = {{"cyan", 0, 1, 0.1, 0.7, PAT_MILD_LOW, false},
                  {"magenta", 0, 1, 0, 0.4, PAT_MILD_LOW, false},
                  {"yellow", 0, 1, 0.05, 0.5, PAT_MILD_LOW, false},
                  {"stain", 0, 5, 0, 1.2, PAT_MILD_LOW, false},
                  {"exposure", -1, 1, -0.1, 0.05, PAT_MILD_NEITHER, false}},
    .apply = apply,
};
