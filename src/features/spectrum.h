/*
 * The Fourier spectrum of a gray image and its measures; private to the library.
 *
 * Frequencies are (y, x) with y in -(H/2)..(H-1)/2 and x in -(W/2)..(W-1)/2: after an fftshift,
 * frequency (y, x) is at row H/2 + y and column W/2 + x. The image is real, so (-y, -x) has the
 * magnitude of (y, x), and only the columns x = 0..W/2 are kept.
 */
#ifndef PAT_FEATURES_SPECTRUM_H
#define PAT_FEATURES_SPECTRUM_H

#include "base/memory.h"
#include "features/fourier.h"
#include "patina/image.h"

/* Zero-initialize; pat_spectrum_release() when done. Reused from image to image. */
typedef struct pat_spectrum {
    int width, height;   /* of the image */
    int columns;         /* width / 2 + 1 */
    double *values;      /* height rows of `columns`; row i is frequency i modulo height */
    pat_scratch buffer;  /* private: what values points into */
    pat_fourier fourier; /* private */
} pat_spectrum;

/*
 * Transform a gray plane: values = F, complex. Fails as pat_fourier_transform() does; the spectrum
 * is then undefined but valid to reuse or release. One thread at a time, even for different
 * spectra: FFTW's planner is shared.
 */
PAT_MUST_CHECK pat_status pat_spectrum_transform(pat_spectrum *spectrum, const pat_plane *grey,
                                                 pat_error *error);

void pat_spectrum_release(pat_spectrum *spectrum);

/* Sums over all frequencies, and over those inside and outside the box -30..29 x -30..29. */
typedef struct pat_energy {
    double all, low, high;
    double low_count, high_count; /* how many frequencies are inside and outside */
} pat_energy;

/* The sums of |F|. The values are complex, before and after. */
pat_energy pat_spectrum_energy(const pat_spectrum *spectrum);

/* Replace the complex values by M = 20 ln(|F| + 1), real. Returns the sums of M. */
pat_energy pat_spectrum_take_log(pat_spectrum *spectrum);

/*
 * Population moments of M over all frequencies; kurtosis is excess kurtosis. Skewness and kurtosis
 * are 0 for a flat spectrum: std_dev <= 1e-9 mean, which is rounding noise.
 */
typedef struct pat_moments {
    double mean, std_dev, skewness, kurtosis;
} pat_moments;

/* energy: what pat_spectrum_take_log() returned. */
pat_moments pat_spectrum_moments(const pat_spectrum *spectrum, const pat_energy *energy);

/*
 * Mean of M over the ring radius <= sqrt(y^2 + x^2) < radius + 1.
 * radius: 0 .. min(height / 2, width / 2) - 1, so that the ring is whole (asserted).
 */
double pat_spectrum_ring_mean(const pat_spectrum *spectrum, int radius);

#endif
