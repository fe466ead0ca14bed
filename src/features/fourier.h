/* The Fourier transform of real samples in two dimensions, of any size, and back; private to this
 * folder. */
#ifndef PAT_FEATURES_FOURIER_H
#define PAT_FEATURES_FOURIER_H

#include <stdbool.h>

#include "base/memory.h"
#include "patina/status.h"

/* The transform of a side of awkward length (see fourier.c). */
typedef struct pat_chirp {
    int length;                /* of the side; 0: nothing is prepared */
    int size;                  /* of the transforms used */
    double *factors;           /* complex, `length` */
    double *kernel, *in, *out; /* complex, `size` */
    struct fftw_plan_s *in_to_out;
    pat_scratch memory; /* of the four */
} pat_chirp;

/* Zero-initialize; pat_fourier_release() when done. Reused from size to size. */
typedef struct pat_fourier {
    int width, height;                  /* the planned size */
    struct fftw_plan_s *whole;          /* if no side is awkward */
    struct fftw_plan_s *rows, *columns; /* else of a side that is not */
    struct fftw_plan_s *back;           /* NULL until it is needed */
    pat_chirp row_chirp, column_chirp;  /* and of one that is */
} pat_fourier;

/*
 * Transform in place: `height` rows of `width` samples, each starting 2 (width / 2 + 1) doubles
 * after the one before, become rows of width / 2 + 1 complex numbers, the columns 0 .. width / 2 of
 * the unnormalized transform. buffer: as from pat_scratch_get(). Fails with PAT_OUT_OF_MEMORY or
 * PAT_INTERNAL (the buffer is then undefined); but where a small allocation inside FFTW fails, FFTW
 * aborts the process. One thread at a time, whatever the object: FFTW's planner is shared.
 */
PAT_MUST_CHECK pat_status pat_fourier_transform(pat_fourier *fourier, int width, int height,
                                                double *buffer, pat_error *error);

/*
 * The inverse: complex numbers as above become samples times width * height. The size must be that
 * of the last transform and have no awkward side (asserted). Fails as pat_fourier_transform() does.
 */
PAT_MUST_CHECK pat_status pat_fourier_invert(pat_fourier *fourier, double *buffer,
                                             pat_error *error);

void pat_fourier_release(pat_fourier *fourier);

/* Whether FFTW would be slow at a side of this length. */
bool pat_fourier_is_awkward(int length);

/* The version of FFTW in use. Static. */
const char *pat_fft_version(void);

#endif
