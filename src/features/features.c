#include "patina/features.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "features/color_balance.h"
#include "features/extended.h"
#include "features/sharpness.h"
#include "features/spectrum.h"

enum { SHORTEST_PROFILE = 5 };

struct pat_feature_extractor {
    pat_scratch grey, exchanged_grey;
    pat_view_memory views;
    pat_spectrum spectrum;
};

/* What the features are computed from; anything that several share is measured once. */
typedef struct measurements {
    const pat_image *image;
    pat_plane grey;
    const pat_spectrum *spectrum; /* 20 ln(|F| + 1) of gray */
    pat_moments moments;          /* of that spectrum */
    double low, high;             /* its means inside and outside the low-frequency box */
    pat_plane exchanged_grey;     /* gray with the weights of red and blue exchanged */
    double exchanged_high_share;  /* the part of its sum of |F| outside the box */
} measurements;

static double mean(const measurements *m)
{
    return m->moments.mean;
}

static double std_dev(const measurements *m)
{
    return m->moments.std_dev;
}

static double skewness(const measurements *m)
{
    return m->moments.skewness;
}

static double kurtosis(const measurements *m)
{
    return m->moments.kurtosis;
}

static double low_freq_energy(const measurements *m)
{
    return m->low;
}

static double high_freq_energy(const measurements *m)
{
    return m->high;
}

static double energy_ratio(const measurements *m)
{
    return m->low == 0 ? 0 : m->high / m->low;
}

/* The radial profile has one value per pixel of radius, from the center to the nearest edge. */
static int profile_length(const measurements *m)
{
    int cy = m->image->height / 2, cx = m->image->width / 2;
    return cy < cx ? cy : cx;
}

static double profile(const measurements *m, int radius)
{
    return profile_length(m) < SHORTEST_PROFILE ? 0 : pat_spectrum_ring_mean(m->spectrum, radius);
}

static double radial_center(const measurements *m)
{
    return profile(m, 0);
}

static double radial_25(const measurements *m)
{
    return profile(m, profile_length(m) / 4);
}

static double radial_50(const measurements *m)
{
    return profile(m, profile_length(m) / 2);
}

static double radial_75(const measurements *m)
{
    return profile(m, 3 * profile_length(m) / 4);
}

static double radial_edge(const measurements *m)
{
    return profile(m, profile_length(m) - 1);
}

static double color_balance_need(const measurements *m)
{
    return pat_color_balance_need(m->image);
}

static double sharpening_need(const measurements *m)
{
    return pat_sharpening_need(&m->exchanged_grey, m->exchanged_high_share);
}

/* Limits that follow from the definitions of the features, for images of up to 2^32 pixels, rounded
 * outward: 20 ln(255 * 2^32 + 1) is 554; skewness is at most the square root of the number of
 * values, kurtosis at most that number. */
#define LOG_MAX 600.0
#define SKEWNESS_MAX 0x1p16
#define KURTOSIS_MAX 0x1p32
/* No value exceeds the largest, and the low frequencies are the mean of at most 3600 values that
 * include it. */
#define RATIO_MAX 4000.0
/* Extended features are moments and ratios of 8-bit samples. */
#define EXTENDED_MAX 1e12

/* The features in CSV order. To add one, add a row here and its function above. */
static const struct {
    const char *name;
    double (*measure)(const measurements *m);
    double least, greatest;
} table[PAT_FEATURE_COUNT] = {
    {"mean", mean, 0, LOG_MAX},
    {"std_dev", std_dev, 0, LOG_MAX},
    {"skewness", skewness, -SKEWNESS_MAX, SKEWNESS_MAX},
    {"kurtosis", kurtosis, -3, KURTOSIS_MAX},
    {"low_freq_energy", low_freq_energy, 0, LOG_MAX},
    {"high_freq_energy", high_freq_energy, 0, LOG_MAX},
    {"energy_ratio", energy_ratio, 0, RATIO_MAX},
    {"radial_center", radial_center, 0, LOG_MAX},
    {"radial_25", radial_25, 0, LOG_MAX},
    {"radial_50", radial_50, 0, LOG_MAX},
    {"radial_75", radial_75, 0, LOG_MAX},
    {"radial_edge", radial_edge, 0, LOG_MAX},
    {"color_balance_need", color_balance_need, 0, 1},
    {"sharpening_need", sharpening_need, 0, 1},
};

const char *pat_feature_name(int index)
{
    assert(index >= 0 && index < PAT_FEATURES_MAX);
    return index < PAT_FEATURE_COUNT ? table[index].name
                                     : pat_extended_name(index - PAT_FEATURE_COUNT);
}

bool pat_feature_allows(int index, double value)
{
    assert(index >= 0 && index < PAT_FEATURES_MAX);
    return index < PAT_FEATURE_COUNT ? value >= table[index].least && value <= table[index].greatest
                                     : fabs(value) <= EXTENDED_MAX;
}

pat_feature_extractor *pat_feature_extractor_create(void)
{
    return calloc(1, sizeof(pat_feature_extractor));
}

void pat_feature_extractor_free(pat_feature_extractor *extractor)
{
    if (extractor == NULL)
        return;
    pat_scratch_release(&extractor->grey);
    pat_scratch_release(&extractor->exchanged_grey);
    pat_view_memory_release(&extractor->views);
    pat_spectrum_release(&extractor->spectrum);
    free(extractor);
}

/* BT.601 luma with OpenCV's integer arithmetic (cvtColor, in 1/2^15), and the same with red and
 * blue exchanged. 16-bit factors let the compiler vectorize the loop. */
static void to_greys(const uint8_t *red, const uint8_t *green, const uint8_t *blue, int count,
                     uint8_t *restrict grey, uint8_t *restrict exchanged)
{
    const uint16_t first = 9798, second = 19235, third = 3735;
    for (int x = 0; x < count; x++) {
        uint16_t r = red[x], g = green[x], b = blue[x];
        uint32_t base = (uint32_t)g * second + 16384;
        grey[x] = (uint8_t)(((uint32_t)r * first + base + (uint32_t)b * third) >> 15);
        exchanged[x] = (uint8_t)(((uint32_t)b * first + base + (uint32_t)r * third) >> 15);
    }
}

static pat_plane scratch_plane(pat_scratch *scratch, const pat_image *image)
{
    return (pat_plane){
        .data = pat_scratch_get(scratch, (size_t)image->width, (size_t)image->height),
        .width = image->width,
        .height = image->height,
        .stride = image->width,
    };
}

static pat_status make_grey(pat_feature_extractor *extractor, measurements *m, pat_error *error)
{
    const pat_plane *plane = m->image->plane;
    m->grey = scratch_plane(&extractor->grey, m->image);
    m->exchanged_grey = scratch_plane(&extractor->exchanged_grey, m->image);
    if (m->grey.data == NULL || m->exchanged_grey.data == NULL)
        return pat_fail_memory(error, "the gray version of an image");
    for (int y = 0; y < m->image->height; y++)
        to_greys(plane[PAT_RED].data + y * plane[PAT_RED].stride,
                 plane[PAT_GREEN].data + y * plane[PAT_GREEN].stride,
                 plane[PAT_BLUE].data + y * plane[PAT_BLUE].stride, m->image->width,
                 m->grey.data + y * m->grey.stride,
                 m->exchanged_grey.data + y * m->exchanged_grey.stride);
    return PAT_OK;
}

static pat_status measure_exchanged(pat_spectrum *spectrum, measurements *m, pat_error *error)
{
    pat_status status = pat_spectrum_transform(spectrum, &m->exchanged_grey, error);
    if (status != PAT_OK)
        return status;
    pat_energy energy = pat_spectrum_energy(spectrum);
    double total = energy.low + energy.high;
    m->exchanged_high_share = total == 0 ? 0 : energy.high / total;
    return PAT_OK;
}

static pat_status measure_grey(pat_spectrum *spectrum, measurements *m, pat_error *error)
{
    pat_status status = pat_spectrum_transform(spectrum, &m->grey, error);
    if (status != PAT_OK)
        return status;
    pat_energy energy = pat_spectrum_take_log(spectrum);
    m->spectrum = spectrum;
    m->moments = pat_spectrum_moments(spectrum, &energy);
    m->low = energy.low / energy.low_count;
    m->high = energy.high_count == 0 ? 0 : energy.high / energy.high_count;
    return PAT_OK;
}

pat_status pat_features_extract(pat_feature_extractor *extractor, const pat_image *image,
                                double features[PAT_FEATURE_COUNT], pat_error *error)
{
    /* The two transforms share a buffer; the features read the result of the second. */
    measurements m = {.image = image};
    pat_status status = make_grey(extractor, &m, error);
    if (status == PAT_OK)
        status = measure_exchanged(&extractor->spectrum, &m, error);
    if (status == PAT_OK)
        status = measure_grey(&extractor->spectrum, &m, error);
    if (status != PAT_OK)
        return status;
    for (int i = 0; i < PAT_FEATURE_COUNT; i++)
        features[i] = table[i].measure(&m);
    return PAT_OK;
}

pat_status pat_features_extract_extended(pat_feature_extractor *extractor, const pat_image *image,
                                         double features[PAT_EXTENDED_COUNT], pat_error *error)
{
    measurements m = {.image = image};
    pat_status status = make_grey(extractor, &m, error);
    if (status != PAT_OK)
        return status;
    return pat_extended_measure(image, &m.grey, &extractor->views, features, error);
}
