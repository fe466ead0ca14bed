/* Two-dimensional Fourier transform of real samples, of any size, and its inverse; private to this
 * folder. */
#ifndef PAT_FEATURES_FOURIER_H
#define PAT_FEATURES_FOURIER_H

#include <stdbool.h>

#include "base/memory.h"
#include "patina/status.h"

/* The transform of a side of awkward length (see fourier.c). */
typedef struct pat_chirp {
    int length;                /* of the side; 0: not prepared */
    int size;                  /* of the transforms used */
    double *factors;           /* complex, `length` */
    double *kernel, *in, *out; /* complex, `size` */
    struct fftw_plan_s *in_to_out;
    pat_scratch memory; /* of these four arrays */
} pat_chirp;

/* Zero-initialize; pat_fourier_release() when done. Reused from size to size. */
typedef struct pat_fourier {
    int width, height;                  /* the planned size */
    struct fftw_plan_s *whole;          /* the entire transform, if no side is awkward */
    struct fftw_plan_s *rows, *columns; /* for the other side, if one is awkward */
    struct fftw_plan_s *back;           /* the inverse; NULL until needed */
    pat_chirp row_chirp, column_chirp;  /* for awkward sides */
} pat_fourier;

/*
 * Transform in place: `height` rows of `width` samples, 2 (width / 2 + 1) doubles apart, become
 * rows of width / 2 + 1 complex numbers, the columns 0 .. width / 2 of the unnormalized transform.
 * buffer: as from pat_scratch_get(). Fails with PAT_OUT_OF_MEMORY or PAT_INTERNAL; the buffer is
 * then undefined. If a small allocation inside FFTW fails, FFTW aborts the process. One thread at a
 * time, even for different objects: FFTW's planner is shared.
 */
PAT_MUST_CHECK pat_status pat_fourier_transform(pat_fourier *fourier, int width, int height,
                                                double *buffer, pat_error *error);

/*
 * The inverse: complex numbers as above become samples, scaled by width * height. The size is that
 * of the last transform; no side may be awkward (asserted). Fails as pat_fourier_transform() does.
 */
PAT_MUST_CHECK pat_status pat_fourier_invert(pat_fourier *fourier, double *buffer,
                                             pat_error *error);

void pat_fourier_release(pat_fourier *fourier);

/* Whether FFTW would be slow for a side of this length. */
bool pat_fourier_is_awkward(int length);

/* The version of FFTW in use. Static. */
const char *pat_fft_version(void);

#endif
