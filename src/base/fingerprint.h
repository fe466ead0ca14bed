/* Fingerprints of bytes: equal for equal bytes, and by accident for others once in 2^64 or so;
 * private to the library. The one door to xxHash. */
#ifndef PAT_BASE_FINGERPRINT_H
#define PAT_BASE_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* XXH3, 128 bits. It protects against accidents, not against somebody who wants a collision. */
typedef struct pat_fingerprint {
    uint64_t low, high;
} pat_fingerprint;

pat_fingerprint pat_fingerprint_of(const void *bytes, size_t size);
bool pat_fingerprint_equal(pat_fingerprint a, pat_fingerprint b);

/* The version of xxHash in use. Static. */
const char *pat_fingerprint_version(void);

#endif
