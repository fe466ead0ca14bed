#include "film/libav.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/library.h"

static const pat_library_function functions[] = {
#define FUNCTION(prefix, name) {#prefix #name, offsetof(pat_libav, prefix##name)},
    PAT_LIBAV_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

const pat_libav *pat_libav_load(pat_error *error)
{
    static pat_libav table;
    static bool loaded;
    if (!loaded) { /* libavformat is linked with the others */
        char file[32], package[32];
        snprintf(file, sizeof file, "libavformat.so.%d", LIBAVFORMAT_VERSION_MAJOR);
        snprintf(package, sizeof package, "libavformat%d", LIBAVFORMAT_VERSION_MAJOR);
        if (pat_library_load(file, package, functions, sizeof functions / sizeof *functions, &table,
                             error) != PAT_OK)
            return NULL;
        table.av_log_set_level(AV_LOG_QUIET);
        loaded = true;
    }
    return &table;
}
