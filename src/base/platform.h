/* What besides patina's own code decides the last bits of a result; private to the library. */
#ifndef PAT_BASE_PLATFORM_H
#define PAT_BASE_PLATFORM_H

#include "base/buffer.h"

/*
 * Append a line for this program and for each shared library that is loaded, "libfftw3.so.3
 * BUILD-ID", and one for the vector instructions of the processor, by which FFTW chooses its code.
 * A library that is loaded later, or has no build ID, is not listed. The lines are sorted.
 */
void pat_platform_put(pat_buffer *out);

/* Find something that two such texts (each ends with a null byte) list with different values. name:
 * receives its name, cut to fit. False if there is none; what only one text lists does not count.
 */
bool pat_platform_differs(const char *a, const char *b, char *name, size_t size);

#endif
