/* SHA-256 of a stream; private to the library. Only this module uses nettle. */
#ifndef PAT_BASE_SHA256_H
#define PAT_BASE_SHA256_H

#include <nettle/sha2.h>
#include <stddef.h>

typedef struct pat_sha256 {
    struct sha256_ctx context;
} pat_sha256;

enum { PAT_SHA256_TEXT_SIZE = 65 };

void pat_sha256_init(pat_sha256 *hash);
void pat_sha256_update(pat_sha256 *hash, const void *bytes, size_t size);

/* The digest as 64 lower-case hexadecimal digits; resets the hash. */
void pat_sha256_finish(pat_sha256 *hash, char text[PAT_SHA256_TEXT_SIZE]);

/* The version of nettle compiled against. Static. */
const char *pat_sha256_version(void);

#endif
