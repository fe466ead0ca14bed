/* Fingerprints of bytes: equal for equal bytes, almost never equal for different ones; private to
 * the library. Only this module uses xxHash. */
#ifndef PAT_BASE_FINGERPRINT_H
#define PAT_BASE_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* XXH3, 128 bits. It protects against accidents, not against deliberate collisions. */
typedef struct pat_fingerprint {
    uint64_t low, high;
} pat_fingerprint;

pat_fingerprint pat_fingerprint_of(const void *bytes, size_t size);
bool pat_fingerprint_equal(pat_fingerprint a, pat_fingerprint b);

/* The version of xxHash in use. Static. */
const char *pat_fingerprint_version(void);

#endif
