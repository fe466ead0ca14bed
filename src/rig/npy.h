/*
 * Arrays in files of NumPy's format, versions 1.0 to 3.0; private to the library.
 *
 * Source: the description of the format in the NumPy documentation (numpy.lib.format).
 */
#ifndef PAT_RIG_NPY_H
#define PAT_RIG_NPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "patina/status.h"

/* An array of two dimensions. Dimensions of 1 beyond those are left out. */
typedef struct pat_npy {
    char kind; /* 'u', 'i' or 'f': unsigned, signed, floating-point */
    int bytes; /* of a sample: 1, 2, 4 or 8; of 'f': 2, 4 or 8 */
    bool big_endian;
    bool by_columns; /* Fortran order */
    int width, height;
    size_t offset; /* of the first sample in the file */
} pat_npy;

/* Whether a file begins like one. */
bool pat_npy_is(const uint8_t *bytes, size_t size);

/*
 * Read the header, and check that all samples are there. name: for messages. Fails with
 * PAT_CORRUPT (no valid header, or the file is too short), PAT_UNSUPPORTED_FORMAT (other
 * dimensions or types) or PAT_TOO_LARGE (more than max_pixels samples).
 */
PAT_MUST_CHECK pat_status pat_npy_parse(const uint8_t *bytes, size_t size, const char *name,
                                        uint64_t max_pixels, pat_npy *npy, pat_error *error);

/* Convert the samples to single precision, row by row, as numpy.ndarray.astype() does. bytes: the
 * file that was parsed. samples: width * height of them. */
void pat_npy_samples(const pat_npy *npy, const uint8_t *bytes, float *samples);

/* Append samples, row by row, as a file: the same bytes as numpy.save() of an array [height, width]
 * of float32. */
void pat_npy_put(pat_buffer *out, const float *samples, int width, int height);

#endif
