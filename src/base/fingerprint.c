#include "base/fingerprint.h"

#include <stdio.h>
#include <xxhash.h>

pat_fingerprint pat_fingerprint_of(const void *bytes, size_t size)
{
    XXH128_hash_t hash = XXH3_128bits(bytes, size);
    return (pat_fingerprint){hash.low64, hash.high64};
}

bool pat_fingerprint_equal(pat_fingerprint a, pat_fingerprint b)
{
    return a.low == b.low && a.high == b.high;
}

const char *pat_fingerprint_version(void)
{
    static char text[16];
    unsigned version = XXH_versionNumber();
    snprintf(text, sizeof text, "%u.%u.%u", version / 10000, version / 100 % 100, version % 100);
    return text;
}
