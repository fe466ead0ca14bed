/*
 * The Fourier spectrum of a gray image and what is measured on it; private to the library.
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
 * Transform a gray plane: values = F, complex. Fails with PAT_OUT_OF_MEMORY (the spectrum is then
 * undefined but valid to reuse or release); but where a small allocation inside FFTW fails, FFTW
 * aborts the process. One thread at a time, whatever the spectrum: FFTW's planner is shared.
 */
PAT_MUST_CHECK pat_status pat_spectrum_transform(pat_spectrum *spectrum, const pat_plane *grey,
                                                 pat_error *error);

void pat_spectrum_release(pat_spectrum *spectrum);

/* Sums over all frequencies, and of those inside and outside the box -30..29 x -30..29. */
typedef struct pat_energy {
    double all, low, high;
    double low_count, high_count; /* how many frequencies are inside and outside */
} pat_energy;

/* The sums of |F|. The values are complex, before and after. */
pat_energy pat_spectrum_energy(const pat_spectrum *spectrum);

/* Complex values -> M = 20 ln(|F| + 1), real; and the sums of M. */
pat_energy pat_spectrum_take_log(pat_spectrum *spectrum);

/*
 * Population moments of M over all frequencies; the kurtosis is in excess of 3. Skewness and
 * kurtosis are 0 for a flat spectrum: std_dev <= 1e-9 mean, which only rounding can cause.
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
