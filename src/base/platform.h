/* What may affect the last bits of a result besides patina's own code: the libraries and the
 * processor; private to the library. */
#ifndef PAT_BASE_PLATFORM_H
#define PAT_BASE_PLATFORM_H

#include "base/buffer.h"

/*
 * Append a line for this program and for each loaded shared library, such as "libfftw3.so.3
 * BUILD-ID", and a line for the processor's vector instructions, from which FFTW chooses its code.
 * A library that is loaded later or has no build ID is not listed. The lines are sorted.
 */
void pat_platform_put(pat_buffer *out);

/* Find an entry whose value differs between two null-terminated texts from pat_platform_put().
 * Entries in only one of them are ignored. name: receives the entry's name, truncated to fit. False
 * if there is none. */
bool pat_platform_differs(const char *a, const char *b, char *name, size_t size);

/* Whether `b` has an entry that `a` lacks. */
bool pat_platform_adds(const char *a, const char *b);

#endif
