/* A manifest yields pairs with valid paths and distinct names, or an error with a message. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "patina/dataset.h"

static void check_pairs(const pat_pairs *pairs)
{
    pat_pair pair, other;
    size_t count = pat_pairs_count(pairs);
    for (size_t i = 0; i < count; i++) {
        pat_pairs_get(pairs, i, &pair);
        MUST(*pair.name != '\0' && *pair.damaged != '\0' && *pair.undamaged != '\0');
        MUST(strnlen(pair.damaged, PAT_PATH_SIZE) < PAT_PATH_SIZE);
        MUST(strnlen(pair.undamaged, PAT_PATH_SIZE) < PAT_PATH_SIZE);
        if (i > 0) {
            pat_pairs_get(pairs, i - 1, &other);
            MUST(strcmp(pair.name, other.name) != 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pat_pair_source source = {.manifest = fuzz_file(0, data, size)};
    if (size > 0) { /* the first byte also selects the options */
        source.limit = data[0] % 5;
        source.sample = data[0] / 5 % 5;
    }
    pat_pairs *pairs;
    pat_error error = {0};
    pat_status status = pat_pairs_find(&source, &pairs, &error);
    MUST(status == PAT_OK || status == PAT_MALFORMED);
    MUST((status == PAT_OK) == (pairs != NULL));
    MUST((status == PAT_OK) == (error.message[0] == '\0'));
    if (status == PAT_OK) {
        MUST(pat_pairs_unpaired_count(pairs) == 0);
        check_pairs(pairs);
    }
    pat_pairs_free(pairs);
    return 0;
}
