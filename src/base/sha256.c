#include "base/sha256.h"

#include <nettle/version.h>
#include <stdio.h>

void pat_sha256_init(pat_sha256 *hash)
{
    sha256_init(&hash->context);
}

void pat_sha256_update(pat_sha256 *hash, const void *bytes, size_t size)
{
    sha256_update(&hash->context, size, bytes);
}

void pat_sha256_finish(pat_sha256 *hash, char text[PAT_SHA256_TEXT_SIZE])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&hash->context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

#define TEXT_OF(x) #x
#define VERSION_TEXT(major, minor) TEXT_OF(major) "." TEXT_OF(minor)

const char *pat_sha256_version(void)
{
    return VERSION_TEXT(NETTLE_VERSION_MAJOR, NETTLE_VERSION_MINOR);
}
